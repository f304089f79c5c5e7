import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { type Context, context } from './context.ts';
import { intakes } from './intakes.ts';
import { specs } from './records.ts';
import { resolvers } from './resolvers.ts';

export const crm: SubgraphModule<Context> = { name: 'crm', specs, resolvers, context, intakes };
