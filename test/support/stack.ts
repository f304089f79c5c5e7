import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import type { GraphContext } from '../../gateway/http/plugins.ts';
import { mergedView } from '../../gateway/merged-view.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { overHttp } from '../../gateway/transport/over-http.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import { createLog } from '../../kernel/log.ts';
import { askDeadlineMs, type MergedView } from '../../kernel/merged-view.ts';
import type { Subgraph } from '../../kernel/subgraph.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { serveSubgraph } from '../../kernel/subgraph-server.ts';
import { type TestCompany, testCompany } from './company.ts';
import { type Faulty, faultyProxy, faultySubgraph } from './faults.ts';
import { openGraph } from './graph.ts';
import { type Answer, ask } from './graph-client.ts';

/** Everything in one process; or every domain behind an HTTP server, with identity beside the gateway. */
export const SHAPES = ['one process', 'many processes'] as const;
export type Shape = (typeof SHAPES)[number];

const SUPERGRAPH = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const SECRET = 'the-secret-of-the-test-suite-32-characters';
/** `TEST_LOG=warn npx vitest run test/supergraph` shows what the subgraphs say. */
const log = createLog(process.env.TEST_LOG ?? 'silent');

/** A running company with a gateway before it. */
export interface Stack {
  readonly company: TestCompany;
  /** What can fail, by name. */
  readonly faults: ReadonlyMap<SubgraphName, Faulty>;
  /** As the recommendations subgraph asks the graph. */
  readonly view: () => MergedView | null;
  /** As one client request. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * `deadlineMs`: for tests that let it pass; otherwise longer than any answer takes on a busy machine. `supergraphSdl`: another than what the
 * subgraphs come to.
 */
export async function openStack(
  shape: Shape,
  deadlineMs = 15_000,
  supergraphSdl = SUPERGRAPH,
  openStore?: Parameters<typeof testCompany>[2],
): Promise<Stack> {
  let view: () => MergedView | null = () => null;
  const company = await testCompany(undefined, () => view(), openStore);
  const closing: (() => Promise<unknown>)[] = [() => company.close()];
  const faults = new Map<SubgraphName, Faulty>();
  const transports = new Map<string, Transport>();
  for (const [name, subgraph] of company.subgraphs) {
    if (shape === 'one process' || name === 'identity') {
      const faulty = faultySubgraph(subgraph);
      faults.set(name, faulty);
      transports.set(name, inProcess(faulty));
    } else {
      const server = await httpServer(subgraph, company);
      const proxy = await faultyProxy(server.url);
      faults.set(name, proxy);
      transports.set(name, overHttp(new URL(proxy.url), { secret: SECRET }));
      closing.unshift(proxy.close, server.close);
    }
  }
  const graph = await openGraph({
    supergraphSdl,
    transports,
    deadlineMs,
    introspection: true,
    log,
  });
  closing.unshift(() => graph.stop());
  view = mergedView(graph.engine, () => company.time.now, askDeadlineMs(deadlineMs)).view;
  return stack(company, faults, graph, closing, view);
}

/** The same subgraphs over HTTP behind Apollo's own data source: what another router would do with them. */
export async function openStockStack(): Promise<Stack> {
  const company = await testCompany();
  const closing: (() => Promise<unknown>)[] = [() => company.close()];
  const urls = new Map<string, string>();
  for (const [name, subgraph] of company.subgraphs) {
    const server = await httpServer(subgraph, company);
    urls.set(name, server.url);
    closing.unshift(server.close);
  }
  const gateway = new ApolloGateway({
    supergraphSdl: SUPERGRAPH,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    buildService: ({ name }) =>
      new RemoteGraphQLDataSource({
        url: urls.get(name) ?? '',
        willSendRequest: ({ request }) => request.http?.headers.set('authorization', `Bearer ${SECRET}`),
      }),
  });
  const apollo = new ApolloServer<GraphContext>({ gateway, stopOnTerminationSignals: false });
  await apollo.start();
  closing.unshift(() => apollo.stop());
  return stack(company, new Map(), { apollo }, closing);
}

async function httpServer(subgraph: Subgraph, company: TestCompany): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = await serveSubgraph({
    subgraph,
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    deadlineMs: 15_000,
    bodyLimitBytes: 4_000_000,
    graceMs: 0,
    clock: () => company.time.now,
    log,
  });
  return { url: `http://127.0.0.1:${server.port}/graphql`, close: server.drain };
}

function stack(
  company: TestCompany,
  faults: Stack['faults'],
  graph: Parameters<typeof ask>[0],
  closing: (() => Promise<unknown>)[],
  view: Stack['view'] = () => null,
): Stack {
  return {
    company,
    faults,
    view,
    ask: (query, variables) => ask(graph, query, variables, company.time.now),
    close: async () => {
      for (const close of closing) await close();
    },
  };
}
