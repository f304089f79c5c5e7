import { readFileSync } from 'node:fs';
import { type Purchase, type PurchaseHistories, purchaseHistories } from '../../models/customer-base/history.ts';
import { DATA } from './line.ts';

const FIRST_DAY = dayOf('19970101');
export const CALIBRATION_END = dayOf('19970930');
const HOLDOUT_END = dayOf('19980630');

/** CDNOW's raw transactions, customer by customer. */
export function cdnowPurchases(): readonly Purchase[] {
  const [, ...lines] = readFileSync(`${DATA}/cdnow/CDNOW_master.txt`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [customer, date, , dollars] = line.trim().split(/\s+/);
    return { customer: customer!, day: dayOf(date!), amountMinor: Math.round(Number(dollars) * 100) };
  });
}

/** 39 weeks to learn from and 39 to be compared with. */
export function cdnowHistories(purchases: Iterable<Purchase>): PurchaseHistories {
  return purchaseHistories(purchases, { currency: 'USD', untilDay: CALIBRATION_END, holdoutUntilDay: HOLDOUT_END });
}

/**
 * The tenth of the customers on which the models were published. It was drawn from the customers of each week of first purchase in order of
 * what they spent on repeats in the 39 weeks, the highest first: every tenth (Fader & Hardie, "Notes on the CDNOW Master Data Set"). How
 * equal spend was ordered is lost; where it decides, the published summary does, row by row. The customer taken then has the history of the one
 * who was drawn, and may differ from him in the holdout.
 */
export function publishedTenth(all: PurchaseHistories): { readonly customers: ReadonlySet<string>; readonly byRule: number } {
  const weekOf = (place: number) => Math.floor((CALIBRATION_END - FIRST_DAY - days(all.age[place]!)) / 7);
  const repeatMinor = (place: number) => Math.round(all.repeats[place]! * all.meanRepeatMinor[place]!);
  const drawn = [...all.customers.keys()]
    .sort((one, other) => weekOf(one) - weekOf(other) || repeatMinor(other) - repeatMinor(one) || one - other)
    .filter((_, index) => index % 10 === 9);
  const rule = new Set(drawn);

  const candidates = new Map<string, number[]>();
  for (const place of [...drawn, ...[...all.customers.keys()].filter((other) => !rule.has(other))]) {
    const key = `${all.repeats[place]} ${days(all.recency[place]!)} ${days(all.age[place]!)}`;
    const same = candidates.get(key);
    if (same) same.push(place);
    else candidates.set(key, [place]);
  }
  const customers = new Set<string>();
  let byRule = 0;
  const [, ...rows] = readFileSync(`${DATA}/cdnow/cdnow_customers_summary_with_transactions.csv`, 'utf8').trimEnd().split('\n');
  for (const row of rows) {
    const [, repeats, recency, age, mean] = row.split(',').map(Number);
    const same = candidates.get(`${repeats} ${days(recency!)} ${days(age!)}`) ?? [];
    // The summary has whole cents, rounded one way or the other where a half was left.
    const index = same.findIndex((place) => Math.abs(all.meanRepeatMinor[place]! - 100 * mean!) < 0.51);
    if (index < 0) continue;
    const [place] = same.splice(index, 1);
    customers.add(all.customers[place!]!);
    if (rule.has(place!)) byRule++;
  }
  return { customers, byRule };
}

function days(weeks: number): number {
  return Math.round(weeks * 7);
}

function dayOf(yyyymmdd: string): number {
  return Date.UTC(Number(yyyymmdd.slice(0, 4)), Number(yyyymmdd.slice(4, 6)) - 1, Number(yyyymmdd.slice(6, 8))) / 86_400_000;
}
