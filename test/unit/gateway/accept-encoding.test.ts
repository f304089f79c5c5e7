import { expect, it } from 'vitest';
import { preferredEncoding } from '../../../gateway/http/compression.ts';

// RFC 9110, 12.5.3: a weight of 0 is a refusal, * is whatever is not named, and identity is always acceptable unless refused.
it.each([
  [undefined, null],
  ['', null],
  ['identity', null],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, gzip;q=0.1', 'gzip'],
  ['gzip;q=0', null],
  ['*', 'br'],
  ['*;q=0.5, br;q=0', 'gzip'],
  ['*;q=0', null],
  ['gzip;q=0.5, identity', null],
  ['gzip;q=nonsense', null],
  ['deflate', null],
])('Accept-Encoding %s is answered by %s', (accepted, encoding) => {
  expect(preferredEncoding(accepted)).toBe(encoding);
});
