import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import { HistoryBuilder } from '../../models/next-basket/baskets.ts';
import { trainNextBasket } from '../../models/next-basket/training.ts';
import type { Json } from '../support/graph-client.ts';
import { mutate, type Person, person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';
import { callCounts, openNoted, storeCalls } from '../support/store-calls.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const ORDERS = 'pos orders.latest';
const SUMMARIES = 'digital digital_summaries.getMany';
const CATALOGUE = 'pos products.getMany';
const STORES = 'pos stores.getMany';
const PAGE = 100;

/** Milk goes with honey, coffee with sugar. */
function model() {
  const history = new HistoryBuilder();
  for (let i = 0; i < 20; i++) {
    history.add(`milk-${i}`, [['MILK-1', 'HONEY-1'], ['MILK-1']]);
    history.add(`coffee-${i}`, [['COFFEE-1', 'SUGAR-1'], ['COFFEE-1']]);
  }
  return trainNextBasket(history.history());
}

describe.each(SHAPES)('products, in %s', (shape) => {
  let stack: Stack;
  let ada: Person;
  let ben: Person;
  /** Ada and Ben, and others of whom next to nothing is known. */
  let page: string[];
  let orders = 0;

  const at = (ms: number) => new Date(stack.company.time.now - ms).toISOString();
  const order = (customer: string, sku: string, daysAgo: number) =>
    mutate(
      stack,
      'orderRecord',
      {
        customer,
        number: `products-${orders++}`,
        placedAt: at(daysAgo * DAY),
        status: 'COMPLETED',
        channel: 'WEB',
        currency: 'EUR',
        lines: [{ sku, name: 'Milk', quantity: '1', unitPrice: '2.00' }],
      },
      'order { id }',
    );

  const publish = (number: string, input: object) =>
    mutate(stack, 'contentPublish', { source: 'cms', number, translations: [{ locale: 'en', title: number }], ...input }, 'content { id }');

  beforeAll(async () => {
    stack = await openStack(shape, undefined, undefined, openNoted);
    [ada, ben] = [await person(stack, 'ada', { consent: true }), await person(stack, 'ben', { consent: false })];
    for (const { id } of [ada, ben]) for (const days of [63, 42, 21]) await order(id, 'MILK-1', days);
    page = [ada.id, ben.id];
    for (let i = 2; i < PAGE; i++) {
      const { customer } = await mutate(
        stack,
        'customerUpsert',
        { identifiers: [{ namespace: 'USER_ID', value: `user-${i}` }] },
        'customer { id }',
      );
      for (const purpose of ['PERSONALIZATION', 'PROFILING'])
        await mutate(
          stack,
          'customerConsentSet',
          { customer: customer.id, purpose, status: 'GRANTED', lawfulBasis: 'CONSENT', recordedAt: at(DAY) },
          'consent { status }',
        );
      page.push(customer.id);
    }
    const store = stack.company.stores.get('recommendations');
    if (!store) throw new Error('There is no store.');
    const shelf = new ModelShelf(store);
    const { id } = await shelf.add('next-basket', model(), {
      trainedAt: stack.company.time.now,
      from: null,
      to: null,
      counts: {},
      metrics: {},
    });
    await shelf.choose('next-basket', id, stack.company.time.now);
    await shelfOf(store).look(['next-basket']);
    // Of all kinds, by product, category and store, so that choosing among it has to read whatever it reads.
    for (const kind of ['ADVICE', 'ARTICLE']) await publish(kind, { kind, skus: ['MILK-1'], categories: ['Dairy'] });
    await publish('EVENT', { kind: 'EVENT', stores: ['TYO1'], startsAt: at(-3 * DAY - 4 * HOUR), endsAt: at(-4 * DAY) });
  }, 120_000);
  afterAll(() => stack.close());
  beforeEach(() => {
    storeCalls.length = 0;
  });

  async function ask(ids: readonly string[], selection: string): Promise<Json[]> {
    const { data, errors } = await stack.ask(`query ($ids: [ID!]!) { customers(ids: $ids) { ${selection} } }`, { ids });
    expect(errors).toBeUndefined();
    return data.customers;
  }
  const OFFERS = 'productRecommendations { offers(templates: [REPLENISH, CROSS_SELL]) { template product { sku } reasons { code } } }';
  const offers = async ({ id }: Person) => (await ask([id], OFFERS))[0].productRecommendations.offers;
  const due = { template: 'REPLENISH', product: { sku: 'MILK-1' }, reasons: [{ code: 'DUE_AGAIN' }] };
  const goesWith = { template: 'CROSS_SELL', product: { sku: 'HONEY-1' }, reasons: [{ code: 'GOES_WITH' }] };

  it('are offered that are due by the customer’s own rhythm, and that go with them, from all domains', async () => {
    expect(await offers(ada)).toEqual([due, goesWith]);
  });

  it('are neither read nor offered without consent', async () => {
    expect(await offers(ben)).toEqual([]);
    expect(callCounts()).not.toMatchObject({ [ORDERS]: 1 });
    expect(callCounts()).not.toMatchObject({ [SUMMARIES]: 1 });
    expect(callCounts()).not.toMatchObject({ [CATALOGUE]: 1 });
  });

  it('cost one read of each collection for a page of customers, and nothing where they are not asked for', async () => {
    const counts = async (selection: string) => {
      storeCalls.length = 0;
      await ask(page, selection);
      return callCounts();
    };
    const plain = await counts('recommendations { offers { template } }');
    expect(plain).toMatchObject({ [SUMMARIES]: 1, 'pos orders.totals': 1 });
    expect(Object.keys(plain)).not.toContain(ORDERS);
    expect(Object.keys(plain)).not.toContain(CATALOGUE);
    // Two reads more, of the orders' products and of the catalogue, and none twice.
    expect(await counts('productRecommendations { offers { template } }')).toEqual({ ...plain, [ORDERS]: 1, [CATALOGUE]: 1 });
    const ranked = await counts('nextPurchase { discover { reason { code } } }');
    const known = { 'identity customers.getMany': 1, 'identity consents.latest': 1 };
    expect(ranked).toEqual({ ...known, [ORDERS]: 1, [SUMMARIES]: 1, [CATALOGUE]: 1 });
    // What needs the purchases alone reads nothing else.
    const others = Object.keys(await counts('insights { rfm { score } }')).filter((call) => !/^(identity|pos) /.test(call));
    expect(others).toEqual([]);
  });

  it('reflect a look at a product, and an order, at the next request', async () => {
    const discover = async () => {
      const [{ nextPurchase }] = await ask(
        [ada.id],
        'nextPurchase { discover(first: 5) { product { sku } reason { code } } sources { service state } }',
      );
      expect(nextPurchase.sources.map(({ state }: Json) => state)).toEqual(['OK', 'OK']);
      return nextPurchase.discover;
    };
    const viewed = { product: { sku: 'SUGAR-1' }, reason: { code: 'VIEWED' } };
    expect(await discover()).not.toContainEqual(viewed);
    const event = { messageId: 'look', type: 'TRACK', name: 'Product Viewed', timestamp: at(60_000), customer: ada.id, channel: 'WEB' };
    await mutate(stack, 'eventsTrack', { events: [{ ...event, product: { sku: 'SUGAR-1', name: 'Sugar' } }] }, 'events { id }');
    expect(await discover()).toContainEqual(viewed);
    await order(ada.id, 'MILK-1', 0);
    expect((await offers(ada)).map(({ template }: Json) => template)).toEqual(['CROSS_SELL']);
  });

  const CONTENT =
    'productRecommendations { offers(templates: [ADVICE, CONTENT, LOCAL_EVENT]) { template title content { store { id name } } } }';
  const contentFor = async ({ id }: Person) => (await ask([id], CONTENT))[0].productRecommendations.offers;
  const titles = async (of: Person) => (await contentFor(of)).map(({ title }: Json) => title);

  it('are advised on, from the next request after it was published or withdrawn, and only with consent', async () => {
    expect(await titles(ada)).toContain('ADVICE');
    await publish('ADVICE', { kind: 'ADVICE', skus: ['MILK-1'], translations: [{ locale: 'en', title: 'Keeping milk' }] });
    expect(await titles(ada)).toContain('Keeping milk');
    await publish('ADVICE', { kind: 'ADVICE', skus: ['MILK-1'], withdrawn: true });
    expect(await titles(ada)).not.toContain('Keeping milk');
    expect(await titles(ben)).toEqual([]);
  });

  it('have content that another process took in offered once this one has looked', async () => {
    const subgraph = stack.company.subgraphs.get('recommendations')!;
    const intake = subgraph.intakes.find(({ kind }) => kind === 'content')!;
    const row = { source: 'cms', number: 'taken in', kind: 'ADVICE', language: 'en', title: 'Frothing milk', skus: 'MILK-1' };
    const read = intake.read(row);
    if (!read.ok) throw new Error(read.reason.message);
    expect(await intake.store([{ record: read.record, owner: '', origin: 'run/1', occurrence: 1 }])).toEqual(['stored']);
    expect(await titles(ada)).not.toContain('Frothing milk');
    const job = subgraph.jobs.find(({ name }) => name === 'look-for-content')!;
    expect(job.everyMs).toBeLessThanOrEqual(2000);
    await job.run(new AbortController().signal);
    expect(await titles(ada)).toContain('Frothing milk');
  });

  it('are sold where an event is: it is offered with the store by the name that pos knows', async () => {
    const stores = stack.company.subgraphs.get('pos')!.intakes.find(({ kind }) => kind === 'store')!;
    const read = stores.read({ source: 'tills', id: 'TYO1', name: 'Ginza', time_zone: 'Asia/Tokyo' });
    if (!read.ok) throw new Error(read.reason.message);
    await stores.store([{ record: read.record, owner: '', origin: 'run/1', occurrence: 1 }]);
    for (const nth of [1, 2])
      await mutate(
        stack,
        'orderRecord',
        {
          customer: ada.id,
          number: `till-${nth}`,
          placedAt: at(nth * DAY),
          status: 'COMPLETED',
          channel: 'STORE',
          store: 'TYO1',
          currency: 'EUR',
          lines: [{ sku: 'MILK-1', name: 'Milk', quantity: '1', unitPrice: '2.00' }],
        },
        'order { id }',
      );
    const event = { template: 'LOCAL_EVENT', title: 'EVENT', content: { store: { id: 'TYO1', name: 'Ginza' } } };
    expect(await contentFor(ada)).toContainEqual(event);
    // It begins at four o'clock in the afternoon in UTC on 4 March; the day in the store takes one read of stores for a page.
    const OFFERS_OF_ALL = 'productRecommendations { offers(templates: [LOCAL_EVENT]) { body } }';
    storeCalls.length = 0;
    const [{ productRecommendations }] = await ask(page, OFFERS_OF_ALL);
    expect(productRecommendations.offers).toEqual([
      { body: 'In the shop that you know, from 5 March 2026 on. Come by; we look forward to seeing you.' },
    ]);
    expect(callCounts()).toMatchObject({ [ORDERS]: 1, [STORES]: 1, [CATALOGUE]: 1 });
    // Ranking needs the store and not its day.
    storeCalls.length = 0;
    await ask(page, 'nextPurchase { discover { rank } }');
    expect(Object.keys(callCounts())).not.toContain(STORES);
  });
});
