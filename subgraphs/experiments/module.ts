import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { experimentSpecs } from './records.ts';
import { resolvers } from './resolvers.ts';
import { experimentsIn } from './store.ts';

export const experiments: SubgraphModule<Context> = {
  name: 'experiments',
  specs: experimentSpecs,
  resolvers,
  context,
  intakes: () => [],
  jobs: ({ store, clock }) => [experimentsIn(store, clock).creatives.job],
};
