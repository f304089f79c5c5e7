import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { base32 } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { VoucherRecord } from './records.ts';

/**
 * The token's version, then the voucher's id, a digest that binds it to its customer, the second after which it is over (base 36, 0: never)
 * and the signature. All letters are capitals, which a QR code holds in less room, and none needs escaping in a URL.
 */
const TOKEN = /^(V1([0-9A-HJKMNP-TV-Z]{20})([0-9A-HJKMNP-TV-Z]{16})([0-9A-Z]{8}))([0-9A-HJKMNP-TV-Z]{26})$/;

/** A token that we signed. */
export interface SignedVoucher {
  /** The voucher's id, under whichever of its customer's ids it is filed. */
  readonly id: string;
  /** What the token says; null: without end. */
  readonly validUntil: EpochMs | null;
  /** Whether it was signed for the customer with that id. */
  isFor(owner: string): boolean;
}

/** Makes and reads what a voucher's QR code holds. */
export class VoucherTokens {
  readonly #keys: readonly Buffer[];

  /** `secrets` are at least one: the first signs, all verify. */
  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'customer-360 voucher token', 32)));
  }

  /** 72 characters that say nothing about the customer without the key; the same for as long as the voucher and the key are. */
  tokenOf({ owner, id, validUntil }: Pick<VoucherRecord, 'owner' | 'id' | 'validUntil'>): string {
    const key = this.#keys[0]!;
    const until = validUntil === null ? 0 : Math.ceil(validUntil / 1000);
    const head = `V1${id.toUpperCase()}${binding(key, owner, id)}${until.toString(36).toUpperCase().padStart(8, '0')}`;
    return head + signature(key, head);
  }

  /** What a token says; null for whatever was not signed by us as it is. */
  read(token: string): SignedVoucher | null {
    const [, head = '', voucher = '', bound = '', until = '', signed = ''] = TOKEN.exec(token) ?? [];
    // All keys are tried, and all of the signature, so that the time that it takes tells nothing.
    const [key] = this.#keys.filter((candidate) => equal(signature(candidate, head), signed));
    if (!key) return null;
    const id = voucher.toLowerCase();
    const seconds = Number.parseInt(until, 36);
    return { id, validUntil: seconds === 0 ? null : seconds * 1000, isFor: (owner) => equal(binding(key, owner, id), bound) };
  }
}

/** 130 bits of HMAC-SHA-256; RFC 2104, section 5, asks for 128 at least. */
function signature(key: Buffer, head: string): string {
  return base32(hmac(key, 'token', head), 26).toUpperCase();
}

/** 80 bits that differ from voucher to voucher, so that two vouchers do not show that they are one customer's. */
function binding(key: Buffer, owner: string, id: string): string {
  return base32(hmac(key, 'customer', `${id}\n${owner}`), 16).toUpperCase();
}

function hmac(key: Buffer, purpose: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
}

function equal(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
