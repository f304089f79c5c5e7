import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGraph } from '../../gateway/http/server.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { createLog } from '../../kernel/log.ts';
import { openGraph } from '../support/graph.ts';
import { tinyGraph } from '../support/tiny-graph.ts';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

async function serve(csrfPrevention: boolean): Promise<string> {
  const log = createLog('silent');
  const { supergraphSdl, subgraphs } = tinyGraph();
  const transports = new Map([...subgraphs].map(([name, subgraph]) => [name as string, inProcess(subgraph)]));
  const { engine, stop } = await openGraph({ supergraphSdl, transports, deadlineMs: 1000, introspection: true, log });
  const server = await serveGraph({
    engine,
    host: '127.0.0.1',
    port: 0,
    graceMs: 0,
    bodyLimitBytes: 100_000,
    maxInFlight: 100,
    compression: true,
    csrfPrevention,
    production: true,
    introspection: true,
    clock: Date.now,
    readiness: () => ({ ready: true }),
    log,
  });
  closing.push(() => server.drain(), stop);
  return `http://127.0.0.1:${server.port}/graphql`;
}

/** A GET has to say that it is no form or link of a foreign page (`apollo-require-preflight`), which the audits, rightly, do not. */
const BY_GET = /GET/;

describe.each([true, false])('GraphQL over HTTP, by the audits of graphql-http, with CSRF prevention %s', (csrfPrevention) => {
  let url: string;
  beforeAll(async () => {
    url = await serve(csrfPrevention);
  });
  const audits = serverAudits({ url: () => url, fetchFn: fetch });

  it('are all of them', () => {
    expect(audits).toHaveLength(61);
  });

  // The second time the query has been prepared, and Apollo Server is not asked.
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
    const allowed = csrfPrevention && BY_GET.test(name) && name.startsWith('MAY') ? ['ok', 'notice'] : ['ok'];
    expect(allowed).toContain((await audit.fn()).status);
    expect(allowed).toContain((await audit.fn()).status);
  });
});
