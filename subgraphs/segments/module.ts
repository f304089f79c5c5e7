import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { segmentSpecs } from './records.ts';
import { resolvers } from './resolvers.ts';

export const segments: SubgraphModule<Context> = {
  name: 'segments',
  specs: segmentSpecs,
  resolvers,
  context,
  intakes: () => [],
};
