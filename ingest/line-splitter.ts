import { rawObject } from './delimited.ts';
import { columnPositions, type WantedColumn } from './header.ts';
import { ENCODING_MESSAGE, faultyRow, MAX_ROW_LENGTH, REPLACEMENT, type Row, type Splitter, TOO_LONG_MESSAGE } from './rows.ts';

/** Makes a row of one line that is not blank; null when the line is a header. */
export type LineReader = (line: string, number: number, lineNumber: number) => Row | null;

/** Files in which every row is one line. Blank lines are no rows. */
export class LineSplitter implements Splitter {
  readonly #read: LineReader;
  #linesToSkip: number;
  #rest = '';
  #line = 0;
  #number = 0;
  #discarding = false;

  constructor(read: LineReader, skipLines: number) {
    this.#read = read;
    this.#linesToSkip = skipLines;
  }

  push(text: string): readonly Row[] {
    const all = this.#rest + text;
    const rows: Row[] = [];
    let position = 0;
    for (let end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n', position)) {
      this.#take(all.slice(position, end), rows);
      position = end + 1;
    }
    this.#rest = all.slice(position);
    if (this.#rest.length > MAX_ROW_LENGTH && !this.#discarding) {
      rows.push(faultyRow(++this.#number, this.#line + 1, 'ROW_TOO_LONG', TOO_LONG_MESSAGE, this.#rest));
      this.#discarding = true;
    }
    if (this.#discarding) this.#rest = '';
    return rows;
  }

  end(): readonly Row[] {
    const rows: Row[] = [];
    this.#take(this.#rest, rows);
    this.#rest = '';
    return rows;
  }

  #take(line: string, rows: Row[]): void {
    this.#line++;
    if (this.#discarding) {
      this.#discarding = false;
      return;
    }
    if (this.#linesToSkip > 0) {
      this.#linesToSkip--;
      return;
    }
    const text = line.trim();
    if (text === '') return;
    const number = this.#number + 1;
    const row = text.includes(REPLACEMENT)
      ? faultyRow(number, this.#line, 'ENCODING_INVALID', ENCODING_MESSAGE, text)
      : text.length > MAX_ROW_LENGTH
        ? faultyRow(number, this.#line, 'ROW_TOO_LONG', TOO_LONG_MESSAGE, text)
        : this.#read(text, number, this.#line);
    if (row === null) return;
    this.#number = number;
    rows.push(row);
  }
}

export interface WhitespaceFormat {
  readonly columns: readonly string[] | null;
  readonly header: boolean;
  readonly skipLines: number;
  readonly shortRows: boolean;
}

/** Columns separated by any run of blanks and tabs; blanks at either end of a line mean nothing. */
export function whitespaceSplitter(format: WhitespaceFormat, wanted: readonly WantedColumn[]): Splitter {
  let columns: readonly string[] | null = format.header ? null : format.columns;
  let positions = columns ? columnPositions(columns, wanted) : [];
  return new LineSplitter((text, number, line) => {
    const fields = text.split(/\s+/);
    if (columns === null) {
      columns = format.columns ?? fields;
      positions = columnPositions(columns, wanted);
      return null;
    }
    const names = columns;
    if (fields.length > names.length || (fields.length < names.length && !format.shortRows))
      return faultyRow(number, line, 'ROW_MALFORMED', `the row has ${fields.length} fields where ${names.length} columns are named`, text);
    return { number, line, cells: positions.map((position) => fields[position] ?? ''), fault: null, raw: () => rawObject(names, fields) };
  }, format.skipLines);
}
