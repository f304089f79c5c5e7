import { describe, expect, it } from 'vitest';
import { purchaseHistories } from '../../../../models/customer-base/history.ts';
import { rfmFiguresAt, scoreRfm, trainRfm } from '../../../../models/customer-base/rfm.ts';

/** Ten customers: the n-th bought on day 10 n, and n times 1.00; all observed until day 100. */
const TEN = purchaseHistories(
  Array.from({ length: 10 }, (_, i) => i + 1).flatMap((n) =>
    Array.from({ length: n }, (_, k) => ({ customer: `${n}`, day: 10 * n - k, amountMinor: 100 })),
  ),
  { currency: 'EUR', untilDay: 100 },
);

describe('RFM', () => {
  it('puts two of ten customers into each fifth', () => {
    const model = trainRfm(TEN);
    expect(model).toMatchObject({ customers: 10, currency: 'EUR', frequency: [2, 4, 6, 8], monetary: [200, 400, 600, 800] });
    const scores = TEN.customers.map((_, place) => scoreRfm(model, rfmFiguresAt(TEN, place)));
    expect(scores.map(({ recency }) => recency)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(scores.map(({ frequency }) => frequency)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(scores.map(({ monetary }) => monetary)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('scores somebody new against the edges alone', () => {
    const model = structuredClone(trainRfm(TEN));
    expect(scoreRfm(model, { silence: 0, purchases: 5, spentMinor: 1 })).toEqual({ recency: 5, frequency: 3, monetary: 1 });
    expect(scoreRfm(model, { silence: 1000, purchases: 99, spentMinor: 99_999 })).toEqual({ recency: 1, frequency: 5, monetary: 5 });
  });

  it('gives equal values equal scores, the lowest to the many who bought once', () => {
    // 7 of 10 bought once, the others 2, 3 and 4 times: edges 1, 1, 1 and 2.
    const counts = [1, 1, 1, 1, 1, 1, 1, 2, 3, 4];
    const base = purchaseHistories(
      counts.flatMap((n, customer) => Array.from({ length: n }, (_, k) => ({ customer: `${customer}`, day: k, amountMinor: 100 }))),
      { currency: 'EUR', untilDay: 10 },
    );
    const model = trainRfm(base);
    expect(model.frequency).toEqual([1, 1, 1, 2]);
    expect(counts.map((purchases) => scoreRfm(model, { silence: 0, purchases, spentMinor: 0 }).frequency)).toEqual([
      1, 1, 1, 1, 1, 1, 1, 4, 5, 5,
    ]);
  });

  it('refuses a base without customers', () => {
    expect(() => trainRfm(purchaseHistories([], { currency: 'EUR', untilDay: 1 }))).toThrow(RangeError);
  });
});
