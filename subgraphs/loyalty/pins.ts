import { scrypt, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { PinRecord } from './records.ts';

/** Wrong PINs in a row that lock a voucher. */
const MOST_FAILURES = 5;
const FIRST_LOCK_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 86_400_000;

/** Digits as typed, those of a Japanese keyboard included. */
const digits = (pin: string) => pin.normalize('NFKC').trim();

/** Whether it can be a voucher's PIN: 4 to 12 digits (ISO 9564-1). */
export function isPin(pin: string): boolean {
  return /^\d{4,12}$/.test(digits(pin));
}

/** What is kept of a PIN: scrypt (RFC 7914; N 16384, r 8, p 1) in base64. The salt is the voucher's id, which no other voucher has. */
export function pinHash(pin: string, voucher: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(digits(pin), voucher, 32, (error, hash) => (error ? reject(error) : resolve(hash.toString('base64'))));
  });
}

/** Whether both are of the same PIN of the same voucher. */
export function equalHashes(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** After one more wrong PIN: every fifth in a row locks it, for a quarter of an hour and then twice as long each time, a day at most. */
export function afterWrongPin({ hash, failures, lockedUntil }: PinRecord, now: EpochMs): PinRecord {
  const total = failures + 1;
  if (total % MOST_FAILURES !== 0) return { hash, failures: total, lockedUntil };
  const lockMs = FIRST_LOCK_MS * 2 ** (total / MOST_FAILURES - 1);
  return { hash, failures: total, lockedUntil: now + Math.min(lockMs, LONGEST_LOCK_MS) };
}

/** Runs what is asked for under one name one after the other, in the order in which it was asked for. */
export type Turns = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * Turns of one process. PINs are slow to check on purpose: in turns, of a thousand guesses that come at once those after the
 * fifth find the voucher locked and are not even computed.
 */
export function turns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, mine);
    const leave = () => {
      if (last.get(name) === mine) last.delete(name);
    };
    mine.then(leave, leave);
    return mine;
  };
}
