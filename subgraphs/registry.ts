import type { AnySubgraphModule } from '../kernel/subgraph.ts';
import type { SubgraphName } from '../kernel/subgraph-names.ts';
import { crm } from './crm/module.ts';
import { digital } from './digital/module.ts';
import { experiments } from './experiments/module.ts';
import { feedback } from './feedback/module.ts';
import { identity } from './identity/module.ts';
import { loyalty } from './loyalty/module.ts';
import { pos } from './pos/module.ts';
import { recommendations } from './recommendations/module.ts';
import { segments } from './segments/module.ts';

export { openDirectory } from './identity/directory.ts';
export { openCatalogue } from './pos/open-catalogue.ts';

/** The one list of subgraph modules. */
export const modules: Readonly<Record<SubgraphName, AnySubgraphModule>> = {
  identity,
  crm,
  pos,
  loyalty,
  digital,
  feedback,
  recommendations,
  experiments,
  segments,
};
