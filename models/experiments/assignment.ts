/**
 * Who is in which arm, without a record of it: a salted hash gives each unit a bucket, and the bucket's owner has the unit.
 *
 * **Stable**, while salts stay: a unit's slot in a layer and its bucket in an experiment, for ever and on every machine; its experiment and its
 * arm, while experiments and arms are only added or widened (`allocate`). **Not stable**: units of an arm that is removed or narrowed
 * (`allocate` refuses to narrow), anything after a salt has changed, and whether a unit is in no arm yet: widening takes it in. Widening arms in
 * other proportions than before makes early units count more in one arm than in another, so an effect of time may pass for one of the arm:
 * widen all arms alike, or begin anew with a new salt.
 */
import { hash } from 'node:crypto';
import { type Allocation, BUCKETS, ownerOf } from './allocation.ts';

/** Owner of the buckets whose units are measured and get nothing: never an arm's name. */
export const HOLDOUT = 'HOLDOUT';

/** Experiments that must not meet in one unit share a layer. Layers with salts of their own are independent of each other. */
export interface Layer {
  readonly salt: string;
  /** Slots by experiment key; those of HOLDOUT are in no experiment of the layer, ever. */
  readonly slots: Allocation;
}

export interface Experiment {
  readonly key: string;
  /** Its own: with another experiment's or the layer's, arms would depend on each other. */
  readonly salt: string;
  /** Buckets by arm; those of HOLDOUT are the experiment's holdout. */
  readonly arms: Allocation;
}

export type Assignment =
  | { readonly status: 'ASSIGNED'; readonly arm: string; readonly bucket: number }
  /** Kept out on purpose, and measured: by the layer from all of its experiments, or by this one. */
  | { readonly status: 'HOLDOUT'; readonly by: 'LAYER' | 'EXPERIMENT' }
  /** The unit's slot belongs to another experiment of the layer or to none, or its bucket to no arm. */
  | { readonly status: 'NOT_ENROLLED' };

/**
 * A number in [0, 1) for a unit under a salt: the first 48 bits of SHA-256 of `salt:unit` in UTF-8, as a fraction. Each of the 2^48 values is as
 * likely as another as far as is known of SHA-256; a bucket of a million is off by less than 4e-9 of its share. A salt with a colon may share
 * its numbers with another salt (`a:b` with unit `c`, `a` with unit `b:c`): leave colons to units.
 */
export function positionOf(salt: string, unit: string): number {
  return hash('sha256', `${salt}:${unit}`, 'buffer').readUIntBE(0, 6) / 2 ** 48;
}

/** The unit's bucket under a salt, a whole number in [0, BUCKETS). */
export function bucketOf(salt: string, unit: string): number {
  return Math.floor(positionOf(salt, unit) * BUCKETS);
}

/** Where a unit stands with an experiment; the layer is null for an experiment that shares no units with others or may meet them all. */
export function assign(unit: string, experiment: Experiment, layer: Layer | null): Assignment {
  if (layer) {
    const owner = ownerOf(layer.slots, bucketOf(layer.salt, unit));
    if (owner === HOLDOUT) return { status: 'HOLDOUT', by: 'LAYER' };
    if (owner !== experiment.key) return { status: 'NOT_ENROLLED' };
  }
  const bucket = bucketOf(experiment.salt, unit);
  const arm = ownerOf(experiment.arms, bucket);
  if (arm === HOLDOUT) return { status: 'HOLDOUT', by: 'EXPERIMENT' };
  return arm === null ? { status: 'NOT_ENROLLED' } : { status: 'ASSIGNED', arm, bucket };
}
