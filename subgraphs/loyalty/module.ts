import type { Intake } from '../../kernel/intake.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { loyaltyIntakes } from './intakes.ts';
import { loyaltySpecs } from './records.ts';
import { resolvers } from './resolvers.ts';

/** How customers are rewarded: memberships, the points ledger and vouchers. */
export const loyalty: SubgraphModule<Context> = {
  name: 'loyalty',
  specs: loyaltySpecs,
  resolvers,
  context,
  intakes: (deps) => {
    const { accounts, points, vouchers } = loyaltyIntakes(deps);
    return [accounts, points, vouchers] as readonly Intake[];
  },
};
