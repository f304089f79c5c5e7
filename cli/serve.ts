import type { Command } from 'commander';
import { closest } from '../kernel/closest.ts';
import { type Role as AnyRole, type Config, loadConfig } from '../kernel/config.ts';
import { OperatorError } from '../kernel/errors.ts';
import { SUBGRAPH_NAMES } from '../kernel/subgraph.ts';

type Role = Exclude<AnyRole, 'any supergraph'>;
const ROLES: readonly Role[] = ['all', 'gateway', ...SUBGRAPH_NAMES];

/** `c360 serve [name]`: everything, the gateway alone, or one subgraph alone. Fills no store unless DEMO=1. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run everything, `gateway` alone, or one subgraph alone over HTTP')
    .argument('[name]', ROLES.join(', '), 'all')
    .option('--config <file>', 'a YAML file of settings; the environment wins')
    .option('--check-config', 'say whether the settings are right, and start nothing')
    .action(async (name: string, { config: file, checkConfig }: { config?: string; checkConfig?: boolean }) => {
      const role = roleOf(name);
      const config = loadConfig({ env: process.env, file, role });
      if (checkConfig) console.log('The configuration is right.');
      else await run(config, role);
    });
}

async function run(config: Config, role: Role): Promise<void> {
  // Everything hangs on this import: a wrong setting is told of without it.
  const { runGateway, runSubgraph } = await import('./run.ts');
  if (role === 'all' || role === 'gateway') return runGateway({ ...config, demo: role === 'all' && config.demo === true });
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
