import { modelSpecs } from '../../kernel/model-shelf.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context, MODEL_KINDS, shelfOf } from './context.ts';
import { decisionSpec } from './decisions.ts';
import { resolvers } from './resolvers.ts';

/** A model that was trained or chosen by another process is in use here after this at the latest. */
const LOOK_MS = 2000;

/** Takes nothing in: every answer is computed from what the other domains say at that moment. Keeps the decisions that are to be kept. */
export const recommendations: SubgraphModule<Context> = {
  name: 'recommendations',
  specs: [decisionSpec, ...modelSpecs],
  resolvers,
  context,
  intakes: () => [],
  jobs: ({ store }) => [{ name: 'look-for-models', everyMs: LOOK_MS, run: () => shelfOf(store).look(MODEL_KINDS) }],
};
