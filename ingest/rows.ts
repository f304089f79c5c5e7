import type { Reason } from '../kernel/errors.ts';

/** One row of a file, before its mapping. */
export interface Row {
  /** 1 for the file's first row; header, blank lines and skipped lines are no rows. */
  readonly number: number;
  /** The line of the file, from 1, on which the row begins. */
  readonly line: number;
  /** The text of each wanted column, in the order in which they were asked for; '' where the row has none. */
  readonly cells: readonly string[];
  /** Why the row can't be read at all, or null. */
  readonly fault: Reason | null;
  /** The row as JSON text, `{"column": "value"}` or the JSON value itself; a row with a fault as its plain text. For quarantine. */
  raw(): string;
}

/** Cuts a file's text into rows, whatever the pieces in which the text comes. */
export interface Splitter {
  push(text: string): readonly Row[];
  /** What was still open at the end of the file. */
  end(): readonly Row[];
}

/** Rows longer than this many characters are quarantined, so that one unclosed quote can't fill the memory. */
export const MAX_ROW_LENGTH = 1_048_576;

/** What quarantine keeps of a row that can't be read. */
const MAX_FAULTY_TEXT = 65_536;

/** A row that can't be read: `ROW_MALFORMED`, `ROW_TOO_LONG` or `ENCODING_INVALID`. */
export function faultyRow(number: number, line: number, code: string, message: string, text: string): Row {
  return { number, line, cells: [], fault: { code, message }, raw: () => text.slice(0, MAX_FAULTY_TEXT) };
}

/** The decoder's mark for bytes that the encoding does not have. */
export const REPLACEMENT = '\uFFFD';

export const ENCODING_MESSAGE = 'the row has bytes that the encoding does not have; set format.encoding to the one the file was written in';
export const TOO_LONG_MESSAGE = `the row is longer than ${MAX_ROW_LENGTH} characters; look for an unclosed quote or a missing line end`;
