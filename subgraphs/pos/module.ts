import type { Intake } from '../../kernel/intake.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { productFacts, purchaseFacts } from './facts.ts';
import { posIntakes } from './intakes.ts';
import { measuringJob } from './measuring.ts';
import { ordersSpec, posSpecs, productsSpec } from './records.ts';
import { resolvers } from './resolvers.ts';

/** What was bought: orders, returns, payments, the catalogue and the stores. */
export const pos: SubgraphModule<Context> = {
  name: 'pos',
  specs: posSpecs,
  resolvers,
  context,
  intakes: (deps) => {
    const { orders, returns, payments, products, stores } = posIntakes(deps);
    return [orders, returns, payments, products, stores] as readonly Intake[];
  },
  jobs: (deps) => [measuringJob(deps)],
  facts: ({ store }) => ({
    purchases: () => purchaseFacts(store.collection(ordersSpec).scan()),
    products: () => productFacts(store.collection(productsSpec).scan()),
  }),
};
