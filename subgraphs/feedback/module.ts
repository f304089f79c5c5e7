import { lookForModels } from '../../kernel/shelves.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { ratedTextFacts } from './facts.ts';
import { collectionsOf, feedbackIntake } from './intakes.ts';
import { specs } from './records.ts';
import { resolvers } from './resolvers.ts';
import { MODEL_KINDS } from './texts.ts';

export const feedback: SubgraphModule<Context> = {
  name: 'feedback',
  specs,
  resolvers,
  context,
  intakes: ({ store }) => [feedbackIntake(collectionsOf(store))],
  jobs: ({ store }) => [lookForModels(store, MODEL_KINDS)],
  facts: ({ store }) => ({ ratedTexts: () => ratedTextFacts(collectionsOf(store).items.scan()) }),
};
