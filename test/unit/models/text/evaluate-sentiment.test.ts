import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { evaluateSentiment, type SentimentFile } from '../../../../cli/commands/evaluate-sentiment.ts';
import { OperatorError } from '../../../../kernel/errors.ts';

const sample = new URL('data/reviews-ja.csv', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'c360-sentiment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function evaluated(
  path: string,
  text = ['text'],
  stars = 'stars',
  options: Pick<SentimentFile, 'delimiter' | 'encoding'> = {},
): Promise<string[]> {
  const lines: string[] = [];
  await evaluateSentiment({ file: path, text, stars, ...options }, (line) => lines.push(line));
  // The seconds differ from run to run.
  return lines.slice(0, -1);
}

it('prints what a model of the file is worth beside the lexicon', async () => {
  const lines = await evaluated(sample);
  expect(lines[0]).toBe('Texts: 60 (30 positive, 30 negative); left out: 4 between 2 and 4 stars');
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(/^AUC, 5-fold: 0\.\d{4}$/),
    expect.stringMatching(/^AUC of the lexicon: [01]\.\d{4}$/),
    expect.stringMatching(/^Expected calibration error: 0\.\d{4}$/),
  ]);
});

it('reads a compressed file the same', async () => {
  expect(await evaluated(file('reviews.csv.gz', gzipSync(readFileSync(sample))))).toEqual(await evaluated(sample));
});

it('counts rows that it can not use', async () => {
  const content = `${readFileSync(sample, 'utf8')}n/a,unrated\n2.5,neither\n3.5,nor\n5,\n5,"one" too,many\n5,one,two\n`;
  const [counts] = await evaluated(file('faulty.csv', content));
  expect(counts).toBe(
    'Texts: 60 (30 positive, 30 negative); left out: 6 between 2 and 4 stars, 1 without text, 1 without a rating from 1 to 5, ' +
      '2 not readable (the first on line 70: text follows a closing quote; correct its quotes, or name what parts the columns with --delimiter)',
  );
});

it('refuses an unknown column, another scale and too few ratings, with a remedy', async () => {
  await expect(evaluated(sample, ['comment'])).rejects.toThrow('column "comment" is not in the file');
  const percent = readFileSync(sample, 'utf8').replace(/^(\d),/gm, '$10,');
  await expect(evaluated(file('percent.csv', percent))).rejects.toThrow('have no rating from 1 to 5 in column "stars"');
  const few = file('few.csv', readFileSync(sample, 'utf8').split('\n').slice(0, 35).join('\n'));
  await expect(evaluated(few)).rejects.toThrow(OperatorError);
});

const rows = readFileSync(sample, 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => ({ stars: line.slice(0, 1), text: line.slice(2) }));

it('takes 25 texts of either kind, and no less', async () => {
  const some = (ofEach: number) => {
    const chosen = [
      ...rows.filter(({ stars }) => stars < '3').slice(0, ofEach),
      ...rows.filter(({ stars }) => stars > '3').slice(0, ofEach),
    ];
    return file(`${ofEach}.json`, JSON.stringify(chosen));
  };
  expect((await evaluated(some(25)))[0]).toBe('Texts: 50 (25 positive, 25 negative); left out: 0 between 2 and 4 stars');
  await expect(evaluated(some(24))).rejects.toThrow('24 texts have at most 2 stars and 24 at least 4; it takes 25 of both.');
});

it.each([
  ['reviews.tsv', ['stars\ttext', ...rows.map(({ stars, text }) => `${stars}\t${text}`)].join('\n')],
  ['REVIEWS.TSV', ['stars\ttext', ...rows.map(({ stars, text }) => `${stars}\t${text}`)].join('\r\n')],
  ['reviews.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')],
  ['reviews.ndjson', rows.map((row) => JSON.stringify(row)).join('\n')],
  ['reviews.json', JSON.stringify(rows)],
  ['Reviews.JSON.GZ', gzipSync(JSON.stringify(rows))],
])('tells by its ending what %s is', async (name, content) => {
  expect(await evaluated(file(name, content))).toEqual(await evaluated(sample));
});

it('reads what is parted and written otherwise, when it is told', async () => {
  const parted = ['stars;text', ...rows.map(({ stars, text }) => `${stars};${text}`)].join('\n');
  expect(await evaluated(file('semicolons.txt', parted), ['text'], 'stars', { delimiter: ';' })).toEqual(await evaluated(sample));
  const wide = Buffer.from(`\uFEFF${readFileSync(sample, 'utf8')}`, 'utf16le');
  expect(await evaluated(file('wide.csv', wide), ['text'], 'stars', { encoding: 'utf-16le' })).toEqual(await evaluated(sample));
});

/** 良い in Shift_JIS. */
const GOOD = Buffer.from([0x97, 0xc7, 0x82, 0xa2]);
const inShiftJis = (header: string | Buffer) =>
  Buffer.concat([
    Buffer.from(header),
    Buffer.from('\n'),
    ...Array.from({ length: 3 }, () => Buffer.concat([Buffer.from('5,'), GOOD, Buffer.from('\n')])),
  ]);

it.each([
  [
    'sjis.csv',
    inShiftJis('stars,text'),
    '3 of 3 rows can not be read, the first on line 2: the row has bytes that utf-8 does not have; name the encoding with --encoding',
  ],
  [
    'header.csv',
    inShiftJis(Buffer.concat([Buffer.from('stars,'), GOOD])),
    'Its header has bytes that utf-8 does not have; name the encoding with --encoding',
  ],
  [
    'semicolons.csv',
    'stars;text\n5;good\n',
    '--stars: column "stars" is not in the file. The file has: "stars;text". Its columns seem to be parted otherwise: give --delimiter ";".',
  ],
  ['tabs.txt', 'stars\ttext\n5\tgood\n', 'give --delimiter tab.'],
  [
    'twice.csv',
    'stars,text,text\n5,good,fine\n',
    '--text: column "text" occurs more than once in the file. Name columns of its header, each with a name of its own.',
  ],
  [
    'lines.json',
    '{"stars":5,"text":"good"}\n',
    'line 1: the file does not begin with "[". Let its name end in .jsonl if every line is one object.',
  ],
  ['cut.json', '[{"stars":5,"text":"good"}', 'line 1: the file ends inside the array. Mend it: get the whole file and run again.'],
  ['broken.jsonl', '{"stars":5,\n', '1 of 1 rows can not be read, the first on line 1: the row is not JSON.'],
  ['wide.csv', Buffer.from('\uFEFFstars,text\n', 'utf16le'), 'is written in UTF-16. Give --encoding utf-16le.'],
  ['empty.csv', 'stars,text\n', 'holds no rows. Give a file with a header and a row for each text.'],
  [
    'few.csv',
    'stars,text\n5,good\n3,so\n1,bad\n',
    '1 texts have at most 2 stars and 1 at least 4; it takes 25 of both. Left out: 1 between 2 and 4 stars.',
  ],
])('says in its own words what is wrong with %s', async (name, content, problem) => {
  const path = file(name, content);
  const failure = await evaluated(path).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OperatorError);
  const { message } = failure as OperatorError;
  expect(message).toContain(problem);
  expect(message).toMatch(`Sentiment can not be evaluated:\n  - ${path}: `);
  expect(message).not.toMatch(/mapping|ingest|format\.|stored/);
});

it('says of a file that is not there that it can not be opened', async () => {
  const absent = join(folder, 'absent.csv');
  await expect(evaluated(absent)).rejects.toThrow(`Sentiment can not be evaluated:\n  - ${absent}: can't be opened (ENOENT).`);
});
