import { modelSpecs } from '../../kernel/model-shelf.ts';
import { requestSpec } from '../../kernel/requests.ts';
import { lookForModels } from '../../kernel/shelves.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { contentIntake } from './content/intake.ts';
import { contentSpec } from './content/records.ts';
import { contentIn } from './content/shelf.ts';
import { type Context, context, MODEL_KINDS } from './context.ts';
import { decisionSpec } from './offers/decisions.ts';
import { resolvers } from './resolvers.ts';

/**
 * Takes in nothing of anybody, but content: every answer is computed from what the other domains say at that moment. Keeps the decisions that are
 * to be kept.
 */
export const recommendations: SubgraphModule<Context> = {
  name: 'recommendations',
  specs: [contentSpec, decisionSpec, ...modelSpecs, requestSpec],
  resolvers,
  context,
  intakes: ({ store, clock }) => [contentIntake(store.collection(contentSpec), clock)],
  jobs: ({ store, clock, log }) => [lookForModels(store, MODEL_KINDS), contentIn(store, clock, log).job],
};
