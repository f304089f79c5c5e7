import { describe, expect, it } from 'vitest';
import { fileProblem } from '../../../kernel/storage/sqlite-driver.ts';

const failure = (rawCode: number) => Object.assign(new Error('a message that may quote a value'), { rawCode });

describe('what the file system refuses', () => {
  // The codes are those of https://www.sqlite.org/rescode.html; extended ones have theirs in the low byte.
  it.each([
    ['SQLITE_READONLY', 8, /^may not be written/],
    ['SQLITE_READONLY_DIRECTORY', 1544, /^may not be written/],
    ['SQLITE_IOERR_FSYNC', 1034, /^can not be read or written/],
    ['SQLITE_FULL', 13, /disk is full/],
    ['SQLITE_CANTOPEN', 14, /^can not be opened/],
  ])('is told with a remedy: %s', (_, code, problem) => {
    expect(fileProblem(failure(code))).toMatch(problem);
  });

  it('is nothing else: a lock, a broken rule, an error of our own', () => {
    expect([failure(5), failure(19), new Error('ours: 14'), 'text'].map(fileProblem)).toEqual([null, null, null, null]);
  });
});
