import { describe, expect, it } from 'vitest';
import { kpisOf } from '../../../../models/experiments/kpis.ts';
import { mergeSums, type Sums, sumsOf } from '../../../../models/experiments/sums.ts';

function sums(...units: (readonly number[])[]): Sums {
  return units.map((values) => sumsOf(values)).reduce(mergeSums);
}

/** Revenue, orders, profit, cost in cents: four customers, of whom the second bought nothing. */
const CUSTOMERS = sums([500, 1, 300, 100], [0, 0, 0, 100], [1500, 2, 900, 200], [2000, 1, 1200, 100]);

describe('key figures', () => {
  it('that nobody counted are null', () => {
    expect(kpisOf({})).toEqual({
      conversionRate: null,
      openRate: null,
      clickRate: null,
      retentionRate: null,
      repeatRate: null,
      nps: null,
      csat: null,
      itemsPerBasket: null,
      money: [],
    });
    expect(kpisOf({ open: { successes: 0, n: 0 }, nps: { promoters: 0, passives: 0, detractors: 0 } })).toMatchObject({
      openRate: null,
      nps: null,
    });
  });

  it("that are rates have Wilson's interval", () => {
    // statsmodels proportion_confint(30, 100, method='wilson').
    const thirty = { successes: 30, n: 100 };
    const kpis = kpisOf({ conversion: thirty, open: thirty, click: thirty, retention: thirty, repeat: thirty, csat: thirty });
    for (const figure of [kpis.conversionRate, kpis.openRate, kpis.clickRate, kpis.retentionRate, kpis.repeatRate, kpis.csat]) {
      expect(figure).toMatchObject({ value: 0.3, n: 100 });
      expect(figure!.interval!.lower).toBeCloseTo(0.21894885294932756, 12);
      expect(figure!.interval!.upper).toBeCloseTo(0.39584854633346667, 12);
    }
  });

  it('of recommendation are promoters less detractors, in points', () => {
    // 50 - 20 = 30; 1.96 sqrt((.7 - .09) / 100) = .1531.
    const { nps } = kpisOf({ nps: { promoters: 50, passives: 30, detractors: 20 } });
    expect(nps!.value).toBeCloseTo(30, 12);
    expect(nps!.interval!.upper).toBeCloseTo(45.30780807504267, 10);
    expect(kpisOf({ nps: { promoters: 1, passives: 0, detractors: 0 } }).nps).toEqual({ value: 100, n: 1, interval: null });
  });

  it('of baskets count customers, not baskets', () => {
    expect(kpisOf({ baskets: sums([6, 2], [3, 1], [1, 1]) }).itemsPerBasket).toMatchObject({ value: 2.5, n: 3 });
  });

  it('of money are totals with the interval of as many customers like these', () => {
    const [eur] = kpisOf({ money: [{ currency: 'EUR', customers: CUSTOMERS, fixedCostMinor: 0, profitKnown: true }] }).money;
    // 4 t(.975, 3) s / sqrt(4), by scipy.
    expect(eur!.revenueMinor).toMatchObject({ value: 4000, n: 4 });
    expect(eur!.revenueMinor!.interval!.upper).toBeCloseTo(4000 + 5810.32543150953, 7);
    expect(eur!.profitMinor!.value).toBe(2400);
    expect(eur!.costMinor!.value).toBe(500);
    expect(eur!.averageOrderValueMinor!.value).toBe(1000);
    // (2400 - 500) / 500 * 100, and the delta method by numpy.
    expect(eur!.roiPercent!.value).toBeCloseTo(380, 10);
    expect(eur!.roiPercent!.interval!.upper).toBeCloseTo(380 + 400.983915386856, 8);
  });

  it('count a fixed cost as known', () => {
    const [eur] = kpisOf({ money: [{ currency: 'EUR', customers: CUSTOMERS, fixedCostMinor: 500, profitKnown: true }] }).money;
    // (2400 - 1000) / 1000 * 100.
    expect(eur!.costMinor!.value).toBe(1000);
    expect(eur!.roiPercent!.value).toBeCloseTo(140, 10);
    expect(eur!.roiPercent!.interval!.upper).toBeCloseTo(140 + 202.3229724804294, 8);
  });

  it('have no return on a cost of 0, and none on a profit that is not known', () => {
    const free = sums([500, 1, 300, 0], [100, 1, 50, 0]);
    const [eur] = kpisOf({ money: [{ currency: 'EUR', customers: free, fixedCostMinor: 0, profitKnown: true }] }).money;
    expect(eur!.roiPercent).toBeNull();
    expect(eur!.profitMinor!.value).toBe(350);
    const [jpy] = kpisOf({ money: [{ currency: 'JPY', customers: CUSTOMERS, fixedCostMinor: 0, profitKnown: false }] }).money;
    expect(jpy).toMatchObject({ profitMinor: null, roiPercent: null });
  });

  it('never add up two currencies, and take each once', () => {
    const of = (currency: string) => ({ currency, customers: CUSTOMERS, fixedCostMinor: 0, profitKnown: true });
    expect(kpisOf({ money: [of('EUR'), of('JPY')] }).money.map(({ currency, revenueMinor }) => [currency, revenueMinor!.value])).toEqual([
      ['EUR', 4000],
      ['JPY', 4000],
    ]);
    expect(() => kpisOf({ money: [of('EUR'), of('EUR')] })).toThrow('EUR is given twice');
  });
});
