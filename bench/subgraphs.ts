/**
 * What each subgraph's part of the profile query costs: the fetches that the gateway makes for some customers are noted once,
 * and then made again and again, one subgraph after the other, beside the store reads that they lead to.
 *
 *   npm run bench:subgraphs -- --data-dir DIR [--customers 200] [--rounds 20] [--only pos]
 *
 * DIR is a store that `c360 seed` filled. Figures are microseconds of CPU time (garbage collection and compilation included)
 * per client request, the least of six runs: what else the machine does only ever adds to it.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { DocumentNode } from 'graphql';
import { pino } from 'pino';
import { crmId } from '../demo/identifiers.ts';
import { Client } from '../gateway/transport/client.ts';
import { inProcess } from '../gateway/transport/in-process.ts';
import { openStore } from '../kernel/storage/open.ts';
import { openSubgraph, type Subgraph } from '../kernel/subgraph.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../kernel/subgraph-names.ts';
import { modules, openDirectory } from '../subgraphs/registry.ts';
import { openGraph } from '../test/support/graph.ts';
import { PROFILE_QUERY } from './support/profile-query.ts';
import { type Read, ReadRecorder } from './support/recorded-store.ts';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    customers: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '20' },
    only: { type: 'string' },
  },
});
const storage = { kind: 'sqlite', dataDir: values['data-dir'] ?? process.env.DATA_DIR ?? '.data' } as const;
const log = pino({ enabled: false });

interface NotedFetch {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

const stores = new Map<SubgraphName, Awaited<ReturnType<typeof openStore>>>();
for (const name of SUBGRAPH_NAMES) stores.set(name, await openStore(storage, name, modules[name].specs));

/** The company over its stores, or over stores that note what is read of them. */
async function open(recorder?: ReadRecorder): Promise<ReadonlyMap<SubgraphName, Subgraph>> {
  const wrapped = (name: SubgraphName) => (recorder ? recorder.wrap(stores.get(name)!) : stores.get(name)!);
  const identity = wrapped('identity');
  const directory = await openDirectory({ store: identity, clock: Date.now });
  const deps = (name: SubgraphName) => ({
    store: name === 'identity' ? identity : wrapped(name),
    directory,
    clock: Date.now,
    log,
  });
  return new Map(SUBGRAPH_NAMES.map((name) => [name, openSubgraph(modules[name], deps(name))]));
}

const subgraphs = await open();
for (const { jobs } of subgraphs.values()) for (const job of jobs) await job.run(new AbortController().signal);

const noted = new Map<SubgraphName, NotedFetch[]>(SUBGRAPH_NAMES.map((name) => [name, []]));
const noting = (subgraph: Subgraph): Subgraph => ({
  ...subgraph,
  execute: (document, variables, context, operationName) => {
    noted.get(subgraph.name)?.push({ document, variables, operationName });
    return subgraph.execute(document, variables, context, operationName);
  },
});
const transports = new Map([...subgraphs].map(([name, subgraph]) => [name, inProcess(noting(subgraph))]));
const supergraphSdl = readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');
const graph = await openGraph({ supergraphSdl, transports, deadlineMs: 10_000, introspection: false, log });

/** Each client request's fetches, by subgraph. */
const requests: (readonly [SubgraphName, readonly NotedFetch[]])[][] = [];
const now = Date.now();
for (let i = 0; i < Number(values.customers); i++) {
  for (const list of noted.values()) list.length = 0;
  const client = new Client('bench', now);
  const { body } = await graph.apollo.executeOperation(
    { query: PROFILE_QUERY, variables: { identifier: crmId(i) } },
    { contextValue: { client } },
  );
  if (body.kind !== 'single' || body.singleResult.errors) throw new Error('The profile query failed.');
  requests.push([...noted].map(([name, list]) => [name, [...list]] as const));
}

const recorder = new ReadRecorder();
const recorded = await open(recorder);

async function answer(subgraph: Subgraph, fetches: readonly NotedFetch[]): Promise<void> {
  const context = subgraph.context({ requestId: 'bench', now });
  for (const { document, variables, operationName } of fetches) {
    const { errors } = await subgraph.execute(document, variables, context, operationName);
    if (errors) throw new Error('A fetch failed.', { cause: errors[0] });
  }
}

/** Microseconds of CPU time per request, the least of six runs. */
async function microseconds(work: readonly (() => Promise<unknown>)[]): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 6; run++) {
    const before = process.cpuUsage();
    for (let round = 0; round < Number(values.rounds); round++) for (const one of work) await one();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / Number(values.rounds) / work.length);
  }
  return least;
}

const totals = { fetches: 0, reads: 0 };
console.log('| subgraph | fetches | store reads | CPU us | of the reads alone |\n|---|---|---|---|---|');
for (const name of SUBGRAPH_NAMES) {
  if (values.only && values.only !== name) continue;
  const lists = requests.map((request) => request.find(([service]) => service === name)?.[1] ?? []);
  const reads: (readonly Read[])[] = [];
  for (const list of lists) {
    recorder.take();
    await answer(recorded.get(name)!, list);
    reads.push(recorder.take());
  }
  const fetches = await microseconds(lists.map((list) => () => answer(subgraphs.get(name)!, list)));
  const alone = await microseconds(reads.map((list) => () => Promise.all(list.map((read) => read()))));
  const mean = (counts: readonly { readonly length: number }[]) => counts.reduce((sum, { length }) => sum + length, 0) / counts.length;
  console.log(`| ${name} | ${mean(lists).toFixed(1)} | ${mean(reads).toFixed(1)} | ${fetches.toFixed(0)} | ${alone.toFixed(0)} |`);
  totals.fetches += fetches;
  totals.reads += alone;
}
console.log(`| all | | | ${totals.fetches.toFixed(0)} | ${totals.reads.toFixed(0)} |`);
for (const store of stores.values()) await store.close();
