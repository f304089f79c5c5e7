import { describe, expect, it } from 'vitest';
import { JsonArraySplitter, jsonLinesSplitter } from '../../../ingest/json-rows.ts';
import { whitespaceSplitter } from '../../../ingest/line-splitter.ts';
import { MAX_ROW_LENGTH, type Row, type Splitter } from '../../../ingest/rows.ts';

function read(splitter: Splitter, text: string, pieceLength = text.length): readonly Row[] {
  const rows: Row[] = [];
  for (let from = 0; from < text.length; from += pieceLength) rows.push(...splitter.push(text.slice(from, from + pieceLength)));
  return [...rows, ...splitter.end()];
}

const shown = (rows: readonly Row[]) => rows.map(({ number, line, cells, fault }) => [number, line, fault?.code ?? cells]);
const want = (...names: string[]) => names.map((name) => ({ name, place: 'test.yaml:1' }));

describe('a white-space-delimited file', () => {
  const format = { columns: null, header: true, skipLines: 0, shortRows: false };

  it('passes over blanks at the ends of lines, and keeps zeros in front', () => {
    const text = ' id  day   amount\r\n 00001 19970101  11.77\r\n\r\n00002\t19970112 12.00 \r\n';
    expect(shown(read(whitespaceSplitter(format, want('id', 'amount')), text))).toEqual([
      [1, 2, ['00001', '11.77']],
      [2, 4, ['00002', '12.00']],
    ]);
  });

  it('takes names from the mapping where the file has no header', () => {
    const splitter = whitespaceSplitter({ ...format, columns: ['a', 'b'], header: false }, want('b'));
    expect(shown(read(splitter, '1 2\n3\n'))).toEqual([
      [1, 1, ['2']],
      [2, 2, 'ROW_MALFORMED'],
    ]);
  });
});

describe('a JSON Lines file', () => {
  it('reads values by path, lists joined, and refuses lines that are no objects', () => {
    const text = '{"user":{"id":7},"tags":["x","y"],"items":[{"sku":"s1"}]}\n{oops\n[1]\n{"user":null,"ok":true}\n';
    expect(shown(read(jsonLinesSplitter(['user.id', 'tags', 'items.0.sku', 'ok'], 0), text))).toEqual([
      [1, 1, ['7', 'x|y', 's1', '']],
      [2, 2, 'ROW_MALFORMED'],
      [3, 3, 'ROW_MALFORMED'],
      [4, 4, ['', '', '', 'true']],
    ]);
  });

  it('refuses a number that parsing would have rounded', () => {
    const [row] = read(jsonLinesSplitter(['id'], 0), '{"id":12345678901234567890}\n');
    expect(row?.fault?.message).toContain('in quotes');
  });

  it('refuses an object that is too deep to be written as text again, and reads on', () => {
    const text = `{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}\n{"a":"y"}\n`;
    expect(shown(read(jsonLinesSplitter(['a'], 0), text, text.length))).toEqual([
      [1, 1, 'ROW_MALFORMED'],
      [2, 2, ['y']],
    ]);
  });

  it('refuses one line that is too long and reads on', () => {
    const text = `{"a":"${'x'.repeat(MAX_ROW_LENGTH)}"}\n{"a":"y"}\n`;
    for (const piece of [1 << 16, text.length])
      expect(shown(read(jsonLinesSplitter(['a'], 0), text, piece))).toEqual([
        [1, 1, 'ROW_TOO_LONG'],
        [2, 2, ['y']],
      ]);
  });
});

describe('a JSON array', () => {
  const text = '\n[ {"a": "x,]\\"[", "b": {"c": [1, 2]}},\n\n  {"a": 2},\n  {broken},\n  {"a": 3}\n]\n';

  it('is cut into its elements, one broken one losing itself only, in any pieces', () => {
    for (let piece = 1; piece <= text.length; piece++)
      expect(shown(read(new JsonArraySplitter(['a', 'b.c']), text, piece))).toEqual([
        [1, 2, ['x,]"[', '1|2']],
        [2, 4, ['2', '']],
        [3, 5, 'ROW_MALFORMED'],
        [4, 6, ['3', '']],
      ]);
  });

  it('has no rows when it is empty', () => {
    expect(read(new JsonArraySplitter(['a']), '[ ]')).toEqual([]);
    expect(read(new JsonArraySplitter(['a']), '')).toEqual([]);
  });

  it('gives its rows and then says that something follows, in any pieces', () => {
    const joined = '[{"a":1}]\n\n[{"a":2}]\n';
    for (let piece = 1; piece <= joined.length; piece++)
      expect(() => read(new JsonArraySplitter(['a']), joined, piece)).toThrow(/line 3: something follows the end of the array/);
    const splitter = new JsonArraySplitter(['a']);
    expect(shown([...splitter.push(joined)])).toEqual([[1, 1, ['1']]]);
    expect(() => splitter.end()).toThrow(/line 3/);
    expect(shown(read(new JsonArraySplitter(['a']), '[{"a":1}]\n \n'))).toEqual([[1, 1, ['1']]]);
  });

  it('says on which line a file is no array, or breaks off', () => {
    expect(() => read(new JsonArraySplitter(['a']), '\n{"a":1}')).toThrow(/line 2: .*format\.type to jsonl/);
    expect(() => read(new JsonArraySplitter(['a']), '[{"a":1},\n{"a":')).toThrow(/line 2: the file ends inside the array/);
  });
});
