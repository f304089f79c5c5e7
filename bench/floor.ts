/**
 * The floor that the profile query is measured against: a bare node:http handler that makes the same store reads as the query
 * does and stringifies the same answer, with no GraphQL in between. The reads and answers are taken from the real gateway
 * once per customer before it listens. DATA_DIR, PORT and BENCH_IDENTIFIERS (a file of JSON identifiers) from the environment.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { Client } from '../gateway/transport/client.ts';
import { inProcess } from '../gateway/transport/in-process.ts';
import type { Identifier } from '../kernel/intake.ts';
import { openStore } from '../kernel/storage/open.ts';
import { openSubgraph } from '../kernel/subgraph.ts';
import { SUBGRAPH_NAMES } from '../kernel/subgraph-names.ts';
import { modules, openDirectory } from '../subgraphs/registry.ts';
import { openGraph } from '../test/support/graph.ts';
import { PROFILE_QUERY } from './support/profile-query.ts';
import { type Read, ReadRecorder } from './support/recorded-store.ts';

const storage = { kind: 'sqlite', dataDir: process.env.DATA_DIR ?? '.data' } as const;
const identifiers: Identifier[] = JSON.parse(readFileSync(process.env.BENCH_IDENTIFIERS ?? '', 'utf8'));

const log = pino({ enabled: false });
const recorder = new ReadRecorder();
const stores = new Map<string, Awaited<ReturnType<typeof openStore>>>();
for (const name of SUBGRAPH_NAMES) stores.set(name, recorder.wrap(await openStore(storage, name, modules[name].specs)));
const directory = await openDirectory({ store: stores.get('identity')!, clock: Date.now });
const transports = new Map(
  SUBGRAPH_NAMES.map((name) => [
    name,
    inProcess(openSubgraph(modules[name], { store: stores.get(name)!, directory, clock: Date.now, log })),
  ]),
);
const supergraphSdl = readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');
const graph = await openGraph({ supergraphSdl, transports, deadlineMs: 10_000, introspection: false, log });

const prepared = new Map<string, { reads: readonly Read[]; answer: unknown }>();
for (const identifier of identifiers) {
  recorder.take();
  const client = new Client('floor', Date.now());
  const { body } = await graph.apollo.executeOperation({ query: PROFILE_QUERY, variables: { identifier } }, { contextValue: { client } });
  if (body.kind !== 'single' || body.singleResult.errors) throw new Error('The profile query failed.');
  prepared.set(identifier.value, { reads: recorder.take(), answer: body.singleResult });
}

createServer((request, response) => {
  if (request.method === 'GET') return response.end();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: { identifier: Identifier } };
    const { reads, answer } = prepared.get(variables.identifier.value)!;
    await Promise.all(reads.map((read) => read()));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
