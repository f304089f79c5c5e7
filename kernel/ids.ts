import { hash } from 'node:crypto';
import type { Key } from './storage/port.ts';

/** A customer's id: `cus_` and 20 characters of Crockford base32. Opaque; never reused, never rewritten. */
export type CustomerId = string & { readonly __brand: 'CustomerId' };

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** The first bits of `bytes`, five a character, in lower-case Crockford base32: 100 bits in 20 characters unless told. Needs as many bits. */
export function base32(bytes: Uint8Array, length = 20): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += CROCKFORD[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
    if (text.length === length) break;
  }
  return text;
}

/** 20 characters that depend on all parts and their boundaries (SHA-256, 100 bits). Not for secrets. */
export function digest(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return base32(hash('sha256', text, 'buffer'));
}

const CUSTOMER = /^cus_[0-9a-hjkmnp-tv-z]{20}$/;

/** The id if `text` has the form of one, else null. Says nothing about whether the customer exists. */
export function parseCustomerId(text: string): CustomerId | null {
  return CUSTOMER.test(text) ? (text as CustomerId) : null;
}

/** The id of a stored record as clients see it: its prefix, its owner and its id, reversible by `parseEntityId`. */
export function entityId(prefix: string, key: Key): string {
  return `${prefix}_${Buffer.from(`${key.owner}\n${key.id}`).toString('base64url')}`;
}

/** The key inside an entity id, or null when `text` is not one of that prefix. */
export function parseEntityId(prefix: string, text: string): Key | null {
  if (!text.startsWith(`${prefix}_`) || text.length > 1024) return null;
  const encoded = text.slice(prefix.length + 1);
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.toString('base64url') !== encoded) return null;
  const plain = bytes.toString('utf8');
  const cut = plain.indexOf('\n');
  return cut < 0 ? null : { owner: plain.slice(0, cut), id: plain.slice(cut + 1) };
}
