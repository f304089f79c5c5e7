import { OperatorError } from '../kernel/errors.ts';
import type { Collection, Doc, EpochMs, Spec } from '../kernel/storage/port.ts';

/** How far the one fill of a store has come. */
export interface Fill extends Doc {
  /** Customers that are filed durably, from the first on. */
  readonly customers: number;
  readonly seed: string;
  /** What its dates are relative to: the time at which it began. */
  readonly now: EpochMs;
}

export const fillSpec: Spec<Fill> = { name: 'fills', at: 'now' };
const KEY = { owner: 'demo', id: 'fill' };

/** The fill that was begun before, or a new one. */
export async function startFill(fills: Collection<Fill>, { seed, now }: Pick<Fill, 'seed' | 'now'>): Promise<Fill> {
  await fills.insertOnce([{ ...KEY, version: 0, customers: 0, seed, now }]);
  const [fill] = await fills.getMany([KEY]);
  if (!fill) throw new Error('The progress of the demo company could not be read back.');
  if (fill.seed !== seed)
    throw new OperatorError('The store holds another demo company.', [
      `It was made with the seed "${fill.seed}", not "${seed}": give that seed, or another DATA_DIR or database.`,
    ]);
  return fill;
}

/** Records that `customers` are filed. Another process that filed the same ones meanwhile has done no harm: the further one counts. */
export async function advance(fills: Collection<Fill>, fill: Fill, customers: number): Promise<Fill> {
  const [outcome] = await fills.putMany([{ ...fill, customers }]);
  if (outcome === 'ok') return { ...fill, customers, version: fill.version + 1 };
  const [current] = await fills.getMany([KEY]);
  if (!current) throw new Error('The progress of the demo company was deleted while it was filled.');
  return current.customers >= customers ? current : advance(fills, current, customers);
}
