import { existsSync } from 'node:fs';

/** One line of the table: a server that answers the workload's requests. */
export interface Contender {
  readonly key: 'stock' | 'hive-js' | 'hive-rust' | 'ours' | 'ours-resilient' | 'ours-bare' | 'ours-in-process' | 'limit';
  /** Whether equal subgraph fetches under way are shared; undefined where there is no such thing. */
  readonly sharing: boolean | undefined;
  readonly name: string;
  /** Of `node`, beside NODE_FLAGS; the server listens on 127.0.0.1 at `port`. */
  args(supergraphFile: string, workload: string, port: number): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly path: '/' | '/graphql';
}

const file = (name: string) => new URL(name, import.meta.url).pathname;
const script = (name: string, ...args: readonly string[]) => ['--import', 'tsx', file(name), ...args];

const PEERS_COMMAND = file('peers/node_modules/@graphql-hive/gateway/dist/bin.js');

/** Says how to install the peers when they are not. */
export function missingPeers(): string | undefined {
  return existsSync(PEERS_COMMAND) ? undefined : 'The peers are not installed: npm ci --prefix bench/gateway/peers';
}

const hive = (planner: 'js' | 'rust', sharing: boolean): Contender => ({
  key: `hive-${planner}`,
  sharing,
  name: `Hive Gateway, ${planner === 'js' ? 'JS' : 'Rust'} planner`,
  args: (supergraphFile, _, port) => [
    PEERS_COMMAND,
    'supergraph',
    supergraphFile,
    ...['--config-path', file('peers/hive.config.mjs'), '--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
  ],
  env: { HIVE_PLANNER: planner, HIVE_SHARE_FETCHES: sharing ? '1' : '0' },
  path: '/graphql',
});

const ours = (sharing: boolean): Contender => ({
  key: 'ours',
  sharing,
  name: 'ours over HTTP: c360 gateway',
  // What cli/c360 starts; a shell between would hide its process from the measurement.
  args: (supergraphFile, _, port) => [file('../../cli/c360.js'), 'gateway', '--supergraph', supergraphFile, '--port', String(port)],
  env: { C360_SHARE_READS: sharing ? '1' : '0' },
  path: '/graphql',
});

export const CONTENDERS: readonly Contender[] = [
  {
    key: 'stock',
    sharing: undefined,
    name: 'stock @apollo/gateway',
    args: () => script('../stock-gateway.ts'),
    env: {},
    path: '/',
  },
  hive('js', false),
  hive('js', true),
  hive('rust', false),
  hive('rust', true),
  ours(false),
  ours(true),
  {
    key: 'ours-resilient',
    sharing: false,
    name: 'the engine of ours over HTTP in a bare server',
    args: (_, workload) => script('ours.ts', workload, 'http'),
    env: {},
    path: '/graphql',
  },
  {
    key: 'ours-bare',
    sharing: false,
    name: 'the same without retries and breaker',
    args: (_, workload) => script('ours.ts', workload, 'bare-http'),
    env: {},
    path: '/graphql',
  },
  {
    key: 'ours-in-process',
    sharing: undefined,
    name: 'ours, subgraphs in process',
    args: (_, workload) => script('ours.ts', workload, 'in-process'),
    env: {},
    path: '/graphql',
  },
  {
    key: 'limit',
    sharing: undefined,
    name: 'limit: JSON.stringify of the ready answer',
    args: (_, workload) => script('ready-answer.ts', workload),
    env: {},
    path: '/',
  },
];
