import { setImmediate as turn } from 'node:timers/promises';
import type { Facts } from '../kernel/facts.ts';
import type { Directory } from '../kernel/intake.ts';
import { ModelShelf, type ModelVersion } from '../kernel/model-shelf.ts';
import { type Leavers, Rosters } from '../kernel/roster.ts';
import type { EpochMs, Store } from '../kernel/storage/port.ts';
import { trainBase } from './base.ts';
import { Consenting } from './consenting.ts';
import { type ModelKind, TRAINED_MODELS } from './kinds.ts';
import { trainRanking } from './next-basket.ts';
import { trainOnStars } from './sentiment.ts';
import type { Trained } from './trainer.ts';

/** What there is to learn from. */
export interface Material {
  readonly purchases: NonNullable<Facts['purchases']>;
  readonly products: NonNullable<Facts['products']>;
  readonly views: NonNullable<Facts['views']>;
  readonly ratedTexts: NonNullable<Facts['ratedTexts']>;
}

export interface TrainingOptions {
  readonly material: Material;
  readonly directory: Directory;
  readonly now: EpochMs;
  /** Told how many facts were read, now and again. */
  readonly onRead: (facts: number) => void;
  /** Ends the training between two facts; nothing is kept of it then. */
  readonly signal: AbortSignal;
}

interface Kind {
  /** The subgraph that uses it, whose store keeps it. */
  readonly subgraph: 'recommendations' | 'feedback';
  train(consenting: Consenting, options: TrainingOptions): Promise<Trained>;
}

const TRAINERS: Readonly<Record<ModelKind, Kind['train']>> = {
  'customer-base': (consenting, { material, now, onRead, signal }) =>
    trainBase(counted(consenting.only(material.purchases()), onRead, signal), now),
  'next-basket': (consenting, { material, now, onRead, signal }) =>
    trainRanking(
      {
        purchases: counted(consenting.only(material.purchases()), onRead, signal),
        products: counted(material.products(), onRead, signal),
        // Who looked and never ordered is not learnt from.
        views: counted(consenting.alsoOf(material.views()), onRead, signal),
      },
      now,
    ),
  // Feedback of nobody in particular is filed under its product or under nobody: it is nobody's permission to give.
  sentiment: (consenting, { material, now, onRead, signal }) =>
    trainOnStars(
      counted(
        consenting.only(material.ratedTexts(), (owner) => !owner.startsWith('cus_')),
        onRead,
        signal,
      ),
      now,
    ),
};

/** Every kind of model that can be trained, by its name on the shelf. */
export const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries(TRAINED_MODELS).map(([kind, { subgraph }]) => [kind, { subgraph, train: TRAINERS[kind as ModelKind] }]),
);

/** A version, and whether it is used; not so when another was chosen since its training began. */
export type TrainedVersion = ModelVersion & { readonly used: boolean };

const NOBODY: Leavers = { learntFrom: 0, withdrawn: 0, erased: 0 };

/** Trains one kind, keeps it in the store of the subgraph that uses it, and has it used from then on. */
export async function train(kind: string, store: Store, options: TrainingOptions): Promise<TrainedVersion | { readonly refused: string }> {
  const known = KINDS[kind];
  if (!known) throw new RangeError(`There is no kind of model called ${kind}.`);
  const consenting = new Consenting(options.directory);
  const trained = await known.train(consenting, options);
  if (!trained.ok) return { refused: trained.message };
  // Fitting hears nothing: a signal that came meanwhile is heard in the next turn of the event loop, or in the one after.
  for (let turns = 0; turns < 2; turns++) await turn();
  options.signal.throwIfAborted();
  const { allowing, refusing } = consenting.persons();
  // What nobody in particular gave is in the model, too.
  const learntFrom = new Set([...trained.learntFrom].filter((person) => allowing.has(person)));
  const shelf = new ModelShelf(store);
  const rosters = new Rosters(store);
  const before = await shelf.used(kind);
  const left = before === null ? NOBODY : await rosters.leavers(kind, before, options.directory, allowing);
  const counts = {
    ...trained.counts,
    'customers learnt from': learntFrom.size,
    'left out with permission': allowing.size - learntFrom.size,
    'left out without permission': refusing.size,
    ...(left && {
      'forgotten since the version before: withdrawn': left.withdrawn,
      'forgotten since the version before: erased': left.erased,
    }),
  };
  const { model, from, to, leftOut = {}, metrics } = trained;
  const version = await shelf.add(kind, model, { trainedAt: options.now, from, to, counts, leftOut, metrics });
  await rosters.write(kind, version.id, learntFrom, options.now);
  const used = await shelf.choose(kind, version.id, options.now, { unlessSince: options.now });
  return { ...version, used };
}

const TELL_EVERY = 1000;

async function* counted<F>(facts: AsyncIterable<F>, onRead: (facts: number) => void, signal: AbortSignal): AsyncIterable<F> {
  let count = 0;
  for await (const fact of facts) {
    signal.throwIfAborted();
    yield fact;
    if (++count % TELL_EVERY === 0) onRead(count);
  }
  onRead(count);
}
