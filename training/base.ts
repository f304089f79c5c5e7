import type { PurchaseFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { type Foresight, trainCustomerBase } from '../models/customer-base/customer-base.ts';
import type { Purchase } from '../models/customer-base/history.ts';
import type { Learnt } from './consenting.ts';
import { rounded, type Trained } from './trainer.ts';

const DAY_MS = 86_400_000;
const SEED = 1;

/**
 * The models of the customer base from all purchases of those who allow it; observation ends on the day of the last one, because what
 * is not delivered yet was not seen. Memory grows with the purchases: some 100 bytes each.
 */
export async function trainBase(purchases: AsyncIterable<Learnt<PurchaseFact>>, now: EpochMs): Promise<Trained> {
  const byCurrency: Record<string, Purchase[]> = {};
  let [from, to, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for await (const { person, at, currency, totalMinor } of purchases) {
    if (at > now || totalMinor < 0) continue;
    const known = byCurrency[currency] ?? [];
    known.push({ customer: person, day: at / DAY_MS, amountMinor: totalMinor });
    byCurrency[currency] = known;
    [from, to] = [Math.min(from, at), Math.max(to, at)];
    count += 1;
  }
  if (count === 0) return { ok: false, message: 'There are no purchases of customers who allow models to learn from them.' };
  const { model, foresight, refused } = trainCustomerBase(byCurrency, { untilDay: Math.floor(to / DAY_MS), seed: SEED });
  const currencies = Object.entries(model.currencies);
  if (currencies.length === 0)
    return {
      ok: false,
      message: Object.entries(refused)
        .map(([currency, why]) => `${currency}: ${why}`)
        .join(' '),
    };
  return {
    ok: true,
    model,
    from,
    to,
    counts: {
      purchases: count,
      ...Object.fromEntries(currencies.map(([currency, { customers }]) => [`customers ${currency}`, customers])),
    },
    metrics: Object.assign({}, ...Object.entries(foresight).map(([currency, seen]) => metricsOf(currency, seen))),
  };
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
