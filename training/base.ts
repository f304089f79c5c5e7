import type { PurchaseFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { type Foresight, trainCustomerBase } from '../models/customer-base/customer-base.ts';
import type { Purchase } from '../models/customer-base/history.ts';
import type { Learnt } from './consenting.ts';
import { rounded, type Trained } from './trainer.ts';

const DAY_MS = 86_400_000;
const SEED = 1;

/** What was bought in one currency. */
interface Sales {
  readonly purchases: Purchase[];
  from: EpochMs;
  to: EpochMs;
}

/**
 * The models of the customer base from all purchases of those who allow it, for each currency in which enough of them bought; observation
 * ends on the day of the last one, because what is not delivered yet was not seen. Memory grows with the purchases: some 100 bytes each.
 */
export async function trainBase(purchases: AsyncIterable<Learnt<PurchaseFact>>, now: EpochMs): Promise<Trained> {
  const sales = new Map<string, Sales>();
  let last = Number.NEGATIVE_INFINITY;
  for await (const { person, at, currency, totalMinor } of purchases) {
    if (at > now || totalMinor < 0) continue;
    const known = sales.get(currency) ?? { purchases: [], from: at, to: at };
    known.purchases.push({ customer: person, day: at / DAY_MS, amountMinor: totalMinor });
    [known.from, known.to] = [Math.min(known.from, at), Math.max(known.to, at)];
    sales.set(currency, known);
    last = Math.max(last, at);
  }
  if (sales.size === 0) return { ok: false, message: 'There are no purchases of customers who allow models to learn from them.' };
  const byCurrency = Object.fromEntries([...sales].map(([currency, { purchases }]) => [currency, purchases]));
  const { model, foresight, refused } = trainCustomerBase(byCurrency, { untilDay: Math.floor(last / DAY_MS), seed: SEED });
  const currencies = Object.entries(model.currencies);
  if (currencies.length === 0)
    return {
      ok: false,
      message: Object.entries(refused)
        .map(([currency, why]) => `${currency}: ${why}`)
        .join(' '),
    };
  const learnt = currencies.map(([currency]) => sales.get(currency)!);
  return {
    ok: true,
    model,
    learntFrom: buyers(learnt),
    from: Math.min(...learnt.map(({ from }) => from)),
    to: Math.max(...learnt.map(({ to }) => to)),
    counts: {
      purchases: learnt.reduce((sum, { purchases }) => sum + purchases.length, 0),
      ...Object.fromEntries(currencies.map(([currency, { customers }]) => [`customers ${currency}`, customers])),
    },
    leftOut: refused,
    metrics: Object.assign({}, ...Object.entries(foresight).map(([currency, seen]) => metricsOf(currency, seen))),
  };
}

function* buyers(sales: readonly Sales[]): Iterable<string> {
  for (const { purchases } of sales) for (const { customer } of purchases) yield customer;
}

function metricsOf(currency: string, seen: Foresight): Readonly<Record<string, number>> {
  return {
    [`${currency} days held back`]: seen.days,
    [`${currency} repeats expected`]: rounded(seen.expectedRepeats),
    [`${currency} repeats made`]: seen.actualRepeats,
    [`${currency} mean absolute error`]: rounded(seen.meanAbsoluteError),
    [`${currency} mean absolute error of going on as before`]: rounded(seen.meanAbsoluteErrorOfRate),
  };
}
