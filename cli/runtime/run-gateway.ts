import type { FillProgress } from '../../demo/fill.ts';
import type { Service } from '../../gateway/engine/engine.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { OperatorError } from '../../kernel/errors.ts';
import type { Readiness } from '../../kernel/http-server.ts';
import { startJobs } from '../../kernel/jobs.ts';
import { createLog } from '../../kernel/log.ts';
import { scalars } from '../../kernel/scalars.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../kernel/subgraph-names.ts';
import type { Config } from './config.ts';
import { fillOnce } from './demo-fill.ts';
import { type Front, openFront } from './front.ts';
import { openSubgraphs } from './open-subgraphs.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** Runs the gateway, with every subgraph that has no URL, until the process is told to stop. */
export async function runGateway(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const names = SUBGRAPH_NAMES.filter((name) => !config.subgraphUrls.has(name));
  // Without subgraphs elsewhere the client for HTTP stays unloaded.
  const { overHttp } = config.subgraphUrls.size > 0 ? await import('../../gateway/transport/over-http.ts') : { overHttp: null };
  // Subgraphs are opened first: until the gateway stands, nobody asks them.
  let view: Front['view'] = () => null;
  const { storage, signingKeys, languages } = config;
  const opened = await openSubgraphs({ storage, names, clock: Date.now, log, signingKeys, languages, mergedView: () => view() });
  const transportFor = ({ name }: Service) => {
    const subgraph = opened.subgraphs.get(name as SubgraphName);
    if (subgraph) return inProcess(subgraph);
    const url = config.subgraphUrls.get(name as SubgraphName);
    // A URL without a secret was refused with the configuration.
    if (url && overHttp) return overHttp(url, { secret: config.secret ?? '', maxAnswerBytes: config.answerLimitBytes ?? undefined });
    throw new OperatorError('The supergraph was not loaded:', [
      `${config.supergraphFile} (C360_SUPERGRAPH): names a subgraph "${name}" that is none of ours. Use a supergraph of ours, or \`c360 gateway\` for any other.`,
    ]);
  };

  let readiness: Readiness = { ready: false, reason: 'starting' };
  const close: (() => Promise<unknown>)[] = [() => opened.close()];
  try {
    const front = await openFront({
      config,
      namedBy: 'C360_SUPERGRAPH',
      transportFor,
      scalars,
      example: EXAMPLE,
      readiness: () => readiness,
      log,
    });
    view = front.view;
    // Until here a signal simply ends the process: nothing was accepted yet.
    const stop = stopSignal(log);
    close.unshift(() => front.close());
    log.info({ event: 'listening', host: config.host, port: front.port }, 'the gateway listens');

    if (config.demo && config.subgraphUrls.size === 0) {
      const onProgress = ({ customers, of }: FillProgress) => {
        readiness = { ready: false, reason: `the demo store is being filled: ${customers} of ${of} customers` };
      };
      await fillOnce({ storage, opened, log, onProgress, signal: stop });
    }
    const jobs = startJobs(
      [...opened.subgraphs.values()].flatMap((subgraph) => subgraph.jobs),
      log,
    );
    close.splice(1, 0, () => jobs.stop());
    // The demo company is small, and its first visitor shall see the ranks that a job measures. A large store does not make anybody wait.
    if (config.demo) await Promise.race([jobs.firstRun, aborted(stop)]);
    readiness = { ready: true };
    if (!stop.aborted) console.log(invitation(`http://${config.host}:${front.port}`, config.demo === true));
    await aborted(stop);
  } finally {
    for (const end of close) await end();
  }
}

const EXAMPLE = `# Someone of the demo company, as every domain knows her.
{
  customerBy(identifier: { namespace: "EMAIL", value: "aiko.tanaka@example.jp" }) {
    id
    profile { name { display } }
    purchases { summary { orderCount totalSpent { amount currencyCode } } }
    loyalty { number points { available } }
    digital { lastSeenAt }
    feedback { nps { score } }
    recommendations { offers(first: 3) { template title reasons { code text } } }
  }
}
`;

/** What a newcomer can paste into a second terminal: someone of the demo company, or whoever is found. */
function invitation(origin: string, demo: boolean): string {
  const domains = `profile { name { display } } purchases { summary { orderCount } } loyalty { points { available } } digital { lastSeenAt }
    feedback { nps { score } } recommendations { offers(first: 2) { template reasons { code } } }`.replace(/\s+/g, ' ');
  const query = demo
    ? `{ customerBy(identifier: { namespace: "EMAIL", value: "aiko.tanaka@example.jp" }) { id ${domains} } }`
    : `{ customerSearch(text: "a", first: 1) { nodes { id ${domains} } } }`;
  return [
    '',
    `Customer 360 answers at ${origin}/graphql`,
    '',
    'Try:',
    `  curl ${origin}/graphql -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`,
    '',
  ].join('\n');
}
