import type { PurchaseFact } from '../kernel/facts.ts';
import type { Directory } from '../kernel/intake.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { type FeatureTable, rfmFeatures } from '../models/customer-base/features.ts';
import { type Purchase, purchaseHistories } from '../models/customer-base/history.ts';
import { rankLookalikes, trainLookalikes } from '../models/customer-base/lookalikes.ts';
import { Consenting } from './consenting.ts';

const DAY_MS = 86_400_000;
/** Fewer say nothing of what they have in common. */
const FEWEST_SEEDS = 10;
const MOST_FEATURES = 2;

/** Somebody who is like the seeds. */
export interface Alike {
  readonly person: string;
  /** In (0, 1); 0.5 for who could as well be anybody. */
  readonly likeness: number;
  /** What makes them alike, the strongest first. */
  readonly features: readonly string[];
}

/**
 * Finds who buys like given persons. Learnt only from who grants MODEL_TRAINING, and of them only from purchases in the currency of most
 * persons, because amounts of two currencies don't compare. It is made for one count and kept by nobody.
 */
export class Likenesses {
  readonly #customers: readonly string[];
  readonly #table: FeatureTable;

  private constructor(customers: readonly string[], table: FeatureTable) {
    this.#customers = customers;
    this.#table = table;
  }

  /** Reads all purchases until `now`. Null without any. */
  static async of(purchases: AsyncIterable<PurchaseFact>, directory: Directory, now: EpochMs): Promise<Likenesses | null> {
    const byCurrency = new Map<string, Purchase[]>();
    let last = Number.NEGATIVE_INFINITY;
    for await (const { person, at, currency, totalMinor } of new Consenting(directory).only(purchases)) {
      if (at > now || totalMinor < 0) continue;
      const bought = byCurrency.get(currency) ?? [];
      bought.push({ customer: person, day: at / DAY_MS, amountMinor: totalMinor });
      byCurrency.set(currency, bought);
      last = Math.max(last, at);
    }
    const persons = (bought: readonly Purchase[]) => new Set(bought.map(({ customer }) => customer)).size;
    const [most] = [...byCurrency].sort(([, one], [, other]) => persons(other) - persons(one));
    if (!most) return null;
    const [currency, bought] = most;
    const histories = purchaseHistories(bought, { currency, untilDay: Math.floor(last / DAY_MS) });
    return new Likenesses(histories.customers, rfmFeatures(histories));
  }

  /** All but the seeds, the most alike first; or why there is nothing to say. */
  rank(seeds: ReadonlySet<string>): readonly Alike[] | string {
    const rows = new Set(this.#customers.flatMap((customer, row) => (seeds.has(customer) ? [row] : [])));
    if (rows.size < FEWEST_SEEDS)
      return `${rows.size} members of the seeds have bought and allow models to learn from them; ${FEWEST_SEEDS} are the fewest`;
    if (rows.size === this.#customers.length) return 'everybody who has bought is among the seeds';
    const model = trainLookalikes(this.#table, rows);
    return rankLookalikes(model, this.#table, rows, this.#customers.length).map(({ row, score, contributions }) => ({
      person: this.#customers[row] ?? '',
      likeness: score,
      features: contributions.flatMap(({ feature, logOdds }) => (logOdds > 0 ? [feature] : [])).slice(0, MOST_FEATURES),
    }));
  }
}
