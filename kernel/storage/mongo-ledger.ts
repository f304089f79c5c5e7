import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession, Collection as Documents, Filter } from 'mongodb';
import { isKey } from './documents.ts';
import { type Stored, storedId, toStored } from './mongo-layout.ts';
import type { Tombstones } from './mongo-tombstones.ts';
import { fileOnce, type InSteps } from './mongo-writes.ts';
import type { Adjustment, AdjustResult, AnySpec, Collection, Doc, Key } from './port.ts';

/** How long an adjustment keeps trying while other processes change the same balance. */
const CONTENTION_MS = 15_000;

/** One balance collection with the collection of its entries. */
export interface Ledger {
  adjust: Collection<Doc>['adjust'];
  /** Files the pending entries of one balance; whether there were any. */
  settle(key: Key, session: ClientSession): Promise<boolean>;
  /** Files the pending entries of these owners (null: of all), so that whoever reads entries next finds them. */
  settleOwners(owners: readonly string[] | null): Promise<void>;
}

/**
 * A ledger without transactions. An adjustment changes the balance and adds its entry to the balance's `_pending` list in one
 * guarded update; then it files the entry among the entries; then it takes it off the list. A crash leaves the entry on the list,
 * from where the next one who adjusts, replaces the balance or reads entries files it.
 *
 * An entry is applied once: an adjuster reads the balance (version v, with its list), then the entries, then updates if the version
 * is still v. If the same entry was applied before the first read, it is on the list, or was filed before it left the list and is
 * seen by the second read. If it was applied after the first read, the version is no longer v.
 */
export function mongoLedger(
  balances: Documents<Stored>,
  entries: Documents<Stored>,
  spec: AnySpec,
  entrySpec: AnySpec,
  tombstones: Tombstones,
  inSteps: InSteps,
): Ledger {
  const field: string = spec.ledger?.balance ?? '';
  const turns = new Map<string, Promise<unknown>>();

  async function file({ _id, owner, _pending = [] }: Stored, session: ClientSession): Promise<void> {
    await fileOnce(entries, tombstones, _pending, session);
    const filed = _pending.map((entry) => entry._id);
    await balances.updateOne({ _id, owner }, { $pull: { _pending: { _id: { $in: filed } } } } as object, { session });
  }

  async function settle(key: Key, session: ClientSession): Promise<boolean> {
    const found = await balances.findOne({ _id: storedId(key), owner: key.owner }, { session });
    if (!found?._pending?.length) return false;
    await file(found, session);
    return true;
  }

  async function settleOwners(owners: readonly string[] | null): Promise<void> {
    const pending: Filter<Stored> = owners === null ? { '_pending._id': { $exists: true } } : { '_pending.owner': { $in: [...owners] } };
    await inSteps(async (session) => {
      for (const balance of await balances.find(pending, { session }).toArray()) await file(balance, session);
    });
  }

  /** One attempt; null when another process changed the balance meanwhile. */
  async function attempt(key: Key, by: number, min: number, entry: Stored, session: ClientSession): Promise<AdjustResult | null> {
    const erased = await tombstones.among([key.owner, entry.owner], session);
    if (erased.size > 0) return { status: 'erased', value: 0 };
    const balance = await balances.findOne({ _id: storedId(key), owner: key.owner }, { session });
    if (!balance) return { status: 'missing', value: 0 };
    const value = balance[field] as number;
    // Also what others left behind, so that the list stays short.
    if (balance._pending?.length) await file(balance, session);
    if (balance._pending?.some(({ _id }) => _id === entry._id)) return { status: 'duplicate', value };
    if (await entries.findOne({ _id: entry._id, owner: entry.owner }, { session })) {
      // It may have been applied after the balance was read, so that is read again.
      const now = await balances.findOne({ _id: balance._id, owner: key.owner }, { session });
      return now ? { status: 'duplicate', value: now[field] as number } : null;
    }
    const next = value + by;
    if (by < 0 && next < min) return { status: 'insufficient', value };
    if (!Number.isSafeInteger(next)) throw new RangeError(`Collection "${spec.name}": the balance would not be a safe integer.`);
    const guard = { _id: balance._id, owner: key.owner, version: balance.version };
    const change = { $set: { [field]: next }, $inc: { version: 1 }, $push: { _pending: entry } } as object;
    const changed = await balances.findOneAndUpdate(guard, change, { session, returnDocument: 'after' });
    if (!changed) return null;
    await file(changed, session);
    return { status: 'applied', value: next };
  }

  async function adjust<E extends Doc>(key: Key, { by, min, entry }: Adjustment<E>): Promise<AdjustResult> {
    if (!Number.isSafeInteger(by) || !Number.isSafeInteger(min))
      throw new TypeError(`Collection "${spec.name}": adjust takes safe integers.`);
    const pending = toStored(entrySpec, entry, 1);
    if (!isKey(key)) return { status: 'missing', value: 0 };
    const deadline = Date.now() + CONTENTION_MS;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      const result = await inSteps((session) => attempt(key, by, min, pending, session));
      if (result) return result;
      if (Date.now() > deadline)
        throw new Error(`Collection "${spec.name}": a balance is changed by too many at once; nothing was applied.`);
      await sleep(pauseMs);
    }
  }

  /** One after the other within this process, so that only other processes are contended with. */
  async function inTurn<E extends Doc>(key: Key, adjustment: Adjustment<E>): Promise<AdjustResult> {
    const id = storedId(key);
    const turn = (turns.get(id) ?? Promise.resolve()).catch(() => {}).then(() => adjust(key, adjustment));
    turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(id) === turn) turns.delete(id);
    }
  }

  return { adjust: inTurn, settle, settleOwners };
}
