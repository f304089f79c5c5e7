import { digest } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { OrderRecord, QuintilesRecord } from './records.ts';
import type { Summary } from './rules.ts';

/** Below this many buyers a fifth says nothing. */
export const MIN_BUYERS = 20;

/** The most buyers kept in memory while measuring; of more, an unbiased sample is. */
const MAX_SAMPLE = 100_000;

/** One buyer, as counted so far. */
interface Buyer {
  readonly owner: string;
  readonly lot: string;
  orderCount: number;
  lastOrderAt: EpochMs;
  /** Minor units per currency. */
  readonly spent: Map<string, { count: number; sum: number }>;
}

/**
 * Upper edges of the lowest four fifths: the values at ranks n/5, 2n/5, 3n/5 and 4n/5, rounded up (the nearest-rank
 * percentile). Empty without values.
 */
export function fifths(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [];
  const sorted = Float64Array.from(values).sort();
  return [1, 2, 3, 4].map((fifth) => sorted[Math.ceil((fifth * sorted.length) / 5) - 1]!);
}

/** 5 in the highest fifth, 1 in the lowest; equal values are always in the same fifth. */
export function fifthOf(value: number, edges: readonly number[]): number {
  return 1 + edges.filter((edge) => value > edge).length;
}

/** Where the customer stands among all buyers; null while there are too few of them, also of the customer's main currency. */
export function purchaseRank(summary: Summary, base: QuintilesRecord | null) {
  const main = summary.byCurrency[0];
  const monetary = main && base?.monetary[main.currency];
  if (!base || !main || !monetary || summary.lastOrderAt === null || base.buyers < MIN_BUYERS || monetary.buyers < MIN_BUYERS) return null;
  return {
    recency: fifthOf(summary.lastOrderAt, base.recency),
    frequency: fifthOf(summary.orderCount, base.frequency),
    monetary: fifthOf(main.totalSpent.amountMinor, monetary.edges),
    asOf: base.measuredAt,
  };
}

type OrderFigures = Pick<OrderRecord, 'owner' | 'placedAt' | 'totalMinor' | 'tally'>;

/**
 * Measures the customer base from all orders, given owner by owner. Each id that orders are filed under counts as a buyer of
 * its own: who was linked with whom is not asked. The sample is that of the lowest digests of the ids, which favours nobody.
 */
export async function measure(
  orders: AsyncIterable<OrderFigures>,
  measuredAt: EpochMs,
  stopped: () => boolean,
): Promise<Omit<QuintilesRecord, 'version'> | null> {
  let buyers = 0;
  let sample: Buyer[] = [];
  let own = null as Buyer | null;
  const trim = () => {
    sample = sample.sort((a, b) => (a.lot < b.lot ? -1 : 1)).slice(0, MAX_SAMPLE);
  };
  for await (const order of orders) {
    if (stopped()) return null;
    if (order.tally === 'CANCELLED' || order.tally === 'UNDATED') continue;
    if (order.owner !== own?.owner) {
      own = { owner: order.owner, lot: digest(order.owner), orderCount: 0, lastOrderAt: 0, spent: new Map() };
      buyers++;
      if (sample.length >= 2 * MAX_SAMPLE) trim();
      sample.push(own);
    }
    count(own, order);
  }
  trim();
  return { owner: 'base', id: 'current', measuredAt, buyers, ...edges(sample) };
}

function count(buyer: Buyer, { placedAt, tally, totalMinor }: OrderFigures): void {
  buyer.orderCount++;
  buyer.lastOrderAt = Math.max(buyer.lastOrderAt, placedAt);
  const spent = buyer.spent.get(tally) ?? { count: 0, sum: 0 };
  buyer.spent.set(tally, { count: spent.count + 1, sum: spent.sum + totalMinor });
}

function edges(sample: readonly Buyer[]) {
  const spent = new Map<string, number[]>();
  for (const { spent: own } of sample) {
    // A buyer counts in the currency of most orders only, as in purchaseRank.
    const main = [...own]
      .filter(([currency]) => currency !== '')
      .sort(([a, x], [b, y]) => y.count - x.count || y.sum - x.sum || (a < b ? -1 : 1))[0];
    if (!main) continue;
    const sums = spent.get(main[0]);
    if (sums) sums.push(main[1].sum);
    else spent.set(main[0], [main[1].sum]);
  }
  return {
    recency: fifths(sample.map(({ lastOrderAt }) => lastOrderAt)),
    frequency: fifths(sample.map(({ orderCount }) => orderCount)),
    monetary: Object.fromEntries([...spent].map(([currency, sums]) => [currency, { buyers: sums.length, edges: fifths(sums) }])),
  };
}
