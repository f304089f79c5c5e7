import type { Service } from '../../gateway/engine/engine.ts';
import { overHttp } from '../../gateway/transport/over-http.ts';
import { closest } from '../../kernel/closest.ts';
import { OperatorError } from '../../kernel/errors.ts';
import { createLog } from '../../kernel/log.ts';
import { type Config, isPlainUrl } from './config.ts';
import { openFront } from './front.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** Runs the gateway before the subgraphs of the supergraph, or where `urls` says that they are, until the process is told to stop. */
export async function runAnySupergraph(config: Config, urls: ReadonlyMap<string, URL>): Promise<void> {
  const log = createLog(config.logLevel);
  const names = new Set<string>();
  const transportFor = ({ name, url }: Service) => {
    names.add(name);
    const at = urls.get(name) ?? (isPlainUrl(url) ? new URL(url) : null);
    if (at) return overHttp(at, { secret: config.secret ?? undefined, maxAnswerBytes: config.answerLimitBytes ?? undefined });
    throw new OperatorError('The supergraph was not loaded:', [
      `${config.supergraphFile} (--supergraph): gives no URL that the subgraph "${name}" could be reached at. Say where it is: --subgraph ${name}=http://127.0.0.1:4001/graphql.`,
    ]);
  };
  const check = () => {
    const unknown = [...urls.keys()].filter((name) => !names.has(name));
    if (unknown.length > 0)
      throw new OperatorError(
        'The command is wrong:',
        unknown.map((name) => noSubgraph(name, [...names])),
      );
  };
  const front = await openFront({ config, namedBy: '--supergraph', transportFor, readiness: () => ({ ready: true }), check, log });
  const stop = stopSignal(log);
  log.info({ event: 'listening', host: config.host, port: front.port }, 'the gateway listens');
  console.log(`The graph of ${names.size} subgraphs is at http://${config.host}:${front.port}/graphql`);
  await aborted(stop);
  await front.close();
}

function noSubgraph(name: string, names: readonly string[]): string {
  const meant = closest(name, names, 4);
  return `--subgraph ${name}: the supergraph has no such subgraph${meant ? `; did you mean ${meant}?` : '.'} Name one of ${names.join(', ')}.`;
}
