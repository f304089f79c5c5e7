import { OperatorError } from '../kernel/errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { ENCODING_MESSAGE, faultyRow, MAX_ROW_LENGTH, REPLACEMENT, type Row, type Splitter, TOO_LONG_MESSAGE } from './rows.ts';

/** One JSON object per line. Columns are paths: `user.id` is the `id` inside `user`, `items.0.sku` of the first item. */
export function jsonLinesSplitter(wanted: readonly string[], skipLines: number): Splitter {
  const paths = wanted.map((path) => path.split('.'));
  return new LineSplitter((text, number, line) => jsonRow(text, number, line, paths), skipLines);
}

/** A file that is one JSON array of objects, cut at its top-level commas, so that one broken object does not lose the rest. */
export class JsonArraySplitter implements Splitter {
  readonly #paths: readonly (readonly string[])[];
  #rest = '';
  #line = 1;
  #number = 0;
  #opened = false;
  #closed = false;
  /** The line on which something follows the closed array. */
  #surplus: number | null = null;

  constructor(wanted: readonly string[]) {
    this.#paths = wanted.map((path) => path.split('.'));
  }

  push(text: string): readonly Row[] {
    const all = this.#rest + text;
    const rows: Row[] = [];
    let position = 0;
    if (!this.#opened) {
      const first = all.search(/\S/);
      if (first < 0) {
        this.#rest = all;
        return rows;
      }
      if (all[first] !== '[')
        throw new OperatorError('The file does not fit the mapping:', [
          `line ${1 + newlines(all, 0, first)}: the file does not begin with "[". Set format.type to jsonl if every line is one object.`,
        ]);
      this.#opened = true;
      position = first + 1;
      this.#line += newlines(all, 0, position);
    }
    while (!this.#closed) {
      const end = elementEnd(all, position);
      if (end < 0) break;
      this.#take(all.slice(position, end), rows);
      this.#line += newlines(all, position, end);
      this.#closed = all[end] === ']';
      position = end + 1;
    }
    if (this.#closed) {
      this.#rest = '';
      const surplus = all.slice(position).search(/\S/);
      if (surplus >= 0) this.#surplus ??= this.#line + newlines(all, position, position + surplus);
      this.#line += newlines(all, position, all.length);
      if (rows.length === 0) this.#refuseSurplus();
      return rows;
    }
    this.#rest = all.slice(position);
    // Rows found in this piece are given first; the next piece fails.
    if (this.#rest.length > MAX_ROW_LENGTH && rows.length === 0)
      throw new OperatorError('The file can not be read further:', [
        `line ${this.#line}: ${TOO_LONG_MESSAGE}. Rows before it are stored; mend the file and run again.`,
      ]);
    return rows;
  }

  end(): readonly Row[] {
    this.#refuseSurplus();
    if (this.#closed) return [];
    if (!this.#opened && this.#rest.trim() === '') return [];
    throw new OperatorError('The file can not be read further:', [
      `line ${this.#line + newlines(this.#rest, 0, this.#rest.search(/\S|$/))}: the file ends inside the array. Rows before are stored; get the whole file and run again.`,
    ]);
  }

  /** Two files joined to one would otherwise lose the second. */
  #refuseSurplus(): void {
    if (this.#surplus === null) return;
    throw new OperatorError('The file can not be read further:', [
      `line ${this.#surplus}: something follows the end of the array. Rows before are stored; make one array of the file, or two files, and run again.`,
    ]);
  }

  #take(text: string, rows: Row[]): void {
    const element = text.trim();
    // `[]` and a comma before `]` are no rows.
    if (element === '') return;
    const lead = text.length - text.trimStart().length;
    rows.push(jsonRow(element, ++this.#number, this.#line + newlines(text, 0, lead), this.#paths));
  }
}

const STRUCTURE = /["[\]{},]/g;

/** Where the element that begins at `start` ends: the position of its `,` or `]` of the array, or -1 when that is still to come. */
function elementEnd(text: string, start: number): number {
  let depth = 0;
  STRUCTURE.lastIndex = start;
  for (let match = STRUCTURE.exec(text); match; match = STRUCTURE.exec(text)) {
    const at = match.index;
    switch (match[0]) {
      case '"': {
        const close = stringEnd(text, at + 1);
        if (close < 0) return -1;
        STRUCTURE.lastIndex = close + 1;
        break;
      }
      case '[':
      case '{':
        depth++;
        break;
      case ',':
        if (depth === 0) return at;
        break;
      default:
        if (depth === 0) return at;
        depth--;
    }
  }
  return -1;
}

function stringEnd(text: string, start: number): number {
  for (let close = text.indexOf('"', start); close >= 0; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text[close - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return close;
  }
  return -1;
}

function newlines(text: string, start: number, stop: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < stop; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function jsonRow(text: string, number: number, line: number, paths: readonly (readonly string[])[]): Row {
  if (text.includes(REPLACEMENT)) return faultyRow(number, line, 'ENCODING_INVALID', ENCODING_MESSAGE, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return faultyRow(number, line, 'ROW_MALFORMED', 'the row is not JSON', text);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return faultyRow(number, line, 'ROW_MALFORMED', 'the row is not a JSON object', text);
  const cells = shallowCells(value, paths);
  if (cells === null) return faultyRow(number, line, 'ROW_MALFORMED', 'the row is nested too deeply', text);
  if (cells.some((cell) => cell === INEXACT))
    return faultyRow(
      number,
      line,
      'ROW_MALFORMED',
      'a number has more digits than JSON readers keep; have the source write it in quotes',
      text,
    );
  return { number, line, cells, fault: null, raw: () => text };
}

/** The cells, or null where an object in one of them is so deep that it can't be written as text, although it could be parsed. */
function shallowCells(value: unknown, paths: readonly (readonly string[])[]): readonly string[] | null {
  try {
    return jsonCells(value, paths);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The text at each path; '' where there is none. A list of plain values is joined by `|`, an object is its JSON text. */
export function jsonCells(value: unknown, paths: readonly (readonly string[])[]): readonly string[] {
  return paths.map((path) => cellText(path.reduce(step, value)));
}

function step(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** In place of a number that was rounded when it was parsed. */
const INEXACT = '\u0000';

function cellText(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return INEXACT;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join('|');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
