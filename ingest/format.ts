import { DelimitedSplitter } from './delimited.ts';
import type { WantedColumn } from './header.ts';
import { JsonArraySplitter, jsonLinesSplitter } from './json-rows.ts';
import { whitespaceSplitter } from './line-splitter.ts';
import type { Format } from './mapping-schema.ts';
import type { Row, Splitter } from './rows.ts';

/** The splitter for a format, giving the wanted columns. */
export function splitter(format: Format, wanted: readonly WantedColumn[]): Splitter {
  const { type, columns = null, skipLines = 0, shortRows = false } = format;
  const header = format.header ?? columns === null;
  switch (type) {
    case 'csv':
    case 'tsv': {
      const quote = format.quote === 'none' ? null : (format.quote ?? '"');
      const delimiter = format.delimiter ?? (type === 'tsv' ? '\t' : ',');
      return new DelimitedSplitter({ delimiter, quote, columns, header, skipLines, shortRows }, wanted);
    }
    case 'whitespace':
      return whitespaceSplitter({ columns, header, skipLines, shortRows }, wanted);
    case 'json':
      return new JsonArraySplitter(wanted.map(({ name }) => name));
    case 'jsonl':
      return jsonLinesSplitter(
        wanted.map(({ name }) => name),
        skipLines,
      );
  }
}

/** Rows in batches of at most `size`, in file order. */
export async function* inBatches(text: AsyncIterable<string>, rows: Splitter, size: number): AsyncGenerator<readonly Row[]> {
  let held: Row[] = [];
  for await (const piece of text) {
    held.push(...rows.push(piece));
    while (held.length >= size) {
      yield held.slice(0, size);
      held = held.slice(size);
    }
  }
  held.push(...rows.end());
  for (let from = 0; from < held.length; from += size) yield held.slice(from, from + size);
}
