import { OperatorError } from '../kernel/errors.ts';
import { DelimitedSplitter } from './delimited.ts';
import { inspectFile, readText } from './file.ts';
import { inBatches } from './format.ts';
import { jsonLinesSplitter } from './json-rows.ts';
import type { Quarantine } from './quarantine.ts';
import type { QuarantineRecord } from './records.ts';

/** A corrected row: the id under which it was exported, and its columns as they should be. */
export interface Correction {
  readonly id: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export type ExportFormat = 'csv' | 'jsonl';

const ID = 'quarantine_id';
const ABOUT = [
  ID,
  'quarantine_code',
  'quarantine_field',
  'quarantine_message',
  'quarantine_file',
  'quarantine_line',
  'quarantine_text',
] as const;

function about(row: QuarantineRecord): readonly string[] {
  return [row.id, row.code, row.field ?? '', row.message, row.file, String(row.line), row.faulty ? (row.raw ?? '') : ''];
}

function contentOf({ raw, faulty }: QuarantineRecord): Record<string, unknown> {
  return faulty || raw === null ? {} : JSON.parse(raw);
}

const csvField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const cell = (value: unknown) =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/**
 * A group's quarantined rows as text for correction, piece by piece: seven columns (JSON: members) that say which row it is and
 * why it was refused, then the row's own. `columns` are those that a row has at least, for rows that could not be read.
 */
export async function* exportRows(
  quarantine: Quarantine,
  group: string,
  { format, code, columns }: { readonly format: ExportFormat; readonly code?: string | undefined; readonly columns: readonly string[] },
): AsyncGenerator<string> {
  if (format === 'jsonl') {
    for await (const row of quarantine.waiting(group, code)) {
      const facts = Object.fromEntries(about(row).map((text, index) => [ABOUT[index]!, text]));
      yield `${JSON.stringify({ ...facts, row: contentOf(row) })}\n`;
    }
    return;
  }
  const names = new Set(columns);
  for await (const row of quarantine.waiting(group, code)) for (const name of Object.keys(contentOf(row))) names.add(name);
  yield `${[...ABOUT, ...names].map(csvField).join(',')}\n`;
  for await (const row of quarantine.waiting(group, code)) {
    const content = contentOf(row);
    yield `${[...about(row), ...[...names].map((name) => cell(content[name]))].map(csvField).join(',')}\n`;
  }
}

/** Reads a corrected export, CSV or JSON Lines, told from its first character. A line that can't be read throws an OperatorError that names it. */
export async function* readCorrections(path: string, batchRows = 400): AsyncGenerator<readonly Correction[]> {
  const facts = await inspectFile(path, 'utf-8');
  const wanted = [{ name: ID, place: path }];
  let json = false;
  for await (const first of readText(path, facts, 'utf-8', () => {})) {
    json = first.trimStart().startsWith('{');
    if (first.trim() !== '') break;
  }
  const rows = json
    ? jsonLinesSplitter([ID], 0)
    : new DelimitedSplitter({ delimiter: ',', quote: '"', columns: null, header: true, skipLines: 0, shortRows: true }, wanted);
  for await (const batch of inBatches(
    readText(path, facts, 'utf-8', () => {}),
    rows,
    batchRows,
  )) {
    yield batch.map(({ line, fault, cells, raw }) => {
      const wrong = (problem: string) => new OperatorError('The corrections can not be read:', [`${path}:${line}: ${problem}`]);
      if (fault) throw wrong(`${fault.message}. Correct the line and run again; rows before it are done.`);
      const value = JSON.parse(raw()) as Record<string, unknown>;
      const content = json
        ? value.row
        : Object.fromEntries(Object.entries(value).filter(([name]) => !ABOUT.some((known) => known === name)));
      if (typeof content !== 'object' || content === null || cells[0] === '')
        throw wrong(
          'there is no quarantine_id or no row. Correct a file made by c360 quarantine export and leave its quarantine_ columns as they are.',
        );
      return { id: cells[0]!, content: content as Record<string, unknown> };
    });
  }
}
