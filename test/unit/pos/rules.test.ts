import { describe, expect, it } from 'vitest';
import type { GroupTotal } from '../../../kernel/storage/port.ts';
import { favouriteCategories, favouriteStore, itemsPerOrder } from '../../../subgraphs/pos/habits.ts';
import { fifthOf, fifths, measure, purchaseRank } from '../../../subgraphs/pos/quintiles.ts';
import type { KeptLine, OrderRecord } from '../../../subgraphs/pos/records.ts';
import { latePayments, paymentStatus, summarise } from '../../../subgraphs/pos/rules.ts';

const total = (group: string, count: number, sum: number, first = 1, last = 2): GroupTotal => ({ group, count, sum, first, last });

describe('a purchase summary', () => {
  it('counts neither cancelled nor undated orders', () => {
    const summary = summarise([total('CANCELLED', 2, 5000, 1, 90), total('GBP', 3, 1000, 10, 30), total('UNDATED', 1, 700, 0, 0)], []);
    expect(summary).toMatchObject({ orderCount: 3, firstOrderAt: 10, lastOrderAt: 30 });
    // 10.00 / 3 = 3.333...
    expect(summary.byCurrency).toMatchObject([{ currency: 'GBP', averageOrderValue: { amountMinor: 333 } }]);
    expect(summary.repeatRate).toBeCloseTo(2 / 3, 12);
  });

  it('rounds an average half up', () => {
    expect(summarise([total('JPY', 2, 25)], []).byCurrency[0]?.averageOrderValue).toEqual({ amountMinor: 13, currency: 'JPY' });
    // 9007199254740991 / 1, where adding a half as a float would come to one more.
    expect(summarise([total('KWD', 1, Number.MAX_SAFE_INTEGER)], []).byCurrency[0]?.averageOrderValue?.amountMinor).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });

  it('never adds currencies up, and puts that of most orders first', () => {
    const { byCurrency, orderCount } = summarise([total('EUR', 1, 99_999), total('GBP', 2, 100)], [total('GBP', 1, 25)]);
    expect(orderCount).toBe(3);
    expect(
      byCurrency.map(({ currency, totalSpent, returnedTotal, returnRate }) => [
        currency,
        totalSpent.amountMinor,
        returnedTotal.amountMinor,
        returnRate,
      ]),
    ).toEqual([
      ['GBP', 100, 25, 0.25],
      ['EUR', 99_999, 0, 0],
    ]);
  });

  it('of returns alone has no orders, no average and no rate', () => {
    const summary = summarise([], [total('GBP', 1, 2750)]);
    expect(summary).toMatchObject({ orderCount: 0, firstOrderAt: null, lastOrderAt: null, repeatRate: null });
    expect(summary.byCurrency).toMatchObject([
      { orderCount: 0, averageOrderValue: null, returnRate: null, returnedTotal: { amountMinor: 2750 } },
    ]);
  });
});

describe('a payment', () => {
  it('is late once it is due and unpaid', () => {
    expect(paymentStatus({ status: 'PENDING', dueAt: 100 }, 100)).toBe('PENDING');
    expect(paymentStatus({ status: 'PENDING', dueAt: 100 }, 101)).toBe('LATE');
    expect(paymentStatus({ status: 'PAID', dueAt: 100 }, 101)).toBe('PAID');
    expect(paymentStatus({ status: 'PENDING', dueAt: null }, 101)).toBe('PENDING');
    expect(latePayments([total('', 9, 0), total('LATE', 1, 0), total('OPEN', 2, 0)])).toBe(3);
  });
});

const line = (more: Partial<KeptLine>): KeptLine => ({
  id: JSON.stringify(more),
  origin: '',
  at: null,
  sku: null,
  name: null,
  category: null,
  quantity: '1',
  unitPrice: '1',
  discount: '0',
  tax: null,
  shipping: null,
  amount: '1',
  updatedAt: null,
  ...more,
});
const order = (store: string | null, lines: readonly KeptLine[], tally = 'EUR') =>
  ({
    tally,
    lines,
    headers: [{ store, placedAt: null, status: null, channel: null, total: null, shipping: null, updatedAt: null, origin: '' }],
  }) as unknown as OrderRecord;

describe('habits', () => {
  it('prefer the store of most orders, and of equal ones the latest', () => {
    expect(favouriteStore([order('B', []), order('A', []), order('A', []), order(null, [])])).toBe('A');
    expect(favouriteStore([order('B', []), order('A', [])])).toBe('B');
    expect(favouriteStore([order('C', [], 'CANCELLED'), order(null, [])])).toBeNull();
  });

  it('count an order once per category, and ask the catalogue where the line is silent', () => {
    const orders = [
      order(null, [line({ category: 'Tea' }), line({ category: 'Tea', quantity: '9' }), line({ sku: 'cup' })]),
      order(null, [line({ category: 'Tea' })]),
      order(null, [line({ sku: 'unknown' })]),
    ];
    const categoryOf = (sku: string) => (sku === 'cup' ? 'Crockery' : null);
    expect(favouriteCategories(orders, categoryOf)).toEqual([
      { category: 'Tea', orderCount: 2, share: 2 / 3 },
      { category: 'Crockery', orderCount: 1, share: 1 / 3 },
    ]);
  });

  it('say how many items an order with lines holds', () => {
    expect(
      itemsPerOrder([order(null, [line({ quantity: '2' }), line({ quantity: '0.5' })]), order(null, [line({})]), order(null, [])]),
    ).toBe(1.75);
    expect(itemsPerOrder([order(null, [])])).toBeNull();
  });
});

describe('quintiles', () => {
  it('are the nearest-rank 20th, 40th, 60th and 80th percentiles', () => {
    expect(fifths([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual([2, 4, 6, 8]);
    // ranks 1.4, 2.8, 4.2 and 5.6, rounded up: 2, 3, 5 and 6
    expect(fifths([10, 20, 30, 40, 50, 60, 70])).toEqual([20, 30, 50, 60]);
  });

  it('score 5 in the highest fifth and 1 in the lowest', () => {
    expect([1, 2, 3, 8, 9, 10].map((value) => fifthOf(value, [2, 4, 6, 8]))).toEqual([1, 1, 2, 4, 5, 5]);
  });

  it('score equal values equally, so that most buyers of one order are all in the lowest fifth', () => {
    const edges = fifths([1, 1, 1, 1, 1, 1, 1, 1, 2, 5]);
    expect([1, 2, 5].map((value) => fifthOf(value, edges))).toEqual([1, 5, 5]);
  });

  async function* orders(buyers: number) {
    for (let i = 1; i <= buyers; i++) {
      yield { owner: `cus_${String(i).padStart(3, '0')}`, placedAt: 1000 + i, totalMinor: i * 100, tally: 'EUR' };
      yield { owner: `cus_${String(i).padStart(3, '0')}`, placedAt: 9999, totalMinor: 1_000_000, tally: 'CANCELLED' };
    }
  }
  const spent = (amount: number, lastOrderAt: number) => summarise([total('EUR', 1, amount, lastOrderAt, lastOrderAt)], []);

  it('rank a customer within all who bought', async () => {
    const base = { ...(await measure(orders(20), 5000, () => false))!, version: 1 };
    expect(base.buyers).toBe(20);
    expect(purchaseRank(spent(400, 1004), base)).toEqual({ recency: 1, frequency: 1, monetary: 1, asOf: 5000 });
    expect(purchaseRank(spent(1700, 1013), base)).toEqual({ recency: 4, frequency: 1, monetary: 5, asOf: 5000 });
  });

  it('rank nobody among fewer than 20 buyers, in a currency of fewer, or without orders', async () => {
    const few = { ...(await measure(orders(19), 5000, () => false))!, version: 1 };
    const base = { ...(await measure(orders(20), 5000, () => false))!, version: 1 };
    expect(purchaseRank(spent(400, 1004), few)).toBeNull();
    expect(purchaseRank(summarise([total('JPY', 1, 400)], []), base)).toBeNull();
    expect(purchaseRank(summarise([], []), base)).toBeNull();
    expect(purchaseRank(spent(400, 1004), null)).toBeNull();
  });

  it('stop being measured when told to', async () => {
    expect(await measure(orders(20), 5000, () => true)).toBeNull();
  });
});
