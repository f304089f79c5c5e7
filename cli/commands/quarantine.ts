import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExportFormat, exportRows, readCorrections } from '../../ingest/corrections.ts';
import type { IngestDeps } from '../../ingest/ingest.ts';
import type { LoadedMapping } from '../../ingest/mapping.ts';
import { compile } from '../../ingest/plan.ts';
import { Quarantine, quarantineGroup } from '../../ingest/quarantine.ts';
import { quarantineSpec, runsSpec } from '../../ingest/records.ts';
import { retryCorrected, retryRows } from '../../ingest/retry.ts';
import { encodeCursor } from '../../kernel/cursor.ts';
import { OperatorError } from '../../kernel/errors.ts';
import type { Cursor } from '../../kernel/storage/port.ts';
import { loadMapping, summary, withIngest } from '../runtime/ingest-session.ts';
import { EXIT_INTERRUPTED, interruption, printJson } from '../runtime/output.ts';

interface Flags {
  readonly mapping: string;
  readonly reason?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** Never writes over a file: it would keep its mode, and others might read it. */
async function writeNewFile(path: string, text: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(text), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    const remedy =
      code === 'EEXIST' ? 'is there already. Name a new file' : `can't be written (${code}). Name a file in a folder where you may write`;
    throw new OperatorError('The rows can not be exported:', [`${path} (--out): ${remedy}.`]);
  }
}

interface GroupWork {
  readonly loaded: LoadedMapping;
  readonly deps: IngestDeps;
  readonly group: string;
  readonly quarantine: Quarantine;
}

function withGroup<T>({ mapping, config }: Flags, work: (group: GroupWork) => Promise<T>): Promise<T> {
  return withIngest(config, async (deps) => {
    const loaded = loadMapping(mapping, deps.intakes);
    const group = quarantineGroup(loaded.mapping.source, loaded.name);
    return work({ loaded, deps, group, quarantine: new Quarantine(deps.store.collection(quarantineSpec)) });
  });
}

/** `c360 quarantine summary`: how many rows wait. */
export function summarise({ json = false, config }: Pick<Flags, 'json' | 'config'>): Promise<void> {
  return withIngest(config, (deps) => printSummary(deps, json));
}

async function printSummary({ store }: IngestDeps, json: boolean): Promise<void> {
  const groups = new Set<string>();
  for await (const { group } of store.collection(runsSpec).scan()) groups.add(group);
  const quarantine = new Quarantine(store.collection(quarantineSpec));
  const found: { group: string; reasons: Record<string, number> }[] = [];
  for (const group of [...groups].sort()) {
    const reasons = Object.fromEntries((await quarantine.summary(group)).map(({ code, count: rows }) => [code, rows]));
    if (Object.keys(reasons).length > 0) found.push({ group, reasons });
  }
  if (json) printJson({ groups: found });
  else if (found.length === 0) console.log('No rows are in quarantine.');
  else
    for (const { group, reasons } of found)
      console.log(
        `${group}: ${Object.entries(reasons)
          .map(([code, rows]) => `${code} ${rows}`)
          .join(', ')}`,
      );
}

/** `c360 quarantine list`: a page of rows. */
export function list(flags: Flags & { readonly first: number; readonly after?: Cursor }): Promise<void> {
  return withGroup(flags, (work) => printPage(work, flags));
}

async function printPage(
  { quarantine, group }: GroupWork,
  { first, after, reason, json }: Flags & { readonly first: number; readonly after?: Cursor },
): Promise<void> {
  const { items, next } = await quarantine.page(group, { first, after, code: reason });
  for (const { id, code, field, message, file, line, raw } of items) {
    if (json) printJson({ id, code, field, message, file, line, raw });
    else console.log(`${file}:${line} ${code}${field === null ? '' : ` (${field})`}: ${message}\n  ${raw}`);
  }
  if (next) console.error(`More: --after ${encodeCursor(next)}`);
}

/** `c360 quarantine export`: rows into a file, to be corrected. */
export function exportToFile(flags: Flags & { readonly out: string; readonly format: ExportFormat }): Promise<void> {
  return withGroup(flags, async ({ quarantine: rows, group, loaded, deps }) => {
    const columns = compile(loaded, deps.intakes).wanted.map(({ name }) => name);
    const text = exportRows(rows, group, { format: flags.format, code: flags.reason, columns });
    await writeNewFile(flags.out, text);
  });
}

/** `c360 quarantine discard`: rows are forgotten. */
export function discard(flags: Flags): Promise<void> {
  return withGroup(flags, async ({ quarantine: rows, group }) => {
    const discarded = await rows.discard(group, flags.reason);
    if (flags.json) printJson({ discarded });
    else console.log(`${discarded} rows discarded.`);
  });
}

/** `c360 quarantine retry`: rows are tried again, as they are or from a corrected file. */
export function retry(flags: Flags & { readonly from?: string }): Promise<void> {
  return withGroup(flags, ({ loaded, deps }) => retryGroup(loaded, deps, flags));
}

async function retryGroup(
  loaded: LoadedMapping,
  deps: IngestDeps,
  { from, reason, json }: Flags & { readonly from?: string },
): Promise<void> {
  const signal = interruption();
  const counts =
    from === undefined
      ? await retryRows(loaded, deps, { code: reason, signal })
      : await retryCorrected(loaded, readCorrections(from), deps);
  if (signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  if (json) printJson(counts);
  else console.log(summary('Quarantine', counts));
}
