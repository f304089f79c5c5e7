import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { crm } from '../../subgraphs/crm/module.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

let domain: Domain;
let ada: string;
let people = 0;

beforeAll(async () => {
  domain = await openDomain(crm);
});
// One store for all tests: each has a customer of its own.
beforeEach(async () => {
  domain.time.now = TEST_NOW;
  ada = await domain.customer(`person-${people++}`);
  domain.calls.clear();
});
afterAll(() => domain.close());

const GRANTED = ['PERSONALIZATION', 'PROFILING'];

async function customersOf(members: readonly (readonly string[])[], selection: string, permissions: readonly string[] = GRANTED) {
  const representations = members.map((ids) => ({ id: ids[0], members: ids, permissions }));
  const { data, errors } = await domain.entities('Customer', representations, selection);
  expect(errors).toBeUndefined();
  return (data as { _entities: Record<string, never>[] })._entities as Record<string, unknown>[];
}
const profileOf = async (members: readonly string[], selection: string) =>
  (await customersOf([members], `{ profile ${selection} }`))[0]?.profile;
const signalsOf = async (members: readonly string[], permissions?: readonly string[]) =>
  (
    await customersOf(
      [members],
      '{ crmSignals { state asOf known birthDate locale timeZone customerSince contactFrom contactTo channelOrder openCases { type openedAt } } }',
      permissions,
    )
  )[0]?.crmSignals;

async function mutate(name: string, input: object, selection: string) {
  const { data, errors } = await domain.ask(
    `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) ${selection} }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return (data as Record<string, Record<string, unknown>>)[name];
}
const openCase = async (key: string, more: object = {}) =>
  (
    await mutate(
      'caseOpen',
      { idempotencyKey: `${ada}/${key}`, customer: ada, type: 'COMPLAINT', ...more },
      '{ case { id } userErrors { code } }',
    )
  )?.case as { id: string };
const CASE =
  '{ case { status priority closedAt resolution sla { dueAt state } goodwill { amount { amount currencyCode } reason } } userErrors { code field } }';

const NOTHING = {
  known: false,
  birthDate: null,
  locale: null,
  timeZone: null,
  customerSince: null,
  contactFrom: null,
  contactTo: null,
  channelOrder: [],
  openCases: [],
};
const ROW = {
  source: 'crm',
  given_name: 'Hanako',
  family_name: 'Okapi',
  birth_date: '1990-03-02',
  locale: 'ja-JP',
  time_zone: 'Asia/Tokyo',
  country: 'JP',
  email: 'hanako@okapi.example',
  phone: '090-1234-5678',
  city: 'Tokyo',
  customer_since: '2020-01-01T00:00:00Z',
};

describe('Customer.profile', () => {
  it('is null for a customer of whom nothing is known', async () => {
    expect(await profileOf([ada], '{ updatedAt }')).toBeNull();
    expect(await signalsOf([ada])).toEqual({ state: 'OK', asOf: '2026-03-01T12:00:00.000Z', ...NOTHING });
  });

  it('shows what a row states', async () => {
    expect(await domain.ingest('profile', ada, [ROW])).toEqual(['stored']);
    expect(
      await profileOf(
        [ada],
        '{ name { display given } birthDate gender country contactPoints { type value verified primary } addresses { city country } household { size } preferences { sizes } }',
      ),
    ).toEqual({
      name: { display: 'Okapi Hanako', given: 'Hanako' },
      birthDate: '1990-03-02',
      gender: null,
      country: 'JP',
      contactPoints: [
        { type: 'EMAIL', value: 'hanako@okapi.example', verified: false, primary: true },
        { type: 'PHONE', value: '090-1234-5678', verified: false, primary: true },
      ],
      addresses: [{ city: 'Tokyo', country: 'JP' }],
      household: null,
      preferences: null,
    });
  });

  it('stores nothing new when a file is run again, and counts the rows of a resumed run as stored', async () => {
    const rows = [ROW, { ...ROW, city: 'Kyoto' }, ROW];
    expect(await domain.ingest('profile', ada, rows)).toEqual(['stored', 'stored', 'duplicate']);
    expect(await domain.ingest('profile', ada, rows)).toEqual(['stored', 'stored', 'duplicate']);
    expect(await domain.ingest('profile', ada, rows, 'second')).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await profileOf([ada], '{ addresses { city } }')).toEqual({ addresses: [{ city: 'Kyoto' }] });
  });

  it('makes the person findable, and says so again when the row comes again', async () => {
    const describeSpy = vi.spyOn(domain.directory, 'describe');
    await domain.ingest('profile', ada, [ROW]);
    await domain.ingest('profile', ada, [ROW], 'second');
    const description = {
      customer: ada,
      source: 'crm/crm',
      names: ['Hanako', 'Okapi'],
      emails: ['hanako@okapi.example'],
      phones: ['JP:090-1234-5678'],
    };
    expect(describeSpy.mock.calls).toEqual([[[description]], [[description]]]);
    describeSpy.mockRestore();
  });

  it('is composed of all members', async () => {
    const visitor = await domain.customer(`visitor-${people}`);
    await domain.ingest('profile', ada, [{ ...ROW, updated_at: '2026-01-01T00:00:00Z' }]);
    await domain.ingest('profile', visitor, [{ source: 'web', locale: 'en', updated_at: '2026-02-01T00:00:00Z', brands: 'Acme|Umbrella' }]);
    expect(await profileOf([ada, visitor], '{ locale birthDate preferences { brands } }')).toEqual({
      locale: 'en',
      birthDate: '1990-03-02',
      preferences: { brands: ['Acme', 'Umbrella'] },
    });
  });

  it('answers a hundred customers with one read of each collection', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => [`cus_${String(i).padStart(20, '0')}`]);
    await domain.ingest('profile', ada, [ROW]);
    domain.calls.clear();
    await customersOf(
      [[ada], ...ids.slice(1)],
      '{ profile { name { display } interactions(first: 5) { nodes { id } } cases(first: 5) { nodes { id } } } }',
    );
    expect(domain.calls.list.toSorted()).toEqual(['cases.latest', 'interactions.latest', 'profiles.latest']);
    domain.calls.clear();
    await customersOf([[ada], ...ids.slice(1)], '{ profile { name { display } } crmSignals { known openCases { type } } }');
    expect(domain.calls.list.toSorted()).toEqual(['cases.latest', 'profiles.latest']);
  });
});

describe('crmSignals', () => {
  it.each([[[]], [['PERSONALIZATION']], [['PROFILING', 'MARKETING']]])('are withheld under %j without a read', async (permissions) => {
    await domain.ingest('profile', ada, [ROW]);
    domain.calls.clear();
    expect(await signalsOf([ada], permissions)).toEqual({ state: 'WITHHELD', asOf: '2026-03-01T12:00:00.000Z', ...NOTHING });
    expect(domain.calls.list).toEqual([]);
  });

  it('hold what an offer needs to know, with open cases only', async () => {
    await domain.ingest('profile', ada, [ROW]);
    const opened = { source: 'crm', opened_at: '2026-02-01T00:00:00Z' };
    await domain.ingest('case', ada, [
      { ...opened, number: '1', type: 'COMPLAINT' },
      { ...opened, number: '2', type: 'RETURN', closed_at: '2026-02-02T00:00:00Z' },
    ]);
    expect(await signalsOf([ada])).toEqual({
      state: 'OK',
      asOf: '2026-03-01T12:00:00.000Z',
      known: true,
      birthDate: '1990-03-02',
      locale: 'ja-JP',
      timeZone: 'Asia/Tokyo',
      customerSince: '2020-01-01T00:00:00.000Z',
      contactFrom: null,
      contactTo: null,
      channelOrder: [],
      openCases: [{ type: 'COMPLAINT', openedAt: '2026-02-01T00:00:00.000Z' }],
    });
    const preferences = { contactWindow: { from: '18:00', to: '20:30' }, channelOrder: ['PUSH', 'EMAIL'] };
    await mutate('preferencesSet', { idempotencyKey: `${ada}/p`, customer: ada, ...preferences }, '{ userErrors { code } }');
    expect(await signalsOf([ada])).toMatchObject({ contactFrom: '18:00', contactTo: '20:30', channelOrder: ['PUSH', 'EMAIL'] });
  });
});

describe('interactions and cases from rows', () => {
  it('are listed newest first, page by page, with their case', async () => {
    await domain.ingest('case', ada, [{ source: 'crm', number: 'K1', type: 'ENQUIRY', opened_at: '2026-02-01T00:00:00Z' }]);
    const row = (number: string, day: string) => ({
      source: 'crm',
      number,
      channel: 'CHAT',
      direction: 'INBOUND',
      started_at: `2026-02-${day}T10:00:00Z`,
      case_number: 'K1',
    });
    expect(await domain.ingest('interaction', ada, [row('1', '01'), row('3', '03'), row('2', '02')])).toEqual([
      'stored',
      'stored',
      'stored',
    ]);
    const page = async (after: string | null) =>
      (await profileOf(
        [ada],
        `{ interactions(first: 2${after === null ? '' : `, after: "${after}"`}) { nodes { startedAt channel case { number } } pageInfo { hasNextPage endCursor } } }`,
      )) as {
        interactions: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    const first = (await page(null)).interactions;
    expect(first.nodes).toEqual(
      ['03', '02'].map((day) => ({ startedAt: `2026-02-${day}T10:00:00.000Z`, channel: 'CHAT', case: { number: 'K1' } })),
    );
    const second = (await page(first.pageInfo.endCursor)).interactions;
    expect(second.nodes).toMatchObject([{ startedAt: '2026-02-01T10:00:00.000Z' }]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('tell contacts without numbers apart by content and occurrence', async () => {
    const row = { source: 'crm', channel: 'PHONE', started_at: '2026-02-01T10:00:00Z' };
    expect(await domain.ingest('interaction', ada, [row, row])).toEqual(['stored', 'stored']);
    expect(await domain.ingest('interaction', ada, [row, row], 'second')).toEqual(['duplicate', 'duplicate']);
    expect(await profileOf([ada], '{ interactions { nodes { channel } } }')).toEqual({
      interactions: { nodes: [{ channel: 'PHONE' }, { channel: 'PHONE' }] },
    });
  });

  it('let a case be corrected by its source, but not by older news', async () => {
    const row = { source: 'crm', number: 'K', type: 'RETURN', opened_at: '2026-02-01T00:00:00Z', updated_at: '2026-02-01T00:00:00Z' };
    const closed = { ...row, closed_at: '2026-02-03T00:00:00Z', updated_at: '2026-02-03T00:00:00Z' };
    const late = { ...row, status: 'WAITING', updated_at: '2026-02-02T00:00:00Z' };
    expect(await domain.ingest('case', ada, [row, closed, late])).toEqual(['stored', 'stored', 'duplicate']);
    expect(await profileOf([ada], '{ cases { nodes { status } } }')).toEqual({ cases: { nodes: [{ status: 'CLOSED' }] } });
  });

  it('are refused for an erased customer', async () => {
    await domain.store.erase(ada);
    expect(await domain.ingest('case', ada, [{ source: 'crm', number: 'K', opened_at: '2026-02-01T00:00:00Z' }])).toMatchObject([
      { code: 'CUSTOMER_ERASED' },
    ]);
    expect(await domain.ingest('profile', ada, [ROW])).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
  });
});

describe('entities', () => {
  it('are resolved by id with their owner, one bad key not failing the others', async () => {
    const { id } = await openCase('1');
    domain.calls.clear();
    const { data, errors } = await domain.entities(
      'Case',
      [{ id }, { id: 'nonsense' }, { id: id.replace(/.$/, 'A') }, { id: 'case_' }],
      '{ id owner type }',
    );
    expect(errors).toBeUndefined();
    expect((data as { _entities: unknown[] })._entities).toEqual([{ id, owner: ada, type: 'COMPLAINT' }, null, null, null]);
    expect(domain.calls.list).toEqual(['cases.getMany']);
  });
});

describe('profileUpdate and preferencesSet', () => {
  const PROFILE = '{ profile { name { display } locale } userErrors { code field } }';

  it('state fields, take them back by null and leave the others', async () => {
    await domain.ingest('profile', ada, [{ ...ROW, updated_at: '2026-01-01T00:00:00Z' }]);
    const update = (key: string, more: object) =>
      mutate('profileUpdate', { idempotencyKey: `${ada}/${key}`, customer: ada, ...more }, PROFILE);
    expect(await update('1', { name: { given: 'Ada', family: 'Quagga' }, locale: 'en-GB' })).toEqual({
      profile: { name: { display: 'Ada Quagga' }, locale: 'en-GB' },
      userErrors: [],
    });
    domain.time.now += 1000;
    expect(await update('2', { locale: null })).toMatchObject({ profile: { name: { display: 'Ada Quagga' }, locale: null } });
    // The repeat of the first request does not state its locale again.
    expect(await update('1', { name: { given: 'Ada', family: 'Quagga' }, locale: 'en-GB' })).toMatchObject({ profile: { locale: null } });
    for (const other of [{ locale: 'fr' }, { name: { given: 'Ada', family: 'Quagga' }, locale: 'en-GB', birthDate: null }])
      expect(await update('1', other)).toEqual({
        profile: null,
        userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] }],
      });
    expect(await profileOf([ada], '{ birthDate }')).toEqual({ birthDate: '1990-03-02' });
  });

  it('make preferences of what is stated', async () => {
    const input = {
      idempotencyKey: `${ada}/p`,
      customer: ada,
      sizes: ['39'],
      contactWindow: { from: '18:00', to: '20:30' },
      channelOrder: ['SMS', 'EMAIL'],
    };
    expect(
      await mutate('preferencesSet', input, '{ preferences { sizes brands contactWindow { from to } channelOrder } userErrors { code } }'),
    ).toEqual({
      preferences: { sizes: ['39'], brands: [], contactWindow: { from: '18:00', to: '20:30' }, channelOrder: ['SMS', 'EMAIL'] },
      userErrors: [],
    });
  });

  it.each([
    [{ customer: 'cus_00000000000000000000' }, 'CUSTOMER_UNKNOWN', ['customer']],
    [{ name: {} }, 'FIELD_MISSING', ['name']],
    [{ name: { given: ' ' } }, 'TEXT_INVALID', ['name', 'given']],
    [{ birthDate: '2026-03-03' }, 'DATE_INVALID', ['birthDate']],
    [{ contactPoints: [{ type: 'PHONE', value: '090' }] }, 'CONTACT_POINT_INVALID', ['contactPoints', '0', 'value']],
    [{ household: { size: 0 } }, 'FIELD_INVALID', ['household', 'size']],
    [{ addresses: [{}] }, 'FIELD_MISSING', ['addresses', '0']],
    [{ addresses: [{ city: 'Bonn' }, { city: 'a\ud800' }] }, 'TEXT_INVALID', ['addresses', '1', 'city']],
  ])('refuse %j as %s', async (mistake, code, path) => {
    const input = { idempotencyKey: `${ada}/x`, customer: ada, ...mistake };
    expect(await mutate('profileUpdate', input, PROFILE)).toEqual({ profile: null, userErrors: [{ code, field: ['input', ...path] }] });
    expect(await profileOf([ada], '{ locale }')).toBeNull();
  });
});

describe('the mutations of interactions and cases', () => {
  it('record a contact once, even for a customer without a profile', async () => {
    const { id } = await openCase('1');
    const input = {
      idempotencyKey: `${ada}/i`,
      customer: ada,
      channel: 'PHONE',
      direction: 'INBOUND',
      transcript: 'x'.repeat(2000),
      case: id,
    };
    const SELECTION = '{ interaction { id owner startedAt case { id } } userErrors { code } }';
    const recorded = await mutate('interactionRecord', input, SELECTION);
    expect(recorded).toMatchObject({ interaction: { owner: ada, startedAt: '2026-03-01T12:00:00.000Z', case: { id } }, userErrors: [] });
    domain.time.now += 1000;
    expect(await mutate('interactionRecord', input, SELECTION)).toEqual(recorded);
    expect(await profileOf([ada], '{ name { display } interactions { nodes { channel } } }')).toEqual({
      name: null,
      interactions: { nodes: [{ channel: 'PHONE' }] },
    });
  });

  it('record a contact about a case that was opened for the person as a visitor', async () => {
    const visitor = await domain.visitor(`cookie-of-${ada}`);
    const { id } = await openCase('1', { customer: visitor });
    const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
    const input = { idempotencyKey: `${ada}/i`, customer: person, channel: 'PHONE', direction: 'INBOUND', case: id };
    expect(await mutate('interactionRecord', input, '{ interaction { case { id } } userErrors { code } }')).toEqual({
      interaction: { case: { id } },
      userErrors: [],
    });
  });

  it("refuse another customer's case", async () => {
    const { id } = await openCase('1');
    const ben = await domain.customer(`ben-${people}`);
    const input = { idempotencyKey: `${ben}/i`, customer: ben, channel: 'PHONE', direction: 'INBOUND', case: id };
    expect(await mutate('interactionRecord', input, '{ interaction { id } userErrors { code } }')).toEqual({
      interaction: null,
      userErrors: [{ code: 'CASE_UNKNOWN' }],
    });
  });

  it('take a case from its opening to its end, goodwill counted once', async () => {
    const { id } = await openCase('1', { dueAt: '2026-03-02T12:00:00Z' });
    const goodwill = { amount: { amount: '5.00', currencyCode: 'EUR' }, reason: 'Late delivery' };
    const update = { idempotencyKey: `${ada}/u`, case: id, priority: 'HIGH', goodwill };
    await mutate('caseUpdate', update, CASE);
    expect(await mutate('caseUpdate', update, CASE)).toEqual({
      case: {
        status: 'OPEN',
        priority: 'HIGH',
        closedAt: null,
        resolution: null,
        sla: { dueAt: '2026-03-02T12:00:00.000Z', state: 'RUNNING' },
        goodwill: [{ amount: { amount: '5.00', currencyCode: 'EUR' }, reason: 'Late delivery' }],
      },
      userErrors: [],
    });
    domain.time.now += 3_600_000;
    const close = { idempotencyKey: `${ada}/c`, case: id, resolution: 'Replaced' };
    const closed = { status: 'CLOSED', closedAt: '2026-03-01T13:00:00.000Z', resolution: 'Replaced', sla: { state: 'MET' } };
    expect(await mutate('caseClose', close, CASE)).toMatchObject({ case: closed, userErrors: [] });
    domain.time.now += 3_600_000;
    expect(await mutate('caseClose', close, CASE)).toMatchObject({ case: closed, userErrors: [] });
    expect(await mutate('caseClose', { ...close, idempotencyKey: `${ada}/again` }, CASE)).toMatchObject({
      case: null,
      userErrors: [{ code: 'CASE_CLOSED' }],
    });
  });

  it('keep every goodwill of concurrent updates', async () => {
    const { id } = await openCase('1');
    const give = (key: number) =>
      mutate(
        'caseUpdate',
        { idempotencyKey: `${ada}/${key}`, case: id, goodwill: { amount: { amount: '100', currencyCode: 'JPY' }, reason: `${key}` } },
        CASE,
      );
    await Promise.all([1, 2, 3, 4, 5].map(give));
    const found = (await profileOf([ada], '{ cases { nodes { goodwill { reason } } } }')) as {
      cases: { nodes: { goodwill: { reason: string }[] }[] };
    };
    expect(found.cases.nodes[0]?.goodwill.map(({ reason }) => reason).toSorted()).toEqual(['1', '2', '3', '4', '5']);
  });

  it.each([
    [{ goodwill: { amount: { amount: '0', currencyCode: 'EUR' }, reason: 'r' } }, 'AMOUNT_INVALID'],
    [{ goodwill: { amount: { amount: '-1', currencyCode: 'EUR' }, reason: 'r' } }, 'AMOUNT_INVALID'],
    [{ goodwill: { amount: { amount: '1.005', currencyCode: 'EUR' }, reason: 'r' } }, 'AMOUNT_INVALID'],
    [{ goodwill: { amount: { amount: '10.5', currencyCode: 'JPY' }, reason: 'r' } }, 'AMOUNT_INVALID'],
    [{ status: 'CLOSED' }, 'STATUS_INVALID'],
    [{ dueAt: '2026-01-01T00:00:00Z' }, 'TIME_INVALID'],
    [{ case: 'case_nonsense' }, 'CASE_UNKNOWN'],
  ])('refuse %j as %s', async (mistake, code) => {
    const { id } = await openCase('1');
    expect(await mutate('caseUpdate', { idempotencyKey: `${ada}/x`, case: id, ...mistake }, CASE)).toMatchObject({
      case: null,
      userErrors: [{ code }],
    });
  });
});
