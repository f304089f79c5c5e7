import { expect, it } from 'vitest';
import { PersistedQueries } from '../../../gateway/http/persisted-queries.ts';

it('keeps as many characters of persisted queries as it may, those used last', async () => {
  // Each takes 10: `apq:` and one for the hash, and five of text.
  const queries = new PersistedQueries(30);
  for (const hash of ['a', 'b', 'c']) await queries.set(`apq:${hash}`, `{ ${hash} }`);
  expect(queries.known('a')).toBe('{ a }');
  await queries.set('apq:d', '{ d }');
  expect(['a', 'b', 'c', 'd'].map((hash) => queries.known(hash))).toEqual(['{ a }', undefined, '{ c }', '{ d }']);
  await queries.set('apq:d', '{ d }');
  expect(await queries.get('apq:a')).toBe('{ a }');
  await queries.delete('apq:a');
  expect(queries.known('a')).toBeUndefined();
});
