import type { Cursor } from './storage/port.ts';

/** A cursor's opaque text. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at}\n${id}`).toString('base64url');
}

/** The position that `encodeCursor` wrote; null for any other text. */
export function readCursor(text: string): Cursor | null {
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  const cut = plain.indexOf('\n');
  const at = Number(plain.slice(0, cut));
  const cursor = { at, id: plain.slice(cut + 1) };
  return cut < 1 || !Number.isSafeInteger(at) || encodeCursor(cursor) !== text ? null : cursor;
}
