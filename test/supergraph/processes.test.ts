import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../kernel/subgraph-names.ts';
import { emptyStorage } from '../support/company.ts';
import { post } from '../support/graph-client.ts';
import { type Askable, type Person, person } from '../support/people.ts';
import { c360, freePorts, type RunningCommand, ready } from '../support/processes.ts';

const SECRET = 'the-secret-of-the-test-suite-32-characters';
const DOMAINS = SUBGRAPH_NAMES.filter((name) => name !== 'identity');
const QUERY = `query ($id: ID!) { customer(id: $id) {
  id
  profile { name { display } }
  purchases { summary { orderCount } }
  loyalty { points { available } }
  digital { cart { lines { name } } }
  feedback { nps { score } }
  recommendations { sourceStatus { service state } }
} }`;

describe('a gateway and six subgraphs, each a process of its own', { timeout: 120_000 }, () => {
  const env: Record<string, string> = {
    SUBGRAPH_SECRET: SECRET,
    LOG_LEVEL: 'error',
    C360_GRACE_MS: '100',
  };
  const running = new Map<SubgraphName | 'gateway', RunningCommand>();
  const ports = new Map<SubgraphName | 'gateway', number>();
  let ada: Person;
  let remove: () => Promise<void>;

  const start = (name: SubgraphName) => {
    const port = ports.get(name) ?? 0;
    const command = c360(['serve', name], { ...env, PORT: String(port) });
    running.set(name, command);
    return ready(port, command, 100_000);
  };
  const asking: Askable = {
    company: { time: { now: Date.now() } },
    ask: (query, variables) => post(`http://127.0.0.1:${ports.get('gateway')}/graphql`, query, variables),
  };

  beforeAll(async () => {
    const empty = emptyStorage();
    remove = empty.remove;
    const { storage } = empty;
    Object.assign(
      env,
      storage.kind === 'sqlite' ? { DATA_DIR: storage.dataDir } : { MONGODB_URI: storage.uri, C360_DATABASE_PREFIX: storage.prefix ?? '' },
    );
    const free = await freePorts(DOMAINS.length + 1);
    for (const [index, name] of DOMAINS.entries()) ports.set(name, free[index] ?? 0);
    ports.set('gateway', free.at(-1) ?? 0);
    const urls = Object.fromEntries(
      DOMAINS.map((name) => [`SUBGRAPH_${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports.get(name)}/graphql`]),
    );
    const gateway = c360(['serve', 'gateway'], { ...env, ...urls, PORT: String(ports.get('gateway')) });
    running.set('gateway', gateway);
    await Promise.all([...DOMAINS.map(start), ready(ports.get('gateway') ?? 0, gateway, 100_000)]);
    ada = await person(asking, 'ada', { consent: true });
  }, 180_000);
  afterAll(async () => {
    await Promise.all([...running.values()].map((command) => command.stop()));
    await remove();
  }, 60_000);

  const whole = {
    profile: { name: { display: 'ada Example' } },
    purchases: { summary: { orderCount: 1 } },
    loyalty: { points: { available: 500 } },
    digital: { cart: { lines: [{ name: 'Tea' }] } },
    feedback: { nps: { score: 9 } },
    recommendations: { sourceStatus: ['crm', 'pos', 'loyalty', 'digital', 'feedback'].map((service) => ({ service, state: 'OK' })) },
  };

  it('answer as one', async () => {
    expect(await asking.ask(QUERY, { id: ada.id })).toEqual({ status: 200, data: { customer: { id: ada.id, ...whole } } });
  });

  it('answer nobody who does not bear the secret', async () => {
    const response = await fetch(`http://127.0.0.1:${ports.get('crm')}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ _service { sdl } }' }),
    });
    expect(response.status).toBe(401);
  });

  it('lose one domain with the process that is killed, and have it back when it is started again', async () => {
    await running.get('pos')?.stop('SIGKILL');
    const { data, errors } = await asking.ask(QUERY, { id: ada.id });
    expect(errors).toEqual([
      {
        message: 'The pos service is unavailable.',
        path: ['customer', 'purchases'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'pos' },
      },
    ]);
    expect(data.customer).toMatchObject({ ...whole, purchases: null, recommendations: {} });
    expect(data.customer.recommendations.sourceStatus[1]).toEqual({ service: 'pos', state: 'UNAVAILABLE' });
    await start('pos');
    expect(await asking.ask(QUERY, { id: ada.id })).toEqual({ status: 200, data: { customer: { id: ada.id, ...whole } } });
  });

  it('stop when they are told to, with nothing to say', async () => {
    for (const [name, command] of running) {
      const { code, stderr } = await command.stop();
      expect([name, code, stderr]).toEqual([name, 0, '']);
    }
  });
});
