import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FillOptions, fillDemoStore } from '../../demo/fill.ts';
import type { Intake } from '../../kernel/intake.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { modules } from '../../subgraphs/registry.ts';
import { TEST_NOW, type TestCompany, testCompany } from '../support/company.ts';

/** A fill writes thousands of records durably; on a machine that is busy with other things that takes its time. */
const PATIENCE_MS = 120_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const intakesOf = (company: TestCompany) => [...company.subgraphs.values()].flatMap(({ intakes }) => intakes);
const fill = (company: TestCompany, options: Partial<FillOptions>) =>
  fillDemoStore({
    storage: company.storage,
    directory: company.directory,
    intakes: intakesOf(company),
    customers: 300,
    seed: 'demo',
    now: TEST_NOW,
    ...options,
  });

/** Documents per collection of those who keep ledgers and histories. Ids differ from installation to installation, numbers of documents must not. */
async function sizes({ storage }: TestCompany): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of ['identity', 'pos', 'loyalty', 'digital'] as const) {
    const { specs } = modules[name];
    const store = await openStore(storage, name, specs);
    for (const spec of specs) {
      let count = 0;
      for await (const _ of store.collection(spec).scan()) count++;
      found[`${name}.${spec.name}`] = count;
    }
    await store.close();
  }
  return found;
}

describe('filling', () => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await testCompany();
  });
  afterAll(() => company.close());

  it('has every record accepted, and says how many', async () => {
    const seen: number[] = [];
    const result = await fill(company, { onProgress: ({ customers }) => seen.push(customers) });
    expect(result).toMatchObject({ complete: true, customers: 300, duplicates: 0, refused: 0, reasons: {} });
    expect(result.stored).toBe(result.records);
    expect(result.records).toBeGreaterThan(5000);
    expect(seen).toEqual([0, 100, 200, 300]);
  });

  it('is not repeated', async () => {
    expect(await fill(company, { now: TEST_NOW + 86_400_000 })).toMatchObject({ complete: true, customers: 300, records: 0, stored: 0 });
  });

  it('adds the missing customers when there shall be more', async () => {
    const result = await fill(company, { customers: 310 });
    expect(result).toMatchObject({ complete: true, customers: 310, refused: 0 });
    expect(result.records).toBeLessThan(1000);
  });

  it('refuses to mix two companies', async () => {
    await expect(fill(company, { seed: 'another' })).rejects.toThrow('It was made with the seed "demo", not "another"');
  });
});

describe('an interrupted fill', () => {
  it('goes on where it stopped and ends as an undisturbed one, whether it was stopped or broke down', async () => {
    const undisturbed = await testCompany();
    const disturbed = await testCompany();
    try {
      await fill(undisturbed, { customers: 25, step: 10 });

      const stop = new AbortController();
      const stopped = await fill(disturbed, {
        customers: 25,
        step: 10,
        signal: stop.signal,
        onProgress: ({ customers }) => customers > 0 && stop.abort(),
      });
      expect(stopped).toMatchObject({ complete: false, customers: 10 });

      // Breaks down amid the next step, when some of its records are filed and others are not.
      const broken = intakesOf(disturbed).map((intake): Intake => {
        if (intake.kind !== 'payment') return intake;
        return {
          ...intake,
          store: async () => {
            throw new Error('the power went');
          },
        };
      });
      await expect(fill(disturbed, { customers: 25, step: 10, intakes: broken })).rejects.toThrow('the power went');

      // The time it began with counts, not the time it goes on at.
      const resumed = await fill(disturbed, { customers: 25, step: 10, now: TEST_NOW + 3_600_000 });
      expect(resumed).toMatchObject({ complete: true, customers: 25, refused: 0, duplicates: 0 });
      expect(await sizes(disturbed)).toEqual(await sizes(undisturbed));
    } finally {
      await undisturbed.close();
      await disturbed.close();
    }
  });
});

describe('the personas', () => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await testCompany();
    await fill(company, { customers: 120 });
    // Quintiles are measured beside the requests; here at once.
    for (const { jobs } of company.subgraphs.values()) for (const job of jobs) await job.run(new AbortController().signal);
  });
  afterAll(() => company.close());

  /** What one subgraph answers of a customer, as the gateway asks it. */
  async function ask<T>(name: SubgraphName, representation: object, selection: string): Promise<T> {
    const subgraph = company.subgraphs.get(name)!;
    const document = parse(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer ${selection} } }`);
    const { data, errors } = await subgraph.execute(
      document,
      { of: [{ __typename: 'Customer', ...representation }] },
      subgraph.context({ requestId: 'test', now: TEST_NOW }),
    );
    expect(errors).toBeUndefined();
    return (data!._entities as [T])[0];
  }

  const SIGNALS = {
    crm: 'crmSignals { state asOf birthDate locale timeZone customerSince contactFrom contactTo channelOrder openCases { id type openedAt } }',
    pos: 'posSignals { state asOf orderCount firstOrderAt lastOrderAt latePaymentCount rank { recency frequency monetary asOf } }',
    loyalty: 'loyaltySignals { state asOf member nextTierCode pointsToNextTier expiring { points at } }',
    digital:
      'digitalSignals { state asOf cart { sku name quantity } cartUpdatedAt touches { channel sentAt arrivedAt bouncedAt } unsubscribed { channel at } errorKind errorAt }',
    feedback: 'feedbackSignals { state asOf openDetractor openDetractorAt lastGivenAt }',
  } as const;

  async function customer(namespace: string, value: string) {
    const [id] = await company.directory.find([{ namespace, value }]);
    expect(id).toMatch(/^cus_/);
    return { id, ...(await ask<{ members: string[]; permissions: string[] }>('identity', { id }, '{ members permissions }')) };
  }

  /** The recommendations, with the domains' signals carried over as the planner would. */
  async function recommended(email: string) {
    const reference = await customer('EMAIL', email);
    const signals = await Promise.all(
      (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).map((name) => ask<object>(name, reference, `{ ${SIGNALS[name]} }`)),
    );
    const { recommendations } = await ask<{
      recommendations: {
        rfm: { segment: string } | null;
        sourceStatus: { state: string }[];
        offers: { template: string; title: string; reasons: { code: string; evidence: { value: string }[] }[] }[];
      };
    }>(
      'recommendations',
      Object.assign({ id: reference.id, permissions: reference.permissions }, ...signals),
      '{ recommendations { rfm { segment } sourceStatus { state } offers { template title reasons { code evidence { value } } } } }',
    );
    return recommendations;
  }

  it('Aiko Tanaka is known to every domain and has a birthday, a cart and points that lapse', async () => {
    const aiko = await customer('EMAIL', 'aiko.tanaka@example.jp');
    const [{ profile }, { purchases }, { loyalty }, { digital }, { feedback }] = await Promise.all([
      ask<{ profile: { name: { display: string } } }>('crm', aiko, '{ profile { name { display } } }'),
      ask<{ purchases: { summary: { orderCount: number } } }>('pos', aiko, '{ purchases { summary { orderCount } } }'),
      ask<{ loyalty: { number: string } }>('loyalty', aiko, '{ loyalty { number } }'),
      ask<{ digital: { lastSeenAt: string } }>('digital', aiko, '{ digital { lastSeenAt } }'),
      ask<{ feedback: { nps: { score: number } } }>('feedback', aiko, '{ feedback { nps { score } } }'),
    ]);
    expect(profile.name.display).toContain('田中');
    expect(purchases.summary.orderCount).toBeGreaterThan(10);
    expect(loyalty.number).toBe('DL-000001');
    expect(Date.parse(digital.lastSeenAt)).toBeGreaterThan(TEST_NOW - 14 * 86_400_000);
    expect(feedback.nps.score).toBeGreaterThanOrEqual(7);

    const { offers, rfm } = await recommended('aiko.tanaka@example.jp');
    expect(offers.map(({ template }) => template).sort()).toEqual(expect.arrayContaining(['BIRTHDAY', 'CART_REMINDER', 'POINTS_EXPIRING']));
    expect(offers.find(({ template }) => template === 'BIRTHDAY')?.title).toBe('お誕生日おめでとうございます');
    expect(rfm).not.toBeNull();
  });

  it('Lukas Becker has a complaint and a birthday, and is sold nothing', async () => {
    const { offers } = await recommended('lukas.becker@example.com');
    expect(offers.map(({ template }) => template)).toEqual(['SERVICE_RECOVERY']);
    const suppressed = offers[0]!.reasons.find(({ code }) => code === 'SELLING_SUPPRESSED');
    expect(suppressed?.evidence[0]?.value.split(' ')).toContain('BIRTHDAY');
  });

  it('Giulia Rossi was never asked for consent, so nothing personal is used', async () => {
    const { offers, rfm, sourceStatus } = await recommended('giulia.rossi@example.com');
    expect(offers.map(({ template, reasons }) => [template, reasons[0]?.code])).toEqual([['GENERAL', 'NOT_PERSONALIZED']]);
    expect(rfm).toBeNull();
    expect(new Set(sourceStatus.map(({ state }) => state))).toEqual(new Set(['WITHHELD']));
  });

  it('Erik Lindström returned something and never ordered', async () => {
    const erik = await customer('EMAIL', 'erik.lindstroem@example.net');
    expect(
      await ask(
        'pos',
        erik,
        '{ purchases { summary { orderCount totalSpent { amount } averageOrderValue { amount } } returns { nodes { __typename } } } }',
      ),
    ).toEqual({
      purchases: { summary: { orderCount: 0, totalSpent: [], averageOrderValue: null }, returns: { nodes: [{ __typename: 'Return' }] } },
    });
  });

  it('the visitor is nobody in particular and has a cart', async () => {
    const visitor = await customer('ANONYMOUS_ID', 'da-000005');
    expect(await ask('identity', visitor, '{ status }')).toEqual({ status: 'ANONYMOUS' });
    expect(await ask<{ digital: { cart: object } }>('digital', visitor, '{ digital { cart { lines { quantity } } } }')).toMatchObject({
      digital: { cart: { lines: [{ quantity: expect.any(Number) }] } },
    });
  });
});
