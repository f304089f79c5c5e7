/**
 * Our gateway in three ways that `c360 gateway` has no switch for: with the workload's subgraphs in its own process, executed as the product
 * executes its own; and over HTTP, as it is and with nothing between engine and network but the deadline, to see what resilience costs.
 * `node ours.ts WORKLOAD in-process|http|bare-http`; PORT and SUPERGRAPH (a file) from the environment.
 */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { openEngine } from '../../gateway/engine/engine.ts';
import { serveGraph } from '../../gateway/http/server.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { overHttp } from '../../gateway/transport/over-http.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import { subgraphExecution } from '../../kernel/execution/entities.ts';
import { workload } from './workloads.ts';

const [, , name = '', way] = process.argv;
const { schemas } = workload(name);
const supergraphFile = process.env.SUPERGRAPH ?? '';
const log = pino({ enabled: false });

/** As openSubgraph() of the kernel does for the product's. */
function ofThisProcess(service: string): Transport {
  const schema = schemas[service];
  if (!schema) throw new Error(`The workload has no subgraph ${service}.`);
  return inProcess({ schema, context: () => ({}), execute: subgraphExecution(schema) });
}

const engine = openEngine({
  transportFor: (service) => {
    if (way === 'in-process') return ofThisProcess(service.name);
    const transport = overHttp(new URL(service.url));
    // Called one of this process, it is given no retries and breaker.
    return way === 'bare-http' ? { ...transport, kind: 'in-process' } : transport;
  },
  resilience: { shareReads: false },
  deadlineMs: 10_000,
  requestDeadlineMs: 20_000,
  log,
});
await engine.load(readFileSync(supergraphFile, 'utf8'), supergraphFile);
await serveGraph({
  engine,
  introspection: false,
  production: true,
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  graceMs: 0,
  bodyLimitBytes: 1 << 20,
  maxInFlight: 1000,
  compression: true,
  clock: Date.now,
  readiness: () => ({ ready: true }),
  log,
});
