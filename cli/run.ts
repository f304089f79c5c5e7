import type { Logger } from 'pino';
import type { FillProgress } from '../demo/fill.ts';
import type { Service } from '../gateway/engine/engine.ts';
import { inProcess } from '../gateway/transport/in-process.ts';
import { overHttp } from '../gateway/transport/over-http.ts';
import type { Config } from '../kernel/config.ts';
import { OperatorError } from '../kernel/errors.ts';
import type { Readiness } from '../kernel/http-server.ts';
import { startJobs } from '../kernel/jobs.ts';
import { createLog } from '../kernel/log.ts';
import { askDeadlineMs, type MergedView } from '../kernel/merged-view.ts';
import { scalars } from '../kernel/scalars.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../kernel/subgraph.ts';
import { serveSubgraph } from '../kernel/subgraph-server.ts';
import { type Company, openCompany } from './company.ts';
import { fillOnce } from './demo-fill.ts';
import { type Front, openFront } from './front.ts';
import { gatewayView } from './gateway-view.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** Runs the gateway, with every subgraph that has no URL, until the process is told to stop. */
export async function runGateway(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const names = SUBGRAPH_NAMES.filter((name) => !config.subgraphUrls.has(name));
  // Subgraphs are opened first: until the gateway stands, nobody asks them.
  let view: Front['view'] = () => null;
  const company = await opened(config, names, log, () => view());
  const transportFor = ({ name }: Service) => {
    const subgraph = company.subgraphs.get(name as SubgraphName);
    if (subgraph) return inProcess(subgraph);
    const url = config.subgraphUrls.get(name as SubgraphName);
    // A URL without a secret was refused with the configuration.
    if (url) return overHttp(url, { secret: config.secret ?? '', maxAnswerBytes: config.answerLimitBytes ?? undefined });
    throw new OperatorError('The supergraph was not loaded:', [
      `${config.supergraphFile} (C360_SUPERGRAPH): names a subgraph "${name}" that is none of ours. Use a supergraph of ours, or \`c360 gateway\` for any other.`,
    ]);
  };

  let readiness: Readiness = { ready: false, reason: 'starting' };
  const close: (() => Promise<unknown>)[] = [() => company.close()];
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
      await fillOnce({ storage: config.storage, company, log, onProgress, signal: stop });
    }
    const jobs = startJobs(
      [...company.subgraphs.values()].flatMap((subgraph) => subgraph.jobs),
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

/** Runs one subgraph over HTTP until the process is told to stop. */
export async function runSubgraph(config: Config, name: SubgraphName): Promise<void> {
  const log = createLog(config.logLevel);
  const graph = gatewayView(config.gatewayUrl, askDeadlineMs(config.deadlineMs));
  const company = await opened(config, [name], log, () => graph);
  try {
    const subgraph = company.subgraphs.get(name);
    if (!subgraph || !config.secret) throw new Error(`${name} was not opened.`);
    const server = await serveSubgraph({ ...config, subgraph, secret: config.secret, clock: Date.now, log });
    const stop = stopSignal(log);
    log.info({ event: 'listening', subgraph: name, host: config.host, port: server.port }, 'the subgraph listens');
    const jobs = startJobs(subgraph.jobs, log);
    await aborted(stop);
    await server.drain();
    await jobs.stop();
  } finally {
    await company.close();
  }
}

function opened(config: Config, names: readonly SubgraphName[], log: Logger, view: () => MergedView | null): Promise<Company> {
  const { storage, signingKeys, languages } = config;
  return openCompany({ storage, names, clock: Date.now, log, signingKeys, languages, mergedView: view });
}
