import { describe, expect, it } from 'vitest';
import { fitSignalWeights, judgedWeights } from '../../../../models/next-basket/signal-weights.ts';
import { SIGNAL_NAMES, SignalReader, type Signals } from '../../../../models/next-basket/signals.ts';

const ITEMS = ['milk', 'tea', 'kettle'];
// The kettle is like tea by 0.4, and tea like the kettle.
const SIMILARITY = { start: Int32Array.of(0, 0, 1, 2), neighbourOf: Int32Array.of(2, 1), weightOf: Float32Array.of(0.4, 0.4) };
const CATALOGUE = (item: string) =>
  item === 'kettle' ? { category: 'kitchen', priceMinor: 4_000, months: [11, 12], stores: ['north'] } : undefined;

function read(signals: Signals, item: string): Record<string, number> {
  const values = new Float32Array(SIGNAL_NAMES.length);
  const reader = new SignalReader(signals, CATALOGUE, SIMILARITY, (id) => (ITEMS.includes(id) ? ITEMS.indexOf(id) : undefined));
  reader.read(ITEMS.indexOf(item), item, values, 0);
  return Object.fromEntries(SIGNAL_NAMES.map((name, at) => [name, Number(values[at]!.toFixed(3))]));
}

const NEUTRAL = { viewed: 0, nearViewed: 0, nearCart: 0, category: 0, price: 0, season: 0, store: 0 };

describe('signals', () => {
  it('are neutral where nothing is known, of the customer or of the item', () => {
    expect(read({}, 'kettle')).toEqual(NEUTRAL);
    expect(read({ categories: { kitchen: 1 }, priceBand: { lowMinor: 1, highMinor: 2 }, month: 1, store: 'north' }, 'milk')).toEqual(
      NEUTRAL,
    );
  });

  it('tell what was viewed, the last first, and what is near to views and cart', () => {
    expect(read({ viewed: ['unknown', 'milk', 'tea'] }, 'milk')).toEqual({ ...NEUTRAL, viewed: 1 });
    expect(read({ viewed: ['milk', 'milk', 'milk', 'tea'] }, 'tea')).toEqual({ ...NEUTRAL, viewed: 0.5 });
    expect(read({ viewed: ['tea'], cart: ['tea'] }, 'kettle')).toEqual({ ...NEUTRAL, nearViewed: 0.4, nearCart: 0.4 });
  });

  it('tell how an item fits the category, the price band, the month and the store', () => {
    const fits = { categories: { kitchen: 0.8 }, priceBand: { lowMinor: 3_000, highMinor: 5_000 }, month: 12, store: 'north' };
    expect(read(fits, 'kettle')).toEqual({ ...NEUTRAL, category: 0.8, price: 1, season: 1, store: 1 });
    const unfit = { priceBand: { lowMinor: 100, highMinor: 2_000 }, month: 6, store: 'south' };
    expect(read(unfit, 'kettle')).toEqual({ ...NEUTRAL, price: -1, season: -1, store: -1 });
  });
});

describe('signal weights', () => {
  /** Customers who choose between an item that they viewed and one that they did not. */
  function choices(customers: number, tookTheViewed: number) {
    const values = new Float32Array(customers * 2 * SIGNAL_NAMES.length);
    const label = new Uint8Array(customers * 2);
    for (let customer = 0; customer < customers; customer++) {
      values[customer * 2 * SIGNAL_NAMES.length] = 1;
      label[customer * 2 + (customer < tookTheViewed ? 0 : 1)] = 1;
    }
    const groupStart = Int32Array.from({ length: customers + 1 }, (_, at) => at * 2);
    return { values, score: new Float32Array(customers * 2), label, groupStart };
  }

  it('stay as judged without examples', () => {
    expect(fitSignalWeights(choices(0, 0))).toEqual(judgedWeights());
  });

  it('become the log-odds that many choices show: ln 3 where three of four took what they viewed', () => {
    const weights = fitSignalWeights(choices(40_000, 30_000));
    expect(weights.viewed).toBeCloseTo(Math.log(3), 3);
    expect(weights.nearCart).toBeCloseTo(1.5, 6);
    expect(weights.store).toBeCloseTo(0, 6);
  });

  it('move from the judged weight by what a few choices are worth', () => {
    // The mode of 4 choices, 3 for the viewed, with a normal prior about 1.5: w solves 3 - 4 / (1 + e^-w) = w - 1.5, so w = 1.3340.
    const { viewed } = fitSignalWeights(choices(4, 3));
    expect(viewed).toBeCloseTo(1.334, 3);
  });
});
