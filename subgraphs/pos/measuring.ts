import type { Job, SubgraphDeps } from '../../kernel/subgraph.ts';
import { update } from '../../kernel/update.ts';
import { MIN_BUYERS, measure } from './quintiles.ts';
import { ordersSpec, type QuintilesRecord, quintilesSpec } from './records.ts';

/** The one document of the customer base. */
export const BASE = { owner: 'base', id: 'current' };

const EVERY_MS = 3_600_000;
const LOOK_MS = 300_000;

/**
 * Measures the customer base every hour. It looks every five minutes, so that a store that was empty at the start is
 * measured soon after it was filled, and a restart does not measure again what is fresh.
 */
export function measuringJob({ store, clock }: Pick<SubgraphDeps, 'store' | 'clock'>): Job {
  return {
    name: 'measure-customer-base',
    everyMs: LOOK_MS,
    run: async (signal) => {
      const quintiles = store.collection<QuintilesRecord>(quintilesSpec);
      const [known] = await quintiles.getMany([BASE]);
      if (known && known.buyers >= MIN_BUYERS && clock() - known.measuredAt < EVERY_MS) return;
      const measured = await measure(store.collection(ordersSpec).scan(), clock(), () => signal.aborted);
      if (measured) await update(quintiles, [BASE], () => ({ ...measured, version: 0 }));
    },
  };
}
