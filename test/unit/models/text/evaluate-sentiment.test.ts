import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { evaluateSentiment } from '../../../../cli/evaluate-sentiment.ts';
import { OperatorError } from '../../../../kernel/errors.ts';

const sample = new URL('data/reviews-ja.csv', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'c360-sentiment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function evaluated(path: string, text = ['text'], stars = 'stars'): Promise<string[]> {
  const lines: string[] = [];
  await evaluateSentiment({ file: path, text, stars }, (line) => lines.push(line));
  // The seconds differ from run to run.
  return lines.slice(0, -1);
}

it('prints what a model of the file is worth beside the lexicon', async () => {
  const lines = await evaluated(sample);
  expect(lines[0]).toBe('Texts: 60 (30 positive, 30 negative); left out: 4 with 3 stars or no text');
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
  const content = `${readFileSync(sample, 'utf8')}n/a,unrated\n5,"one" too,many\n`;
  const [counts] = await evaluated(file('faulty.csv', content));
  expect(counts).toBe(
    'Texts: 60 (30 positive, 30 negative); left out: 4 with 3 stars or no text, 1 without a rating from 1 to 5, 1 not readable',
  );
});

it('refuses an unknown column, another scale and too few ratings, with a remedy', async () => {
  await expect(evaluated(sample, ['comment'])).rejects.toThrow('column "comment" is not in the file');
  const percent = readFileSync(sample, 'utf8').replace(/^(\d),/gm, '$10,');
  await expect(evaluated(file('percent.csv', percent))).rejects.toThrow('have no rating from 1 to 5 in column "stars"');
  const few = file('few.csv', readFileSync(sample, 'utf8').split('\n').slice(0, 35).join('\n'));
  await expect(evaluated(few)).rejects.toThrow(OperatorError);
});
