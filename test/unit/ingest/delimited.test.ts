import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DelimitedFormat, DelimitedSplitter } from '../../../ingest/delimited.ts';
import { MAX_ROW_LENGTH, type Row } from '../../../ingest/rows.ts';

const CSV: DelimitedFormat = { delimiter: ',', quote: '"', columns: null, header: true, skipLines: 0, shortRows: false };
const want = (...names: string[]) => names.map((name) => ({ name, place: 'test.yaml:1' }));

function read(text: string, wanted: readonly string[], format: Partial<DelimitedFormat> = {}, pieceLength = text.length): readonly Row[] {
  const splitter = new DelimitedSplitter({ ...CSV, ...format }, want(...wanted));
  const rows: Row[] = [];
  for (let from = 0; from < text.length; from += Math.max(1, pieceLength))
    rows.push(...splitter.push(text.slice(from, from + pieceLength)));
  return [...rows, ...splitter.end()];
}

const shown = (rows: readonly Row[]) => rows.map(({ number, line, cells, fault }) => [number, line, fault?.code ?? cells]);

describe('a delimited file', () => {
  it('gives the wanted columns in the order asked for, by row and line', () => {
    expect(shown(read('a,b,c\n1,2,3\r\n4,5,6', ['c', 'a']))).toEqual([
      [1, 2, ['3', '1']],
      [2, 3, ['6', '4']],
    ]);
  });

  it('names the line on which a row begins, also below line ends inside quotes', () => {
    expect(shown(read('a,b\r\n"one\r\ntwo",x\r\n\r\n"say ""hi""",y\r\n', ['a', 'b']))).toEqual([
      [1, 2, ['one\r\ntwo', 'x']],
      [2, 5, ['say "hi"', 'y']],
    ]);
  });

  it('reads the same rows whatever the pieces in which the text comes', () => {
    const text = 'a,b\n"x ""y""\n,z",2\n\n3,"4"\r\n"5",6\n7,"8';
    const whole = shown(read(text, ['a', 'b']));
    for (let length = 1; length < text.length; length++) expect(shown(read(text, ['a', 'b'], {}, length))).toEqual(whole);
  });

  it('agrees with csv-parse on whatever csv-parse reads', () => {
    const field = fc.stringMatching(/^[a-z "\n,;]{0,6}$/);
    const record = fc.array(field, { minLength: 3, maxLength: 3 }).filter((fields) => fields.some((text) => text !== ''));
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (records, windows, piece) => {
          const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
          const end = windows ? '\r\n' : '\n';
          const text = `p,q,r${end}${records.map((fields) => fields.map(quoted).join(',')).join(end)}${end}`;
          const theirs = parse(text, { from_line: 1, record_delimiter: end }).slice(1);
          expect(read(text, ['p', 'q', 'r'], {}, piece).map(({ cells }) => cells)).toEqual(theirs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes on at the next line after a row that breaks the rules, and says which', () => {
    const rows = read('a,b\n1,2\n"x"y,2\n3,4\nfive "5",6\n7,8\n9\n1,2,3\n0,0\n', ['a', 'b']);
    expect(shown(rows)).toEqual([
      [1, 2, ['1', '2']],
      [2, 3, 'ROW_MALFORMED'],
      [3, 4, ['3', '4']],
      [4, 5, 'ROW_MALFORMED'],
      [5, 6, ['7', '8']],
      [6, 7, 'ROW_MALFORMED'],
      [7, 8, 'ROW_MALFORMED'],
      [8, 9, ['0', '0']],
    ]);
    expect(rows[1]?.raw()).toBe('"x"y,2');
    expect(rows[5]?.fault?.message).toContain('1 fields where 2 columns');
  });

  it('loses one row and not the file to a quote that is never closed', () => {
    expect(shown(read('a,b\n1,2\n"3,4\n5,6\n7,8\n', ['a', 'b']))).toEqual([
      [1, 2, ['1', '2']],
      [2, 3, 'ROW_MALFORMED'],
      [3, 4, ['5', '6']],
      [4, 5, ['7', '8']],
    ]);
  });

  it('refuses a row that is too long, and reads the next, in bounded memory', () => {
    const long = 'x'.repeat(MAX_ROW_LENGTH + 10);
    for (const piece of [1 << 16, MAX_ROW_LENGTH * 3])
      expect(shown(read(`a,b\n1,2\n${long},3\n4,5\n`, ['a', 'b'], {}, piece))).toEqual([
        [1, 2, ['1', '2']],
        [2, 3, 'ROW_TOO_LONG'],
        [3, 4, ['4', '5']],
      ]);
  });

  it('refuses a row whose bytes the encoding does not have', () => {
    expect(shown(read('a\nna\uFFFDve\nfine\n', ['a']))).toEqual([
      [1, 2, 'ENCODING_INVALID'],
      [2, 3, ['fine']],
    ]);
  });

  it('takes names for the columns from the mapping, with a header to skip or none', () => {
    const columns = ['x', 'y'];
    expect(shown(read('1,2\n', ['y'], { columns, header: false }))).toEqual([[1, 1, ['2']]]);
    expect(shown(read('note\na,a\n1,2\n', ['y'], { columns, header: true, skipLines: 1 }))).toEqual([[1, 3, ['2']]]);
  });

  it('lets trailing fields be missing where the mapping says so', () => {
    expect(shown(read('a,b,c\n1\n', ['a', 'c'], { shortRows: true }))).toEqual([[1, 2, ['1', '']]]);
  });

  it('takes quotes for text where the mapping says none', () => {
    expect(shown(read('a\tb\n5" nail\t"x\n', ['a', 'b'], { delimiter: '\t', quote: null }))).toEqual([[1, 2, ['5" nail', '"x']]]);
  });

  it('keeps every column of a row for quarantine, of equal names too', () => {
    const [row] = read('a,b,b\n1,2,3\n', ['a']);
    expect(JSON.parse(row?.raw() ?? '')).toEqual({ a: '1', b: '2', 'b#3': '3' });
  });

  it('says which column is not there, where the mapping uses it, and what is', () => {
    expect(() => read('Invoice,Stock\n1,2\n', ['invoice'])).toThrow(
      /test\.yaml:1: column "invoice" is not in the file; did you mean "Invoice"\?.*"Stock"/,
    );
    expect(() => read('a,a\n1,2\n', ['a'])).toThrow(/"a" occurs more than once.*format\.columns/);
  });
});
