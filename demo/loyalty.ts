import type { EpochMs } from '../kernel/storage/port.ts';
import { loyaltyNumber } from './identifiers.ts';
import type { Person } from './person.ts';
import type { Purchase } from './purchases.ts';
import { Random } from './random.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, instant, row } from './record.ts';

/** Minor units that earn one point, per currency: five points for a euro. */
const MINOR_PER_POINT: Readonly<Record<string, number>> = { EUR: 20, GBP: 17, JPY: 32, PLN: 86, SEK: 220 };
/** What a voucher of the programme costs, in points. */
const REWARD = 1000;
/** Points last for two years, as the programme has it. */
const POINTS_LAST = 730 * DAY;

/** The membership, and its ledger: points for every order, some spent on rewards, and what was earned two years ago lapses. */
export function* loyaltyRecords(seed: string, person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  const { index, story, joinedAt } = person;
  if (!story.member) return;
  const random = new Random(seed, 'loyalty', index);
  const number = loyaltyNumber(index).value;
  const identifiers = [loyaltyNumber(index)];
  yield {
    kind: 'account',
    identifiers,
    seenAt: joinedAt,
    row: row({ source: DEMO_SOURCE, number, enrolled_at: instant(joinedAt) }),
  };
  let nth = 0;
  const entry = (kind: string, points: number, at: EpochMs, fields: Parameters<typeof row>[0]): DemoRecord => ({
    kind: 'points',
    identifiers,
    seenAt: at,
    row: row({ source: DEMO_SOURCE, number: `DT-${index}-${++nth}`, account: number, kind, points, at: instant(at), ...fields }),
  });
  // Only what was earned lately is spent, so that a reward never costs points that have lapsed by then.
  let spendable = 0;
  for (const { number: order, at, currency, totalMinor, cancelled } of purchases) {
    const points = Math.floor(totalMinor / MINOR_PER_POINT[currency]!);
    if (cancelled || points === 0) continue;
    yield entry('ACCRUAL', points, at, { expires_at: instant(at + POINTS_LAST), reason: `Order ${order}` });
    if (at < now - POINTS_LAST / 2) continue;
    spendable += points;
    if (spendable >= 2 * REWARD && !story.vip && random.chance(0.4)) {
      spendable -= REWARD;
      yield entry('REDEMPTION', -REWARD, at, { reason: 'Reward' });
    }
  }
  if (random.chance(0.3)) yield voucher(random, person, now);
}

function voucher(random: Random, { index, joinedAt }: Person, now: EpochMs): DemoRecord {
  const issuedAt = Math.max(joinedAt, now - random.int(1, 80) * DAY);
  const redeemedAt = random.chance(0.4) ? Math.min(now, issuedAt + random.int(0, 30) * DAY) : null;
  return {
    kind: 'voucher',
    identifiers: [loyaltyNumber(index)],
    seenAt: issuedAt,
    row: row({
      source: DEMO_SOURCE,
      number: `DV-${index}`,
      code: `THANKS-${index}`,
      occasion: random.pick(['BIRTHDAY', 'CAMPAIGN', 'ANNIVERSARY'] as const),
      benefit: '10 % off one order',
      issued_at: instant(issuedAt),
      redeemed_at: redeemedAt === null ? null : instant(redeemedAt),
      valid_until: instant(issuedAt + 90 * DAY),
    }),
  };
}
