import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { resolvers } from './resolvers.ts';

/** Stores nothing and takes nothing in: every answer is computed from what the other domains say at that moment. */
export const recommendations: SubgraphModule<Context> = {
  name: 'recommendations',
  specs: [],
  resolvers,
  context: () => context,
  intakes: () => [],
};
