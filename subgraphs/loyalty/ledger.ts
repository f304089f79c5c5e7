import { everything } from '../../kernel/everything.ts';
import { digest } from '../../kernel/ids.ts';
import type { EpochMs, Key, Store } from '../../kernel/storage/port.ts';
import { position } from './lots.ts';
import { type AccountRecord, accountsSpec, type PointsRecord, pendingSpec, pointsSpec } from './records.ts';

/** The outcome of moving points: `insufficient` where not enough were available, `missing` without the account, `erased` with its owner. */
export type Move = 'applied' | 'duplicate' | 'insufficient' | 'missing' | 'erased';

/** The ledger of one subgraph's store. Every method is repeatable and safe beside others, in any number of processes. */
export function ledger(store: Store) {
  const accounts = store.collection<AccountRecord>(accountsSpec);
  const points = store.collection<PointsRecord>(pointsSpec);
  const pending = store.collection<PointsRecord>(pendingSpec);

  /** Files an entry together with what it does to its account's balance, which never falls below zero. */
  async function post(entry: PointsRecord): Promise<Move> {
    const { status } = await accounts.adjust({ owner: entry.owner, id: entry.account }, { by: entry.points, min: 0, entry });
    return status;
  }

  return {
    post,

    /** Adds points now, or files them as pending when they become available after `now`. */
    async add(entry: PointsRecord, now: EpochMs): Promise<Move> {
      if (entry.availableAt <= now) return post(entry);
      const [outcome] = await pending.insertOnce([entry]);
      return outcome === 'inserted' ? 'applied' : (outcome ?? 'duplicate');
    },

    /**
     * Posts what has come due: pending accruals that became available, and rests that lapsed. After it the balance is what can be
     * spent, so nothing pending or lapsed can be. The ids follow from the entries concerned, so each is posted once whoever does it.
     */
    async settle(account: Key, now: EpochMs): Promise<void> {
      const [[entries = []], [waiting = []]] = await Promise.all([
        everything(points, [[account.owner]]),
        everything(pending, [[account.owner]]),
      ]);
      const own = (entry: PointsRecord) => entry.account === account.id;
      const { matured, lapsed } = position(entries.filter(own), waiting.filter(own), now);
      await Promise.all(matured.map(post));
      await Promise.all(
        lapsed.map(({ id, left, expiresAt }) =>
          post({
            owner: account.owner,
            id: digest('expiry', id),
            version: 0,
            account: account.id,
            kind: 'EXPIRY',
            points: -left,
            at: expiresAt ?? now,
            availableAt: expiresAt ?? now,
            expiresAt: null,
            about: id,
            order: null,
            reason: null,
            origin: 'settlement',
          }),
        ),
      );
    },

    /** The entry with that key, posted or pending; null when there is none. */
    async entry(key: Key): Promise<{ readonly entry: PointsRecord; readonly posted: boolean } | null> {
      const [[found], [waiting]] = await Promise.all([points.getMany([key]), pending.getMany([key])]);
      if (found) return { entry: found, posted: true };
      return waiting ? { entry: waiting, posted: false } : null;
    },
  };
}
