/** Customer-base models on CDNOW, the set on which they were published, and RFM on Online Retail. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { type BgNbdModel, trainBgNbd } from '../../models/customer-base/bg-nbd.ts';
import { expectedPurchases, expectedRepeats } from '../../models/customer-base/bg-nbd-forecast.ts';
import { trainClusters } from '../../models/customer-base/clusters.ts';
import { rfmFeatures } from '../../models/customer-base/features.ts';
import { trainGammaGamma } from '../../models/customer-base/gamma-gamma.ts';
import { historyAt, type Purchase, type PurchaseHistories, purchaseHistories } from '../../models/customer-base/history.ts';
import { LifetimeValues } from '../../models/customer-base/lifetime-value.ts';
import type { Fit } from '../../models/customer-base/maximum-likelihood.ts';
import { rfmFiguresAt, scoreRfm, trainRfm } from '../../models/customer-base/rfm.ts';
import { CALIBRATION_END, cdnowHistories, cdnowPurchases, publishedTenth } from './cdnow.ts';
import { DATA, type Line, type Section } from './line.ts';

const PAPER = 'Fader, Hardie & Lee 2005';
const SPEND_PAPER = 'Fader & Hardie 2013';
const HORIZON = 39;

export const section: Section = async function* () {
  const purchases = cdnowPurchases();
  const all = cdnowHistories(purchases);
  const { customers, byRule } = publishedTenth(all);
  const ofTenth = purchases.filter(({ customer }) => customers.has(customer));
  const tenth = cdnowHistories(ofTenth);
  yield {
    what: 'CDNOW, the published tenth of the customers, from raw transactions',
    ours: `${customers.size}, ${byRule} of them by the rule of the draw alone`,
    beside: '2,357 rows of the published summary',
    holds: customers.size === 2357,
  };

  const { model: bgNbd, cpuMs } = timed(() => trainBgNbd(tenth));
  for (const [name, published] of Object.entries({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 } as const)) {
    const key = name as 'r' | 'alpha' | 'a' | 'b';
    yield near(`BG/NBD ${name} (standard error)`, bgNbd[key], published, 0.001, PAPER, ` (${bgNbd.standardErrors?.[key].toFixed(4)})`);
  }
  yield near('BG/NBD log-likelihood', bgNbd.logLikelihood, -9582.4, 0.05, PAPER);
  const example = { repeats: 2, recency: 30.43, age: 38.86 };
  yield near('E[Y(39) given x = 2, t_x = 30.43, T = 38.86]', expectedPurchases(bgNbd, example, HORIZON), 1.226, 0.001, PAPER);
  const repeats = [1, 31.86, 78].map((t) => expectedRepeats(bgNbd, t).toFixed(4)).join(', ');
  yield { what: 'E[X(t)] at 1, 31.86 and 78 weeks', ours: repeats, beside: '' };
  yield { what: 'BG/NBD fit, CPU', ours: `${cpuMs.toFixed(0)} ms`, beside: 'under 1,000 ms', holds: cpuMs < 1000 };

  const { model: gammaGamma, cpuMs: spendCpuMs } = timed(() => trainGammaGamma(tenth));
  const errors = gammaGamma.standardErrors;
  yield near('Gamma-Gamma p (standard error)', gammaGamma.p, 6.25, 0.01, SPEND_PAPER, ` (${errors?.p.toFixed(3)})`);
  yield near('Gamma-Gamma q (standard error)', gammaGamma.q, 3.74, 0.01, SPEND_PAPER, ` (${errors?.q.toFixed(3)})`);
  const dollars = gammaGamma.vMinor / 100;
  yield near(
    'Gamma-Gamma v in dollars (standard error)',
    dollars,
    15.44,
    0.01,
    SPEND_PAPER,
    ` (${((errors?.vMinor ?? 0) / 100).toFixed(3)})`,
  );
  yield {
    what: 'Gamma-Gamma customers',
    ours: `${gammaGamma.customers}`,
    beside: `946, ${SPEND_PAPER}`,
    holds: gammaGamma.customers === 946,
  };
  yield { what: 'Gamma-Gamma fit, CPU', ours: `${spendCpuMs.toFixed(0)} ms`, beside: 'under 1,000 ms', holds: spendCpuMs < 1000 };

  yield* holdout('39-week holdout of the tenth', bgNbd, tenth);
  yield* scoring(bgNbd, tenth);
  yield* value(new LifetimeValues(bgNbd, gammaGamma, { horizon: HORIZON, level: 0.9, seed: 1 }), tenth, ofTenth);

  const { model: whole, cpuMs: wholeCpuMs } = timed(() => trainBgNbd(all));
  yield {
    what: `BG/NBD fit, all ${all.customers.length.toLocaleString('en')} customers, CPU`,
    ours: `${wholeCpuMs.toFixed(0)} ms`,
    beside: '',
  };
  yield* holdout('39-week holdout of all customers', whole, all);
  yield* onlineRetail();
};

function near(what: string, ours: number, published: number, tolerance: number, source: string, aside: string = ''): Line {
  const digits = Math.ceil(-Math.log10(tolerance)) + 1;
  const holds = Math.abs(ours - published) <= tolerance;
  return { what, ours: ours.toFixed(digits) + aside, beside: `${published} ± ${tolerance}, ${source}`, holds };
}

function timed<Model>(fit: () => Fit<Model>): { readonly model: Model; readonly cpuMs: number } {
  const before = process.cpuUsage();
  const fitted = fit();
  const { user, system } = process.cpuUsage(before);
  if (!fitted.ok) throw new Error(fitted.message);
  return { model: fitted.model, cpuMs: (user + system) / 1000 };
}

/** Beside BG/NBD the plain guess that everybody goes on as before. */
async function* holdout(what: string, model: BgNbdModel, histories: PurchaseHistories): AsyncGenerator<Line> {
  const { customers, repeats, age, holdoutRepeats } = histories;
  let [predicted, actual, error, plain, plainError] = [0, 0, 0, 0, 0];
  for (const place of customers.keys()) {
    const forecast = expectedPurchases(model, historyAt(histories, place), HORIZON);
    const asBefore = (repeats[place]! / age[place]!) * HORIZON;
    const came = holdoutRepeats![place]!;
    predicted += forecast;
    plain += asBefore;
    actual += came;
    error += Math.abs(forecast - came) / customers.length;
    plainError += Math.abs(asBefore - came) / customers.length;
  }
  yield {
    what,
    ours: `predicted ${predicted.toFixed(0)} repeats, actual ${actual}; mean absolute error ${error.toFixed(3)} a customer`,
    beside: `going on as before: ${plain.toFixed(0)}; ${plainError.toFixed(3)}`,
  };
}

async function* scoring(model: BgNbdModel, histories: PurchaseHistories): AsyncGenerator<Line> {
  const activities = Array.from(histories.customers.keys(), (place) => historyAt(histories, place));
  const before = process.cpuUsage();
  let sum = 0;
  for (const activity of activities) sum += expectedPurchases(model, activity, HORIZON);
  const { user, system } = process.cpuUsage(before);
  const us = (user + system) / activities.length;
  yield {
    what: 'Scoring a customer, E[Y(39)], CPU, first pass',
    ours: `${us.toFixed(2)} us`,
    beside: 'under 5 us',
    holds: us < 5 && sum > 0,
  };
}

/** What customers went on to spend, against what was said of them. */
async function* value(values: LifetimeValues, histories: PurchaseHistories, purchases: readonly Purchase[]): AsyncGenerator<Line> {
  const spent = new Map<string, number>();
  for (const { customer, day, amountMinor } of purchases) {
    if (day > CALIBRATION_END) spent.set(customer, (spent.get(customer) ?? 0) + amountMinor);
  }
  let [expected, actual, above, below] = [0, 0, 0, 0];
  const before = process.cpuUsage();
  for (const [place, customer] of histories.customers.entries()) {
    const { expectedMinor, lowMinor, highMinor } = values.of(historyAt(histories, place), 'USD');
    const minor = spent.get(customer) ?? 0;
    expected += expectedMinor;
    actual += minor;
    if (minor > highMinor) above++;
    if (minor < lowMinor) below++;
  }
  const { user, system } = process.cpuUsage(before);
  const percent = (count: number) => `${((100 * count) / histories.customers.length).toFixed(1)} %`;
  yield {
    what: 'Value over the 39 weeks, dollars',
    ours: `expected ${(expected / 100).toFixed(0)}, actual ${(actual / 100).toFixed(0)}`,
    beside: '',
  };
  yield {
    what: 'Customers whose spend was outside the 90 % interval of their value',
    ours: `${percent(above)} above, ${percent(below)} below; ${((user + system) / 1000 / histories.customers.length).toFixed(2)} ms of CPU an interval`,
    beside: 'at most 5 % each, were the model true',
  };
}

/** No published scores exist: what is shown is what a reader who knows a shop's customers would expect of fifths. */
async function* onlineRetail(): AsyncGenerator<Line> {
  const text = gunzipSync(readFileSync(`${DATA}/online-retail/online-retail.csv.gz`));
  const lines = parse(text, { from_line: 2 }) as unknown as readonly (readonly string[])[];
  const invoices = new Map<string, { customer: string; day: number; pounds: number }>();
  for (const [invoice, , , quantity, date, price, customer] of lines) {
    if (!customer || invoice!.startsWith('C') || Number(quantity) <= 0) continue;
    const one = invoices.get(invoice!) ?? { customer, day: Date.parse(`${date!.slice(0, 10)}T00:00:00Z`) / 86_400_000, pounds: 0 };
    one.pounds += Number(quantity) * Number(price);
    invoices.set(invoice!, one);
  }
  const purchases = Array.from(invoices.values(), ({ customer, day, pounds }) => ({
    customer,
    day,
    amountMinor: Math.round(pounds * 100),
  }));
  const histories = purchaseHistories(purchases, { currency: 'GBP', untilDay: Date.UTC(2011, 11, 9) / 86_400_000 });
  const model = trainRfm(histories);
  const scores = Array.from(histories.customers.keys(), (place) => scoreRfm(model, rfmFiguresAt(histories, place)));
  const total = histories.totalMinor.reduce((sum, minor) => sum + minor, 0);
  const top = scores.reduce((sum, { monetary }, place) => sum + (monetary === 5 ? histories.totalMinor[place]! : 0), 0);
  const shares = (['recency', 'frequency', 'monetary'] as const).map((score) => {
    const counts = [1, 2, 3, 4, 5].map((fifth) => scores.filter((one) => one[score] === fifth).length);
    return `${score[0]!.toUpperCase()} ${counts.join('/')}`;
  });
  yield {
    what: 'RFM on Online Retail: customers with scores 1/2/3/4/5',
    ours: shares.join(', '),
    beside: `${histories.customers.length} customers; equal values share a score, and most buy seldom`,
  };
  const isPlausible = top / total > 0.6 && top / total < 0.95;
  yield {
    what: 'RFM on Online Retail: spend of the customers with M = 5',
    ours: `${((100 * top) / total).toFixed(1)} %`,
    beside: 'about four fifths (Pareto); plausible from 60 to 95 %',
    holds: isPlausible,
  };
  const before = process.cpuUsage();
  const { clusters } = trainClusters(rfmFeatures(histories), { count: 4, seed: 1 });
  const cpuMs = process.cpuUsage(before).user / 1000;
  const centres = clusters.map(({ size, centre }) => {
    const [silence, bought, spend] = Array.from(centre, Math.expm1);
    return `${size}: ${silence!.toFixed(0)} weeks silent, ${bought!.toFixed(1)} days, £${(spend! / 100).toFixed(0)}`;
  });
  yield { what: 'Four clusters of Online Retail', ours: centres.join('; '), beside: `${cpuMs.toFixed(0)} ms of CPU` };
}
