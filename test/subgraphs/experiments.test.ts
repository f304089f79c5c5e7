import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConsentPurpose } from '../../kernel/intake.ts';
import { experiments } from '../../subgraphs/experiments/module.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(experiments);
});
beforeEach(() => {
  domain.time.now = TEST_NOW;
});
afterAll(() => domain.close());

const MUTATIONS = {
  experimentDefine: [
    'ExperimentDefineInput',
    '{ experiment { id state startAt endAt arms { name share } layer { share } } userErrors { code field } }',
  ],
  experimentStop: ['ExperimentStopInput', '{ experiment { id state stoppedAt } userErrors { code field } }'],
  experimentExposureRecord: ['ExperimentExposureRecordInput', '{ exposures { unit arm exposedAt recorded } userErrors { code field } }'],
  experimentOutcomeRecord: ['ExperimentOutcomeRecordInput', '{ outcomes { id unit recorded } userErrors { code field } }'],
} as const;

/** Whatever a test selects. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the selection's, which each test states beside what it expects.
type Selected = any;

async function ask(query: string, variables: Record<string, unknown>): Promise<Selected> {
  const { data, errors } = await domain.ask(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

let keys = 0;

/** One mutation under a key of its own, unless the input brings one. */
async function mutate(name: keyof typeof MUTATIONS, input: object): Promise<Selected> {
  const [type, selection] = MUTATIONS[name];
  keys += 1;
  const data = await ask(`mutation ($input: ${type}!) { ${name}(input: $input) ${selection} }`, {
    input: { idempotencyKey: `key-${keys}`, ...input },
  });
  return data[name];
}

const define = (input: object) => mutate('experimentDefine', input);
const expose = (experiment: string, exposures: readonly object[], more: object = {}) =>
  mutate('experimentExposureRecord', { experiment, exposures, ...more });
const answer = (experiment: string, outcomes: readonly object[], more: object = {}) =>
  mutate('experimentOutcomeRecord', { experiment, outcomes, ...more });
const codes = (payload: Selected): string[] => payload.userErrors.map(({ code }: { code: string }) => code);

async function report(id: string, selection: string, maxAgeSeconds = 0): Promise<Selected> {
  const data = await ask(`query ($id: ID!, $age: Int!) { experimentReport(id: $id, maxAgeSeconds: $age) ${selection} }`, {
    id,
    age: maxAgeSeconds,
  });
  return data.experimentReport;
}

/** Of one metric: arm to [value, n]. */
async function figures(id: string, metric: string): Promise<Record<string, [number | null, number]>> {
  const { arms } = await report(id, '{ arms { arm figures { metric value n } } }');
  return Object.fromEntries(
    arms.map(({ arm, figures: all }: Selected) => {
      const { value, n } = all.find((figure: Selected) => figure.metric === metric);
      return [arm, [value, n]];
    }),
  );
}

const VISIT = { key: 'visit', kind: 'PROPORTION', role: 'PRIMARY' };

/** An experiment among anonymous units whose arms are given elsewhere. */
const given = (id: string, more: object = {}) => ({
  id,
  name: id,
  unit: 'ANONYMOUS',
  assignment: 'GIVEN',
  arms: [
    { name: 'none', share: 0.5 },
    { name: 'mail', share: 0.5 },
  ],
  control: 'none',
  metrics: [VISIT],
  plannedUnits: 1000,
  ...more,
});

/** An experiment whose arms are given out here. */
const hashed = (id: string, more: object = {}) => ({ ...given(id), assignment: 'HASHED', ...more });

const standing = async (experiment: string, unit: string): Promise<Selected> =>
  (
    await ask('query ($e: ID!, $u: ID!) { experimentAssign(experiment: $e, unit: $u) { status arm reason missingPurposes } }', {
      e: experiment,
      u: unit,
    })
  ).experimentAssign;

async function consenting(
  value: string,
  purposes: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'],
  namespace = 'USER_ID',
): Promise<string> {
  const consents = purposes.map((purpose) => ({
    purpose,
    channel: null,
    status: 'GRANTED' as const,
    lawfulBasis: 'CONSENT',
    policyVersion: null,
    recordedAt: TEST_NOW - DAY,
    expiresAt: null,
    proof: null,
  }));
  const [id] = await domain.directory.resolve([{ identifiers: [{ namespace, value }], source: 'test', seenAt: null, consents }]);
  return String(id);
}

describe('an experiment', () => {
  it('is defined once, however often the request is repeated', async () => {
    const input = { idempotencyKey: 'define-once', ...hashed('once', { endAt: '2026-04-01T00:00:00Z' }) };
    const first = await define(input);
    expect(first).toEqual({
      experiment: {
        id: 'once',
        state: 'RUNNING',
        startAt: '2026-03-01T12:00:00.000Z',
        endAt: '2026-04-01T00:00:00.000Z',
        arms: [
          { name: 'none', share: 0.5 },
          { name: 'mail', share: 0.5 },
        ],
        layer: null,
      },
      userErrors: [],
    });
    domain.time.now += MINUTE;
    expect(await define(input)).toEqual(first);
    expect(await define({ ...hashed('once', { endAt: '2026-04-01T00:00:00Z' }) })).toEqual(first);
    expect(codes(await define({ ...input, name: 'another' }))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  it('is refused with everything that is wrong with it', async () => {
    const wrong = given('Wrong!', {
      control: 'nobody',
      arms: [
        { name: 'HOLDOUT', share: 0.5 },
        { name: 'mail', share: 1.5 },
      ],
      metrics: [
        { key: 'visit', kind: 'RATIO', covariates: ['age'] },
        { key: 'visit', kind: 'PROPORTION', role: 'GUARDRAIL', currencyCode: 'EUR' },
      ],
      purposes: ['ANALYTICS'],
      holdout: 0.1,
      confidence: 0.4,
      outcomeWindowDays: 0,
      plannedUnits: 0,
      startAt: '2026-03-02T00:00:00Z',
      endAt: '2026-03-01T00:00:00Z',
      segments: [{ name: 'channel', values: ['web', 'web'] }],
      kpis: [{ kpi: 'NPS', metric: 'visit' }],
      money: [{ currencyCode: 'EUR', revenue: 'visit', orders: 'visit' }],
    });
    const { userErrors, experiment } = await define(wrong);
    expect(experiment).toBeNull();
    expect(userErrors.map(({ code, field }: Selected) => `${code} ${field.slice(1).join('.')}`)).toEqual([
      'ID_INVALID id',
      'NAME_INVALID arms',
      'SHARE_INVALID arms.1.share',
      'ASSIGNED_ELSEWHERE assignment',
      'CONSENT_UNKNOWABLE purposes',
      'CONFIDENCE_INVALID confidence',
      'WINDOW_INVALID outcomeWindowDays',
      'TIME_INVALID endAt',
      'COVARIATES_UNUSED metrics.0.covariates',
      'CURRENCY_UNUSED metrics.1.currencyCode',
      'MARGIN_INVALID metrics.1.margin',
      'TEXT_INVALID segments.0.values',
      'CONTROL_IS_NO_ARM control',
      'DUPLICATE_METRIC metrics',
      'NO_PRIMARY_METRIC metrics',
      'INVALID_MARGIN metrics',
      'INVALID_PLANNED_UNITS plannedUnits',
      'METRIC_UNFIT kpis.0',
      'METRIC_UNFIT money.0.revenue',
      'METRIC_UNFIT money.0.orders',
    ]);
    expect(codes(await define(hashed('full', { holdout: 0.2 })))).toEqual(['SHARE_NO_ROOM']);
  });

  it('may be widened while it runs, all arms alike, and no unit changes its arm', async () => {
    const arms = (share: number) => ({ arms: ['none', 'mail'].map((name) => ({ name, share })) });
    await define(hashed('widen', arms(0.2)));
    const units = Array.from({ length: 300 }, (_, i) => `browser ${i}`);
    const stand = () => Promise.all(units.map(async (unit) => (await standing('widen', unit)).arm));
    const before = await stand();
    expect(codes(await define(hashed('widen', arms(0.4))))).toEqual([]);
    const after = await stand();
    expect(before.filter((arm) => arm === null).length).toBeGreaterThan(after.filter((arm) => arm === null).length);
    expect(after.filter((arm, index) => before[index] !== null && before[index] !== arm)).toEqual([]);

    const unlike = [
      { name: 'none', share: 0.4 },
      { name: 'mail', share: 0.5 },
    ];
    expect(codes(await define(hashed('widen', { arms: unlike })))).toEqual(['EXPERIMENT_FIXED']);
    expect(codes(await define(hashed('widen', arms(0.1))))).toEqual(['SHARE_NARROWED']);
    expect(codes(await define(hashed('widen', { ...arms(0.4), plannedUnits: 5 })))).toEqual(['EXPERIMENT_FIXED']);
    expect(codes(await define(hashed('widen', { ...arms(0.4), metrics: [{ ...VISIT, desired: 'DECREASE' }] })))).toEqual([
      'EXPERIMENT_FIXED',
    ]);
  });

  it('never meets another one of its layer in one unit, and gives its room back when it is stopped', async () => {
    const layer = (share: number, more: object = {}) => ({ layer: { name: 'home', share, ...more } });
    await define(hashed('hero', layer(0.5, { holdout: 0.1 })));
    await define(hashed('footer', layer(0.4)));
    expect(codes(await define(hashed('late', layer(0.2))))).toEqual(['SHARE_NO_ROOM']);
    const units = Array.from({ length: 200 }, (_, i) => `browser ${i}`);
    const found = await Promise.all(units.map((unit) => standing('hero', unit)));
    const other = await Promise.all(units.map((unit) => standing('footer', unit)));
    const met = found.map(({ reason }, index) => `${reason} ${other[index].reason}`);
    expect(new Set(met)).toEqual(new Set(['LAYER_HOLDOUT LAYER_HOLDOUT', 'IN_ARM OUTSIDE_SHARES', 'OUTSIDE_SHARES IN_ARM']));
    // Whom the layer leaves out no experiment of it reports, not even in a holdout of its own.
    const unit = units[found.findIndex(({ reason }) => reason === 'LAYER_HOLDOUT')];
    expect(codes(await expose('hero', [{ unit }]))).toEqual(['NOT_ENROLLED']);
    expect((await ask('{ experimentReport(id: "hero", maxAgeSeconds: 0) { units holdout { units } } }', {})).experimentReport).toEqual({
      units: 0,
      holdout: null,
    });

    const stop = { idempotencyKey: 'stop-hero', experiment: 'hero' };
    const stopped = await mutate('experimentStop', stop);
    expect(stopped).toEqual({ experiment: { id: 'hero', state: 'STOPPED', stoppedAt: '2026-03-01T12:00:00.000Z' }, userErrors: [] });
    expect(await mutate('experimentStop', stop)).toEqual(stopped);
    expect(codes(await mutate('experimentStop', { experiment: 'hero' }))).toEqual(['EXPERIMENT_STOPPED']);
    expect(codes(await mutate('experimentStop', { experiment: 'nothing' }))).toEqual(['EXPERIMENT_UNKNOWN']);
    expect(await standing('hero', 'browser 1')).toMatchObject({ status: 'NOT_ENROLLED', reason: 'STOPPED' });
    expect(codes(await define(hashed('late', layer(0.2))))).toEqual([]);
    expect(codes(await define(hashed('hero', layer(0.5))))).toEqual(['EXPERIMENT_STOPPED']);
  });

  it('gets room in a layer that has some, however many ask for it at the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, i) => define(hashed(`crowd-${i}`, { layer: { name: 'crowd', share: 0.25 } }))),
    );
    expect(all.flatMap(codes)).toEqual(new Array(6).fill('SHARE_NO_ROOM'));
    const units = Array.from({ length: 20 }, (_, i) => `browser ${i}`);
    const running = all.flatMap(({ experiment }) => (experiment ? [experiment.id] : []));
    for (const unit of units) {
      const stands = await Promise.all(running.map((id) => standing(id, unit)));
      expect(stands.filter(({ status }) => status === 'ASSIGNED')).toHaveLength(1);
    }
  });

  it('takes exposures from before its stop by the layer as it was then, and none from after it', async () => {
    await define(hashed('stopping', { layer: { name: 'stopping', share: 1 } }));
    domain.time.now += DAY;
    await mutate('experimentStop', { experiment: 'stopping' });
    domain.time.now += MINUTE;
    const { exposures, userErrors } = await expose('stopping', [{ unit: 'early', at: '2026-03-01T13:00:00Z' }, { unit: 'late' }]);
    expect(exposures).toEqual([expect.objectContaining({ unit: 'early', recorded: true }), null]);
    expect(userErrors).toEqual([{ code: 'EXPERIMENT_NOT_RUNNING', field: ['input', 'exposures', '1', 'at'] }]);
  });

  it('is listed, the latest defined first', async () => {
    domain.time.now += DAY;
    await define(given('newest', { name: 'The newest' }));
    const { experiments } = await ask(
      '{ experiments(first: 1) { nodes { id name purposes metrics { key role missing } } pageInfo { hasNextPage } } }',
      {},
    );
    expect(experiments).toEqual({
      nodes: [{ id: 'newest', name: 'The newest', purposes: [], metrics: [{ key: 'visit', role: 'PRIMARY', missing: 'ZERO' }] }],
      pageInfo: { hasNextPage: true },
    });
    expect(await ask('{ experiment(id: "nothing") { id } experimentReport(id: "nothing") { units } }', {})).toEqual({
      experiment: null,
      experimentReport: null,
    });
  });
});

describe('what is recorded', () => {
  it('counts once, though an exposure and an outcome come a hundred times in parallel', async () => {
    await define(given('parallel', { metrics: [VISIT, { key: 'spend', kind: 'MEAN', currencyCode: 'EUR' }] }));
    const hundred = <T>(of: (i: number) => T) => Promise.all(Array.from({ length: 100 }, (_, i) => of(i)));
    const spend = {
      id: 'order 1',
      unit: 'u',
      metric: 'spend',
      money: { amount: '12.34', currencyCode: 'EUR' },
      at: '2026-03-01T12:00:00Z',
    };
    const exposed = await hundred(() => expose('parallel', [{ unit: 'u', arm: 'mail' }]));
    const paid = await hundred(() => answer('parallel', [spend]));
    expect(exposed.filter(({ exposures }) => exposures[0].recorded)).toHaveLength(1);
    expect(paid.filter(({ outcomes }) => outcomes[0].recorded)).toHaveLength(1);
    expect(await figures('parallel', 'spend')).toEqual({ none: [null, 0], mail: [1234, 1] });
  });

  it('is answered the same to the same request, a hundred times in parallel and later', async () => {
    await define(given('repeat'));
    const request = () =>
      expose(
        'repeat',
        [
          { unit: 'a', arm: 'mail' },
          { unit: 'a', arm: 'none' },
        ],
        { idempotencyKey: 'the-same' },
      );
    const all = await Promise.all(Array.from({ length: 100 }, request));
    domain.time.now += DAY;
    for (const one of [...all, await request()])
      expect(one).toEqual({
        exposures: [
          { unit: 'a', arm: 'mail', exposedAt: '2026-03-01T12:00:00.000Z', recorded: true },
          { unit: 'a', arm: 'mail', exposedAt: '2026-03-01T12:00:00.000Z', recorded: false },
        ],
        userErrors: [],
      });
    expect(codes(await expose('repeat', [{ unit: 'b', arm: 'mail' }], { idempotencyKey: 'the-same' }))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect((await report('repeat', '{ units }')).units).toBe(1);
  });

  it('adds up over a hundred outcomes of one unit in parallel', async () => {
    await define(given('sums', { metrics: [VISIT, { key: 'pages', kind: 'MEAN' }] }));
    await expose('sums', [{ unit: 'u', arm: 'mail' }]);
    await Promise.all(Array.from({ length: 100 }, (_, i) => answer('sums', [{ id: `page ${i}`, unit: 'u', metric: 'pages', value: i }])));
    // 0 + 1 + ... + 99
    expect(await figures('sums', 'pages')).toEqual({ none: [null, 0], mail: [4950, 1] });
  });

  it('keeps the first arm of a unit, and sums, sets or leaves out as the metric says', async () => {
    await define(
      given('kinds', {
        metrics: [
          VISIT,
          { key: 'member', kind: 'PROPORTION', combine: 'LAST' },
          { key: 'stars', kind: 'MEAN', missing: 'LEFT_OUT', combine: 'LAST' },
          { key: 'order value', kind: 'RATIO', currencyCode: 'JPY' },
        ],
      }),
    );
    await expose('kinds', [
      { unit: 'a', arm: 'mail' },
      { unit: 'b', arm: 'mail' },
      { unit: 'c', arm: 'none' },
    ]);
    const [moved] = (await expose('kinds', [{ unit: 'c', arm: 'mail' }])).exposures;
    expect(moved).toMatchObject({ arm: 'none', recorded: false });
    domain.time.now += 3 * DAY;
    const at = (day: number) => ({ at: `2026-03-0${day}T12:00:00Z` });
    const yen = (amount: string, denominator: number) => ({ money: { amount, currencyCode: 'JPY' }, denominator });
    await answer('kinds', [
      { id: '1', unit: 'a', metric: 'visit', ...at(2) },
      { id: '2', unit: 'a', metric: 'visit', ...at(3) },
      { id: '3', unit: 'a', metric: 'member', value: 0, ...at(3) },
      { id: '4', unit: 'a', metric: 'member', value: 1, ...at(2) },
      { id: '5', unit: 'a', metric: 'stars', value: 2, ...at(3) },
      { id: '6', unit: 'a', metric: 'stars', value: 5, ...at(2) },
      { id: '7', unit: 'a', metric: 'order value', ...yen('3000', 2), ...at(2) },
      { id: '8', unit: 'b', metric: 'order value', ...yen('1000', 2), ...at(2) },
    ]);
    expect(await figures('kinds', 'visit')).toMatchObject({ mail: [0.5, 2], none: [0, 1] });
    expect(await figures('kinds', 'member')).toMatchObject({ mail: [0, 2] });
    expect(await figures('kinds', 'stars')).toMatchObject({ mail: [2, 1], none: [null, 0] });
    expect(await figures('kinds', 'order value')).toMatchObject({ mail: [1000, 2] });
  });

  it('counts only after the exposure and within the window, in whichever order it comes', async () => {
    await define(given('window', { outcomeWindowDays: 7, startAt: '2026-02-01T00:00:00Z' }));
    const visit = (unit: string, at: string) => ({ id: at, unit, metric: 'visit', at });
    await answer('window', [
      visit('before', '2026-02-09T23:59:59Z'),
      visit('in', '2026-02-16T23:59:59Z'),
      visit('after', '2026-02-17T00:00:00Z'),
    ]);
    await expose(
      'window',
      ['before', 'in', 'after'].map((unit) => ({ unit, arm: 'mail', at: '2026-02-10T00:00:00Z' })),
    );
    expect((await figures('window', 'visit')).mail).toEqual([1 / 3, 3]);
  });

  it('is refused one by one', async () => {
    await define(
      given('refusals', {
        metrics: [
          { ...VISIT, covariates: ['age'] },
          { key: 'spend', kind: 'MEAN', currencyCode: 'EUR' },
        ],
      }),
    );
    const age = { covariates: [{ name: 'age', value: 40 }] };
    const exposed = await expose('refusals', [
      { unit: 'a', arm: 'mail', ...age },
      { unit: 'b', arm: 'post', ...age },
      { unit: 'c', arm: 'mail' },
      { unit: 'd', arm: 'mail', ...age, at: '2026-03-01T12:00:01Z' },
      { unit: 'e', arm: 'mail', ...age, at: '2026-02-01T00:00:00Z' },
      { unit: 'cus_00000000000000000000', arm: 'mail', ...age },
      { unit: 'f', arm: 'mail', ...age, segments: [{ name: 'channel', value: 'Web' }] },
    ]);
    expect(exposed.exposures.map((one: Selected) => one !== null)).toEqual([true, false, false, false, false, false, false]);
    expect(exposed.userErrors).toEqual(
      [
        ['ARM_UNKNOWN', '1', 'arm'],
        ['COVARIATES_INVALID', '2', 'covariates'],
        ['TIME_INVALID', '3', 'at'],
        ['EXPERIMENT_NOT_RUNNING', '4', 'at'],
        ['UNIT_INVALID', '5', 'unit'],
        ['SEGMENT_UNKNOWN', '6', 'segments'],
      ].map(([code, ...field]) => ({ code, field: ['input', 'exposures', ...field] })),
    );
    const told = await answer('refusals', [
      { id: '1', unit: 'a', metric: 'visit' },
      { id: '1', unit: 'a', metric: 'visit', value: 0 },
      { id: '2', unit: 'a', metric: 'sales', value: 1 },
      { id: '3', unit: 'a', metric: 'visit', value: 2 },
      { id: '4', unit: 'a', metric: 'spend', value: 2 },
      { id: '5', unit: 'a', metric: 'spend', money: { amount: '1.00', currencyCode: 'USD' } },
      { id: '6', unit: 'a', metric: 'spend', money: { amount: '1.001', currencyCode: 'EUR' } },
      { id: '7', unit: 'a', metric: 'visit', denominator: 1 },
      { id: '8', unit: 'a', metric: 'visit', at: '2026-03-01T12:00:01Z' },
    ]);
    expect(codes(told)).toEqual([
      'OUTCOME_ID_REUSED',
      'METRIC_UNKNOWN',
      'VALUE_INVALID',
      'VALUE_INVALID',
      'VALUE_INVALID',
      'VALUE_INVALID',
      'VALUE_INVALID',
      'TIME_INVALID',
    ]);
    expect(codes(await expose('nothing', [{ unit: 'a' }]))).toEqual(['EXPERIMENT_UNKNOWN']);
    expect(codes(await expose('refusals', []))).toEqual(['BATCH_SIZE_INVALID']);
    expect(codes(await expose('refusals', new Array(1001).fill({ unit: 'a' })))).toEqual(['BATCH_SIZE_INVALID']);
  });

  it('takes the arm that a unit is assigned, and no other', async () => {
    await define(hashed('assigned', { holdout: 0.3, arms: ['none', 'mail'].map((name) => ({ name, share: 0.3 })) }));
    const units = Array.from({ length: 60 }, (_, i) => `browser ${i}`);
    const stands = await Promise.all(units.map((unit) => standing('assigned', unit)));
    const { exposures, userErrors } = await expose(
      'assigned',
      units.map((unit) => ({ unit })),
    );
    expect(exposures.map((one: Selected) => one?.arm ?? null)).toEqual(
      stands.map(({ status, arm }) => (status === 'HOLDOUT' ? 'HOLDOUT' : arm)),
    );
    expect(new Set(codes({ userErrors }))).toEqual(new Set(['NOT_ENROLLED']));
    const wrong = units
      .map((unit, i) => ({ unit, arm: stands[i].arm === 'mail' ? 'none' : 'mail' }))
      .filter((_, i) => stands[i].arm !== null);
    expect(new Set(codes(await expose('assigned', wrong)))).toEqual(new Set(['ARM_MISMATCH']));

    const shown = await report('assigned', '{ units holdout { arm units figures { metric value n } } }');
    const count = (status: string) => stands.filter((one) => one.status === status).length;
    expect(shown).toEqual({
      units: count('ASSIGNED'),
      holdout: { arm: 'HOLDOUT', units: count('HOLDOUT'), figures: [{ metric: 'visit', value: 0, n: count('HOLDOUT') }] },
    });
  });
});

describe('customers', () => {
  const customers = { unit: 'CUSTOMER' };
  const experimentsOf = async (representations: readonly object[]): Promise<Selected> => {
    const { data, errors } = await domain.entities(
      'Customer',
      representations,
      '{ experiments { experiment { id } status arm reason missingPurposes } }',
    );
    expect(errors).toBeUndefined();
    return (data as Selected)._entities.map(({ experiments }: Selected) => experiments);
  };

  it('are in an experiment only while they grant what it needs; of the others nothing is read, and all are answered alike', async () => {
    await define(hashed('personal', customers));
    await define(hashed('plain', { ...customers, purposes: [] }));
    const permissions = ['PERSONALIZATION', 'PROFILING'];
    const ids = ['cus_0000000000000000aaaa', 'cus_0000000000000000bbbb'];
    const withheld = {
      experiment: { id: 'personal' },
      status: 'NOT_ENROLLED',
      arm: null,
      reason: 'CONSENT_MISSING',
    };
    const personal = (all: Selected) => all.map((one: Selected) => one.find(({ experiment }: Selected) => experiment.id === 'personal'));
    for (const denied of permissions) {
      domain.calls.clear();
      const found = await experimentsOf(ids.map((id) => ({ id, permissions: permissions.filter((purpose) => purpose !== denied) })));
      expect(personal(found)).toEqual(ids.map(() => ({ ...withheld, missingPurposes: [denied] })));
      expect(domain.calls.list).toEqual(['experiments.latest']);
    }
    expect(personal(await experimentsOf([{ id: ids[0] }]))).toEqual([{ ...withheld, missingPurposes: permissions }]);
    const [found] = await experimentsOf([{ id: ids[0], permissions }]);
    expect(found.map(({ experiment, status, reason }: Selected) => [experiment.id, status, reason])).toEqual([
      ['personal', 'ASSIGNED', 'IN_ARM'],
      ['plain', 'ASSIGNED', 'IN_ARM'],
    ]);
    expect((await experimentsOf([{ id: ids[0] }]))[0].map(({ status }: Selected) => status)).toEqual(['NOT_ENROLLED', 'ASSIGNED']);
  });

  it('of a page are answered with one read', async () => {
    domain.calls.clear();
    await experimentsOf(Array.from({ length: 100 }, (_, i) => ({ id: `cus_page${i}`, permissions: [] })));
    expect(domain.calls.list).toEqual(['experiments.latest']);
  });

  it('without consent are not recorded, not even what they did', async () => {
    await define(hashed('consent', customers));
    const [willing, unwilling] = [await consenting('willing'), await consenting('unwilling', ['PROFILING'])];
    expect(await standing('consent', unwilling)).toEqual({
      status: 'NOT_ENROLLED',
      arm: null,
      reason: 'CONSENT_MISSING',
      missingPurposes: ['PERSONALIZATION'],
    });
    expect(await standing('consent', 'cus_00000000000000000000')).toMatchObject({ reason: 'UNIT_UNKNOWN' });
    const exposed = await expose('consent', [{ unit: willing }, { unit: unwilling }, { unit: 'cus_00000000000000000000' }]);
    expect(codes(exposed)).toEqual(['CONSENT_MISSING', 'CUSTOMER_UNKNOWN']);
    const told = await answer(
      'consent',
      [willing, unwilling].map((unit) => ({ id: '1', unit, metric: 'visit' })),
    );
    expect(codes(told)).toEqual(['CONSENT_MISSING']);
    expect((await report('consent', '{ units }')).units).toBe(1);
  });

  it('that are erased leave the report with smaller n, and do not come back', async () => {
    await define(hashed('erasure', { ...customers, purposes: [] }));
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => consenting(`erasure ${i}`)));
    const { exposures } = await expose(
      'erasure',
      ids.map((unit) => ({ unit })),
    );
    await answer(
      'erasure',
      ids.map((unit) => ({ id: 'v', unit, metric: 'visit' })),
    );
    const arm = exposures[0].arm as string;
    const before = (await figures('erasure', 'visit'))[arm]!;
    expect(await domain.store.erase(ids[0]!)).toMatchObject({ experiment_units: 2 });
    expect((await figures('erasure', 'visit'))[arm]).toEqual([1, before[1] - 1]);
    expect((await report('erasure', '{ units }')).units).toBe(19);
    expect(codes(await expose('erasure', [{ unit: ids[0] }]))).toEqual(['CUSTOMER_UNKNOWN']);
  });

  it('that turn out to be one person stay where the first of them was counted', async () => {
    await define(hashed('linked', { ...customers, purposes: [] }));
    const visitor = await domain.visitor('cookie of linked');
    const [first] = (await expose('linked', [{ unit: visitor }])).exposures;
    const person = await domain.visitor('cookie of linked', 'user of linked');
    expect((await domain.directory.members([person]))[0]).toContain(visitor);
    const [again] = (await expose('linked', [{ unit: person }])).exposures;
    expect(again).toMatchObject({ arm: first.arm, recorded: false });
    expect(codes(await answer('linked', [{ id: '1', unit: person, metric: 'visit' }]))).toEqual([]);
    expect((await figures('linked', 'visit'))[first.arm]).toEqual([1, 1]);
  });

  describe('that turn out to be one person with somebody of another arm', () => {
    const granted: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'];
    let people = 0;

    type Standings = Readonly<Record<string, Selected>>;

    /** Somebody of whom it holds where they stand, by experiment. */
    async function someone(namespace: string, experiments: readonly string[], isWanted: (stands: Standings) => boolean) {
      for (;;) {
        people += 1;
        const value = `${namespace} ${people}`;
        const id = await consenting(value, granted, namespace);
        const stands = await Promise.all(experiments.map(async (experiment) => [experiment, await standing(experiment, id)] as const));
        if (isWanted(Object.fromEntries(stands))) return { id, value };
      }
    }

    /** A visitor and a user who stand where they should; `link` makes them one person. */
    async function pairOf(
      experiments: readonly string[],
      isVisitor: (stands: Standings) => boolean,
      isUser: (stands: Standings) => boolean,
    ) {
      const visitor = await someone('ANONYMOUS_ID', experiments, isVisitor);
      const user = await someone('USER_ID', experiments, isUser);
      const link = async () => {
        expect(await domain.visitor(visitor.value, user.value)).toBe(user.id);
        return { id: user.id, members: [user.id, visitor.id], permissions: granted };
      };
      return { visitor: visitor.id, user: user.id, link };
    }

    const told = async (experiment: string, person: { id: string }) => {
      const [all] = await experimentsOf([person]);
      const { experiment: _, missingPurposes: __, ...found } = all.find((one: Selected) => one.experiment.id === experiment);
      expect(await standing(experiment, person.id)).toEqual({ ...found, missingPurposes: [] });
      return found;
    };

    it('are told the arm in which they were recorded, and stay in it', async () => {
      await define(hashed('moved', customers));
      const { visitor, link } = await pairOf(
        ['moved'],
        (a) => a.moved.arm === 'mail',
        (b) => b.moved.arm === 'none',
      );
      await expose('moved', [{ unit: visitor }]);
      const person = await link();
      expect(await told('moved', person)).toEqual({ status: 'ASSIGNED', arm: 'mail', reason: 'IN_ARM' });
      expect(await expose('moved', [{ unit: person.id, arm: 'mail' }])).toEqual({
        exposures: [{ unit: person.id, arm: 'mail', exposedAt: '2026-03-01T12:00:00.000Z', recorded: false }],
        userErrors: [],
      });
      expect(codes(await expose('moved', [{ unit: person.id, arm: 'none' }]))).toEqual(['ARM_MISMATCH']);
      expect(codes(await answer('moved', [{ id: '1', unit: person.id, metric: 'visit' }]))).toEqual([]);
      expect(await figures('moved', 'visit')).toEqual({ none: [null, 0], mail: [1, 1] });
    });

    it('are who answers for them where nothing was recorded before', async () => {
      await define(hashed('unrecorded', customers));
      const { link } = await pairOf(
        ['unrecorded'],
        (a) => a.unrecorded.arm === 'mail',
        (b) => b.unrecorded.arm === 'none',
      );
      const person = await link();
      expect(await told('unrecorded', person)).toEqual({ status: 'ASSIGNED', arm: 'none', reason: 'IN_ARM' });
      expect((await expose('unrecorded', [{ unit: person.id }])).exposures).toMatchObject([{ arm: 'none', recorded: true }]);
    });

    it('go by the first of two exposures, and both count', async () => {
      await define(hashed('both', customers));
      const { visitor, user, link } = await pairOf(
        ['both'],
        (a) => a.both.arm === 'mail',
        (b) => b.both.arm === 'none',
      );
      domain.time.now += MINUTE;
      await expose('both', [{ unit: user }, { unit: visitor, at: '2026-03-01T12:00:30Z' }]);
      const person = await link();
      expect(await told('both', person)).toEqual({ status: 'ASSIGNED', arm: 'mail', reason: 'IN_ARM' });
      expect((await expose('both', [{ unit: person.id }])).exposures).toMatchObject([
        { arm: 'mail', exposedAt: '2026-03-01T12:00:30.000Z', recorded: false },
      ]);
      expect(await figures('both', 'visit')).toEqual({ none: [0, 1], mail: [0, 1] });
    });

    it('go by the first of two exposures where arms are given elsewhere, too', async () => {
      await define(given('both-given', customers));
      const { visitor, user, link } = await pairOf(
        [],
        () => true,
        () => true,
      );
      domain.time.now += MINUTE;
      await expose('both-given', [
        { unit: user, arm: 'none' },
        { unit: visitor, arm: 'mail', at: '2026-03-01T12:00:30Z' },
      ]);
      const person = await link();
      expect(await told('both-given', person)).toEqual({ status: 'NOT_ENROLLED', arm: null, reason: 'GIVEN_ELSEWHERE' });
      expect((await expose('both-given', [{ unit: person.id, arm: 'none' }])).exposures).toMatchObject([{ arm: 'mail', recorded: false }]);
    });

    it('stay in a holdout, and out of what has taken nobody in', async () => {
      await define(hashed('kept-out', { ...customers, holdout: 0.3, arms: ['none', 'mail'].map((name) => ({ name, share: 0.2 })) }));
      const held = await pairOf(
        ['kept-out'],
        (a) => a['kept-out'].status === 'HOLDOUT',
        (b) => b['kept-out'].status === 'NOT_ENROLLED',
      );
      await expose('kept-out', [{ unit: held.visitor }]);
      const person = await held.link();
      expect(await told('kept-out', person)).toEqual({ status: 'HOLDOUT', arm: null, reason: 'EXPERIMENT_HOLDOUT' });
      expect((await expose('kept-out', [{ unit: person.id }])).exposures).toMatchObject([{ arm: 'HOLDOUT', recorded: false }]);
      const inside = await pairOf(
        ['kept-out'],
        (a) => a['kept-out'].arm === 'mail',
        (b) => b['kept-out'].status === 'NOT_ENROLLED',
      );
      const outside = await inside.link();
      expect(await told('kept-out', outside)).toEqual({ status: 'NOT_ENROLLED', arm: null, reason: 'OUTSIDE_SHARES' });
    });

    it('do not meet another experiment of the layer in which they were recorded', async () => {
      const layer = (share: number, more: object = {}) => ({ ...customers, layer: { name: 'mails', share, ...more } });
      await define(hashed('subject', layer(0.4, { holdout: 0.2 })));
      await define(hashed('hour', layer(0.4)));
      const both = ['subject', 'hour'];
      const first = await pairOf(
        both,
        (a) => a.subject.arm === 'mail',
        (b) => b.hour.arm === 'none',
      );
      await expose('subject', [{ unit: first.visitor }]);
      const mailed = await first.link();
      expect(await told('subject', mailed)).toEqual({ status: 'ASSIGNED', arm: 'mail', reason: 'IN_ARM' });
      expect(await told('hour', mailed)).toEqual({ status: 'NOT_ENROLLED', arm: null, reason: 'OUTSIDE_SHARES' });
      expect(codes(await expose('hour', [{ unit: mailed.id }]))).toEqual(['NOT_ENROLLED']);
    });

    it('cost a page one read of exposures for all experiments, and none without consent', async () => {
      const fresh = await openDomain(experiments);
      for (const id of ['one', 'two'])
        await fresh.ask('mutation ($input: ExperimentDefineInput!) { experimentDefine(input: $input) { userErrors { code } } }', {
          input: { idempotencyKey: id, ...hashed(id, customers) },
        });
      const persons = Array.from({ length: 100 }, (_, i) => ({ id: `cus_merged${i}`, members: [`cus_merged${i}`, `cus_before${i}`] }));
      const readsOf = async (permissions: readonly string[]) => {
        fresh.calls.clear();
        await fresh.entities(
          'Customer',
          persons.map((person) => ({ ...person, permissions })),
          '{ experiments { arm } }',
        );
        return [...fresh.calls.list];
      };
      expect(await readsOf(granted)).toEqual(['experiments.latest', 'experiment_units.getMany']);
      expect(await readsOf(['PROFILING'])).toEqual(['experiments.latest']);
      await fresh.close();
    });
  });
});

describe('a report', () => {
  it('compares arms as a hand calculation does, by segment too, with key figures and return', async () => {
    await define(
      given('figures', {
        looks: 'ONCE',
        plannedUnits: 200,
        metrics: [
          VISIT,
          { key: 'complaint', kind: 'PROPORTION', desired: 'DECREASE', role: 'GUARDRAIL', margin: { absolute: 0.2 } },
          { key: 'revenue', kind: 'MEAN', currencyCode: 'EUR' },
          { key: 'orders', kind: 'MEAN' },
          { key: 'profit', kind: 'MEAN', currencyCode: 'EUR' },
          { key: 'cost', kind: 'MEAN', currencyCode: 'EUR' },
          { key: 'recommend', kind: 'MEAN', missing: 'LEFT_OUT' },
        ],
        segments: [{ name: 'channel', values: ['web', 'shop'] }],
        kpis: [
          { kpi: 'CONVERSION_RATE', metric: 'visit' },
          { kpi: 'NPS', metric: 'recommend' },
        ],
        money: [
          {
            currencyCode: 'EUR',
            revenue: 'revenue',
            orders: 'orders',
            profit: 'profit',
            cost: 'cost',
            fixedCosts: [{ arm: 'mail', cost: { amount: '10.00', currencyCode: 'EUR' } }],
          },
        ],
      }),
    );
    const units = Array.from({ length: 200 }, (_, i) => ({ unit: `u${i}`, arm: i < 100 ? 'none' : 'mail' }));
    await expose(
      'figures',
      units.map(({ unit, arm }, i) => ({ unit, arm, segments: [{ name: 'channel', value: i % 2 === 0 ? 'web' : 'shop' }] })),
    );
    const eur = (amount: string) => ({ money: { amount, currencyCode: 'EUR' } });
    // 20 of 100 against 40 of 100; in the mail's arm 10 orders of 50.00 with 20.00 profit, 1.00 spent on each of 10.
    await answer(
      'figures',
      units.filter((_, i) => i < 20 || (i >= 100 && i < 140)).map(({ unit }) => ({ id: 'v', unit, metric: 'visit' })),
    );
    await answer(
      'figures',
      units.slice(100, 110).flatMap(({ unit }, i) => [
        { id: 'r', unit, metric: 'revenue', ...eur('50.00') },
        { id: 'o', unit, metric: 'orders', value: 1 },
        { id: 'p', unit, metric: 'profit', ...eur('20.00') },
        { id: 'c', unit, metric: 'cost', ...eur('1.00') },
        { id: 'n', unit, metric: 'recommend', value: i < 6 ? 10 : i < 8 ? 8 : 3 },
      ]),
    );
    const found = await report(
      'figures',
      `{ asOf units sampleRatio { verdict observed expected chiSquare p }
         comparisons { metric arm n difference { control treatment difference statistic p test lift { value } } alwaysValid { p } adjustedP improved guardrail { verdict harm } }
         segments { segment arms { arm units } comparisons { metric n adjustedP } } decisions { arm code metrics }
         kpis { arm figures { kpi value currencyCode n } } }`,
    );
    expect(found).toMatchObject({
      asOf: '2026-03-01T12:00:00.000Z',
      units: 200,
      sampleRatio: { verdict: 'OK', observed: [100, 100], expected: [100, 100], chiSquare: 0, p: 1 },
      decisions: [{ arm: 'mail', code: 'BETTER', metrics: ['visit'] }],
    });
    const of = (metric: string) => found.comparisons.find((one: Selected) => one.metric === metric);
    // Pooled z: .2 / sqrt(.3 * .7 * 2 / 100) = 3.0861; two-sided p .00203.
    expect(of('visit')).toMatchObject({ n: 200, improved: true, difference: { control: 0.2, treatment: 0.4, test: 'Z' } });
    expect(of('visit').difference.statistic).toBeCloseTo(3.0861, 4);
    expect(of('visit').adjustedP).toBeCloseTo(0.00203, 5);
    expect(of('visit').difference.lift.value).toBeCloseTo(1, 12);
    expect(of('complaint').guardrail).toEqual({ verdict: 'PASSED', harm: 0 });
    expect(found.segments.map(({ segment, arms }: Selected) => [segment, arms.map(({ units: n }: Selected) => n)])).toEqual([
      ['channel=shop', [50, 50]],
      ['channel=web', [50, 50]],
    ]);
    // Each segment 10 of 50 against 20 of 50: z 2.1822, p .0291; of two equal p-values the correction leaves both.
    for (const { comparisons } of found.segments) expect(comparisons[0].adjustedP).toBeCloseTo(0.0291, 4);
    const kpis = Object.fromEntries(found.kpis[1].figures.map(({ kpi, value }: Selected) => [kpi, value]));
    // Profit 200.00, cost 10 * 1.00 + 10.00: ROI (200 - 20) / 20 = 900 %. 6 promoters, 2 passives, 2 detractors of 10.
    expect(kpis).toEqual({
      CONVERSION_RATE: 0.4,
      NPS: 40,
      REVENUE: 50_000,
      COST: 2000,
      PROFIT: 20_000,
      AVERAGE_ORDER_VALUE: 5000,
      ROI_PERCENT: 900,
    });
  });

  it('is counted by one scan for all who ask at once, and again when it is older than they want', async () => {
    await define(given('age'));
    domain.calls.clear();
    const units = () => Promise.all(Array.from({ length: 5 }, async () => (await report('age', '{ units }', 60)).units));
    domain.time.now += 2 * MINUTE;
    expect(await units()).toEqual([0, 0, 0, 0, 0]);
    await expose('age', [{ unit: 'a', arm: 'mail' }]);
    expect(await units()).toEqual([0, 0, 0, 0, 0]);
    expect(domain.calls.list.filter((call) => call === 'experiment_units.scan')).toHaveLength(1);
    domain.time.now += MINUTE;
    expect(await units()).toEqual([1, 1, 1, 1, 1]);
    expect((await domain.ask('{ experimentReport(id: "age", maxAgeSeconds: -1) { units } }')).errors?.[0]?.extensions?.code).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('always adds up while exposures and outcomes come in', async () => {
    await define(given('moving'));
    const writing = Array.from({ length: 20 }, async (_, i) => {
      const unit = `u${i}`;
      await expose('moving', [{ unit, arm: i % 2 === 0 ? 'mail' : 'none' }]);
      await answer('moving', [{ id: 'v', unit, metric: 'visit' }]);
    });
    const reading = Array.from({ length: 10 }, () => report('moving', '{ units arms { units figures { value n } } }'));
    for (const { units, arms } of await Promise.all(reading)) {
      expect(arms.reduce((sum: number, arm: Selected) => sum + arm.units, 0)).toBe(units);
      for (const arm of arms) expect(arm.figures[0].n).toBe(arm.units);
    }
    await Promise.all(writing);
    expect(await figures('moving', 'visit')).toEqual({ none: [1, 10], mail: [1, 10] });
  });
});
