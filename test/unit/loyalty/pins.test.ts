import { describe, expect, it } from 'vitest';
import { afterWrongPin, equalHashes, isPin, pinHash, turns } from '../../../subgraphs/loyalty/pins.ts';
import type { PinRecord } from '../../../subgraphs/loyalty/records.ts';

const MINUTE = 60_000;

describe('a PIN', () => {
  it('is 4 to 12 digits, also those of a Japanese keyboard', () => {
    expect(['1234', ' 123456789012 ', '４７１１'].filter(isPin)).toHaveLength(3);
    expect(['123', '1234567890123', '12a4', '', '12 34'].filter(isPin)).toEqual([]);
  });

  it('is kept as scrypt of it, salted by the voucher', async () => {
    // Python: hashlib.scrypt(b'4711', salt=b'abcdefghjkmnpqrstvwx', n=16384, r=8, p=1, dklen=32)
    const hash = 'TAzkJAq8XR4CKXDaMCDR/PigBXe9ZCacV5zDkO20OAg=';
    expect(await pinHash('４７１１', 'abcdefghjkmnpqrstvwx')).toBe(hash);
    expect(equalHashes(await pinHash('4712', 'abcdefghjkmnpqrstvwx'), hash)).toBe(false);
    expect(equalHashes(await pinHash('4711', 'abcdefghjkmnpqrstvwy'), hash)).toBe(false);
  });

  it('locks after five wrong ones in a row, twice as long each time, a day at most', () => {
    let pin: PinRecord = { hash: '', failures: 0, lockedUntil: 0 };
    const locks: number[] = [];
    for (let wrong = 1; wrong <= 45; wrong++) {
      pin = afterWrongPin({ ...pin, lockedUntil: 0 }, 1000);
      if (pin.lockedUntil > 0) locks.push(wrong, (pin.lockedUntil - 1000) / MINUTE);
    }
    expect(locks).toEqual([5, 15, 10, 30, 15, 60, 20, 120, 25, 240, 30, 480, 35, 960, 40, 1440, 45, 1440]);
  });
});

it('turns let one work on a voucher after the other, also after a failure, and others meanwhile', async () => {
  const inTurn = turns();
  const log: string[] = [];
  const work =
    (name: string, end: Promise<void>, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await end;
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
    };
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = inTurn('a', work('first', held, true));
  const second = inTurn('a', work('second', Promise.resolve()));
  await inTurn('b', work('other', Promise.resolve()));
  release();
  await expect(first).rejects.toThrow('first');
  await second;
  expect(log).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends']);
});
