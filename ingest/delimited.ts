import { columnPositions, type WantedColumn } from './header.ts';
import { ENCODING_MESSAGE, faultyRow, MAX_ROW_LENGTH, REPLACEMENT, type Row, type Splitter, TOO_LONG_MESSAGE } from './rows.ts';

export interface DelimitedFormat {
  readonly delimiter: string;
  /** The quote character, or null where quotes mean nothing. */
  readonly quote: string | null;
  /** Names for the columns; null: the header's. */
  readonly columns: readonly string[] | null;
  /** Whether the first line is a header. */
  readonly header: boolean;
  /** Lines before the header or the first row. */
  readonly skipLines: number;
  /** Whether a row may end before its last columns, which are then empty. */
  readonly shortRows: boolean;
}

/** What stands at a position of the text: a row's fields, what is no row, or the need for more text. */
type Found = { readonly fields: string[]; readonly next: number } | { readonly problem: string; readonly next: number } | null;

/**
 * CSV and TSV (RFC 4180: fields may be quoted, a quote is doubled inside, a quoted field may hold line ends).
 * A row that breaks the rules is given as a faulty row, and reading goes on at the next line: after an unclosed quote
 * at the line below the one that opened it.
 */
export class DelimitedSplitter implements Splitter {
  readonly #format: DelimitedFormat;
  readonly #wanted: readonly WantedColumn[];
  #columns: readonly string[] | null = null;
  #positions: readonly number[] = [];
  #rest = '';
  #line = 1;
  #number = 0;
  #linesToSkip: number;
  #discarding = false;

  constructor(format: DelimitedFormat, wanted: readonly WantedColumn[]) {
    this.#format = format;
    this.#wanted = wanted;
    this.#linesToSkip = format.skipLines;
    if (format.columns && !format.header) this.#name(format.columns);
  }

  push(text: string): readonly Row[] {
    return this.#split(this.#rest + text, false);
  }

  end(): readonly Row[] {
    return this.#split(this.#rest, true);
  }

  #name(columns: readonly string[]): void {
    this.#columns = columns;
    this.#positions = columnPositions(columns, this.#wanted);
  }

  #split(text: string, ended: boolean): readonly Row[] {
    const rows: Row[] = [];
    const suspicious = text.includes(REPLACEMENT);
    const { quote } = this.#format;
    let position = 0;
    // Where the next quote stands: a row before it is cut the fast way.
    let quoteAt = -1;
    while (position < text.length) {
      let lineEnd = text.indexOf('\n', position);
      if (lineEnd < 0) {
        if (!ended && text.length - position <= MAX_ROW_LENGTH) break;
        lineEnd = text.length;
      }
      if (this.#discarding || this.#linesToSkip > 0) {
        if (lineEnd === text.length && !ended) {
          position = text.length;
          break;
        }
        if (this.#discarding) this.#discarding = false;
        else this.#linesToSkip--;
        this.#line++;
        position = lineEnd + 1;
        continue;
      }
      if (quote !== null && quoteAt < position) {
        quoteAt = text.indexOf(quote, position);
        if (quoteAt < 0) quoteAt = Number.POSITIVE_INFINITY;
      }
      if (quote === null || quoteAt > lineEnd) {
        if (lineEnd - position > MAX_ROW_LENGTH) {
          rows.push(faultyRow(++this.#number, this.#line, 'ROW_TOO_LONG', TOO_LONG_MESSAGE, text.slice(position, lineEnd)));
          // At the end of what was read, but not of the line: the rest of the line is still to come.
          this.#discarding = lineEnd === text.length && !ended;
        } else {
          const stop = lineEnd > position && text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
          if (stop > position) this.#take(rows, text.slice(position, stop).split(this.#format.delimiter), text, position, stop, suspicious);
        }
        if (!this.#discarding) this.#line++;
        position = lineEnd + 1;
        continue;
      }
      let found = this.#quoted(text, position, quote, ended);
      if (found === null) {
        if (!ended && text.length - position <= MAX_ROW_LENGTH) break;
        found = { problem: 'a quote is opened and not closed within the longest row allowed', next: lineEnd + 1 };
      }
      if ('problem' in found) {
        const row = text.slice(position, found.next).trimEnd();
        rows.push(
          faultyRow(++this.#number, this.#line, 'ROW_MALFORMED', `${found.problem}; correct the quotes, or set format.quote to none`, row),
        );
      } else this.#take(rows, found.fields, text, position, found.next, suspicious);
      this.#line += lineEnds(text, position, found.next);
      position = found.next;
    }
    this.#rest = text.slice(position);
    return rows;
  }

  /** Reads the row at `start` field by field. Null: it does not end in this text. */
  #quoted(text: string, start: number, quote: string, ended: boolean): Found {
    const { delimiter } = this.#format;
    const fields: string[] = [];
    let at = start;
    for (;;) {
      if (text[at] === quote) {
        let value = '';
        let from = at + 1;
        let close = text.indexOf(quote, from);
        while (close >= 0 && text[close + 1] === quote) {
          value += text.slice(from, close + 1);
          from = close + 2;
          close = text.indexOf(quote, from);
        }
        if (close < 0) return null;
        fields.push(value + text.slice(from, close));
        at = close + 1;
      } else {
        const lineEnd = text.indexOf('\n', at);
        const stop = text.indexOf(delimiter, at);
        if (lineEnd < 0 && !ended) return null;
        const rowEnd = lineEnd < 0 ? text.length : lineEnd;
        const fieldEnd = stop < 0 || stop > rowEnd ? rowEnd : stop;
        const field = text.slice(at, fieldEnd === rowEnd && text[rowEnd - 1] === '\r' && rowEnd > at ? rowEnd - 1 : fieldEnd);
        if (field.includes(quote)) return { problem: 'a quote stands inside a field that is not quoted', next: rowEnd + 1 };
        fields.push(field);
        at = fieldEnd;
      }
      const next = text[at];
      if (next === delimiter) at++;
      else if (next === '\n') return { fields, next: at + 1 };
      else if (next === '\r' && text[at + 1] === '\n') return { fields, next: at + 2 };
      else if (next === undefined || (next === '\r' && at + 1 === text.length)) return ended ? { fields, next: text.length } : null;
      else {
        const lineEnd = text.indexOf('\n', at);
        if (lineEnd < 0 && !ended) return null;
        return { problem: 'text follows a closing quote', next: lineEnd < 0 ? text.length : lineEnd + 1 };
      }
    }
  }

  #take(rows: Row[], fields: string[], text: string, start: number, stop: number, suspicious: boolean): void {
    const columns = this.#columns;
    if (columns === null) {
      this.#name(this.#format.columns ?? fields.map((name) => name.trim()));
      return;
    }
    const number = ++this.#number;
    const line = this.#line;
    const count = fields.length;
    if (count > columns.length || (count < columns.length && !this.#format.shortRows)) {
      const message = `the row has ${count} fields where ${columns.length} columns are named; look for an unquoted delimiter${
        count < columns.length ? ', or set format.shortRows to true if trailing fields may be missing' : ''
      }`;
      rows.push(faultyRow(number, line, 'ROW_MALFORMED', message, text.slice(start, stop).trimEnd()));
    } else if (suspicious && fields.some((field) => field.includes(REPLACEMENT))) {
      rows.push(faultyRow(number, line, 'ENCODING_INVALID', ENCODING_MESSAGE, text.slice(start, stop).trimEnd()));
    } else {
      const cells = this.#positions.map((position) => fields[position] ?? '');
      rows.push({ number, line, cells, fault: null, raw: () => rawObject(columns, fields) });
    }
  }
}

/** How many line ends stand in `text` from `start` up to `stop`; the end of the text ends a line too. */
function lineEnds(text: string, start: number, stop: number): number {
  let count = stop > text.length || text[stop - 1] !== '\n' ? 1 : 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < stop; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** A row as JSON text; of columns with equal names the later ones get their position as suffix, so that none is lost. */
export function rawObject(columns: readonly string[], fields: readonly string[]): string {
  const entries = new Map<string, string>();
  columns.forEach((column, position) => {
    entries.set(entries.has(column) ? `${column}#${position + 1}` : column, fields[position] ?? '');
  });
  return JSON.stringify(Object.fromEntries(entries));
}
