/**
 * What recommendations cost in one process, beside the merged view that they are computed from; and every decision of a demo company's
 * customers recorded and explained again. OFFERS_CUSTOMERS says how many there are: 10,000 when absent. Linux only (/proc).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crmId } from '../../demo/identifiers.ts';
import type { Identifier } from '../../kernel/intake.ts';
import { quantile } from '../gateway/load.ts';
import { ask as askAt } from '../support/ask.ts';
import { type LoadFigures, load } from '../support/load.ts';
import { NODE_FLAGS, startNode, untilReady } from '../support/process.ts';
import type { Line, Section } from './line.ts';

const CUSTOMERS = Number(process.env.OFFERS_CUSTOMERS ?? '10000');
const PORT = 4510;
const URL_ = `http://127.0.0.1:${PORT}/graphql`;
const C360 = new URL('../../cli/c360.js', import.meta.url).pathname;
const CONNECTIONS = 8;
const [ROUNDS, SECONDS, WARM_UP_SECONDS] = [12, 1, 10];

const VIEW = `profile { name { display } } purchases { summary { orderCount } } loyalty { tier { code } points { available } }
  digital { lastSeenAt } feedback { nps { score } }`;
const OFFERS = '{ offers(first: 3) { template title body score channels reasons { code text } } }';
const one = (selection: string) => (identifier: Identifier) =>
  JSON.stringify({
    query: `query ($identifier: IdentifierInput!) { customerBy(identifier: $identifier) { ${selection} } }`,
    variables: { identifier },
  });
/** What is asked for, by what it is called. The first is what the others are compared with. */
const ASKED: Readonly<Record<string, (identifier: Identifier) => string>> = {
  'the merged view alone': one(VIEW),
  'the merged view and offers': one(`${VIEW} recommendations ${OFFERS}`),
  'offers alone': one(`recommendations ${OFFERS}`),
  'offers, recorded': one(`recommendations ${OFFERS.replace('first: 3', 'first: 3, record: true')}`),
  'offers alone, products among them': one(`productRecommendations ${OFFERS}`),
  'insights alone': one('insights { rfm { score } lifetimeValue { predicted { amount } } churn { probability } }'),
  'ranked products alone': one('nextPurchase { products { product { sku } reason { code } } }'),
};

const ask = <T>(query: string, variables: object) => askAt<T>(URL_, query, variables);

async function finished(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  await new Promise((resolve) => startNode(args, env).child.on('exit', resolve));
}

export const section: Section = async function* () {
  const dataDir = mkdtempSync(join(tmpdir(), 'c360-bench-'));
  const env = { DATA_DIR: dataDir, DEMO: '0', NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: String(PORT) };
  await finished([C360, 'seed', '--customers', String(CUSTOMERS)], env);
  await finished([C360, 'train'], env);
  const server = startNode([...NODE_FLAGS, C360, 'serve'], env);
  try {
    await untilReady(`http://127.0.0.1:${PORT}/readyz`, 120_000);
    yield* costs(server);
    yield await decisions('recommendations');
    yield await decisions('productRecommendations');
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

async function* costs(server: ReturnType<typeof startNode>): AsyncIterable<Line> {
  const ids = Array.from({ length: 500 }, (_, i) => crmId(Math.floor((i * CUSTOMERS) / 500)));
  const bodies = Object.entries(ASKED).map(([name, body]) => ({ name, bodies: ids.map(body), rounds: [] as LoadFigures[] }));
  for (const asked of bodies) await load(URL_, asked.bodies, [server], CONNECTIONS, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round++)
    for (const asked of bodies) asked.rounds.push(await load(URL_, asked.bodies, [server], CONNECTIONS, SECONDS));
  const median = (rounds: readonly LoadFigures[], of: (round: LoadFigures) => number) => quantile(rounds.map(of), 0.5);
  const base = bodies[0]!;
  for (const { name, rounds } of bodies) {
    const ratio = quantile(
      rounds.map(({ perCpuSecond }, i) => perCpuSecond / base.rounds[i]!.perCpuSecond),
      0.5,
    );
    yield {
      what: name,
      ours: `${median(rounds, (round) => round.perCpuSecond).toFixed(0)} requests / CPU s, p50 ${median(rounds, (round) => round.p50Ms)} ms, p99 ${median(rounds, (round) => round.p99Ms)} ms`,
      beside: `${ratio.toFixed(2)} x ${base.name}, same rounds`,
    };
  }
}

const PAGE = 100;
const places = Array.from({ length: PAGE }, (_, i) => i);
// One text for every page, because each new one is planned anew.
const FIND = `query (${places.map((i) => `$i${i}: IdentifierInput!`)}) { ${places.map((i) => `c${i}: customerBy(identifier: $i${i}) { id }`).join(' ')} }`;
type Field = 'recommendations' | 'productRecommendations';
const KEPT = 'offers { decisionId rank title reasons { text } }';
const decide = (field: Field) =>
  `query ($ids: [ID!]!) { customers(ids: $ids) { decided: ${field} { ${KEPT.replace('offers', 'offers(record: true)')} } } }`;
const EXPLAIN = `query (${places.map((i) => `$d${i}: ID!`)}) { ${places.map((i) => `d${i}: decision(id: $d${i}) { reproduced ${KEPT} }`).join(' ')} }`;

interface Offers {
  readonly offers: readonly { readonly decisionId: string | null }[];
}

/** Every customer decided for, a page at a time, and every decision explained. */
async function decisions(field: Field): Promise<Line> {
  let [decided, kept, same] = [0, 0, 0];
  for (let from = 0; from < CUSTOMERS; from += PAGE) {
    const wanted = Object.fromEntries(places.map((i) => [`i${i}`, crmId(Math.min(from + i, CUSTOMERS - 1))]));
    const found = Object.values(await ask<Record<string, { id: string } | null>>(FIND, wanted));
    const ids = [...new Set(found.flatMap((customer) => customer?.id ?? []))];
    const { customers } = await ask<{ customers: readonly { decided: Offers }[] }>(decide(field), { ids });
    const shown = customers.map(({ decided }) => decided.offers).filter(({ length }) => length > 0);
    const asked = Object.fromEntries(places.map((i) => [`d${i}`, shown[i]?.[0]?.decisionId ?? 'none']));
    const again = await ask<Record<string, (Offers & { reproduced: boolean }) | null>>(EXPLAIN, asked);
    for (const [i, offers] of shown.entries()) {
      const decision = again[`d${i}`];
      decided += 1;
      if (decision) kept += 1;
      if (decision?.reproduced && JSON.stringify(decision.offers) === JSON.stringify(offers)) same += 1;
    }
  }
  return {
    what: `decisions of ${field} for ${CUSTOMERS} customers kept, and explained again to the letter`,
    ours: `${decided} made, ${kept} kept, ${same} the same again`,
    beside: 'all',
    holds: decided > 0 && kept === decided && same === decided,
  };
}
