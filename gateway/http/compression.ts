import { brotliCompress, constants, gzip } from 'node:zlib';

/** Below this an answer fits into one packet, compressed or not. */
export const COMPRESSED_FROM_BYTES = 1400;

export type Encoding = 'br' | 'gzip';

/** The encoding that an Accept-Encoding header likes best, brotli rather than gzip (RFC 9110, 12.5.3); null for none of ours. */
export function preferredEncoding(accepted: string | undefined): Encoding | null {
  if (accepted === undefined) return null;
  const weights = new Map<string, number>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', weight] = part.split(';', 2).map((text) => text.trim());
    const q = weight?.startsWith('q=') ? Number(weight.slice(2)) : 1;
    weights.set(name, Number.isNaN(q) ? 0 : q);
  }
  const wanted = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const identity = weights.get('identity') ?? 0;
  const [br, gz] = [wanted('br'), wanted('gzip')];
  if (Math.max(br, gz) <= 0 || Math.max(br, gz) < identity) return null;
  return br >= gz ? 'br' : 'gzip';
}

/** Compresses on a thread beside this one, fast rather than small. */
export function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: Buffer) => (error ? reject(error) : resolve(result));
    if (encoding === 'gzip') gzip(bytes, { level: 3 }, done);
    else {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      brotliCompress(bytes, { params }, done);
    }
  });
}
