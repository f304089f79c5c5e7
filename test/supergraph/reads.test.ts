import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fillDemoStore } from '../../demo/fill.ts';
import { crmId } from '../../demo/identifiers.ts';
import type { Json } from '../support/graph-client.ts';
import { useModels } from '../support/models.ts';
import { mutate } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';
import { callCounts, openNoted, storeCalls } from '../support/store-calls.ts';

const CUSTOMERS = 150;
const VIEW = `
  id
  profile { name { display } }
  purchases { summary { orderCount totalSpent { amount currencyCode } } orders(first: 5) { nodes { number } } }
  loyalty { number }
  digital { lastSeenAt }
  feedback { nps { score } }
  recommendations { offers(first: 3) { template reasons { code } } }
`;
const RANKED = '{ product { sku } score rank personalized reason { code product { sku } } }';
/** All that recommendations computes. */
const COMPUTED = `
  id
  recommendations {
    offers(first: 3) { id template title body reasons { code text } }
    nextBestActions { kind reasons { code } }
    disclosure { summary sources { service facts { name } } }
    rfm { segment }
  }
  insights {
    rfm { segment }
    lifetimeValue { predicted { amount } }
    churn { probability drivers { code } }
    lifecycleStage
    cluster { number }
  }
  nextPurchase { products(first: 10) ${RANKED} discover(first: 10) ${RANKED} }
  experiments { experiment { id } status arm }
`;
/** Each subgraph once; recommendations once for each of its fields of Customer, because each requires something else. */
const FETCHES = { identity: 1, crm: 1, pos: 1, loyalty: 1, digital: 1, feedback: 1, recommendations: 1 };
const READ = Object.fromEntries(
  [
    'identity customers.getMany',
    'identity consents.latest',
    'crm profiles.latest',
    'crm cases.latest',
    'pos orders.latest',
    'pos payments.totals',
    'loyalty accounts.latest',
    'digital digital_summaries.getMany',
    'digital campaign_touches.latest',
    'feedback feedback_items.latest',
  ].map((call) => [call, 1]),
);
const KEPT = 'id recommendations { offers(record: true) { decisionId } }';
const page = (selection: string) => `query ($ids: [ID!]!) { customers(ids: $ids) { ${selection} } }`;

describe.each(SHAPES)('a page of 100 customers, in %s', (shape) => {
  let stack: Stack;
  let ids: string[];

  beforeAll(async () => {
    stack = await openStack(shape, undefined, undefined, openNoted);
    const { storage, directory, subgraphs, time } = stack.company;
    const intakes = [...subgraphs.values()].flatMap((subgraph) => subgraph.intakes);
    await fillDemoStore({ storage, directory, intakes, customers: CUSTOMERS, seed: 'page', now: time.now });
    await useModels(
      stack.company,
      Array.from({ length: CUSTOMERS }, (_, index) => crmId(index)),
      time.now,
    );
    await mutate(
      stack,
      'experimentDefine',
      {
        id: 'page',
        name: 'Page',
        purposes: [],
        arms: [
          { name: 'control', share: 0.5 },
          { name: 'treatment', share: 0.5 },
        ],
        control: 'control',
        metrics: [{ key: 'bought', kind: 'PROPORTION', role: 'PRIMARY' }],
        plannedUnits: 1000,
      },
      'experiment { id }',
    );
    ids = [];
    for (const text of 'aeiouksmtn') {
      const { data } = await stack.ask('query ($text: String!) { customerSearch(text: $text, first: 100) { nodes { id } } }', { text });
      ids = [...new Set([...ids, ...data.customerSearch.nodes.map((node: Json) => node.id)])];
      if (ids.length >= 100) break;
    }
    ids = ids.slice(0, 100);
    expect(ids).toHaveLength(100);
  }, 120_000);
  afterAll(() => stack.close());
  beforeEach(() => {
    storeCalls.length = 0;
    for (const faulty of stack.faults.values()) faulty.fetches = 0;
  });

  async function customers(selection: string): Promise<Json[]> {
    const { data, errors } = await stack.ask(page(selection), { ids });
    expect(errors).toBeUndefined();
    expect(data.customers.map((customer: Json) => customer.id)).toEqual(ids);
    return data.customers;
  }
  const fetches = () =>
    Object.fromEntries([...stack.faults].flatMap(([name, faulty]) => (faulty.fetches > 0 ? [[name, faulty.fetches]] : [])));
  /** Those operations of a collection that were called more often than once. */
  const repeated = () => Object.fromEntries(Object.entries(callCounts()).filter(([, count]) => count > 1));

  it.each([
    ['the merged view', VIEW, FETCHES],
    ['all that is computed', COMPUTED, { ...FETCHES, recommendations: 4 }],
  ])('of %s costs one fetch of each subgraph, and one call of each operation of a collection', async (_, selection, expected) => {
    for (const turn of ['planned', 'planned before']) {
      storeCalls.length = 0;
      for (const faulty of stack.faults.values()) faulty.fetches = 0;
      const found = await customers(selection);
      expect(fetches(), turn).toEqual(expected);
      expect(repeated(), turn).toEqual({});
      if (selection === COMPUTED)
        expect(
          found.some(({ insights }) => insights.lifetimeValue) && found.every(({ nextPurchase }) => nextPurchase.discover.length > 0),
        ).toBe(true);
      // Every domain was read, so that this could have failed.
      expect(callCounts(), turn).toMatchObject(READ);
      expect(storeCalls.length, turn).toBeLessThan(30);
    }
  });

  it('of kept decisions writes them together', async () => {
    const areKept = async () => {
      storeCalls.length = 0;
      const found = await customers(KEPT);
      return found.flatMap(({ recommendations }) => recommendations.offers).every(({ decisionId }) => decisionId !== null);
    };
    // A busy machine may keep them later than an answer waits for.
    let kept = await areKept();
    for (let more = 4; !kept && more > 0; more--) kept = await areKept();
    expect(kept).toBe(true);
    expect(repeated()).toEqual({});
    expect(callCounts()).toMatchObject({ 'recommendations decisions.insertOnce': 1 });
  });
});
