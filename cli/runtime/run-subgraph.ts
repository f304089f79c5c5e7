import { startJobs } from '../../kernel/jobs.ts';
import { createLog } from '../../kernel/log.ts';
import { askDeadlineMs } from '../../kernel/merged-view.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { serveSubgraph } from '../../kernel/subgraph-server.ts';
import type { Config } from './config.ts';
import { gatewayView } from './gateway-view.ts';
import { openSubgraphs } from './open-subgraphs.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** Runs one subgraph over HTTP until the process is told to stop. */
export async function runSubgraph(config: Config, name: SubgraphName): Promise<void> {
  const log = createLog(config.logLevel);
  const graph = gatewayView(config.gatewayUrl, askDeadlineMs(config.deadlineMs));
  const { storage, signingKeys, languages } = config;
  const opened = await openSubgraphs({ storage, names: [name], clock: Date.now, log, signingKeys, languages, mergedView: () => graph });
  try {
    const subgraph = opened.subgraphs.get(name);
    if (!subgraph || !config.secret) throw new Error(`${name} was not opened.`);
    const server = await serveSubgraph({ ...config, subgraph, secret: config.secret, clock: Date.now, log });
    const stop = stopSignal(log);
    log.info({ event: 'listening', subgraph: name, host: config.host, port: server.port }, 'the subgraph listens');
    const jobs = startJobs(subgraph.jobs, log);
    await aborted(stop);
    await server.drain();
    await jobs.stop();
  } finally {
    await opened.close();
  }
}
