import { describe, expect, it } from 'vitest';
import { historyAt, purchaseHistories } from '../../../../models/customer-base/history.ts';

const bought = (customer: string, day: number, amountMinor = 100) => ({ customer, day, amountMinor });

describe('histories of purchases', () => {
  it('sums up a customer as the CDNOW literature does', () => {
    // CDNOW customer 4: bought on days 0, 17 and 213 of 1997, observed until day 272; published as x = 2, t_x = 30.43, T = 38.86, 22.35 dollars.
    const purchases = [bought('4', 0, 2933), bought('4', 17, 2973), bought('4', 213, 1496), bought('4', 345, 2648)];
    const histories = purchaseHistories(purchases, { currency: 'USD', untilDay: 272, holdoutUntilDay: 545 });
    const { repeats, recency, age, meanRepeatMinor } = historyAt(histories, 0);
    expect(repeats).toBe(2);
    expect(recency).toBeCloseTo(30.43, 2);
    expect(age).toBeCloseTo(38.86, 2);
    expect(meanRepeatMinor).toBe(2234.5);
    expect(histories.totalMinor[0]).toBe(7402);
    expect(histories.holdoutRepeats).toEqual(Uint32Array.of(1));
  });

  it('counts several purchases on a day as one repeat of what they cost together', () => {
    const purchases = [bought('ada', 0), bought('ada', 0.9), bought('ada', 7.25, 300), bought('ada', 7.75, 500)];
    expect(historyAt(purchaseHistories(purchases, { currency: 'EUR', untilDay: 14 }), 0)).toEqual({
      repeats: 1,
      recency: 1,
      age: 2,
      meanRepeatMinor: 800,
    });
  });

  it('does not ask for the order of the purchases', () => {
    const ordered = [bought('ada', 1, 10), bought('ada', 8, 20), bought('ben', 2, 30), bought('ada', 15, 40)];
    const options = { currency: 'EUR', untilDay: 8, holdoutUntilDay: 20 };
    const shuffled = [ordered[3]!, ordered[1]!, ordered[2]!, ordered[0]!];
    expect(purchaseHistories(shuffled, options)).toEqual(purchaseHistories(ordered, options));
  });

  it('leaves out whoever bought first in the holdout, and counts its days up to its end', () => {
    const purchases = [bought('ada', 0), bought('ada', 11), bought('ada', 11), bought('ada', 12), bought('ada', 21), bought('ben', 11)];
    const histories = purchaseHistories(purchases, { currency: 'EUR', untilDay: 10, holdoutUntilDay: 20, daysPerUnit: 1 });
    expect(histories.customers).toEqual(['ada']);
    expect(histories.holdoutRepeats).toEqual(Uint32Array.of(2));
    expect(historyAt(histories, 0)).toEqual({ repeats: 0, recency: 0, age: 10, meanRepeatMinor: 0 });
    expect(() => historyAt(histories, 1)).toThrow(RangeError);
  });

  it.each([
    [bought('ada', Number.NaN), 'A purchase of ada is on day NaN.'],
    [bought('ada', 1, -5), 'A purchase of ada is of -5 minor units.'],
    [bought('ada', 1, 9.99), 'A purchase of ada is of 9.99 minor units.'],
  ])('refuses a broken purchase by name', (purchase, message) => {
    expect(() => purchaseHistories([purchase], { currency: 'EUR', untilDay: 10 })).toThrow(message);
  });
});
