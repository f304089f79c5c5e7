import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGraph } from '../../gateway/http.ts';
import { inProcess } from '../../gateway/in-process.ts';
import { openGraph } from '../../gateway/server.ts';
import type { HttpServer } from '../../kernel/http-server.ts';
import { createLog } from '../../kernel/log.ts';
import { tinyGraph } from '../support/tiny-graph.ts';

let server: HttpServer;
let stop: () => Promise<void>;

beforeAll(async () => {
  const log = createLog('silent');
  const { supergraphFile, subgraphs } = tinyGraph();
  const transports = new Map([...subgraphs].map(([name, subgraph]) => [name as string, inProcess(subgraph)]));
  const graph = await openGraph({ supergraphFile, transports, deadlineMs: 1000, production: false, introspection: true, log });
  server = await serveGraph({
    graph,
    host: '127.0.0.1',
    port: 0,
    graceMs: 0,
    bodyLimitBytes: 100_000,
    production: true,
    clock: Date.now,
    readiness: () => ({ ready: true }),
    log,
  });
  stop = () => graph.stop();
});
afterAll(async () => {
  await server.drain();
  await stop();
});

/** A GET has to say that it is no form or link of a foreign page (`apollo-require-preflight`), which the audits, rightly, do not. */
const BY_GET = /GET/;

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  const audits = serverAudits({ url: () => `http://127.0.0.1:${server.port}/graphql`, fetchFn: fetch });
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
    const { status } = await audit.fn();
    expect(BY_GET.test(name) && name.startsWith('MAY') ? ['ok', 'notice'] : ['ok']).toContain(status);
  });
});
