import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../demo/catalogue.ts';
import { fillDemoStore } from '../../demo/fill.ts';
import { crmId } from '../../demo/identifiers.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../../kernel/intake.ts';
import { withoutDeadlines } from '../support/events.ts';
import type { Json } from '../support/graph-client.ts';
import { useModels } from '../support/models.ts';
import { MONGODB_URI } from '../support/mongo.ts';
import { mutate, person } from '../support/people.ts';
import { addedFields, everythingOf } from '../support/selections.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';
import { brokenCalls, openNoted, personalCalls, storeCalls } from '../support/store-calls.ts';

const DAY = 86_400_000;
const CUSTOMERS = 150;
/** What most that the two buy is of. */
const CATEGORY = CATALOGUE[0]!.name;
const SKUS = CATALOGUE.flatMap(({ products }) => products.map(({ sku }) => sku));
/** Without either of them nothing personal is used. */
const NEEDED: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'];
/** What it takes to know who somebody is and what they allow. */
const IDENTITY = ['identity consents.latest', 'identity customers.getMany'];
/** A kept decision is filed under its customer. */
const KEPT = 'recommendations decisions.insertOnce';
/** The fields whose offers can be kept. */
const DECIDING = ['recommendations', 'productRecommendations'];
const OUTBOUND = ['EMAIL', 'SMS', 'PUSH', 'PHONE'];
const SERVES = ['SERVICE_RECOVERY', 'ERROR_HELP', 'LATE_PAYMENT_HELP'];
/** Which domains each field rests on. A field that is not here has to keep to the rules all the same. */
const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  recommendations: ['crm', 'digital', 'feedback', 'loyalty', 'pos'],
  productRecommendations: ['crm', 'digital', 'feedback', 'loyalty', 'pos'],
  insights: ['pos'],
  nextPurchase: ['digital', 'pos'],
  experiments: [],
  segments: ['pos'],
};
/** What is told about an answer rather than about the customer. */
const ABOUT = ['__typename', 'asOf', 'sourceStatus', 'sources', 'model', 'disclosure'];

/** Ids lead to their customers, whatever is said of them; and whether a decision was kept in time is the store's matter. */
function withoutIds(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (key, inner) => (key === 'decisionId' ? undefined : inner));
}

// Who is asked about is decided before any store is; over a slow one once is enough.
describe.each(MONGODB_URI === undefined ? SHAPES : SHAPES.slice(0, 1))('consent to what recommendations compute, in %s', (shape) => {
  let stack: Stack;
  /** Somebody with a complaint; somebody who bought much, and is greeted and reminded; somebody of whom next to nothing is known. */
  let complainer: string;
  let buyer: string;
  let stranger: string;
  let everybody: string[];
  /** The fields of Customer that recommendations answers, and a selection of all that is below each. */
  let fields: string[];
  let all: string;
  const selections = new Map<string, string>();
  /** What each is answered with everything granted, without ids. */
  let granted: Json[];
  let statements = 0;

  const at = (ms: number) => new Date(stack.company.time.now + ms).toISOString();
  const run = (mutation: string, input: object, selection: string) => mutate(stack, mutation, input, selection);

  /** Statements follow each other by a second within the last hour, so that the clock of all answers is the same. */
  async function say(purposes: readonly ConsentPurpose[], status: 'GRANTED' | 'DENIED', customers = everybody) {
    for (const purpose of purposes) {
      const recordedAt = at(-3_600_000 + ++statements * 1000);
      const said = { purpose, status, lawfulBasis: 'CONSENT', recordedAt };
      await Promise.all(customers.map((customer) => run('customerConsentSet', { customer, ...said }, 'consent { status }')));
    }
  }

  async function someone(name: string): Promise<string> {
    const { customer } = await run('customerUpsert', { identifiers: [{ namespace: 'USER_ID', value: name }] }, 'customer { id }');
    return customer.id;
  }

  /** `from`: the first of the three products of the demo company that they always buy. */
  async function richLife(name: string, orders: number, from: number): Promise<string> {
    const { id } = await person(stack, name, { consent: false });
    await run(
      'profileUpdate',
      { customer: id, birthDate: '1980-03-03', locale: 'en-GB', timeZone: 'Europe/London' },
      'profile { birthDate }',
    );
    for (let order = 0; order < orders; order++)
      await run(
        'orderRecord',
        {
          customer: id,
          number: `${name}-${order}`,
          placedAt: at(-(20 * order + 3) * DAY),
          status: 'COMPLETED',
          channel: 'WEB',
          currency: 'EUR',
          lines: [{ sku: SKUS[from + (order % 3)], name: 'Tea', quantity: '20', unitPrice: '90.00' }],
        },
        'order { id }',
      );
    await run('pointsAccrue', { customer: id, points: 900, expiresAt: at(10 * DAY) }, 'transaction { id }');
    const touch = { campaign: 'spring', channel: 'EMAIL', state: 'SENT', at: at(-2 * DAY) };
    await run('campaignTouchRecord', { customer: id, ...touch }, 'campaignTouch { id }');
    const review = {
      source: 'shop',
      number: `${name}-review`,
      product: 'TEA-100',
      stars: 5,
      text: 'I love this tea.',
      submittedAt: at(-40 * DAY),
    };
    await run('reviewImport', { customer: id, ...review }, 'feedbackItem { id }');
    return id;
  }

  async function troubles(id: string) {
    await run('caseOpen', { customer: id, type: 'COMPLAINT' }, 'case { id }');
    await run(
      'surveyResponseSubmit',
      { customer: id, metric: 'NPS', score: 1, text: 'The kettle caught fire.', submittedAt: at(-DAY) },
      'feedbackItem { id }',
    );
    const payment = { number: `late-${id}`, status: 'PENDING', dueAt: at(-10 * DAY), amount: { amount: '9.00', currencyCode: 'EUR' } };
    await run('paymentRecord', { customer: id, ...payment }, 'payment { id }');
  }

  beforeAll(async () => {
    stack = await openStack(shape, undefined, undefined, openNoted);
    const { storage, directory, subgraphs, time } = stack.company;
    const intakes = [...subgraphs.values()].flatMap((subgraph) => subgraph.intakes);
    await fillDemoStore({ storage, directory, intakes, customers: CUSTOMERS, seed: 'consent', now: time.now });
    const demo = Array.from({ length: CUSTOMERS }, (_, index) => crmId(index));
    await useModels(stack.company, demo, time.now);
    [complainer, buyer, stranger] = [await richLife('complainer', 7, 0), await richLife('buyer', 12, 10), await someone('stranger')];
    await troubles(complainer);
    everybody = [complainer, buyer, stranger];
    await say(CONSENT_PURPOSES, 'GRANTED');
    for (const job of subgraphs.get('pos')?.jobs ?? []) await job.run(new AbortController().signal);
    const experiment = {
      name: 'Consent',
      arms: ['control', 'treatment'].map((name) => ({ name, share: 0.5 })),
      metrics: [{ key: 'bought', kind: 'PROPORTION', role: 'PRIMARY' }],
    };
    await run('experimentDefine', { ...experiment, id: 'hashed', control: 'control', plannedUnits: 1000 }, 'experiment { id }');
    await run('experimentDefine', { ...experiment, id: 'adaptive', assignment: 'ADAPTIVE' }, 'experiment { id }');
    // About what the two buy, so that there is content for them to be chosen.
    const piece = { source: 'cms', skus: SKUS.slice(0, 20), translations: [{ locale: 'en', title: 'To read' }] };
    for (const kind of ['ADVICE', 'ARTICLE'])
      await run('contentPublish', { ...piece, number: kind, kind, categories: [CATEGORY] }, 'content { id }');
    const rule = {
      all: ['10', '5'].map((orders) => ({ condition: { field: 'purchases.summary.orderCount', is: 'AT_LEAST', values: [orders] } })),
    };
    await run('segmentDefine', { id: 'often', name: 'Often', rule }, 'segment { id }');
    await run('segmentDefine', { id: 'listed', name: 'Listed', list: true }, 'segment { id }');
    await run('segmentListChange', { segment: 'listed', add: [complainer] }, 'added');
    const schema = subgraphs.get('recommendations')!.schema;
    fields = addedFields(schema, 'Customer');
    for (const field of fields)
      selections.set(
        field,
        everythingOf(schema, 'Customer', field, {
          'Recommendations.offers': '(record: true)',
          'ProductRecommendations.offers': '(record: true)',
        }),
      );
    all = [...selections.values()].join(' ');
    granted = await answers(all);
  }, 120_000);
  afterAll(() => stack.close());
  beforeEach(() => {
    storeCalls.length = 0;
  });

  /** What each of them is answered in a request of their own, without ids. */
  async function answers(selection: string, customers = everybody): Promise<Json[]> {
    const found: Json[] = [];
    for (const id of customers) {
      const { data, errors } = await stack.ask(`query ($id: ID!) { customer(id: $id) { ${selection} } }`, { id });
      expect(errors).toBeUndefined();
      found.push(withoutIds(data.customer));
    }
    return found;
  }

  /** Nothing but what is needed to know the permissions was read, and all are answered alike. */
  async function expectNothingPersonal(customers = everybody): Promise<Json> {
    const found = await answers(all, customers);
    expect(personalCalls(customers)).toEqual([...IDENTITY, KEPT]);
    for (const answer of found) expect(answer).toEqual(found[0]);
    for (const field of fields) {
      storeCalls.length = 0;
      const alone = await answers(selections.get(field)!, customers);
      expect(personalCalls(customers), field).toEqual(DECIDING.includes(field) ? [...IDENTITY, KEPT] : IDENTITY);
      for (const answer of alone) expect(answer, field).toEqual(alone[0]);
    }
    return found[0];
  }

  it('reads, with everything granted, what each field rests on, and tells people apart', async () => {
    expect(fields).toEqual(expect.arrayContaining(Object.keys(DOMAINS)));
    for (const [field, domains] of Object.entries(DOMAINS)) {
      storeCalls.length = 0;
      const found = await answers(selections.get(field)!);
      const read = personalCalls(everybody).map((call) => call.split(' ')[0]!);
      expect(
        [...new Set(read)].filter((store) => !['identity', 'recommendations'].includes(store)),
        field,
      ).toEqual(domains);
      if (domains.length > 0) expect(new Set(found.map((answer) => JSON.stringify(answer))).size, field).toBe(3);
    }
    const [ofComplainer, ofBuyer] = granted;
    expect(ofComplainer.recommendations.offers[0].template).toBe('SERVICE_RECOVERY');
    expect(ofBuyer.recommendations.offers.map(({ template }: Json) => template)).toEqual(
      expect.arrayContaining(['CART_REMINDER', 'BIRTHDAY', 'POINTS_EXPIRING']),
    );
    expect(ofBuyer.recommendations.disclosure.personalized).toBe(true);
    expect(ofBuyer.productRecommendations.offers.map(({ template }: Json) => template)).toEqual(
      expect.arrayContaining(['ADVICE', 'CONTENT']),
    );
    expect(ofBuyer.insights.lifetimeValue).not.toBeNull();
    expect(ofBuyer.nextPurchase.products.length).toBeGreaterThan(0);
  });

  describe.each(NEEDED)('with %s denied', (purpose) => {
    beforeAll(() => say([purpose], 'DENIED'));
    afterAll(() => say([purpose], 'GRANTED'));

    it('reads nothing personal, and answers everybody alike', async () => {
      const answer = await expectNothingPersonal();
      expect(answer.recommendations.offers).toMatchObject([{ template: 'GENERAL', personalized: false, consentBasis: [] }]);
    });

    it('says so in the disclosure', async () => {
      const [{ recommendations }] = await answers(selections.get('recommendations')!);
      const { disclosure } = recommendations;
      expect(disclosure).toMatchObject({
        personalized: false,
        offers: [],
        summary: 'What you are offered here is the same for everybody; nothing about you is used for it.',
      });
      expect(disclosure.purposes).toMatchObject([...NEEDED, 'MARKETING'].map((asked) => ({ purpose: asked, granted: asked !== purpose })));
      expect(disclosure.sources).toHaveLength(5);
      for (const source of disclosure.sources) expect(source).toMatchObject({ state: 'WITHHELD', asOf: null, facts: [] });
    });

    it('names in withheld whatever is not answered any more, and nothing else', async () => {
      const [{ withheld }] = await answers('withheld { field purpose }');
      for (const row of withheld) expect(row.purpose).toBe(purpose);
      const named = withheld.map(({ field }: Json) => field).filter((field: string) => field !== 'feedback.sentiment');
      const now = await answers(all);
      const changes = (of: (answer: Json) => unknown) =>
        now.some((answer, i) => JSON.stringify(of(answer)) !== JSON.stringify(of(granted[i])));
      // An assignment says itself which purposes are missing.
      const changed = fields
        .filter((field) => field !== 'experiments')
        .flatMap((field) => {
          if (Array.isArray(granted[1][field])) return changes((answer) => answer[field]) ? [field] : [];
          const names = Object.keys(granted[1][field]).filter((name) => !ABOUT.includes(name));
          return names.filter((name) => changes((answer) => answer[field][name])).map((name) => `${field}.${name}`);
        });
      expect(named.toSorted()).toEqual(changed.toSorted());
    });

    it('keeps of a decision nothing but whose it is and what is permitted', async () => {
      const KEEPING = 'query ($id: ID!) { customer(id: $id) { recommendations { offers(record: true) { decisionId } } } }';
      const { data } = await withoutDeadlines(() => stack.ask(KEEPING, { id: complainer }));
      const written = storeCalls.filter(({ collection, operation }) => collection === 'decisions' && operation === 'insertOnce');
      const [{ customer }] = written[0]!.about as [{ customer: object }];
      expect(Object.keys(customer).sort()).toEqual(['id', 'permissions', 'permissionsSince']);
      const { decisionId } = data.customer.recommendations.offers[0];
      const { data: again } = await stack.ask(
        'query ($id: ID!) { decision(id: $id) { reproduced inputs { name } sourceStatus { state } } }',
        {
          id: decisionId,
        },
      );
      expect(again.decision).toEqual({ reproduced: true, inputs: [], sourceStatus: Array(5).fill({ state: 'WITHHELD' }) });
    });
  });

  it.each(CONSENT_PURPOSES.map((purpose) => [purpose]))('with %s alone granted reads nothing personal', async (purpose) => {
    const others = CONSENT_PURPOSES.filter((other) => other !== purpose);
    await say(others, 'DENIED');
    storeCalls.length = 0;
    try {
      await expectNothingPersonal();
    } finally {
      await say(others, 'GRANTED');
    }
  });

  it('reads nothing personal of those who never said anything', async () => {
    const silent = [await richLife('silent', 12, 10), await someone('nobody')];
    await troubles(silent[0]!);
    // Somebody who is served says that much.
    await say(['SERVICE'], 'GRANTED', silent);
    storeCalls.length = 0;
    const answer = await expectNothingPersonal(silent);
    expect(answer.recommendations.disclosure.purposes.map(({ granted: is }: Json) => is)).toEqual([false, false, false]);
  });

  it('reads nothing personal while it is not known what is permitted', async () => {
    brokenCalls.add('identity consents.latest');
    try {
      const answer = await expectNothingPersonal();
      expect(answer.recommendations.disclosure.purposes.map(({ granted: is }: Json) => is)).toEqual([null, null, null]);
    } finally {
      brokenCalls.clear();
    }
  });

  it.each(CONSENT_PURPOSES.filter((purpose) => ![...NEEDED, 'MARKETING'].includes(purpose)).map((purpose) => [purpose]))(
    'with %s denied changes nothing',
    async (purpose) => {
      const before = await answers(all);
      await say([purpose], 'DENIED');
      expect(await answers(all)).toEqual(before);
      await say([purpose], 'GRANTED');
    },
  );

  it('with MARKETING denied sends nothing out that sells, and changes nothing else', async () => {
    await say(['MARKETING'], 'DENIED');
    const found = await answers(
      `${all} ${OUTBOUND.map((channel) => `to${channel}: recommendations { offers(channel: ${channel}) { template } }`).join(' ')}`,
    );
    await say(['MARKETING'], 'GRANTED');
    let sold = 0;
    for (const [index, answer] of found.entries()) {
      const { offers, nextBestActions } = answer.recommendations;
      for (const { template, channels, heldBack } of offers) {
        if (SERVES.includes(template)) continue;
        expect(channels.filter((channel: string) => OUTBOUND.includes(channel))).toEqual([]);
        const before = granted[index].recommendations.offers.find((offer: Json) => offer.template === template);
        for (const channel of before.channels.filter((one: string) => OUTBOUND.includes(one)))
          expect(heldBack).toContainEqual(expect.objectContaining({ channel, code: 'NO_MARKETING_CONSENT' }));
        sold += before.channels.some((one: string) => OUTBOUND.includes(one)) ? 1 : 0;
      }
      for (const { offer, channel } of nextBestActions)
        if (offer && !SERVES.includes(offer.template)) expect(OUTBOUND).not.toContain(channel);
      for (const channel of OUTBOUND) for (const { template } of answer[`to${channel}`].offers) expect(SERVES).toContain(template);
      expect(offers.map(({ template }: Json) => template)).toEqual(
        granted[index].recommendations.offers.map(({ template }: Json) => template),
      );
      for (const field of fields) if (!DECIDING.includes(field)) expect(answer[field]).toEqual(granted[index][field]);
    }
    // Something would have gone out, so that this could have failed.
    expect(sold).toBeGreaterThan(2);
  });

  it('discloses every fact that a decision is made from', async () => {
    const KEEPING =
      'query ($id: ID!) { customer(id: $id) { recommendations { offers(record: true) { decisionId } disclosure { sources { service facts { name } } } } } }';
    const { data } = await withoutDeadlines(() => stack.ask(KEEPING, { id: complainer }));
    const { offers, disclosure } = data.customer.recommendations;
    const { data: again } = await stack.ask('query ($id: ID!) { decision(id: $id) { inputs { service name value } } }', {
      id: offers[0].decisionId,
    });
    const says = ({ value }: Json) => !['null', 'false', '0', '[]'].includes(value);
    const used = again.decision.inputs.filter(says).map(({ service, name }: Json) => `${service} ${name}`);
    const told = disclosure.sources.flatMap(({ service, facts }: Json) => facts.map(({ name }: Json) => `${service} ${name}`));
    expect(told).toEqual(used);
    expect(told.length).toBeGreaterThan(10);
  });
});
