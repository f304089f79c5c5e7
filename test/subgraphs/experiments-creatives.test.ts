import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomOf } from '../../models/random.ts';
import { experiments } from '../../subgraphs/experiments/module.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import type { Answer } from '../support/domain-calls.ts';

const SECOND = 1000;

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(experiments);
});
beforeEach(() => {
  domain.time.now = TEST_NOW;
});
afterAll(() => domain.close());

async function ask(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const { data, errors } = await domain.ask(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

let keys = 0;
const key = () => `key-${keys++}`;

const define = async (id: string, more: object = {}): Promise<Answer> =>
  (
    await ask(
      `mutation ($input: ExperimentDefineInput!) {
        experimentDefine(input: $input) {
          experiment { id control plannedUnits adaptation { exploration refreshSeconds } }
          userErrors { code field }
        }
      }`,
      {
        input: {
          idempotencyKey: key(),
          id,
          name: id,
          unit: 'ANONYMOUS',
          assignment: 'ADAPTIVE',
          arms: ['sea', 'city', 'forest'].map((name) => ({ name, share: 0.3 })),
          holdout: 0.1,
          metrics: [{ key: 'click', kind: 'PROPORTION', role: 'PRIMARY' }],
          ...more,
        },
      },
    )
  ).experimentDefine;

const expose = async (input: object): Promise<Answer> =>
  (
    await ask(
      `mutation ($input: ExperimentExposureRecordInput!) {
        experimentExposureRecord(input: $input) { exposures { unit arm exposedAt recorded } userErrors { code field } }
      }`,
      { input },
    )
  ).experimentExposureRecord;

const answer = async (input: object): Promise<Answer> =>
  (
    await ask(
      `mutation ($input: ExperimentOutcomeRecordInput!) {
        experimentOutcomeRecord(input: $input) { outcomes { id unit recorded } userErrors { code } }
      }`,
      { input },
    )
  ).experimentOutcomeRecord;

const standing = async (experiment: string, unit: string): Promise<Answer> =>
  (await ask('query ($e: ID!, $u: ID!) { experimentAssign(experiment: $e, unit: $u) { status arm reason } }', { e: experiment, u: unit }))
    .experimentAssign;

const report = async (id: string): Promise<Answer> =>
  (
    await ask(
      `query ($id: ID!) {
        experimentReport(id: $id, maxAgeSeconds: 0) {
          units arms { arm units figures { value n interval { lower } } } holdout { units figures { n interval { lower upper } } }
          sampleRatio { verdict } comparisons { metric } decisions { code } segments { segment sampleRatio { verdict } comparisons { arm } }
          kpis { arm figures { kpi value n interval { lower } } } progress { units } cautions { code message }
          creatives { metric arms { arm share chanceBest n successes rate credibleInterval { lower upper } } }
        }
      }`,
      { id },
    )
  ).experimentReport;

/** One run of the job that learns, as it comes every second. */
const learn = () => domain.subgraph.jobs.find(({ name }) => name === 'learn-creatives')!.run(new AbortController().signal);

const clicked = (unit: string) => ({ id: 'click', unit, metric: 'click' });
const units = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `browser ${from + i}`);

describe('an adaptive experiment', () => {
  it('gives the better creative most of 5,000 units, and a repeat of every request changes nothing', async () => {
    const rates: Record<string, number> = { sea: 0.04, city: 0.05, forest: 0.12, HOLDOUT: 0.01 };
    await define('run', { segments: [{ name: 'page', values: ['home'] }], kpis: [{ kpi: 'CLICK_RATE', metric: 'click' }] });
    const random = randomOf(5);
    const requests: { send: typeof expose; input: object; answered: Answer }[] = [];
    const send = async (by: typeof expose, input: object) => {
      const answered = await by(input);
      requests.push({ send: by, input, answered });
      return answered;
    };
    const batches: number[] = [];
    for (let from = 0; from < 5000; from += 200) {
      const exposures = units(200, from).map((unit) => ({ unit, segments: [{ name: 'page', value: 'home' }] }));
      const exposed = await send(expose, { idempotencyKey: key(), experiment: 'run', exposures });
      expect(exposed.userErrors).toEqual([]);
      batches.push(exposed.exposures.filter(({ arm }: Answer) => arm === 'forest').length);
      const clicks = exposed.exposures.filter(({ arm }: Answer) => random() < rates[arm]!).map(({ unit }: Answer) => clicked(unit));
      if (clicks.length > 0) await send(answer, { idempotencyKey: key(), experiment: 'run', outcomes: clicks });
      domain.time.now += 61 * SECOND;
      await learn();
    }
    const found = await report('run');
    const [sea, city, forest] = found.arms.map((arm: Answer) => arm.units);
    // 4,500 of 5,000 are in the arms, a third of which an even split would have given to each. Four deviations of that are 85.
    expect(Math.abs(found.units - 4500)).toBeLessThan(85);
    expect(forest / found.units).toBeGreaterThan(0.7);
    // Of 200 even shares give 60 to begin with; in the end it is nine tenths and more of 180.
    expect(Math.abs(batches[0]! - 60)).toBeLessThan(26);
    expect(batches.at(-1)).toBeGreaterThan(145);
    // The floor: .05 / 3 of 4,500 is 75 for each of the others, beside what they got before much was known.
    for (const least of [sea, city]) expect(least).toBeGreaterThan(75);
    expect(found.creatives.arms.map(({ arm, n }: Answer) => [arm, n])).toEqual([
      ['sea', sea],
      ['city', city],
      ['forest', forest],
    ]);
    const best = found.creatives.arms[2];
    expect(best.chanceBest).toBeGreaterThan(0.99);
    expect(best.share).toBeCloseTo(0.05 / 3 + 0.95 * best.chanceBest, 12);
    expect(best.credibleInterval.lower).toBeLessThan(0.12);
    expect(best.credibleInterval.upper).toBeGreaterThan(0.12);

    for (const { send: by, input, answered } of requests) expect(await by(input)).toEqual(answered);
    expect(await report('run')).toEqual(found);
  });

  it('says in its report that it measures no difference, and gives no figure that would', async () => {
    const found = await report('run');
    expect(found).toMatchObject({ sampleRatio: null, comparisons: [], decisions: [], progress: null });
    expect(found.cautions).toEqual([{ code: 'NO_DIFFERENCE_MEASURED', message: expect.stringContaining('define a HASHED experiment') }]);
    expect(found.segments).toEqual([{ segment: 'page=home', sampleRatio: null, comparisons: [] }]);
    for (const { figures } of [...found.arms, ...found.kpis])
      expect(figures[0]).toMatchObject({ value: expect.any(Number), interval: null });
    // The holdout's share never moved: its figure is a fair sample.
    expect(found.holdout.figures[0].interval).toEqual({ lower: expect.any(Number), upper: expect.any(Number) });
  });

  it('tells a unit the same arm until shares move, and keeps it for good once it was exposed', async () => {
    await define('keeps', { holdout: 0, arms: ['sea', 'city'].map((name) => ({ name, share: 0.5 })) });
    const all = units(200);
    const told = await Promise.all(all.map((unit) => standing('keeps', unit)));
    expect(new Set(told.map(({ reason }) => reason))).toEqual(new Set(['CHOSEN']));
    expect(await Promise.all(all.map((unit) => standing('keeps', unit)))).toEqual(told);
    const seen = all.slice(0, 100);
    const { exposures } = await expose({ idempotencyKey: key(), experiment: 'keeps', exposures: seen.map((unit) => ({ unit })) });
    expect(exposures.map(({ arm }: Answer) => arm)).toEqual(told.slice(0, 100).map(({ arm }) => arm));

    // All that saw the city clicked, nobody else did.
    const clicks = exposures.filter(({ arm }: Answer) => arm === 'city').map(({ unit }: Answer) => clicked(unit));
    await answer({ idempotencyKey: key(), experiment: 'keeps', outcomes: clicks });
    domain.time.now += 61 * SECOND;
    await learn();
    const after = await Promise.all(all.map((unit) => standing('keeps', unit)));
    expect(after.slice(0, 100)).toEqual(told.slice(0, 100).map((one) => ({ ...one, reason: 'EXPOSED' })));
    // Of the others nearly all: the sea keeps .05 / 2 of a hundred.
    expect(after.slice(100).filter(({ arm }) => arm === 'city').length).toBeGreaterThan(90);
    const again = await expose({ idempotencyKey: key(), experiment: 'keeps', exposures: seen.map((unit) => ({ unit })) });
    expect(again.exposures).toEqual(exposures.map((one: Answer) => ({ ...one, recorded: false })));
  });

  it('learns beside the requests, at most as often as it was told, and not while nobody asks', async () => {
    await define('rest', { adaptation: { refreshSeconds: 30, exploration: 0.1 } });
    const scans = () => domain.calls.list.filter((call) => call === 'experiment_units.scan').length;
    domain.time.now += 3600 * SECOND;
    await learn();
    domain.calls.clear();
    domain.time.now += 31 * SECOND;
    await learn();
    expect(scans()).toBe(0);
    await standing('rest', 'somebody');
    expect(scans()).toBe(0);
    await learn();
    expect(scans()).toBe(1);
    await standing('rest', 'somebody');
    domain.time.now += 29 * SECOND;
    await learn();
    expect(scans()).toBe(1);
    domain.time.now += SECOND;
    await learn();
    expect(scans()).toBe(2);
  });

  it('takes the arm that was shown, and asks for it where the exposure was before', async () => {
    await define('shown', { startAt: '2026-02-01T00:00:00Z', holdout: 0, arms: ['sea', 'city'].map((name) => ({ name, share: 0.5 })) });
    const at = '2026-02-10T00:00:00Z';
    const { exposures, userErrors } = await expose({
      idempotencyKey: key(),
      experiment: 'shown',
      exposures: [
        { unit: 'a', arm: 'sea' },
        { unit: 'b', arm: 'city', at },
        { unit: 'c', at },
        { unit: 'd', arm: 'moon' },
      ],
    });
    expect(exposures.map((one: Answer) => one?.arm ?? null)).toEqual(['sea', 'city', null, null]);
    expect(userErrors).toEqual(['2', '3'].map((index) => ({ code: 'ARM_UNKNOWN', field: ['input', 'exposures', index, 'arm'] })));
  });

  it('prefers the creative that fewer complain of, where the metric is to go down', async () => {
    await define('down', {
      holdout: 0,
      arms: ['sea', 'city'].map((name) => ({ name, share: 0.5 })),
      metrics: [{ key: 'click', kind: 'PROPORTION', role: 'PRIMARY', desired: 'DECREASE' }],
    });
    const exposures = units(100).map((unit, i) => ({ unit, arm: i % 2 === 0 ? 'sea' : 'city' }));
    await expose({ idempotencyKey: key(), experiment: 'down', exposures });
    const outcomes = exposures.filter(({ arm }) => arm === 'sea').map(({ unit }) => clicked(unit));
    await answer({ idempotencyKey: key(), experiment: 'down', outcomes });
    const { creatives } = await report('down');
    expect(creatives.arms).toEqual([
      { arm: 'sea', share: 0.025, chanceBest: 0, n: 50, successes: 50, rate: 1, credibleInterval: expect.anything() },
      { arm: 'city', share: 0.975, chanceBest: 1, n: 50, successes: 0, rate: 0, credibleInterval: expect.anything() },
    ]);
    // Of 50 none: 1 - .975^(1/51) and 1 - .025^(1/51).
    expect(creatives.arms[1].credibleInterval.lower).toBeCloseTo(0.000496, 6);
    expect(creatives.arms[1].credibleInterval.upper).toBeCloseTo(0.069777, 6);
  });

  it('is defined without control and size, and refused with everything that is wrong with it', async () => {
    expect(await define('plain', { adaptation: { exploration: 0.1 } })).toEqual({
      experiment: { id: 'plain', control: 'sea', plannedUnits: 0, adaptation: { exploration: 0.1, refreshSeconds: 60 } },
      userErrors: [],
    });
    const refused = async (more: object) =>
      (await define('refused', more)).userErrors.map(({ code, field }: Answer) => `${code} ${field.slice(1).join('.')}`);
    expect(
      await refused({
        arms: [
          { name: 'sea', share: 0.2 },
          { name: 'city', share: 0.3 },
        ],
        metrics: [
          { key: 'spend', kind: 'MEAN', role: 'PRIMARY' },
          { key: 'bounce', kind: 'PROPORTION', role: 'GUARDRAIL', margin: { absolute: 0.1 } },
        ],
        adaptation: { exploration: 0.9, refreshSeconds: 0 },
      }),
    ).toEqual([
      'SHARE_UNEQUAL arms',
      'METRIC_UNFIT metrics',
      'METRIC_UNFIT metrics',
      'SHARE_INVALID adaptation.exploration',
      'TIME_INVALID adaptation.refreshSeconds',
    ]);
    expect(await refused({ assignment: 'HASHED', adaptation: {} })).toEqual([
      'CONTROL_IS_NO_ARM control',
      'INVALID_PLANNED_UNITS plannedUnits',
      'ADAPTATION_UNUSED adaptation',
    ]);
    expect((await define('plain', { adaptation: { exploration: 0.2 } })).userErrors).toEqual([
      { code: 'EXPERIMENT_FIXED', field: ['input', 'id'] },
    ]);
  });
});

describe('customers', () => {
  const granted = ['PERSONALIZATION', 'PROFILING'];
  const standings = async (ids: readonly string[], permissions: readonly string[]): Promise<Answer> => {
    const { data, errors } = await domain.entities(
      'Customer',
      ids.map((id) => ({ id, permissions })),
      '{ experiments { experiment { id } status arm reason } }',
    );
    expect(errors).toBeUndefined();
    return (data as Answer)._entities.map(({ experiments }: Answer) => experiments.find((one: Answer) => one.experiment.id === 'people'));
  };

  it('of a page are answered with one read of exposures, and without consent with none', async () => {
    // Ids are drawn anew in each run: of twenty all are within a half, or all outside, once in half a million.
    const arms = ['sea', 'city'].map((name) => ({ name, share: 0.25 }));
    await define('people', { unit: 'CUSTOMER', holdout: 0, purposes: null, arms });
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => domain.customer(`person ${i}`)));
    domain.calls.clear();
    const withheld = await standings(ids, ['PROFILING']);
    expect(new Set(withheld.map(({ reason }: Answer) => reason))).toEqual(new Set(['CONSENT_MISSING']));
    expect(domain.calls.list).toEqual(['experiments.latest']);
    domain.calls.clear();
    const found = await standings(ids, granted);
    expect(domain.calls.list).toEqual(['experiments.latest', 'experiment_units.getMany']);
    expect(new Set(found.map(({ reason }: Answer) => reason))).toEqual(new Set(['CHOSEN', 'OUTSIDE_SHARES']));
  });

  it('who turn out to be one person keep the arm that was recorded first', async () => {
    await define('people-linked', {
      unit: 'CUSTOMER',
      purposes: [],
      holdout: 0,
      arms: ['sea', 'city'].map((name) => ({ name, share: 0.5 })),
    });
    const visitor = await domain.visitor('cookie of creatives');
    const { arm } = await standing('people-linked', visitor);
    const other = arm === 'sea' ? 'city' : 'sea';
    await expose({ idempotencyKey: key(), experiment: 'people-linked', exposures: [{ unit: visitor, arm: other }] });
    const person = await domain.visitor('cookie of creatives', 'user of creatives');
    expect(await standing('people-linked', person)).toEqual({ status: 'ASSIGNED', arm: other, reason: 'EXPOSED' });
    const again = await expose({ idempotencyKey: key(), experiment: 'people-linked', exposures: [{ unit: person }] });
    expect(again.exposures).toEqual([expect.objectContaining({ arm: other, recorded: false })]);
  });
});
