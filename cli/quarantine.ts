import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ExportFormat, exportRows, readCorrections } from '../ingest/corrections.ts';
import type { IngestDeps } from '../ingest/ingest.ts';
import type { LoadedMapping } from '../ingest/mapping.ts';
import { compile } from '../ingest/plan.ts';
import { Quarantine, quarantineGroup } from '../ingest/quarantine.ts';
import { quarantineSpec, runsSpec } from '../ingest/records.ts';
import { retryCorrected, retryRows } from '../ingest/retry.ts';
import { OperatorError } from '../kernel/errors.ts';
import { decodeCursor, encodeCursor } from '../kernel/page.ts';
import type { Cursor } from '../kernel/storage/port.ts';
import { configOption, EXIT_INTERRUPTED, interruption, loadMapping, printJson, summary, withIngest } from './ingest.ts';

interface Flags {
  readonly mapping: string;
  readonly reason?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** `c360 quarantine summary|list|export|retry|discard`: rows that ingest refused. */
export function registerQuarantine(program: Command): void {
  const quarantine = program.command('quarantine').description('rows that ingest refused: list, correct and retry them');

  quarantine
    .command('summary')
    .description('how many rows wait, by source, mapping and reason')
    .option('--json', 'print one line of JSON')
    .addOption(configOption())
    .action(({ json, config }: Flags) => withIngest(config, (deps) => summarise(deps, json ?? false)));

  ofMapping(quarantine.command('list'), 'show the rows of a mapping, the latest first')
    .option('--first <n>', 'how many', count, 20)
    .option('--after <cursor>', 'go on behind the cursor that the page before ended with', cursor)
    .action((flags: Flags & { first: number; after?: Cursor }) => withGroup(flags, (work) => list(work, flags)));

  ofMapping(quarantine.command('export'), 'write the rows of a mapping to a file for correction; the file holds personal data')
    .requiredOption('--out <file>', 'where to')
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'jsonl']).default('csv'))
    .action((flags: Flags & { out: string; format: ExportFormat }) =>
      withGroup(flags, async ({ quarantine: rows, group, loaded, deps }) => {
        const columns = compile(loaded, deps.intakes).wanted.map(({ name }) => name);
        const text = exportRows(rows, group, { format: flags.format, code: flags.reason, columns });
        await writeNewFile(flags.out, text);
      }),
    );

  ofMapping(quarantine.command('retry'), 'try rows again, as they are or corrected; what is stored leaves quarantine')
    .option('--from <file>', 'a corrected export, CSV or JSON Lines')
    .action((flags: Flags & { from?: string }) => withGroup(flags, ({ loaded, deps }) => retry(loaded, deps, flags)));

  ofMapping(quarantine.command('discard'), 'take rows out of quarantine without storing them, and forget what they held').action(
    (flags: Flags) =>
      withGroup(flags, async ({ quarantine: rows, group }) => {
        const discarded = await rows.discard(group, flags.reason);
        if (flags.json) printJson({ discarded });
        else console.log(`${discarded} rows discarded.`);
      }),
  );
}

function ofMapping(command: Command, description: string): Command {
  return command
    .description(description)
    .requiredOption('--mapping <file>', 'the mapping that read the rows')
    .option('--reason <code>', 'only rows refused for this reason, such as ORDER_UNKNOWN')
    .option('--json', 'print JSON, one object per line')
    .addOption(configOption());
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
  return value;
}

function cursor(text: string): Cursor {
  try {
    const read = decodeCursor(text);
    if (read) return read;
  } catch {
    // said below, in the words of a command line
  }
  throw new InvalidArgumentError('Pass the one that the page before ended with, unchanged.');
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

async function summarise({ store }: IngestDeps, json: boolean): Promise<void> {
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

async function list(
  { quarantine, group }: GroupWork,
  { first, after, reason, json }: Flags & { first: number; after?: Cursor },
): Promise<void> {
  const { items, next } = await quarantine.page(group, { first, after, code: reason });
  for (const { id, code, field, message, file, line, raw } of items) {
    if (json) printJson({ id, code, field, message, file, line, raw });
    else console.log(`${file}:${line} ${code}${field === null ? '' : ` (${field})`}: ${message}\n  ${raw}`);
  }
  if (next) console.error(`More: --after ${encodeCursor(next)}`);
}

async function retry(loaded: LoadedMapping, deps: IngestDeps, { from, reason, json }: Flags & { from?: string }): Promise<void> {
  const signal = interruption();
  const counts =
    from === undefined
      ? await retryRows(loaded, deps, { code: reason, signal })
      : await retryCorrected(loaded, readCorrections(from), deps);
  if (signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  if (json) printJson(counts);
  else console.log(summary('Quarantine', counts));
}
