import { OperatorError } from '../../kernel/errors.ts';
import { isPlainUrl, loadConfig } from '../runtime/config.ts';

interface GatewayFlags {
  readonly supergraph: string;
  readonly port?: string;
  readonly host?: string;
  readonly config?: string;
  readonly subgraph: readonly string[];
}

/** `c360 gateway --supergraph FILE`: the gateway before any Federation 2 supergraph. Opens no store and runs no subgraph. */
export async function gateway({ supergraph, port, host, config: file, subgraph }: GatewayFlags): Promise<void> {
  const urls = readUrls(subgraph);
  const config = loadConfig({
    env: process.env,
    file,
    role: 'any supergraph',
    flags: [
      ['--supergraph', 'C360_SUPERGRAPH', supergraph],
      ['--port', 'PORT', port],
      ['--host', 'HOST', host],
    ],
  });
  // Everything hangs on this import: a wrong setting is told of without it.
  const { runAnySupergraph } = await import('../runtime/run-any-supergraph.ts');
  await runAnySupergraph(config, urls);
}

function readUrls(given: readonly string[]): ReadonlyMap<string, URL> {
  const urls = new Map<string, URL>();
  const problems: string[] = [];
  for (const text of given) {
    const cut = text.indexOf('=');
    const [name, url] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)];
    // The text is not repeated: there may be a password in it.
    if (name === '') problems.push('--subgraph: names no subgraph. Write NAME=URL, such as reviews=http://127.0.0.1:4001/graphql.');
    else if (!isPlainUrl(url))
      problems.push(
        `--subgraph ${name}: has to be at an http or https URL without user, password or fragment, such as ${name}=http://127.0.0.1:4001/graphql.`,
      );
    else urls.set(name, new URL(url));
  }
  if (problems.length > 0) throw new OperatorError('The command is wrong:', problems);
  return urls;
}
