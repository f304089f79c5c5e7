import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { recommendations } from '../../subgraphs/recommendations/module.ts';
import { type DecisionRecord, decisionSpec } from '../../subgraphs/recommendations/offers/decisions.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { withoutDeadlines } from '../support/events.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const asOf = '2026-03-01T11:59:59.000Z';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(recommendations);
  domain.time.now = NOW;
});
afterAll(() => domain.close());

function ask(representations: readonly object[], selection: string): Promise<ExecutionResult> {
  return domain.entities('Customer', representations, `{ id recommendations ${selection} }`);
}

const quiet = {
  crmSignals: { state: 'OK', asOf, birthDate: null, locale: null, timeZone: null, customerSince: null, openCases: [] },
  posSignals: { state: 'OK', asOf, orderCount: 0, firstOrderAt: null, lastOrderAt: null, latePaymentCount: 0, rank: null },
  loyaltySignals: { state: 'OK', asOf, member: false, nextTierCode: null, pointsToNextTier: null, expiring: [] },
  digitalSignals: { state: 'OK', asOf, cart: [], cartUpdatedAt: null },
  feedbackSignals: { state: 'OK', asOf, openDetractor: null, openDetractorAt: null },
};
const aiko = {
  ...quiet,
  id: 'cus_0000000000000000aaaa',
  permissions: ['PERSONALIZATION', 'PROFILING', 'MARKETING'],
  crmSignals: { ...quiet.crmSignals, birthDate: '1988-03-04', locale: 'ja-JP', timeZone: 'Asia/Tokyo' },
  posSignals: {
    ...quiet.posSignals,
    orderCount: 9,
    firstOrderAt: '2024-06-01T00:00:00Z',
    lastOrderAt: '2026-02-25T00:00:00Z',
    rank: { recency: 5, frequency: 4, monetary: 4, asOf },
  },
  loyaltySignals: { ...quiet.loyaltySignals, member: true, expiring: [{ points: 1200, at: '2026-03-31T15:00:00Z' }] },
};
const ben = { ...aiko, id: 'cus_0000000000000000bbbb', permissions: [] };

describe('recommendations', () => {
  it('are computed from the representation alone, in the customer’s language', async () => {
    const result = await ask(
      [aiko],
      '{ asOf rfm { score segment } offers { template title body locale rank personalized consentBasis validUntil reasons { code text evidence { name value } } } }',
    );
    expect(result.errors).toBeUndefined();
    expect(result.data).toEqual({
      _entities: [
        {
          id: aiko.id,
          recommendations: {
            asOf: '2026-03-01T12:00:00.000Z',
            rfm: { score: 544, segment: 'CHAMPIONS' },
            offers: [
              {
                template: 'BIRTHDAY',
                title: 'お誕生日おめでとうございます',
                body: '店舗でもオンラインでもお使いいただけるお誕生日特典をご用意しました。',
                locale: 'ja',
                rank: 1,
                personalized: true,
                consentBasis: ['PERSONALIZATION', 'PROFILING'],
                validUntil: '2026-03-04T15:00:00.000Z',
                reasons: [{ code: 'BIRTHDAY_NEAR', text: '誕生日まであと3日です。', evidence: [{ name: 'daysUntil', value: '3' }] }],
              },
              {
                template: 'POINTS_EXPIRING',
                title: 'ポイントの有効期限が近づいています',
                body: '1,200ポイントが2026年4月1日から順に失効します。次のお買い物でぜひお使いください。',
                locale: 'ja',
                rank: 2,
                personalized: true,
                consentBasis: ['PERSONALIZATION', 'PROFILING'],
                validUntil: '2026-03-31T15:00:00.000Z',
                reasons: [
                  {
                    code: 'POINTS_EXPIRE',
                    text: '60日以内に1,200ポイントが失効します（最初の失効日：2026年4月1日）。',
                    evidence: [
                      { name: 'points', value: '1200' },
                      { name: 'at', value: '2026-03-31T15:00:00.000Z' },
                    ],
                  },
                ],
              },
            ],
          },
        },
      ],
    });
  });

  it('use nothing personal without consent, and say so', async () => {
    const result = await ask(
      [ben],
      '{ rfm { score } sourceStatus { service state asOf } offers { template personalized consentBasis locale channels reasons { code } } }',
    );
    expect(result).toEqual({
      data: {
        _entities: [
          {
            id: ben.id,
            recommendations: {
              rfm: null,
              sourceStatus: ['crm', 'pos', 'loyalty', 'digital', 'feedback'].map((service) => ({ service, state: 'WITHHELD', asOf: null })),
              offers: [
                {
                  template: 'GENERAL',
                  personalized: false,
                  consentBasis: [],
                  locale: 'en',
                  channels: ['STORE', 'WEB', 'APP'],
                  reasons: [{ code: 'NOT_PERSONALIZED' }],
                },
              ],
            },
          },
        ],
      },
    });
  });

  it.each(['crm', 'pos', 'loyalty', 'digital', 'feedback'])('answer from the rest when %s is lost', async (service) => {
    const result = await ask([{ ...aiko, [`${service}Signals`]: null }], '{ sourceStatus { service state } offers { template } }');
    expect(result.errors).toBeUndefined();
    const [{ recommendations: answer }] = result.data!._entities as [
      { recommendations: { sourceStatus: { service: string; state: string }[]; offers: { template: string }[] } },
    ];
    expect(answer.sourceStatus.filter(({ state }) => state !== 'OK')).toEqual([{ service, state: 'UNAVAILABLE' }]);
    const lostOffer = { crm: 'BIRTHDAY', loyalty: 'POINTS_EXPIRING' }[service];
    expect(answer.offers.map(({ template }) => template)).toEqual(
      ['BIRTHDAY', 'POINTS_EXPIRING'].filter((template) => template !== lostOffer),
    );
  });

  it('select offers by number, channel, kind and language', async () => {
    const result = await ask(
      [aiko],
      '{ one: offers(first: 1) { rank } chat: offers(channel: SOCIAL) { rank } points: offers(templates: [POINTS_EXPIRING], locale: "de-DE") { rank locale title } }',
    );
    expect(result.data!._entities).toEqual([
      {
        id: aiko.id,
        recommendations: { one: [{ rank: 1 }], chat: [], points: [{ rank: 2, locale: 'en', title: 'Your points are about to expire' }] },
      },
    ]);
  });

  it('refuse a page size out of bounds with a coded error and answer the rest', async () => {
    const result = await ask([aiko], '{ asOf offers(first: 0) { rank } }');
    expect(result.data!._entities).toEqual([{ id: aiko.id, recommendations: { asOf: '2026-03-01T12:00:00.000Z', offers: null } }]);
    expect(result.errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argument: 'first' } })]);
  });

  it('answer a batch in its order, whatever one of them is', async () => {
    const result = await ask([ben, { id: 'cus_0000000000000000cccc' }, aiko], '{ offers(first: 1) { template } }');
    expect(result.errors).toBeUndefined();
    expect(
      (result.data!._entities as { recommendations: { offers: { template: string }[] } }[]).map(
        (of) => of.recommendations.offers[0]!.template,
      ),
    ).toEqual(['GENERAL', 'GENERAL', 'BIRTHDAY']);
  });
});

describe('a decision', () => {
  const offers = 'offers(channel: EMAIL, record: true) { decisionId id title rank }';
  const explained = `decidedAt channel templates purposes reproduced sourceStatus { service state }
    inputs { service name value } offers { decisionId id title rank }`;
  const explain = async (id: unknown) =>
    (await domain.ask(`query ($id: ID!) { decision(id: $id) { ${explained} } }`, { id })).data?.decision as Record<string, unknown> | null;
  const decide = async (customer: object) => {
    const { data } = await withoutDeadlines(() => ask([customer], `{ ${offers} }`));
    const [{ recommendations: answer }] = data!._entities as [{ recommendations: { offers: { decisionId: string }[] } }];
    return answer.offers;
  };

  it('that is kept can be made again from what it was made from, whatever time it is', async () => {
    const given = await decide(aiko);
    expect(given.map((offer) => offer.decisionId)).toEqual([given[0]?.decisionId, given[0]?.decisionId]);
    domain.time.now = NOW + 400 * 86_400_000;
    const decision = await explain(given[0]?.decisionId);
    domain.time.now = NOW;
    expect(decision).toMatchObject({
      decidedAt: '2026-03-01T12:00:00.000Z',
      channel: 'EMAIL',
      templates: null,
      purposes: ['PERSONALIZATION', 'PROFILING', 'MARKETING'],
      reproduced: true,
      offers: given,
    });
    expect(decision?.inputs).toContainEqual({ service: 'crm', name: 'birthDate', value: '"1988-03-04"' });
  });

  it('is kept and made again with what was told of the moment', async () => {
    const context =
      '{ at: "2026-03-10T12:00:00Z", store: "tokyo-1", occasion: CHECKOUT, attributes: [{ name: "weather", value: "SNOW" }] }';
    const asked = (record: boolean) => `{ offers(context: ${context}, record: ${record}) { decisionId template asOf heldBack { code } } }`;
    const { data } = await withoutDeadlines(() => ask([aiko], asked(true)));
    const [{ recommendations: answer }] = data!._entities as [{ recommendations: { offers: { decisionId: string }[] } }];
    // The birthday is over by then.
    expect(answer.offers).toMatchObject([{ template: 'POINTS_EXPIRING', asOf: '2026-03-10T12:00:00.000Z' }]);
    const { data: again } = await domain.ask(
      'query ($id: ID!) { decision(id: $id) { decidedAt reproduced context { at occasion store attributes { name value } } offers { decisionId template asOf heldBack { code } } } }',
      { id: answer.offers[0]?.decisionId },
    );
    expect(again?.decision).toEqual({
      decidedAt: '2026-03-01T12:00:00.000Z',
      reproduced: true,
      context: {
        at: '2026-03-10T12:00:00.000Z',
        occasion: 'CHECKOUT',
        store: 'tokyo-1',
        attributes: [{ name: 'weather', value: 'SNOW' }],
      },
      offers: answer.offers,
    });
  });

  it('that was kept before contexts, touches and preferences were told is still made again', async () => {
    const [offer] = await decide({ ...aiko, id: 'cus_old' });
    const collection = domain.store.collection(decisionSpec);
    const [doc] = await collection.getMany([parseEntityId('dec', offer!.decisionId)!]);
    const { crmSignals, digitalSignals, feedbackSignals } = quiet;
    const old = { ...doc!, id: 'old', version: 0, customer: { ...doc!.customer, crmSignals, digitalSignals, feedbackSignals } };
    await collection.insertOnce([old]);
    expect(await explain(entityId('dec', { owner: 'cus_old', id: 'old' }))).toMatchObject({
      decidedAt: '2026-03-01T12:00:00.000Z',
      offers: [{ rank: 1 }],
      reproduced: false,
    });
  });

  it('of which anything was altered since is not called the same, though its offers are', async () => {
    const given = await decide({ ...aiko, id: 'cus_altered' });
    const collection = domain.store.collection(decisionSpec);
    const key = parseEntityId('dec', given[0]!.decisionId)!;
    const alter = async (change: (doc: DecisionRecord) => Partial<DecisionRecord>) => {
      const [doc] = await collection.getMany([key]);
      await collection.putMany([{ ...doc!, ...change(doc!) }]);
      return doc!;
    };
    const reproduced = async () => {
      const decision = await explain(given[0]?.decisionId);
      expect(decision?.offers).toEqual(given);
      return decision?.reproduced;
    };
    expect(await reproduced()).toBe(true);
    const eight = { ...aiko.posSignals, orderCount: 8 };
    const { customer, asked, at } = await alter((doc) => ({ customer: { ...doc.customer, posSignals: eight } }));
    expect(await reproduced()).toBe(false);
    await alter((doc) => ({ customer, asked: { ...doc.asked, first: 19 } }));
    expect(await reproduced()).toBe(false);
    await alter(() => ({ asked, at: at - 1 }));
    expect((await explain(given[0]?.decisionId))?.reproduced).toBe(false);
    await alter(() => ({ at }));
    expect(await reproduced()).toBe(true);
  });

  it('is not kept unless that is asked for', async () => {
    domain.calls.clear();
    const { data } = await ask([aiko], '{ offers { decisionId } }');
    expect(data?._entities).toMatchObject([{ recommendations: { offers: [{ decisionId: null }, { decisionId: null }] } }]);
    expect(domain.calls.list).toEqual([]);
  });

  it('keeps nothing personal without consent, not even what a domain sent all the same', async () => {
    const [offer] = await decide({ ...ben, permissions: ['MARKETING'] }).then(() => decide(ben));
    expect(offer).toBeUndefined();
    const { data } = await withoutDeadlines(() => ask([ben], '{ offers(record: true) { decisionId } }'));
    const [{ recommendations: answer }] = data!._entities as [{ recommendations: { offers: { decisionId: string }[] } }];
    expect(await explain(answer.offers[0]?.decisionId)).toMatchObject({
      purposes: [],
      inputs: [],
      reproduced: true,
      sourceStatus: [{ state: 'WITHHELD' }, { state: 'WITHHELD' }, { state: 'WITHHELD' }, { state: 'WITHHELD' }, { state: 'WITHHELD' }],
    });
  });

  it('of a page of customers is one write', async () => {
    domain.calls.clear();
    await ask(
      Array.from({ length: 100 }, (_, i) => ({ ...aiko, id: `cus_page${i}` })),
      `{ ${offers} }`,
    );
    expect(domain.calls.list).toEqual(['decisions.insertOnce']);
  });

  it('of an erased customer is neither kept nor known any more', async () => {
    const [offer] = await decide({ ...aiko, id: 'cus_erased' });
    expect(await domain.store.erase('cus_erased')).toMatchObject({ decisions: 1 });
    expect(await explain(offer?.decisionId)).toBeNull();
    expect((await decide({ ...aiko, id: 'cus_erased' })).map(({ decisionId }) => decisionId)).toEqual([null, null]);
  });

  it('of an id that is none is not known', async () => {
    expect(await Promise.all(['', 'dec_', 'dec_!!', 'cus_x', `dec_${'x'.repeat(2000)}`].map(explain))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('an offer', () => {
  const touch = (channel: string, sentAt: string) => ({ channel, sentAt, arrivedAt: sentAt, bouncedAt: null });
  const held = {
    ...aiko,
    digitalSignals: {
      ...quiet.digitalSignals,
      touches: [touch('SMS', '2026-02-27T12:00:00Z')],
      unsubscribed: [{ channel: 'EMAIL', at: '2025-12-24T12:00:00Z' }],
    },
  };
  const CHANNELS = '{ offers(first: 1) { template channels heldBack { channel code until text } } }';

  it('says over which channels it is not made, why, and until when', async () => {
    // Noon in UTC is 21:00 in Tokyo, where the day begins at 23:00 UTC.
    expect((await ask([held], CHANNELS)).data?._entities).toEqual([
      {
        id: aiko.id,
        recommendations: {
          offers: [
            {
              template: 'BIRTHDAY',
              channels: ['STORE', 'WEB', 'APP', 'CHAT'],
              heldBack: [
                { channel: 'EMAIL', code: 'UNSUBSCRIBED', until: null, text: 'このチャネルでの配信は停止されています。' },
                { channel: 'SMS', code: 'FREQUENCY_CAP', until: '2026-03-06T12:00:00.000Z', text: '最近の配信回数が上限に達しています。' },
                { channel: 'SMS', code: 'QUIET_HOURS', until: '2026-03-01T23:00:00.000Z', text: 'お客様への連絡を控える時間帯です。' },
                { channel: 'PUSH', code: 'QUIET_HOURS', until: '2026-03-01T23:00:00.000Z', text: 'お客様への連絡を控える時間帯です。' },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('goes out again by e-mail once the customer consents to marketing anew', async () => {
    const since = (day: string) => ({ ...held, permissionsSince: ['2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', `${day}T00:00:00Z`] });
    const channels = async (customer: object) =>
      ((await ask([customer], CHANNELS)).data!._entities as [{ recommendations: { offers: [{ channels: string[] }] } }])[0].recommendations
        .offers[0].channels;
    expect(await channels(since('2025-12-01'))).not.toContain('EMAIL');
    expect(await channels(since('2026-01-15'))).toContain('EMAIL');
  });
});

describe('the next best actions', () => {
  const ACTIONS = '{ nextBestActions { kind priority actor channel dueBy offer { template title } reasons { code text } } }';
  const actions = async (customer: object) =>
    ((await ask([customer], ACTIONS)).data!._entities as [{ recommendations: { nextBestActions: unknown[] } }])[0].recommendations
      .nextBestActions;

  it('are in the customer’s language, service first, with silence as an action', async () => {
    const openCases = [{ id: 'case_1', type: 'COMPLAINT', openedAt: '2026-03-01T02:00:00Z' }];
    const day = { ...aiko.crmSignals, timeZone: 'UTC', openCases };
    expect(await actions({ ...aiko, crmSignals: day })).toEqual([
      {
        kind: 'SERVICE_RECOVERY',
        priority: 1,
        actor: 'AGENT',
        channel: 'PHONE',
        dueBy: '2026-03-02T02:00:00.000Z',
        offer: { template: 'SERVICE_RECOVERY', title: 'このたびはご迷惑をおかけしております' },
        reasons: [
          { code: 'OPEN_CASE', text: '2026年3月1日から未解決の案件（COMPLAINT）があります。' },
          { code: 'SELLING_SUPPRESSED', text: '解決するまで見合わせる提案：BIRTHDAY POINTS_EXPIRING。' },
        ],
      },
      {
        kind: 'SILENCE',
        priority: 2,
        actor: 'SYSTEM',
        channel: null,
        dueBy: null,
        offer: null,
        reasons: [{ code: 'SELLING_SUPPRESSED', text: '解決するまで見合わせる提案：BIRTHDAY POINTS_EXPIRING。' }],
      },
    ]);
  });

  it('are silence for everybody without consent, whatever a domain sent all the same', async () => {
    const silent = await actions(ben);
    expect(silent).toMatchObject([{ kind: 'SILENCE', reasons: [{ code: 'NOT_PERSONALIZED' }] }]);
    expect(await actions({ id: 'cus_0000000000000000dddd', permissions: [] })).toEqual(silent);
  });
});

describe('the disclosure', () => {
  const DISCLOSURE = `{ disclosure { locale personalized summary offers howToTurnOff valueExchange
    purposes { purpose granted since text } sources { service state asOf facts { name text } } } }`;

  it('tells the customer what is used, from where, on which consent and since when', async () => {
    const permissionsSince = ['2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z', '2025-07-01T00:00:00Z'];
    const { data, errors } = await ask([{ ...aiko, permissionsSince }], DISCLOSURE);
    expect(errors).toBeUndefined();
    const [{ recommendations: answer }] = data!._entities as [{ recommendations: { disclosure: Record<string, unknown> } }];
    expect(answer.disclosure).toMatchObject({
      locale: 'ja',
      personalized: true,
      offers: ['BIRTHDAY', 'POINTS_EXPIRING'],
      purposes: [
        { purpose: 'PERSONALIZATION', granted: true, since: '2025-01-01T00:00:00.000Z', text: 'お客様へのご提案を選ぶため。' },
        { purpose: 'PROFILING', granted: true, since: '2025-06-01T00:00:00.000Z' },
        { purpose: 'MARKETING', granted: true, since: '2025-07-01T00:00:00.000Z' },
      ],
    });
    expect((answer.disclosure.sources as unknown[])[0]).toEqual({
      service: 'crm',
      state: 'OK',
      asOf,
      facts: [
        { name: 'birthDate', text: 'お誕生日' },
        { name: 'locale', text: 'ご利用の言語' },
        { name: 'timeZone', text: 'お住まいの地域の時間帯' },
      ],
    });
  });

  it('is the same for everybody without consent, in the language asked for', async () => {
    const everybody = [ben, { id: 'cus_0000000000000000dddd', permissions: [] }];
    const { data } = await ask(everybody, DISCLOSURE.replace('disclosure', 'disclosure(locale: "en")'));
    const [one, other] = data!._entities as [{ recommendations: unknown }, { recommendations: unknown }];
    expect(one.recommendations).toEqual(other.recommendations);
    expect(one.recommendations).toMatchObject({
      disclosure: { personalized: false, offers: [], summary: expect.stringContaining('the same for everybody') },
    });
  });
});
