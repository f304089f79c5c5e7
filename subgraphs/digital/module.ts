import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { viewFacts } from './facts.ts';
import { collectionsOf, eventIntake, touchIntake } from './intakes.ts';
import { specs } from './records.ts';
import { resolvers } from './resolvers.ts';

export const digital: SubgraphModule<Context> = {
  name: 'digital',
  specs,
  resolvers,
  context,
  intakes: ({ store }) => {
    const collections = collectionsOf(store);
    return [eventIntake(collections), touchIntake(collections)];
  },
  facts: ({ store }) => ({ views: () => viewFacts(collectionsOf(store).events.scan()) }),
};
