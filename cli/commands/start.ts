import { loadConfig } from '../runtime/config.ts';

/** `c360 start`, which is `npm start`: everything in one process, over the demo company unless DEMO=0. */
export async function start({ config: file }: { readonly config?: string }): Promise<void> {
  const config = loadConfig({ env: process.env, file, role: 'all' });
  // Everything hangs on this import: a wrong setting is told of without it.
  const { runGateway } = await import('../runtime/run-gateway.ts');
  await runGateway({ ...config, demo: config.demo ?? true });
}
