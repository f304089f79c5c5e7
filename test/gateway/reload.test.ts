import { expect, it } from 'vitest';
import { reloadUnderLoad } from '../support/reloading.ts';

// `npm run bench:reload` does it 200 times and prints figures.
it('is served without a gap while its file is replaced, by broken ones too, and until the process is told to stop', {
  timeout: 120_000,
}, async () => {
  const { tally, loaded, refused, exitCode } = await reloadUnderLoad(15, 8);
  expect(tally.failures).toEqual([]);
  expect([loaded, refused]).toEqual([12, 3]);
  expect([...tally.answers.keys()].sort()).toEqual(['one', 'two']);
  expect(tally.refused).toBe(8);
  expect(exitCode).toBe(0);
});
