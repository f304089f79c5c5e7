import { effects, hillstrom, looked } from './experiments/hillstrom.ts';
import { throughProduct } from './experiments/hillstrom-through-product.ts';
import { peeking } from './experiments/peeking.ts';
import { sampling } from './experiments/sampling.ts';
import type { Line } from './line.ts';

/** What experiments found, how often they find what is not there, and what it costs to show the worse creative. */
export async function* section(): AsyncGenerator<Line> {
  const customers = hillstrom();
  yield* effects(customers);
  yield looked(customers);
  yield* throughProduct(customers);
  yield* peeking();
  yield* sampling();
}
