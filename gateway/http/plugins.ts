import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ApolloServerPlugin } from '@apollo/server';
import { OperatorError } from '../../kernel/errors.ts';
import type { Client } from '../transport/client.ts';

/** What plugins find in `contextValue`. */
export interface GraphContext {
  readonly client: Client;
}

export type GraphPlugin = ApolloServerPlugin<GraphContext>;

/** The plugins of ES modules whose default export is one or a list of them. Throws an OperatorError that lists every file that has none. */
export async function loadPlugins(files: readonly string[]): Promise<readonly GraphPlugin[]> {
  const problems: string[] = [];
  const plugins: GraphPlugin[] = [];
  for (const file of files) {
    try {
      const found: unknown = ((await import(pathToFileURL(resolve(file)).href)) as { default?: unknown }).default;
      const list = Array.isArray(found) ? (found as unknown[]) : [found];
      if (list.every((plugin) => typeof plugin === 'object' && plugin !== null)) plugins.push(...(list as GraphPlugin[]));
      else problems.push(`${file} (C360_PLUGINS): exports no plugin. Export one, or a list of them, as default.`);
    } catch (error) {
      const problem = error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : 'it threw';
      problems.push(`${file} (C360_PLUGINS): can't be loaded (${problem}). Name ES modules that import what they need.`);
    }
  }
  if (problems.length > 0) throw new OperatorError('The plugins can not be used:', problems);
  return plugins;
}
