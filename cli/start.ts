import type { Command } from 'commander';
import { loadConfig } from '../kernel/config.ts';

/** `c360 start`, which is `npm start`: everything in one process, over the demo company unless DEMO=0. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run the gateway and every subgraph in this process; fills an empty store with the demo company unless DEMO=0')
    .option('--config <file>', 'a YAML file of settings; the environment wins')
    .action(async ({ config: file }: { config?: string }) => {
      const config = loadConfig({ env: process.env, file, role: 'all' });
      const { runGateway } = await import('./run.ts');
      await runGateway({ ...config, demo: config.demo ?? true });
    });
}
