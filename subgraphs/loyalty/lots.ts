import type { EpochMs } from '../../kernel/storage/port.ts';
import type { PointsRecord } from './records.ts';

/** What is left of points that came in together. */
export interface Lot {
  /** The id of the entry that brought them. */
  readonly id: string;
  left: number;
  readonly expiresAt: EpochMs | null;
}

/** A ledger as it stands at one time, with what has come due and is not posted yet. */
export interface Position {
  /** Spendable now. */
  readonly available: number;
  /** Granted, and available later. */
  readonly pending: number;
  /** Ever earned: accruals that became available and were not undone. */
  readonly lifetime: number;
  /** Rests of available points by when they lapse, soonest first. */
  readonly expiring: readonly { readonly amount: number; readonly at: EpochMs }[];
  /** Pending accruals that became available and are to be posted. */
  readonly matured: readonly PointsRecord[];
  /** Lots whose rest has lapsed and is to be posted as EXPIRY. */
  readonly lapsed: readonly Lot[];
}

/**
 * Replays a ledger up to `now`. Points are spent in the order in which they lapse, those that never do last; what has lapsed
 * is not spent, unless an entry that a source posted leaves nothing else to take it from.
 */
export function position(entries: readonly PointsRecord[], pending: readonly PointsRecord[], now: EpochMs): Position {
  const posted = new Set(entries.map(({ id }) => id));
  const waiting = pending.filter(({ id }) => !posted.has(id));
  const matured = waiting.filter(({ availableAt }) => availableAt <= now);
  const lots = replay([...entries, ...matured]);
  const live = lots.filter(({ left, expiresAt }) => left > 0 && (expiresAt === null || expiresAt > now));
  const expiring = new Map<EpochMs, number>();
  for (const { left, expiresAt } of live) if (expiresAt !== null) expiring.set(expiresAt, (expiring.get(expiresAt) ?? 0) + left);
  return {
    available: sumOf(live, ({ left }) => left),
    pending: sumOf(
      waiting.filter(({ availableAt }) => availableAt > now),
      ({ points }) => points,
    ),
    lifetime: sumOf(standingAccruals([...entries, ...matured]), ({ points }) => points),
    expiring: [...expiring].map(([at, amount]) => ({ amount, at })).sort((a, b) => a.at - b.at),
    matured,
    lapsed: lots.filter(({ left, expiresAt }) => left > 0 && expiresAt !== null && expiresAt <= now),
  };
}

/** Accruals that no reversal undid. */
export function standingAccruals(entries: readonly PointsRecord[]): readonly PointsRecord[] {
  const undone = new Set(entries.filter(({ kind }) => kind === 'REVERSAL').map(({ about }) => about));
  return entries.filter(({ kind, id }) => kind === 'ACCRUAL' && !undone.has(id));
}

/** What is left of each lot. Entries may come in any order; of one time, points come in before they go out. */
function replay(entries: readonly PointsRecord[]): Lot[] {
  const lots: Lot[] = [];
  let owed = 0;
  const ordered = [...entries].sort(
    (a, b) => a.availableAt - b.availableAt || Math.sign(b.points) - Math.sign(a.points) || (a.id < b.id ? -1 : 1),
  );
  for (const entry of ordered) {
    if (entry.points > 0) {
      // What sources dated after it was spent pays that first.
      const paid = Math.min(owed, entry.points);
      owed -= paid;
      lots.push({ id: entry.id, left: entry.points - paid, expiresAt: entry.expiresAt });
    } else owed += take(lots, entry);
  }
  return lots;
}

/** Takes an entry's points from the lots, and answers how many could not be taken. */
function take(lots: readonly Lot[], { points, about, kind, availableAt: at }: PointsRecord): number {
  let wanted = -points;
  const takeFrom = (lot: Lot) => {
    const taken = Math.min(lot.left, wanted);
    lot.left -= taken;
    wanted -= taken;
  };
  const byExpiry = lots.filter(({ left }) => left > 0).sort((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  const lapsed = byExpiry.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= at);
  const live = byExpiry.filter((lot) => !lapsed.includes(lot));
  const named = byExpiry.filter(({ id }) => id === about);
  for (const lot of kind === 'EXPIRY' ? [...named, ...lapsed, ...live] : [...named, ...live, ...lapsed]) takeFrom(lot);
  return wanted;
}

function sumOf<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
