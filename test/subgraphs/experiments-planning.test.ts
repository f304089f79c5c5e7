import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { experiments } from '../../subgraphs/experiments/module.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { type Answer, mutation } from '../support/domain-calls.ts';

const DAY = 86_400_000;

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(experiments);
});
beforeEach(() => {
  domain.time.now = TEST_NOW;
});
afterAll(() => domain.close());

const PLAN = `query ($input: ExperimentPlanInput!) {
  experimentPlan(input: $input) {
    experiment { id } metric kind control deviation difference { absolute relative } looks confidence power
    arms { name share units } units plannedUnits inflation { criticalValue fixedCriticalValue source }
    duration { enrolmentDays weeks days } progress { units remainingUnits dailyUnits remainingDays } asOf
  }
}`;

async function plan(input: object): Promise<Answer> {
  const { data, errors } = await domain.ask(PLAN, { input });
  expect(errors).toBeUndefined();
  return (data as Answer).experimentPlan;
}

/** The argument that a plan is refused for. */
async function refused(input: object): Promise<unknown> {
  const { data, errors } = await domain.ask(PLAN, { input });
  expect(data).toEqual({ experimentPlan: null });
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  expect(errors?.[0]?.message).toMatch(/^Argument "input\..*" .*\. .*\.$/);
  return String(errors?.[0]?.extensions?.argument).replace('input.', '');
}

let keys = 0;
const keyed = (input: object) => ({ idempotencyKey: `key-${keys++}`, ...input });
const define = async (id: string, more: object = {}) =>
  expect(
    await mutation(
      domain,
      'experimentDefine',
      keyed({
        id,
        name: id,
        unit: 'ANONYMOUS',
        assignment: 'GIVEN',
        arms: [
          { name: 'mail', share: 0.25 },
          { name: 'none', share: 0.5 },
        ],
        control: 'none',
        looks: 'ONCE',
        metrics: [
          { key: 'visit', kind: 'PROPORTION', role: 'PRIMARY' },
          { key: 'spend', kind: 'MEAN', covariates: ['before'] },
          { key: 'order value', kind: 'RATIO' },
        ],
        plannedUnits: 600,
        outcomeWindowDays: 14,
        ...more,
      }),
      'experiment { id }',
    ),
  ).toEqual({ experiment: { id }, userErrors: [] });

describe('a plan', () => {
  it('is what R documents for power.prop.test and power.t.test', async () => {
    const once = { looks: 'ONCE', power: 0.9 };
    // power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7.
    expect(await plan({ ...once, proportion: { control: 0.5 }, difference: { relative: 0.5 } })).toMatchObject({
      kind: 'PROPORTION',
      difference: { absolute: 0.25, relative: 0.5 },
      arms: [
        { name: null, share: 0.5, units: 77 },
        { name: null, share: 0.5, units: 77 },
      ],
      units: 154,
      plannedUnits: 154,
      inflation: null,
      duration: null,
      progress: null,
    });
    // power.prop.test(n = 50, p1 = .5, power = .90): p2 = 0.8026.
    const shown = await plan({ ...once, proportion: { control: 0.5 }, units: 100 });
    expect(shown.difference.absolute).toBeCloseTo(0.3026, 4);
    expect((await plan({ ...once, proportion: { control: 0.5 }, units: 100, desired: 'DECREASE' })).difference.absolute).toBeCloseTo(
      -0.3026,
      4,
    );
    // power.t.test(power = .90, delta = 1): n = 22.02110, which ours meets within a unit.
    expect((await plan({ ...once, mean: { deviation: 1 }, difference: { absolute: 1 } })).arms[0].units).toBe(22);
  });

  it("is as large as Fleiss's table A.3, less the continuity correction", async () => {
    // .05 against .10 at 5 % and 80 %: 474 in the table; n / 4 (1 + sqrt(1 + 4 / (n .05)))^2 is 474 for n = 434.4.
    const [{ units }] = (await plan({ looks: 'ONCE', proportion: { control: 0.05 }, difference: { absolute: 0.05 } })).arms;
    expect(units).toBe(435);
  });

  it('counts days by the slowest arm, the share of the layer, and the time that outcomes take', async () => {
    const asked = {
      looks: 'ONCE',
      proportion: { control: 0.1 },
      difference: { absolute: 0.02 },
      dailyUnits: 1000,
      shares: [0.4, 0.4],
      layerShare: 0.5,
      outcomeWindowDays: 14,
    };
    // power.prop.test(p1 = .1, p2 = .12, power = .8): n = 3840.8. Of 1,000 a day 200 come to each arm: 19.2 days.
    expect(await plan(asked)).toMatchObject({ units: 7682, plannedUnits: 7682, duration: { enrolmentDays: 20, weeks: 3, days: 34 } });
    const { difference, arms } = await plan({ ...asked, difference: null, days: 20 });
    expect(arms.map((arm: Answer) => arm.units)).toEqual([4000, 4000]);
    expect(difference.absolute).toBeLessThan(0.02);
    expect(difference.absolute).toBeGreaterThan(0.0195);
  });

  it('for looks at any time says what they cost, and by which theorem', async () => {
    const asked = { proportion: { control: 0.1 }, difference: { absolute: 0.02 } };
    const continuous = await plan(asked);
    const once = await plan({ ...asked, looks: 'ONCE' });
    // 3.0351 in place of 1.9600: ((3.0351 + .8416) / (1.9600 + .8416))^2 = 1.915.
    expect(continuous.inflation.criticalValue).toBeCloseTo(3.0351, 4);
    expect(continuous.inflation.fixedCriticalValue).toBeCloseTo(1.96, 4);
    expect(continuous.inflation.source).toContain('Waudby-Smith');
    expect(continuous.units / once.units).toBeCloseTo(1.915, 2);
    expect((await plan({ ...asked, difference: null, units: continuous.units })).difference.absolute).toBeCloseTo(0.02, 4);
    expect((await plan({ ...asked, difference: null, units: 150 })).difference).toBeNull();
  });

  it('shares alpha among treatments', async () => {
    const { arms, plannedUnits, units } = await plan({
      looks: 'ONCE',
      proportion: { control: 0.1 },
      difference: { absolute: 0.02 },
      treatments: 3,
    });
    // By hand: (2.3940 * .44249 + .8416 * .44227)^2 / .02^2 = 5123.3, with the quantile of 1 - .05 / 3 / 2.
    expect(arms).toHaveLength(4);
    expect(arms[0].units).toBe(5124);
    expect(units).toBe(4 * arms[0].units);
    expect(plannedUnits).toBe(2 * arms[0].units);
  });

  it('is refused for what it can not be made of, naming the argument', async () => {
    const proportion = { control: 0.1 };
    const difference = { absolute: 0.02 };
    expect(await refused({})).toBe('proportion');
    expect(await refused({ proportion })).toBe('difference');
    expect(await refused({ proportion, mean: { deviation: 1 }, difference })).toBe('mean');
    expect(await refused({ proportion, difference, units: 100 })).toBe('units');
    expect(await refused({ proportion: { control: 0 }, difference })).toBe('proportion.control');
    expect(await refused({ proportion, difference: { absolute: 0.9 } })).toBe('difference');
    expect(await refused({ proportion, difference: { absolute: 0 } })).toBe('difference');
    expect(await refused({ proportion, difference: { absolute: 0.1, relative: 0.1 } })).toBe('difference');
    expect(await refused({ proportion, difference: { absolute: 1e-9 } })).toBe('difference');
    expect(await refused({ mean: { deviation: 0 }, difference })).toBe('mean.deviation');
    expect(await refused({ mean: { deviation: 1 }, difference: { relative: 0.1 } })).toBe('mean.control');
    expect(await refused({ mean: { deviation: 1, varianceReduction: 1 }, difference })).toBe('mean.varianceReduction');
    expect(await refused({ proportion, days: 10 })).toBe('dailyUnits');
    expect(await refused({ proportion, units: 1 })).toBe('units');
    expect(await refused({ proportion, difference, dailyUnits: -1 })).toBe('dailyUnits');
    expect(await refused({ proportion, difference, power: 1 })).toBe('power');
    expect(await refused({ proportion, difference, confidence: 0.2 })).toBe('confidence');
    expect(await refused({ proportion, difference, desired: 'DECREASE' })).toBe('desired');
    expect(await refused({ proportion, difference, shares: [0.6, 0.6] })).toBe('shares');
    expect(await refused({ proportion, difference, shares: [0.6] })).toBe('shares');
    expect(await refused({ proportion, difference, shares: [0.5, 0.5], treatments: 1 })).toBe('treatments');
    expect(await refused({ proportion, difference, treatments: 0 })).toBe('treatments');
    expect(await refused({ proportion, difference, layerShare: 2 })).toBe('layerShare');
    expect(await refused({ proportion, difference, outcomeWindowDays: -1 })).toBe('outcomeWindowDays');
    expect(await refused({ experiment: { id: 'nothing' } })).toBe('experiment.id');
  });
});

describe('a plan from an experiment', () => {
  /** 200 of the control and 100 of the treatment in four days: 20 visits of the control, spend 0 to 9 that the covariate explains. */
  beforeAll(async () => {
    await define('running', { startAt: new Date(TEST_NOW).toISOString() });
    domain.time.now = TEST_NOW + DAY;
    const units = Array.from({ length: 300 }, (_, i) => ({ unit: `u${i}`, arm: i < 200 ? 'none' : 'mail', before: i % 10 }));
    await mutation(
      domain,
      'experimentExposureRecord',
      keyed({
        experiment: 'running',
        exposures: units.map(({ unit, arm, before }) => ({ unit, arm, covariates: [{ name: 'before', value: before }] })),
      }),
      'exposures { unit }',
    );
    const outcomes = [
      ...units.slice(0, 20).map(({ unit }) => ({ id: 'v', unit, metric: 'visit' })),
      ...units
        .filter(({ before }) => before > 0)
        .map(({ unit, before }, i) => ({ id: 's', unit, metric: 'spend', value: before + (i % 2) })),
    ];
    await mutation(domain, 'experimentOutcomeRecord', keyed({ experiment: 'running', outcomes }), 'outcomes { id }');
  });
  beforeEach(() => {
    domain.time.now = TEST_NOW + 4 * DAY;
  });

  const running = (more: object = {}) => ({ id: 'running', maxAgeSeconds: 0, ...more });

  it('takes the baseline and the units from what was recorded, and says how many days remain', async () => {
    const found = await plan({ experiment: running(), difference: { absolute: 0.05 } });
    // Fleiss, Levin & Paik 4.4 by hand, ratio .5: (1.9600 * .39317 + .8416 * .41533)^2 / (.5 * .05^2) = 1003.8 of the control.
    expect(found).toMatchObject({
      experiment: { id: 'running' },
      metric: 'visit',
      control: 0.1,
      looks: 'ONCE',
      arms: [
        { name: 'none', share: 0.5, units: 1004 },
        { name: 'mail', share: 0.25, units: 502 },
      ],
      asOf: new Date(TEST_NOW + 4 * DAY).toISOString(),
    });
    // 300 in four days are 75 a day, 50 of them the control's: 1,004 take 20.1 days, the 804 that it lacks 16.1.
    expect(found.progress).toEqual({ units: 300, remainingUnits: 1206, dailyUnits: 75, remainingDays: 17 });
    expect(found.duration).toEqual({ enrolmentDays: 21, weeks: 3, days: 35 });
  });

  it('says without a difference what the planned units will show, as the report says how far they are', async () => {
    const found = await plan({ experiment: running() });
    // 600 of a control and a treatment that is half as large.
    expect(found.arms.map((arm: Answer) => arm.units)).toEqual([400, 200]);
    expect(found.plannedUnits).toBe(600);
    const progress = { units: 300, remainingUnits: 300, dailyUnits: 75, remainingDays: 4 };
    expect(found.progress).toEqual(progress);
    const { data } = await domain.ask(
      '{ experimentReport(id: "running") { progress { units remainingUnits dailyUnits remainingDays } cautions { code } } }',
    );
    expect((data as Answer).experimentReport).toEqual({ progress, cautions: [] });
    expect((await plan({ experiment: running(), dailyUnits: 200 })).progress).toMatchObject({ dailyUnits: 150, remainingDays: 2 });
  });

  it('plans a mean with its deviation and what its covariate takes off', async () => {
    const found = await plan({ experiment: running({ metric: 'spend' }), difference: { absolute: 1 } });
    // 0 to 9 evenly: variance 8.25 n / (n - 1), and a little for the 0 or 1 added.
    expect(found.deviation).toBeGreaterThan(2.9);
    const plain = await plan({ mean: { deviation: found.deviation }, shares: [0.5, 0.25], looks: 'ONCE', difference: { absolute: 1 } });
    expect(found.units).toBeLessThan(plain.units / 5);
  });

  it('is refused where there is nothing to plan from, naming the argument', async () => {
    const difference = { absolute: 0.01 };
    await define('empty');
    expect(await refused({ experiment: { id: 'empty' }, difference })).toBe('experiment');
    expect(await refused({ experiment: { id: 'empty' }, proportion: { control: 0.1 }, days: 5 })).toBe('dailyUnits');
    expect((await plan({ experiment: { id: 'empty' }, proportion: { control: 0.1 }, difference })).progress).toMatchObject({
      units: 0,
      dailyUnits: null,
      remainingDays: null,
    });
    expect(await refused({ experiment: running({ metric: 'order value' }), difference })).toBe('experiment.metric');
    expect(await refused({ experiment: running({ metric: 'sales' }), difference })).toBe('experiment.metric');
    expect(await refused({ experiment: running({ maxAgeSeconds: -1 }), difference })).toBe('experiment.maxAgeSeconds');
    expect(await refused({ experiment: running(), difference, shares: [0.5, 0.5] })).toBe('shares');
    await define('adaptive', {
      assignment: 'ADAPTIVE',
      arms: ['mail', 'none'].map((name) => ({ name, share: 0.5 })),
      metrics: [{ key: 'visit', kind: 'PROPORTION', role: 'PRIMARY' }],
    });
    expect(await refused({ experiment: { id: 'adaptive' }, difference })).toBe('experiment.id');
  });
});

describe('key figures of an experiment', () => {
  it('are all that the domain names, each with n and an interval', async () => {
    const rates = ['CONVERSION_RATE', 'OPEN_RATE', 'CLICK_RATE', 'RETENTION_RATE', 'REPEAT_RATE'];
    const money = ['revenue', 'profit', 'cost'];
    await define('figures', {
      metrics: [
        ...rates.map((key, i) => ({ key, kind: 'PROPORTION', role: i === 0 ? 'PRIMARY' : 'SECONDARY' })),
        ...['NPS', 'CSAT'].map((key) => ({ key, kind: 'MEAN', missing: 'LEFT_OUT' })),
        { key: 'ITEMS_PER_BASKET', kind: 'RATIO' },
        ...money.map((key) => ({ key, kind: 'MEAN', currencyCode: 'EUR' })),
        { key: 'orders', kind: 'MEAN' },
      ],
      kpis: [...rates, 'NPS', 'CSAT', 'ITEMS_PER_BASKET'].map((kpi) => ({ kpi, metric: kpi })),
      money: [{ currencyCode: 'EUR', revenue: 'revenue', orders: 'orders', profit: 'profit', cost: 'cost' }],
    });
    const units = Array.from({ length: 40 }, (_, i) => `u${i}`);
    await mutation(
      domain,
      'experimentExposureRecord',
      keyed({ experiment: 'figures', exposures: units.map((unit) => ({ unit, arm: 'mail' })) }),
      'exposures { unit }',
    );
    // Every fourth bought two baskets of 5 items for 60.00, of which 30.00 are profit and 10.00 were spent to win it.
    const outcomes = units.flatMap((unit, i) => {
      const of = (metric: string, value: object = {}) => ({ id: metric, unit, metric, ...value });
      const eur = (amount: string) => ({ money: { amount, currencyCode: 'EUR' } });
      const answers = [of('NPS', { value: i % 2 === 0 ? 10 : 5 }), of('CSAT', { value: i % 5 === 0 ? 2 : 5 })];
      if (i % 4 !== 0) return answers;
      const bought = [of('orders', { value: 2 }), of('ITEMS_PER_BASKET', { value: 5 + (i % 8), denominator: 2 })];
      const paid = [of('revenue', eur('60.00')), of('profit', eur(i % 8 === 0 ? '30.00' : '20.00')), of('cost', eur('10.00'))];
      return [...answers, ...rates.map((rate) => of(rate)), ...bought, ...paid];
    });
    await mutation(domain, 'experimentOutcomeRecord', keyed({ experiment: 'figures', outcomes }), 'outcomes { id }');
    const { data } = await domain.ask(
      '{ experimentReport(id: "figures", maxAgeSeconds: 0) { kpis { arm figures { kpi value currencyCode n interval { lower upper } } } } }',
    );
    const { figures } = (data as Answer).experimentReport.kpis.find(({ arm }: Answer) => arm === 'mail');
    expect(Object.fromEntries(figures.map(({ kpi, value, n }: Answer) => [kpi, [value, n]]))).toEqual({
      ...Object.fromEntries(rates.map((rate) => [rate, [0.25, 40]])),
      // 20 promoters and 20 detractors; 32 of 40 answers are 4 or 5.
      NPS: [0, 40],
      CSAT: [0.8, 40],
      // 5 baskets of 5 items and 5 of 9 by outcome, each of two baskets: 70 / 20.
      ITEMS_PER_BASKET: [3.5, 40],
      REVENUE: [60_000, 40],
      COST: [10_000, 40],
      PROFIT: [25_000, 40],
      AVERAGE_ORDER_VALUE: [3000, 40],
      // (250 - 100) / 100.
      ROI_PERCENT: [150, 40],
    });
    for (const { kpi, value, interval } of figures) {
      // Every order is worth 30.00, so there is nothing to be unsure of.
      if (kpi === 'AVERAGE_ORDER_VALUE') expect(interval.lower).toBeCloseTo(value, 6);
      else expect([interval.lower < value, interval.upper > value]).toEqual([true, true]);
    }
  });
});
