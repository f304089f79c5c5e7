import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { SLOW_MS } from '../support/faults.ts';
import type { Answer, Json } from '../support/graph-client.ts';
import { person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

/** Longer than an answer takes on a busy machine, shorter than a test should wait. */
const DEADLINE_MS = 1500;

const DOMAINS: readonly (readonly [service: SubgraphName, field: string])[] = [
  ['crm', 'profile'],
  ['pos', 'purchases'],
  ['loyalty', 'loyalty'],
  ['digital', 'digital'],
  ['feedback', 'feedback'],
  ['recommendations', 'recommendations'],
];
const FAULTS = ['stopped', 'hanging', 'garbage', 'slow'] as const;
const CASES = DOMAINS.flatMap(([service, field]) => FAULTS.map((fault) => [service, fault, field] as const));

const CUSTOMER = `
  id
  profile { name { display } }
  purchases { summary { orderCount totalSpent { amount currencyCode } } orders(first: 5) { nodes { number } } }
  loyalty { number points { available } }
  digital { lastSeenAt sessions(first: 5) { nodes { channel } } }
  feedback { nps { score } }
  recommendations { sourceStatus { service state } offers(first: 20) { template personalized reasons { code } } }
`;
const ONE = `query ($id: ID!) { customer(id: $id) { ${CUSTOMER} } }`;
const MANY = `query ($ids: [ID!]!) { customers(ids: $ids) { ${CUSTOMER} } }`;

describe.each(SHAPES)('with a subgraph lost, in %s', (shape) => {
  let stack: Stack;
  let ada: string;
  let ben: string;
  let whole: Json;
  /** Wall time of the last answer. */
  let tookMs = 0;

  beforeAll(async () => {
    stack = await openStack(shape, DEADLINE_MS);
    ada = (await person(stack, 'ada', { consent: true })).id;
    ben = (await person(stack, 'ben', { consent: false })).id;
    const answer = await stack.ask(ONE, { id: ada });
    expect(answer.errors).toBeUndefined();
    whole = answer.data.customer;
    for (const [, field] of DOMAINS) expect(whole[field]).not.toBeNull();
  });
  afterAll(() => stack.close());

  async function without(service: SubgraphName, fault: (typeof FAULTS)[number], query: string, variables: object): Promise<Answer> {
    const faulty = stack.faults.get(service);
    if (!faulty) throw new Error(service);
    faulty.fault = fault;
    const startedAt = performance.now();
    try {
      return await stack.ask(query, { ...variables });
    } finally {
      tookMs = performance.now() - startedAt;
      faulty.fault = 'none';
    }
  }

  it.each(CASES)('%s %s: its field is null with one coded error, and the others are answered in full', async (service, fault, field) => {
    const { data, errors } = await without(service, fault, ONE, { id: ada });
    expect(tookMs).toBeLessThan(SLOW_MS);
    expect(errors).toEqual([
      {
        message: `The ${service} service is unavailable.`,
        path: ['customer', field],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service },
      },
    ]);
    const { recommendations, ...others } = data.customer;
    const { recommendations: all, ...rest } = whole;
    expect(others).toEqual({ ...rest, ...(field !== 'recommendations' && { [field]: null }) });
    if (field === 'recommendations') return expect(recommendations).toBeNull();
    expect(recommendations.sourceStatus).toEqual(
      all.sourceStatus.map((source: Json) => (source.service === service ? { service, state: 'UNAVAILABLE' } : source)),
    );
    expect(recommendations.offers.length).toBeGreaterThan(0);
  });

  it.each(FAULTS)('identity %s: one coded error, within the deadline', async (fault) => {
    const { data, errors } = await without('identity', fault, ONE, { id: ada });
    expect(tookMs).toBeLessThan(SLOW_MS);
    expect(data).toEqual({ customer: null });
    expect(errors).toEqual([
      {
        message: 'The identity service is unavailable.',
        path: ['customer'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'identity' },
      },
    ]);
  });

  it('each customer of a list has its own error, and one who is not known has none', async () => {
    const { data, errors } = await without('loyalty', 'stopped', MANY, { ids: [ada, 'cus_00000000000000000000', ben] });
    expect(data.customers.map((customer: Json) => customer?.purchases.summary.orderCount ?? null)).toEqual([1, null, 1]);
    expect(errors?.map((error) => error.path)).toEqual([
      ['customers', 0, 'loyalty'],
      ['customers', 2, 'loyalty'],
    ]);
  });

  it.each(DOMAINS.slice(0, 5))('%s: who gave no consent is offered nothing personal', async (service) => {
    const { data } = await without(service, 'stopped', ONE, { id: ben });
    const { offers } = data.customer.recommendations;
    expect(offers.length).toBeGreaterThan(0);
    for (const offer of offers) expect(offer.personalized).toBe(false);
  });

  it('what follows from something lost ends there, with one error', async () => {
    const { data, errors } = await without('pos', 'stopped', '{ order(id: "ord_x") { number customer { id } } }', {});
    expect(data).toEqual({ order: null });
    expect(errors?.map((error) => error.path)).toEqual([['order']]);
  });
});
