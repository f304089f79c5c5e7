import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SegmentJudge } from '../../subgraphs/segments/judge.ts';
import { countSegments, type SegmentRunOptions } from '../../subgraphs/segments/run.ts';
import { Segments } from '../../subgraphs/segments/store.ts';
import { Likenesses } from '../../training/alike.ts';
import type { Json } from '../support/graph-client.ts';
import { mutate, person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

const DEFINED = `segment { id kind revision purposes count { members }
  rule { all { condition { field is values of } not { condition { field } } } } }`;

const MINE = `query ($id: ID!, $ids: [ID!]) { customer(id: $id) { segments(ids: $ids) {
  segment { id } verdict since likeness reasons { condition { field is } holds found feature } } } }`;

const condition = (field: string, is: string, ...values: string[]) => ({ condition: { field, is, values } });

describe.each(SHAPES)('segments, in %s', (shape) => {
  let stack: Stack;
  let [ada, ben, cyd] = ['', '', ''];

  beforeAll(async () => {
    stack = await openStack(shape);
    ada = (await person(stack, 'ada', { consent: true })).id;
    ben = (await person(stack, 'ben', { consent: true })).id;
    cyd = (await person(stack, 'cyd', { consent: false })).id;
    // Ada has ordered twice, Ben once.
    await order(ada, 'ada-2');
  }, 60_000);
  afterAll(() => stack.close());

  const at = (ms: number) => new Date(stack.company.time.now + ms).toISOString();
  const order = (customer: string, number: string, daysAgo = 1) =>
    mutate(
      stack,
      'orderRecord',
      {
        customer,
        number,
        placedAt: at(-daysAgo * 86_400_000),
        currency: 'EUR',
        lines: [{ sku: 'TEA-100', quantity: '1', unitPrice: '1' }],
      },
      'order { id }',
    );
  const define = (id: string, input: object) => mutate(stack, 'segmentDefine', { id, name: id, ...input }, DEFINED);
  const retire = (id: string) => mutate(stack, 'segmentRetire', { segment: id }, 'segment { retiredAt }');
  const list = (segment: string, changes: object) => mutate(stack, 'segmentListChange', { segment, ...changes }, 'added removed');
  async function mine(id: string, ids?: readonly string[]): Promise<Json> {
    const { data, errors } = await stack.ask(MINE, { id, ids: ids ?? null });
    expect(errors).toBeUndefined();
    return data.customer.segments;
  }
  const idsOf = async (id: string) => (await mine(id)).map(({ segment }: Json) => segment.id);
  async function members(id: string, of = 'MEMBERS'): Promise<string[]> {
    const { data, errors } = await stack.ask(
      `query ($id: ID!, $of: SegmentMembers!) { segment(id: $id) { members(first: 100, of: $of) { nodes { customer { id } } } } }`,
      { id, of },
    );
    expect(errors).toBeUndefined();
    return data.segment.members.nodes.map(({ customer }: Json) => customer.id);
  }
  function count(options: Partial<SegmentRunOptions> = {}) {
    const { company } = stack;
    const store = company.stores.get('segments');
    const purchases = company.subgraphs.get('pos')?.facts.purchases;
    if (!store || !purchases) throw new Error('A store is not open.');
    const clock = () => company.time.now;
    return countSegments({
      segments: new Segments(store),
      judge: new SegmentJudge(stack.view, clock),
      directory: company.directory,
      clock,
      alike: async (seeds) => (await Likenesses.of(purchases(), company.directory, clock()))?.rank(seeds) ?? 'nobody has bought anything',
      signal: new AbortController().signal,
      onProgress: () => {},
      ...options,
    });
  }

  it('judge a rule over fields of several domains at the moment of asking, and say why', async () => {
    await define('tea-regulars', {
      rule: {
        all: [
          condition('purchases.summary(since: "-P30D").orderCount', 'AT_LEAST', '2'),
          condition('profile.locale', 'STARTS_WITH', 'en'),
          { not: condition('loyalty.points.available', 'GREATER', '1000000') },
        ],
      },
    });
    const [membership, ...others] = await mine(ada);
    expect(others).toEqual([]);
    expect(membership).toMatchObject({ segment: { id: 'tea-regulars' }, verdict: 'MEMBER', since: null, likeness: null });
    expect(membership.reasons.map(({ condition: { is }, holds, found }: Json) => [is, holds, found])).toEqual([
      ['AT_LEAST', true, ['2']],
      ['STARTS_WITH', true, ['en-GB']],
      ['GREATER', false, expect.anything()],
    ]);
    expect(await idsOf(ben)).toEqual([]);
    await order(ben, 'ben-2');
    expect(await idsOf(ben)).toEqual(['tea-regulars']);
  });

  it('read nothing of a customer who does not allow it', async () => {
    const asked = vi.spyOn(stack.view()!, 'ask');
    expect(await mine(cyd)).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('ask the graph once for a page of customers, whatever the number of segments', async () => {
    await define('any-order', { rule: condition('purchases.orders.nodes.total.amount', 'GREATER', '0') });
    const asked = vi.spyOn(stack.view()!, 'ask');
    const { data } = await stack.ask('query ($ids: [ID!]!) { customers(ids: $ids) { segments { segment { id } } } }', {
      ids: [ada, ben, cyd],
    });
    expect(data.customers.map(({ segments }: Json) => segments.map(({ segment }: Json) => segment.id))).toEqual([
      ['any-order', 'tea-regulars'],
      ['any-order', 'tea-regulars'],
      [],
    ]);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    await retire('any-order');
    expect(await idsOf(ada)).toEqual(['tea-regulars']);
  });

  it('say that they do not know when the domain that knows does not answer', async () => {
    const pos = stack.faults.get('pos');
    if (!pos) throw new Error('pos can not fail.');
    pos.fault = 'stopped';
    try {
      expect(await mine(ada)).toEqual([expect.objectContaining({ segment: { id: 'tea-regulars' }, verdict: 'UNKNOWN', reasons: [] })]);
    } finally {
      pos.fault = 'none';
    }
  });

  it('say so, too, when what is computed from several domains misses one of them', async () => {
    const digital = stack.faults.get('digital');
    if (!digital) throw new Error('digital can not fail.');
    await define('nothing-to-buy', { rule: condition('nextPurchase.products(first: 3).product.sku', 'ABSENT') });
    expect(await mine(ada, ['nothing-to-buy'])).toMatchObject([{ verdict: 'MEMBER' }]);
    digital.fault = 'stopped';
    try {
      expect(await mine(ada, ['nothing-to-buy'])).toMatchObject([{ verdict: 'UNKNOWN' }]);
    } finally {
      digital.fault = 'none';
    }
    await retire('nothing-to-buy');
  });

  it('refuse a rule that can not be asked, and name the place, the problem and the remedy', async () => {
    const refusals = async (rule: object) => {
      const { data } = await stack.ask(
        'query ($rule: SegmentRuleInput!) { segmentPreview(rule: $rule, customers: []) { userErrors { code field message } } }',
        { rule },
      );
      return data.segmentPreview.userErrors.map(({ field, message }: Json) => `${field.join('.')}: ${message}`);
    };
    expect(await refusals(condition('purchases.sumary.orderCount', 'AT_LEAST', '2'))).toEqual([
      'rule.condition.field: "condition.field" names sumary, which Purchases has not; take summary, if that is meant.',
    ]);
    expect(await refusals({ any: [condition('purchases', 'PRESENT'), condition('profile.locale', 'GREATER', 'en')] })).toEqual([
      expect.stringMatching(/^rule\.any\.0\.condition\.field: .* ends at Purchases; go on to one of its fields, such as purchases\./),
      expect.stringMatching(/^rule\.any\.1\.condition\.is: .* GREATER does not go with a Locale; take EQUALS, .*\.$/),
    ]);
    expect(await refusals(condition('purchases.summary.orderCount', 'AT_LEAST', 'many'))).toEqual([
      expect.stringMatching(/^rule\.condition\.values\.0: .* is not a number, such as 12 or 0\.5\.$/),
    ]);
    expect(await refusals(condition('profile.country', 'EQUALS', 'Japan'))).toEqual([
      expect.stringMatching(/^rule\.condition\.values\.0: .* is not an ISO 3166-1 alpha-2 code, such as JP\.$/),
    ]);
    expect(await refusals({ all: [], any: [] })).toEqual(['rule: Give exactly one of all, any, not, condition; all and any are given.']);
    expect(await refusals(condition('segments.verdict', 'PRESENT'))).toEqual([expect.stringContaining("a rule can't rest on segments")]);
    expect(await refusals(condition('purchases.orders(first: 1) { nodes { customer.id', 'PRESENT'))).toEqual([
      expect.stringContaining('is not a path of fields'),
    ]);
  });

  it('tell what stands in one element of a list from what stands in another', async () => {
    const verdict = async (field: string) => {
      const { data } = await stack.ask(
        `query ($rule: SegmentRuleInput!, $customers: [ID!]!) { segmentPreview(rule: $rule, customers: $customers) { customers { verdict } } }`,
        { rule: condition(field, 'GREATER', '0'), customers: [ada] },
      );
      return data.segmentPreview.customers[0].verdict;
    };
    expect(await verdict('purchases.summary.totalSpent[currencyCode: EUR].amount')).toBe('MEMBER');
    expect(await verdict('purchases.summary.totalSpent[currencyCode: JPY].amount')).toBe('NO_MEMBER');
  });

  it('preview a rule before it is kept', async () => {
    const { data } = await stack.ask(
      `query ($rule: SegmentRuleInput!, $customers: [ID!]!) { segmentPreview(rule: $rule, customers: $customers) {
        customers { customer { id } verdict reasons { found } } } }`,
      { rule: condition('purchases.summary.orderCount', 'EQUALS', '2'), customers: [ben, cyd, 'cus_nobody', ada] },
    );
    expect(data.segmentPreview.customers).toEqual([
      { customer: { id: ben }, verdict: 'MEMBER', reasons: [{ found: ['2'] }] },
      { customer: { id: cyd }, verdict: 'WITHHELD', reasons: [] },
      null,
      { customer: { id: ada }, verdict: 'MEMBER', reasons: [{ found: ['2'] }] },
    ]);
  });

  it('are counted over all customers: size, who entered and who left, each once', async () => {
    await define('pilot', { list: true });
    expect(await list('pilot', { add: [ada, cyd] })).toMatchObject({ added: [ada, cyd], removed: [] });
    const first = await count();
    // Cyd is on the list, and allows nothing.
    expect(first.counts).toMatchObject({
      'tea-regulars': { customers: 3, members: 2, entered: 2, left: 0, unknown: 0, withheld: 1, revision: 1 },
      pilot: { customers: 3, members: 1, entered: 1, left: 0, unknown: 0, withheld: 1 },
    });
    expect((await members('tea-regulars')).sort()).toEqual([ada, ben].sort());
    expect((await members('tea-regulars', 'ENTERED')).sort()).toEqual([ada, ben].sort());
    expect(await members('pilot')).toEqual([ada]);
    expect((await mine(ada, ['pilot']))[0]).toMatchObject({ verdict: 'MEMBER', since: at(0) });

    const second = await count();
    expect(second.counts['tea-regulars']).toMatchObject({ members: 2, entered: 0, left: 0 });
    expect(await members('tea-regulars', 'ENTERED')).toEqual([]);

    await order(ben, 'ben-3');
    await define('tea-regulars', { rule: condition('purchases.summary.orderCount', 'EQUALS', '2') });
    const third = await count({ only: ['tea-regulars'] });
    expect(third.counts['tea-regulars']).toMatchObject({ members: 1, entered: 0, left: 1, revision: 2 });
    expect(await members('tea-regulars', 'LEFT')).toEqual([ben]);
    expect(third.counts.pilot).toBeUndefined();
  });

  it('give nobody as a member who has withdrawn consent since the count', async () => {
    stack.company.time.now += 1000;
    await mutate(
      stack,
      'customerConsentSet',
      { customer: ada, purpose: 'PROFILING', status: 'WITHDRAWN', lawfulBasis: 'CONSENT' },
      'consent { status }',
    );
    expect(await members('tea-regulars')).toEqual([]);
    expect(await idsOf(ada)).toEqual([]);
    stack.company.time.now += 1000;
    await mutate(
      stack,
      'customerConsentSet',
      { customer: ada, purpose: 'PROFILING', status: 'GRANTED', lawfulBasis: 'CONSENT' },
      'consent { status }',
    );
    expect(await members('tea-regulars')).toEqual([ada]);
  });

  it('leave everybody where they are while it can not be learnt', async () => {
    const pos = stack.faults.get('pos');
    if (!pos) throw new Error('pos can not fail.');
    pos.fault = 'stopped';
    const result = await count().finally(() => {
      pos.fault = 'none';
    });
    expect(result.counts['tea-regulars']).toMatchObject({ members: 1, entered: 0, left: 0, unknown: 2 });
    expect(await members('tea-regulars')).toEqual([ada]);
  });

  it('are counted on from where a count was stopped', async () => {
    stack.company.time.now += 1000;
    await retire('pilot');
    const stopping = new AbortController();
    await buyers(450);
    const told: number[] = [];
    const stopped = await count({
      signal: stopping.signal,
      onProgress: (customers) => {
        told.push(customers);
        stopping.abort();
      },
    });
    expect(stopped).toMatchObject({ complete: false, customers: 400, counts: {} });
    const ended = await count({ onProgress: (customers) => told.push(customers) });
    expect(told).toEqual([400, 453]);
    expect(ended).toMatchObject({ complete: true, customers: 453 });
  }, 60_000);

  it('of lookalikes take in who buys most like the members of another', async () => {
    await define('many-days', { rule: condition('purchases.summary.orderCount', 'AT_LEAST', '3') });
    await define('like-many-days', { lookalike: { segment: 'many-days', most: 5 } });
    const result = await count();
    // The seeds are those who bought on three days, 21 of them and Ben; those who bought on two are more like them than those who bought on one.
    expect(result.counts['many-days']?.members).toBe(22);
    expect(result.counts['like-many-days']).toMatchObject({ members: 5, entered: 5 });
    const alike = await members('like-many-days');
    const { data } = await stack.ask('query ($ids: [ID!]!) { customers(ids: $ids) { purchases { summary { orderCount } } } }', {
      ids: alike,
    });
    expect(data.customers.map(({ purchases }: Json) => purchases.summary.orderCount)).toEqual([2, 2, 2, 2, 2]);
    const [membership] = await mine(alike[0] ?? '', ['like-many-days']);
    expect(membership).toMatchObject({ verdict: 'MEMBER', likeness: expect.any(Number) });
    expect(membership.reasons).toContainEqual({ condition: null, holds: true, found: null, feature: 'purchases' });
  }, 60_000);

  /** So many who allow everything; every 22nd has ordered on three days, every 9th on two, the others on one. */
  async function buyers(count: number): Promise<void> {
    const { directory, subgraphs, time } = stack.company;
    const consents = (['PERSONALIZATION', 'PROFILING', 'MODEL_TRAINING'] as const).map((purpose) => ({
      ...{ purpose, channel: null, status: 'GRANTED' as const, lawfulBasis: 'CONSENT', policyVersion: null },
      ...{ recordedAt: time.now, expiresAt: null, proof: null },
    }));
    const numbers = Array.from({ length: count }, (_, index) => index);
    const owners = await directory.resolve(
      numbers.map((index) => ({
        identifiers: [{ namespace: 'USER_ID', value: `buyer-${index}` }],
        source: 'test',
        seenAt: null,
        consents,
      })),
    );
    const orders = subgraphs.get('pos')?.intakes.find(({ kind }) => kind === 'order');
    if (!orders) throw new Error('pos takes no orders.');
    const arrivals = numbers.flatMap((index) => {
      const days = index % 22 === 0 ? 3 : index % 9 === 0 ? 2 : 1;
      return Array.from({ length: days }, (_, day) => {
        const number = `buyer-${index}-${day}`;
        const row = {
          source: 'test',
          number,
          placed_at: at(-(day + 1) * 86_400_000),
          currency: 'EUR',
          sku: 'TEA-100',
          quantity: '1',
          unit_price: '1.00',
        };
        const read = orders.read(row);
        const owner = owners[index];
        if (!read.ok || typeof owner !== 'string') throw new Error('A customer or an order was refused.');
        return { record: read.record, owner, origin: `test/${number}`, occurrence: 1 };
      });
    });
    expect(new Set(await orders.store(arrivals))).toEqual(new Set(['stored']));
  }
});

describe.each(SHAPES)('while a domain hangs, in %s', (shape) => {
  it('what rules make is not known, and what is listed is told in time', async () => {
    // Long enough for a slow store to take in what it is given.
    const stack = await openStack(shape, 4000);
    try {
      const { id } = await person(stack, 'ada', { consent: true });
      const rule = { condition: { field: 'purchases.summary.orderCount', is: 'AT_LEAST', values: ['1'] } };
      await mutate(stack, 'segmentDefine', { id: 'buyers', name: 'Buyers', rule }, 'segment { id }');
      await mutate(stack, 'segmentDefine', { id: 'by-hand', name: 'By hand', list: true }, 'segment { id }');
      await mutate(stack, 'segmentListChange', { segment: 'by-hand', add: [id] }, 'added');
      const pos = stack.faults.get('pos');
      if (!pos) throw new Error('pos can not fail.');
      pos.fault = 'hanging';
      const { data, errors } = await stack.ask(MINE, { id, ids: null });
      expect(errors).toBeUndefined();
      expect(data.customer.segments.map(({ segment, verdict }: Json) => [segment.id, verdict])).toEqual([
        ['buyers', 'UNKNOWN'],
        ['by-hand', 'MEMBER'],
      ]);
    } finally {
      await stack.close();
    }
  }, 30_000);
});
