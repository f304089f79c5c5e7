import { modelSpecs } from '../../kernel/model-shelf.ts';
import { lookForModels } from '../../kernel/shelves.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context, MODEL_KINDS } from './context.ts';
import { decisionSpec } from './decisions.ts';
import { experimentSpecs } from './experiment-records.ts';
import { experimentsIn } from './experiment-store.ts';
import { resolvers } from './resolvers.ts';
import { segmentSpecs } from './segment-records.ts';

/** Takes nothing in: every answer is computed from what the other domains say at that moment. Keeps the decisions that are to be kept. */
export const recommendations: SubgraphModule<Context> = {
  name: 'recommendations',
  specs: [decisionSpec, ...modelSpecs, ...experimentSpecs, ...segmentSpecs],
  resolvers,
  context,
  intakes: () => [],
  jobs: ({ store, clock }) => [lookForModels(store, MODEL_KINDS), experimentsIn(store, clock).creatives.job],
};
