import { expect, it } from 'vitest';
import { VoucherTokens } from '../../../subgraphs/loyalty/voucher-tokens.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';
const voucher = { owner: 'cus_0123456789abcdefghjk', id: 'abcdefghjkmnpqrstvwx', validUntil: Date.UTC(2026, 3, 1) };
const tokens = new VoucherTokens([KEY]);
// Made with Python's hmac and hashlib: HKDF and HMAC by RFC 5869 and RFC 2104.
const TOKEN = 'V1ABCDEFGHJKMNPQRSTVWXR7ASQGVGWSRJJ75500TCSG00PV4HYP9E8SE0M2F6ZGS52YE524';
const ENDLESS = 'V1ABCDEFGHJKMNPQRSTVWXR7ASQGVGWSRJJ75500000000H406MBEFMQHY24PT2NKFGVK16K';

it('is the voucher, a digest of its customer, its time and a signature, as another implementation has it', () => {
  expect(tokens.tokenOf(voucher)).toBe(TOKEN);
  expect(tokens.tokenOf({ ...voucher, validUntil: null })).toBe(ENDLESS);
});

it('says voucher and time again, and whether it is of a customer', () => {
  const read = tokens.read(TOKEN);
  expect(read).toMatchObject({ id: voucher.id, validUntil: voucher.validUntil });
  expect(read?.isFor(voucher.owner)).toBe(true);
  expect(read?.isFor('cus_0123456789abcdefghjm')).toBe(false);
  expect(tokens.read(ENDLESS)?.validUntil).toBeNull();
});

it('lasts until the end of the second in which the voucher ends', () => {
  const read = tokens.read(tokens.tokenOf({ ...voucher, validUntil: voucher.validUntil + 1 }));
  expect(read?.validUntil).toBe(voucher.validUntil + 1000);
});

it('does not show that two vouchers are of one customer', () => {
  const another = tokens.tokenOf({ ...voucher, id: 'abcdefghjkmnpqrstvwy' });
  expect(another.slice(22, 38)).not.toBe(TOKEN.slice(22, 38));
});

it('is refused when any character of it is another, in another case, missing or one too many', () => {
  const altered = [...TOKEN].flatMap((old, place) =>
    ['0', 'A', 'Z', old.toLowerCase(), '']
      .filter((other) => other !== old)
      .map((other) => TOKEN.slice(0, place) + other + TOKEN.slice(place + 1)),
  );
  expect(altered.length).toBeGreaterThan(72 * 3);
  expect(altered.filter((token) => tokens.read(token) !== null)).toEqual([]);
  for (const token of ['', 'V1', `${TOKEN}0`, `${TOKEN}\n`, ` ${TOKEN}`, 'é'.repeat(72)]) expect(tokens.read(token)).toBeNull();
});

it('is refused when someone else signed it, and good for as long as its key is among them', () => {
  expect(new VoucherTokens([OTHER]).read(TOKEN)).toBeNull();
  const rotated = new VoucherTokens([OTHER, KEY]);
  expect(rotated.read(TOKEN)?.isFor(voucher.owner)).toBe(true);
  expect(rotated.tokenOf(voucher)).not.toBe(TOKEN);
  expect(tokens.read(rotated.tokenOf(voucher))).toBeNull();
});
