import { closest } from '../../kernel/closest.ts';
import { OperatorError } from '../../kernel/errors.ts';
import { SUBGRAPH_NAMES } from '../../kernel/subgraph-names.ts';
import { type Role as AnyRole, type Config, loadConfig } from '../runtime/config.ts';

type Role = Exclude<AnyRole, 'any supergraph'>;
const ROLES: readonly Role[] = ['all', 'gateway', ...SUBGRAPH_NAMES];

/** `c360 serve [name]`: everything, the gateway alone, or one subgraph alone. Fills no store unless DEMO=1. */
export async function serve(name: string, { config: file, checkConfig }: { readonly config?: string; readonly checkConfig?: boolean }) {
  const role = roleOf(name);
  const config = loadConfig({ env: process.env, file, role });
  if (checkConfig) console.log('The configuration is right.');
  else await run(config, role);
}

async function run(config: Config, role: Role): Promise<void> {
  // Everything hangs on these imports: a wrong setting is told of without them.
  if (role === 'all' || role === 'gateway') {
    const { runGateway } = await import('../runtime/run-gateway.ts');
    return runGateway({ ...config, demo: role === 'all' && config.demo === true });
  }
  const { runSubgraph } = await import('../runtime/run-subgraph.ts');
  return runSubgraph(config, role);
}

function roleOf(name: string): Role {
  const role = ROLES.find((known) => known === name);
  if (role) return role;
  const meant = closest(name, ROLES, 4);
  throw new OperatorError('The command is wrong:', [
    `serve ${name}: there is no such part${meant ? `; did you mean ${meant}?` : '.'} Name one of ${ROLES.join(', ')}.`,
  ]);
}
