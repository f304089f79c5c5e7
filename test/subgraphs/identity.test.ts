import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { encodeCursor } from '../../kernel/cursor.ts';
import type { Claim, ConsentClaim, Identifier } from '../../kernel/intake.ts';
import { openStore } from '../../kernel/storage/open.ts';
import { openDirectory } from '../../subgraphs/identity/directory.ts';
import { identity } from '../../subgraphs/identity/module.ts';
import { customerSpec, identifierSpec, indexSpec } from '../../subgraphs/identity/records.ts';
import { emptyStorage, TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

let domain: Domain;
let test = 0;
/** A value of this test's own: all tests share one store. */
const own = (text: string) => `${text}${test}`;

beforeAll(async () => {
  domain = await openDomain(identity);
});
beforeEach(() => {
  test++;
  domain.time.now = TEST_NOW;
  domain.calls.clear();
});
afterAll(() => domain.close());

const id = (namespace: string, value: string): Identifier => ({ namespace, value });
const claim = (identifiers: Identifier[], more: Partial<Claim> = {}): Claim => ({ identifiers, source: 'shop', seenAt: null, ...more });
const resolve = (...claims: Claim[]) => domain.directory.resolve(claims);
async function known(...identifiers: Identifier[]): Promise<string> {
  const [found] = await resolve(claim(identifiers));
  expect(found).toMatch(/^cus_/);
  return found as string;
}
async function data(query: string, variables?: Record<string, unknown>) {
  const result = await domain.ask(query, variables);
  expect(result.errors).toBeUndefined();
  return result.data as Record<string, unknown>;
}
const CUSTOMER = 'query ($id: ID!, $fields: Boolean = true) { customer(id: $id) { id status members @include(if: $fields) } }';
const search = async (text: string, first?: number, after?: string) =>
  (
    await data(
      'query ($text: String!, $first: Int, $after: String) { customerSearch(text: $text, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
      {
        text,
        first,
        after,
      },
    )
  ).customerSearch as { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
const found = async (text: string) => (await search(text)).nodes.map((node) => node.id);
const mutate = async (name: string, input: object, selection: string) =>
  (await data(`mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) ${selection} }`, { input }))[
    name
  ] as unknown;

describe('the directory', () => {
  it('leads a namespace and value to one customer, in whatever spelling they come', async () => {
    const ada = await known(id('EMAIL', own('Ada@Example.com')));
    expect(await resolve(claim([id('EMAIL', own(' ada@example.com').toLowerCase())]))).toEqual([ada]);
    const ben = await known(id('PHONE', 'JP:03-1234-5678'));
    expect(
      await domain.directory.find([id('PHONE', '+81 3 1234 5678'), id('EMAIL', 'nobody@example.com'), id('EMAIL', 'nonsense')]),
    ).toEqual([ben, null, null]);
  });

  it('answers each claim of a batch by itself', async () => {
    const [first, refused, third] = await resolve(
      claim([id('POS_ID', own('1'))]),
      claim([id('POS_ID', 'null')]),
      claim([id('POS_ID', own('1')), id('CRM_ID', own('c'))]),
    );
    expect(refused).toMatchObject({ code: 'IDENTIFIER_INVALID' });
    expect(third).toBe(first);
    expect(await domain.directory.find([id('CRM_ID', own('c'))])).toEqual([first]);
  });

  it('refuses what would join two known people', async () => {
    const [ada, ben] = [await known(id('POS_ID', own('a'))), await known(id('EMAIL', own('b@x.org')))];
    expect(ada).not.toBe(ben);
    expect(await resolve(claim([id('POS_ID', own('a')), id('EMAIL', own('b@x.org'))]))).toMatchObject([{ code: 'IDENTITY_CONFLICT' }]);
    expect(await domain.directory.find([id('POS_ID', own('a')), id('EMAIL', own('b@x.org'))])).toEqual([ada, ben]);
  });

  it('lets anonymous behaviour join the person at the moment of identification, and answers the old id with the person', async () => {
    const visitor = await known(id('ANONYMOUS_ID', own('cookie')));
    expect((await data(CUSTOMER, { id: visitor })).customer).toEqual({ id: visitor, status: 'ANONYMOUS', members: [visitor] });
    const ada = await known(id('USER_ID', own('ada')));
    expect(await resolve(claim([id('ANONYMOUS_ID', own('cookie')), id('USER_ID', own('ada'))], { source: 'web' }))).toEqual([ada]);
    const expected = { id: ada, status: 'ACTIVE', members: [ada, visitor] };
    expect((await data(CUSTOMER, { id: ada })).customer).toEqual(expected);
    expect((await data(CUSTOMER, { id: visitor })).customer).toEqual(expected);
    expect(await domain.directory.exists([visitor, ada, 'cus_00000000000000000000'])).toEqual([true, true, false]);
    expect(await domain.directory.members([visitor, 'cus_00000000000000000000', ada])).toEqual([[ada, visitor], [], [ada, visitor]]);
    // Another person on the same browser gets their own records, and the history stays where it is.
    const ben = await known(id('USER_ID', own('ben')), id('ANONYMOUS_ID', own('cookie')));
    expect(ben).not.toBe(ada);
    expect((await data(CUSTOMER, { id: ben })).customer).toMatchObject({ members: [ben] });
    expect(await resolve(claim([id('ANONYMOUS_ID', own('cookie'))]))).toEqual([ada]);
  });

  it('remembers the first owner of a reference', async () => {
    const reference = { kind: 'order', source: 'olist', number: own('8426') };
    await domain.directory.refer([{ ...reference, owner: 'first' }]);
    await domain.directory.refer([{ ...reference, owner: 'second' }]);
    expect(await domain.directory.ownersOf([{ ...reference, number: 'other' }, reference, reference])).toEqual([null, 'first', 'first']);
  });
});

describe('the directory, from several processes', () => {
  it('gives the same customers for the same identifiers, whoever comes first', async () => {
    const { storage, remove } = emptyStorage();
    onTestFinished(remove);
    const stores = await Promise.all([1, 2, 3].map(() => openStore(storage, 'identity', identity.specs)));
    const directories = await Promise.all(stores.map((store) => openDirectory({ store, clock: () => TEST_NOW })));
    const batch = Array.from({ length: 60 }, (_, i) =>
      claim([id('EMAIL', `p${i % 20}@x.org`), id('POS_ID', `n${i % 20}`), id('CRM_ID', `c${i % 20}`)]),
    );
    const answers = await Promise.all(directories.map((directory) => directory.resolve(batch)));
    expect(new Set(answers.flat()).size).toBe(20);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    // Records that overlap in some identifiers only: one person, though each process began from an identifier of its own.
    for (const round of Array(5).keys()) {
      const overlapping = ['ACY', 'BXY', 'DXY'].map((letters) => [...letters].map((letter) => id(letter, `r${round}`)));
      await Promise.all(overlapping.map((identifiers, i) => directories[i]!.resolve([claim(identifiers)])));
      // A record that saw two people while they were being joined was refused whole; retried, it is accepted.
      const retried = await directories[0]!.resolve(overlapping.map((identifiers) => claim(identifiers)));
      expect(retried[0]).toMatch(/^cus_/);
      expect(new Set(retried).size).toBe(1);
      expect(new Set(await directories[0]!.find(overlapping.flat()))).toEqual(new Set(retried));
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  it('completes what a crash left undone when the identifier comes again', async () => {
    const { storage, remove } = emptyStorage();
    onTestFinished(remove);
    const store = await openStore(storage, 'identity', identity.specs);
    const directory = await openDirectory({ store, clock: () => TEST_NOW });
    const listings = store.collection(identifierSpec);
    for (const lost of [customerSpec, indexSpec, identifierSpec]) {
      const identifiers = [id('POS_ID', lost.name)];
      const write = lost === identifierSpec ? 'putMany' : 'insertOnce';
      const collection = store.collection<never>(lost as never);
      const before = collection[write];
      // The process dies before this write.
      (collection as unknown as Record<string, unknown>)[write] = () => Promise.reject(new Error('killed'));
      const crashing = await openDirectory({
        store: { ...store, collection: (spec) => (spec.name === lost.name ? collection : store.collection(spec)) as never },
        clock: () => TEST_NOW,
      });
      await expect(crashing.resolve([claim(identifiers)])).rejects.toThrow('killed');
      (collection as unknown as Record<string, unknown>)[write] = before;
      const [customer] = await directory.resolve([claim(identifiers)]);
      expect(await directory.find(identifiers)).toEqual([customer]);
      expect(await directory.exists([customer as string])).toEqual([true]);
      const [page] = await listings.latest([[customer as string]], { first: 10 });
      expect(page?.items.map(({ value }) => value)).toEqual([lost.name]);
    }
    await store.close();
  });

  it('refuses the identifiers of an erased customer, for ever', async () => {
    const ada = await known(id('POS_ID', own('gone')));
    await domain.store.erase(ada);
    expect(await domain.directory.exists([ada])).toEqual([false]);
    expect(await resolve(claim([id('POS_ID', own('gone'))]))).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
  });
});

describe('customers', () => {
  it('are answered in the order of ids, null for unknown and malformed ones', async () => {
    const [ada, ben] = [await known(id('POS_ID', own('a'))), await known(id('POS_ID', own('b')))];
    const ids = [ben, 'cus_00000000000000000000', ada, 'nonsense\u0000', ben];
    expect((await data('query ($ids: [ID!]!) { customers(ids: $ids) { id } }', { ids })).customers).toEqual([
      { id: ben },
      null,
      { id: ada },
      null,
      { id: ben },
    ]);
    const many = await domain.ask('query ($ids: [ID!]!) { customers(ids: $ids) { id } }', { ids: Array(101).fill(ada) });
    expect(many.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('are found by an identifier', async () => {
    const ada = await known(id('POS_ID', own('0017850')));
    const by = 'query ($identifier: IdentifierInput!) { customerBy(identifier: $identifier) { id } }';
    expect((await data(by, { identifier: id('POS_ID', own('0017850')) })).customerBy).toEqual({ id: ada });
    expect((await data(by, { identifier: id('POS_ID', own('17850')) })).customerBy).toBeNull();
    const { errors } = await domain.ask(by, { identifier: id('EMAIL', 'secret-value') });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).not.toContain('secret-value');
  });

  it('show their identifiers and explain each link without naming values', async () => {
    await known(id('ANONYMOUS_ID', own('v')));
    const ada = await known(id('CRM_ID', own('c')), id('POS_ID', own('p')));
    const seenAt = Date.UTC(2026, 1, 27, 15, 30);
    await resolve(claim([id('CRM_ID', own('c')), id('ANONYMOUS_ID', own('v'))], { source: 'web', seenAt }));
    const query =
      'query ($id: ID!) { customer(id: $id) { identifiers { namespace value source firstSeenAt lastSeenAt } identityLinks { identifier { namespace } rule kind score evidence } } }';
    const customer = (await data(query, { id: ada })).customer as { identifiers: object[]; identityLinks: object[] };
    const day = '2026-03-01T00:00:00.000Z';
    expect(customer.identifiers).toEqual([
      { namespace: 'ANONYMOUS_ID', value: own('v'), source: 'shop', firstSeenAt: '2026-02-27T00:00:00.000Z', lastSeenAt: day },
      { namespace: 'CRM_ID', value: own('c'), source: 'shop', firstSeenAt: '2026-02-27T00:00:00.000Z', lastSeenAt: day },
      { namespace: 'POS_ID', value: own('p'), source: 'shop', firstSeenAt: day, lastSeenAt: day },
    ]);
    expect(customer.identityLinks).toEqual([
      {
        identifier: { namespace: 'ANONYMOUS_ID' },
        rule: 'ANONYMOUS_IDENTIFIED',
        kind: 'DETERMINISTIC',
        score: 1,
        evidence: "A record of web carried it, or what came with it, together with the customer's CRM_ID.",
      },
      {
        identifier: { namespace: 'CRM_ID' },
        rule: 'FIRST_IDENTIFIER',
        kind: 'DETERMINISTIC',
        score: 1,
        evidence: 'The customer was first known by it, from a record of shop.',
      },
      {
        identifier: { namespace: 'POS_ID' },
        rule: 'SAME_RECORD',
        kind: 'DETERMINISTIC',
        score: 1,
        evidence: "A record of shop carried it together with the customer's CRM_ID.",
      },
    ]);
  });

  it('are read with one call per collection for a batch', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, (_, i) => known(id('POS_ID', own(`n${i}-`)))));
    domain.calls.clear();
    const { data: answer, errors } = await domain.entities(
      'Customer',
      ids.map((customer) => ({ id: customer })),
      '{ id members permissions status identifiers { value } identityLinks { rule } consents { status } withheld { field } }',
    );
    expect(errors).toBeUndefined();
    expect((answer as { _entities: unknown[] })._entities).toHaveLength(100);
    expect(domain.calls.list.toSorted()).toEqual(['consents.latest', 'customers.getMany', 'identifiers.latest']);
  });

  it('are reached from records of other subgraphs, and from nobody-owned ones not', async () => {
    const ada = await known(id('POS_ID', own('a')));
    const { data: answer, errors } = await domain.entities(
      'Order',
      [
        { id: 'order_1', owner: ada },
        { id: 'order_2', owner: null },
        { id: 'order_3', owner: 'cus_nonsense' },
      ],
      '{ customer { id } }',
    );
    expect(errors).toBeUndefined();
    expect(answer).toEqual({ _entities: [{ customer: { id: ada } }, { customer: null }, { customer: null }] });
  });
});

describe('customerSearch', () => {
  const describeOne = async (value: string, names: string[], emails: string[] = [], phones: string[] = []) => {
    const customer = await known(id('CRM_ID', own(value)));
    await domain.directory.describe([{ customer, source: 'crm', names, emails, phones }]);
    return customer;
  };

  it('finds the beginning of any word, accents and case aside, and any part of Japanese', async () => {
    const zoe = await describeOne('zoe', ['Zoë', 'Müller-Lüdenscheidt'], ['zoe.lud@example.com'], ['+81312345678']);
    const hanako = await describeOne('hanako', ['花子', '山田', 'ヤマダ', 'ハナコ']);
    expect(await found('z')).toContain(zoe);
    expect(await found('mull')).toEqual([zoe]);
    expect(await found('LUDENS zoe')).toEqual([zoe]);
    expect(await found('zoe.lud@ex')).toEqual([zoe]);
    expect(await found('+81 3 1234 5678')).toContain(zoe);
    expect(await found('0312345678')).toContain(zoe);
    expect(await found('03-1234')).toContain(zoe);
    expect(await found(own('CRM_ID')), 'a namespace is no word').toEqual([]);
    expect(await found(own('hanak').slice(0, 5))).toContain(hanako);
    expect(await found('田')).toEqual([hanako]);
    expect(await found('まだ')).toEqual([hanako]);
    expect(await found('zoe hanako')).toEqual([]);
  });

  it('replaces what the same source said, and keeps what others said', async () => {
    const customer = await describeOne('eve', ['Evelyn']);
    await domain.directory.describe([{ customer, source: 'pos', names: ['Evita'], emails: [], phones: [] }]);
    await domain.directory.describe([{ customer, source: 'crm', names: ['Evangeline'], emails: [], phones: [] }]);
    expect([await found('evelyn'), await found('evita'), await found('evangeline')]).toEqual([[], [customer], [customer]]);
  });

  it('finds a person once by the words of what joined them', async () => {
    const visitor = await known(id('ANONYMOUS_ID', own('quokka')));
    await domain.directory.describe([{ customer: visitor, source: 'web', names: ['Quokkafan'], emails: [], phones: [] }]);
    const ada = await known(id('USER_ID', own('quokkauser')));
    await resolve(claim([id('USER_ID', own('quokkauser')), id('ANONYMOUS_ID', own('quokka'))]));
    expect(await found('quokka')).toEqual([ada]);
    expect(await found('quokkafan')).toEqual([ada]);
  });

  it('pages by id, each customer once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, i) => describeOne(`pager${i}-`, ['Xylophone'])));
    const first = await search('xylo', 2);
    const second = await search('xylo', 2, first.pageInfo.endCursor);
    const third = await search('xylo', 2, second.pageInfo.endCursor);
    expect([...first.nodes, ...second.nodes, ...third.nodes].map((node) => node.id)).toEqual(ids.toSorted());
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
  });

  it('refuses what is no cursor, and the cursor of another list', async () => {
    const after = ['nonsense', encodeCursor({ at: TEST_NOW, id: 'order' }), encodeCursor({ at: 0, id: 'order' })];
    for (const cursor of after) {
      const { errors } = await domain.ask('query ($after: String!) { customerSearch(text: "a", after: $after) { nodes { id } } }', {
        after: cursor,
      });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
    }
  });

  it.each(['', '   ', '***', 'x'.repeat(201)])('refuses "%s"', async (text) => {
    const { errors } = await domain.ask('query ($text: String!) { customerSearch(text: $text) { nodes { id } } }', { text });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('consents', () => {
  const said = (purpose: ConsentClaim['purpose'], status: ConsentClaim['status'], more: Partial<ConsentClaim> = {}): ConsentClaim => ({
    purpose,
    channel: null,
    status,
    lawfulBasis: 'CONSENT',
    policyVersion: null,
    recordedAt: TEST_NOW - 1000,
    expiresAt: null,
    proof: null,
    ...more,
  });
  const gate = async (customer: string) => {
    const { data: answer } = await domain.entities('Customer', [{ id: customer }], '{ permissions withheld { field purpose } }');
    return (answer as { _entities: { permissions: string[]; withheld: { field: string; purpose: string }[] }[] })._entities[0];
  };

  it('come with claims, are recorded once and lapse in time', async () => {
    const both = [said('PROFILING', 'GRANTED'), said('PERSONALIZATION', 'GRANTED', { expiresAt: TEST_NOW + 60_000 })];
    const one = claim([id('CRM_ID', own('c'))], { consents: both });
    const [customer] = await resolve(one, one);
    await resolve(one);
    expect(await gate(customer as string)).toEqual({ permissions: ['PERSONALIZATION', 'PROFILING'], withheld: [] });
    domain.time.now = TEST_NOW + 60_000;
    expect(await gate(customer as string)).toEqual({
      permissions: ['PROFILING'],
      withheld: [
        'recommendations.offers',
        'recommendations.nextBestActions',
        'recommendations.rfm',
        'productRecommendations.offers',
        'productRecommendations.nextBestActions',
        'productRecommendations.rfm',
        'insights.rfm',
        'insights.lifetimeValue',
        'insights.churn',
        'insights.lifecycleStage',
        'insights.cluster',
        'nextPurchase.products',
        'nextPurchase.discover',
        'segments',
      ].map((field) => ({ field, purpose: 'PERSONALIZATION' })),
    });
  });

  const SET = '{ customer { id } consent { purpose channel status recordedAt source } userErrors { code field } }';
  const input = (customer: string, more: object = {}) => ({
    idempotencyKey: own('key'),
    customer,
    purpose: 'PROFILING',
    status: 'GRANTED',
    lawfulBasis: 'CONSENT',
    ...more,
  });

  it('are set by mutation, once per key', async () => {
    const ada = await known(id('CRM_ID', own('c')));
    const done = {
      customer: { id: ada },
      consent: { purpose: 'PROFILING', channel: null, status: 'GRANTED', recordedAt: '2026-03-01T12:00:00.000Z', source: 'api' },
      userErrors: [],
    };
    expect(await mutate('customerConsentSet', input(ada), SET)).toEqual(done);
    domain.time.now += 1000;
    expect(await mutate('customerConsentSet', input(ada, { idempotencyKey: own('other'), status: 'WITHDRAWN' }), SET)).toMatchObject({
      userErrors: [],
    });
    domain.time.now += 1000;
    // The repeat of the older request does not grant again.
    expect(await mutate('customerConsentSet', input(ada), SET)).toEqual(done);
    expect((await gate(ada))?.permissions).toEqual([]);
    expect(await mutate('customerConsentSet', input(ada, { status: 'DENIED' }), SET)).toEqual({
      customer: null,
      consent: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] }],
    });
  });

  it.each([
    [{ customer: 'cus_00000000000000000000' }, 'CUSTOMER_UNKNOWN', 'customer'],
    [{ customer: 'nonsense' }, 'CUSTOMER_UNKNOWN', 'customer'],
    [{ lawfulBasis: ' ' }, 'TEXT_INVALID', 'lawfulBasis'],
    [{ recordedAt: '2026-03-01T12:00:01Z' }, 'TIME_INVALID', 'recordedAt'],
    [{ expiresAt: '2026-03-01T12:00:00Z' }, 'TIME_INVALID', 'expiresAt'],
  ])('refuse %j as %s', async (mistake, code, field) => {
    const ada = await known(id('CRM_ID', own('c')));
    expect(await mutate('customerConsentSet', input(ada, mistake), SET)).toEqual({
      customer: null,
      consent: null,
      userErrors: [{ code, field: ['input', field] }],
    });
  });

  it('are taken in from rows: stored once, and again for the row that brought them', async () => {
    const ada = await known(id('CRM_ID', own('c')));
    const row = { source: 'crm', purpose: 'PROFILING', status: 'GRANTED', recorded_at: '2026-02-01T00:00:00Z' };
    expect(await domain.ingest('consent', ada, [row, row])).toEqual(['stored', 'duplicate']);
    expect(await domain.ingest('consent', ada, [row])).toEqual(['stored']);
    expect(await domain.ingest('consent', ada, [row], 'another run')).toEqual(['duplicate']);
    expect((await gate(ada))?.permissions).toEqual(['PROFILING']);
  });
});

describe('customerUpsert', () => {
  const UPSERT = '{ customer { id identifiers { namespace } } userErrors { code field } }';

  it('makes a customer once, finds them later and makes them searchable', async () => {
    const identifiers = [id('EMAIL', own('wren@x.org')), id('USER_ID', own('wren'))];
    const input = { idempotencyKey: own('key'), identifiers, names: ['Wrenna'] };
    const first = (await mutate('customerUpsert', input, UPSERT)) as { customer: { id: string } };
    expect(first).toMatchObject({ customer: { identifiers: [{ namespace: 'EMAIL' }, { namespace: 'USER_ID' }] }, userErrors: [] });
    expect(await mutate('customerUpsert', input, UPSERT)).toEqual(first);
    expect(await mutate('customerUpsert', { idempotencyKey: own('other'), identifiers: [identifiers[1]] }, UPSERT)).toEqual(first);
    expect(await found('wrenna')).toEqual([first.customer.id]);
  });

  it.each([
    [{ identifiers: [] }, 'IDENTIFIER_INVALID', 'identifiers'],
    [{ identifiers: [id('CRM_ID', '7'), id('EMAIL', 'nonsense')] }, 'IDENTIFIER_INVALID', 'identifiers.1.value'],
    [{ identifiers: [id('crm', '7')] }, 'IDENTIFIER_INVALID', 'identifiers.0.namespace'],
    [{ source: 'a\ud800' }, 'TEXT_INVALID', 'source'],
    [{ names: ['Ada', ' '] }, 'TEXT_INVALID', 'names.1'],
    [{ idempotencyKey: '' }, 'TEXT_INVALID', 'idempotencyKey'],
  ])('refuses %j as %s', async (mistake, code, field) => {
    const input = { idempotencyKey: own('key'), identifiers: [id('USER_ID', own('u'))], ...mistake };
    expect(await mutate('customerUpsert', input, UPSERT)).toEqual({
      customer: null,
      userErrors: [{ code, field: ['input', ...field.split('.')] }],
    });
  });

  it('takes customers in from rows with their names', async () => {
    const ada = await known(id('OLIST_CUSTOMER', own('o')));
    const row = { source: 'olist', name: 'Xanthippe' };
    expect(await domain.ingest('customer', ada, [row])).toEqual(['stored']);
    expect(await domain.ingest('customer', ada, [row], 'another run')).toEqual(['duplicate']);
    expect(await found('xanth')).toEqual([ada]);
  });
});
