import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Transport } from '../gateway/data-source.ts';
import { serveGraph } from '../gateway/http.ts';
import { inProcess } from '../gateway/in-process.ts';
import { overHttp } from '../gateway/over-http.ts';
import { openGraph } from '../gateway/server.ts';
import type { Config } from '../kernel/config.ts';
import { startJobs } from '../kernel/jobs.ts';
import { createLog } from '../kernel/log.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../kernel/subgraph.ts';
import { serveSubgraph } from '../kernel/subgraph-server.ts';
import { type Company, openCompany } from './company.ts';

/** Runs the gateway, with every subgraph that has no URL, until the process is told to stop. */
export async function runGateway(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const names = SUBGRAPH_NAMES.filter((name) => !config.subgraphUrls.has(name));
  const company = await opened(config, names, log);
  const transports = new Map<string, Transport>();
  for (const [name, subgraph] of company.subgraphs) transports.set(name, inProcess(subgraph));
  // The configuration was refused if there is a URL and no secret.
  for (const [name, url] of config.subgraphUrls) transports.set(name, overHttp(url, config.secret ?? ''));

  const graph = await openGraph({ ...config, transports, log }).catch(async (error: unknown) => {
    await company.close();
    throw error;
  });
  const filled = { done: !config.demo };
  const server = await serveGraph({
    ...config,
    graph,
    log,
    clock: Date.now,
    readiness: () => (filled.done ? { ready: true } : { ready: false, reason: 'the demo store is being filled' }),
  });
  log.info({ event: 'listening', host: config.host, port: server.port }, 'the gateway listens');
  filled.done = true;
  const jobs = startJobs(
    [...company.subgraphs.values()].flatMap((subgraph) => subgraph.jobs),
    log,
  );
  await stopped(log);
  await server.drain();
  await jobs.stop();
  await graph.stop();
  await company.close();
}

/** Runs one subgraph over HTTP until the process is told to stop. */
export async function runSubgraph(config: Config, name: SubgraphName): Promise<void> {
  const log = createLog(config.logLevel);
  const company = await opened(config, [name], log);
  const subgraph = company.subgraphs.get(name);
  if (!subgraph || !config.secret) throw new Error(`${name} was not opened.`);
  const server = await serveSubgraph({ ...config, subgraph, secret: config.secret, clock: Date.now, log });
  log.info({ event: 'listening', subgraph: name, host: config.host, port: server.port }, 'the subgraph listens');
  const jobs = startJobs(subgraph.jobs, log);
  await stopped(log);
  await server.drain();
  await jobs.stop();
  await company.close();
}

async function opened(config: Config, names: readonly SubgraphName[], log: Logger): Promise<Company> {
  if (config.storage.kind === 'sqlite') mkdirSync(config.storage.dataDir, { recursive: true });
  return openCompany({ storage: config.storage, names, clock: Date.now, log });
}

/** Waits for SIGTERM or SIGINT. A second one ends the process at once. */
function stopped(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      log.info({ event: 'stopping', signal }, 'no more requests are wanted');
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}
