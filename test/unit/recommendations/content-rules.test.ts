import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../../kernel/catalogue.ts';
import { ContentIndex } from '../../../subgraphs/recommendations/content/content-index.ts';
import { contentId, contentKey, foldContent } from '../../../subgraphs/recommendations/content/intake.ts';
import type { ContentFacts, ContentRecord, ContentRow } from '../../../subgraphs/recommendations/content/records.ts';
import { contentFacts } from '../../../subgraphs/recommendations/offers/content-facts.ts';
import { advice, article, localEvent } from '../../../subgraphs/recommendations/offers/content-rules.ts';
import { disclosure } from '../../../subgraphs/recommendations/offers/disclosure.ts';
import { nextBestActions } from '../../../subgraphs/recommendations/offers/next-best-actions.ts';
import { rankedOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import { shownOffers } from '../../../subgraphs/recommendations/offers/shown-offer.ts';
import { DAY, NOW, subject } from './subjects.ts';

/** A row; of a piece number its title is the number, and it says nothing but what is given. */
function row(number: string, more: Partial<ContentRow>): ContentRow {
  return {
    system: 'cms',
    number,
    kind: 'ADVICE',
    language: 'en',
    title: number,
    link: null,
    skus: [],
    categories: [],
    stores: [],
    startsAt: null,
    endsAt: null,
    withdrawn: false,
    updatedAt: NOW - 9 * DAY,
    ...more,
  };
}
/** The pieces as they are stored after these rows. */
function stored(rows: readonly ContentRow[]): readonly ContentRecord[] {
  const pieces = new Map<string, ContentRecord>();
  for (const [index, record] of rows.entries()) {
    const key = contentKey(record);
    const { doc } = foldContent(pieces.get(key.id) ?? null, key, [{ record, owner: '', origin: `run/${index}`, occurrence: 1 }], NOW);
    if (doc) pieces.set(key.id, doc);
  }
  return [...pieces.values()];
}
const idOf = (number: string) => contentId({ system: 'cms', number });

const CATEGORIES: Readonly<Record<string, string>> = { tea: 'Tea', coffee: 'Coffee', mug: 'Tableware', bowl: 'Tableware' };
const catalogue: Catalogue = {
  products: async (skus) =>
    new Map(skus.filter((sku) => CATEGORIES[sku]).map((sku) => [sku, { name: null, category: CATEGORIES[sku]!, available: true }])),
};
const log = pino({ enabled: false });
const asOf = new Date(NOW).toISOString();
const ago = (days: number) => new Date(NOW - days * DAY).toISOString();

interface Life {
  /** By sku, so many days ago. */
  readonly bought?: readonly (readonly [string, number])[];
  readonly viewed?: readonly (readonly [string, number])[];
  readonly store?: string | null;
  readonly permissions?: readonly ('PERSONALIZATION' | 'PROFILING')[];
}
const representation = ({ bought = [], viewed = [], store = null, permissions = ['PERSONALIZATION', 'PROFILING'] }: Life) => ({
  id: 'cus_00000000000000000000',
  permissions,
  posBaskets: { state: 'OK', asOf, store, baskets: bought.map(([sku, days]) => ({ at: ago(days), skus: [sku] })) },
  digitalSignals: { state: 'OK', asOf, viewed: viewed.map(([sku, days]) => ({ sku, at: ago(days) })) },
});
const factsOf = async (rows: readonly ContentRow[], life: Life, { from = catalogue, at = NOW }: { from?: Catalogue; at?: number } = {}) =>
  contentFacts(representation(life), at, { pieces: await ContentIndex.of(stored(rows)), catalogue: from, log });
const of = (content: ContentFacts | null, more: Parameters<typeof subject>[0] = {}) => subject({ content, ...more });
/** The titles of the advice, the article and the event. */
const chosen = (facts: ContentFacts | null) =>
  facts && [facts.advice, facts.article, facts.event].map((one) => one && one.piece.translations[0]!.title);

const HOUR = 3_600_000;
const event = (number: string, inDays: number, more: Partial<ContentRow> = {}) =>
  row(number, { kind: 'EVENT', stores: ['TYO1'], startsAt: NOW + inDays * DAY, endsAt: NOW + inDays * DAY + 2 * HOUR, ...more });

describe('the content that suits a customer', () => {
  it('is advice on what was bought within 60 days, the last purchase first, on the product before its category', async () => {
    const rows = [
      row('on tea', { skus: ['tea'] }),
      row('on teas', { categories: ['Tea'] }),
      row('on coffee', { skus: ['coffee'] }),
      row('on mugs', { skus: ['mug'] }),
      row('to read on tea', { kind: 'ARTICLE', skus: ['tea'] }),
    ];
    const bought = [
      ['tea', 5],
      ['coffee', 20],
      ['mug', 61],
    ] as const;
    const advised = async (left: number) => {
      const facts = await factsOf(rows.slice(left), { bought });
      return facts?.advice && [facts.advice.piece.translations[0]!.title, facts.advice.sku, facts.advice.category, facts.advice.at];
    };
    expect(await advised(0)).toEqual(['on tea', 'tea', null, NOW - 5 * DAY]);
    expect(await advised(1)).toEqual(['on teas', 'tea', 'Tea', NOW - 5 * DAY]);
    expect(await advised(2)).toEqual(['on coffee', 'coffee', null, NOW - 20 * DAY]);
    expect(await advised(3)).toBeNull();
  });

  it('is an article on what was looked at within 30 days, then on the category bought most', async () => {
    const rows = ['Tea', 'Coffee', 'Tableware'].map((category) => row(`on ${category}`, { kind: 'ARTICLE', categories: [category] }));
    const bought = [
      ['tea', 100],
      ['mug', 90],
      ['bowl', 80],
    ] as const;
    const read = async (life: Life) => chosen(await factsOf(rows, life))?.[1];
    expect(await read({ bought, viewed: [['coffee', 3]] })).toBe('on Coffee');
    expect(await read({ bought, viewed: [['tea', 31]] })).toBe('on Tableware');
    // One product of each: the one bought last.
    expect(await read({ bought: [bought[2], bought[0]] })).toBe('on Tableware');
  });

  it('is an event in the store of most orders, the first to begin first, none that is over or far off', async () => {
    const rows = [
      event('next week', 7),
      event('tomorrow', 1),
      event('over', -1),
      event('on', -0.05),
      event('in autumn', 200),
      event('elsewhere', 2, { stores: ['OSA1'] }),
    ];
    const next = async (inDays: number) => chosen(await factsOf(rows, { store: 'TYO1' }, { at: NOW + inDays * DAY }))?.[2];
    expect([await next(-1), await next(0), await next(0.5), await next(2), await next(8)]).toEqual([
      'over',
      'on',
      'tomorrow',
      'next week',
      null,
    ]);
    expect(chosen(await factsOf(rows, { store: null }))?.[2]).toBeNull();
  });

  it('is what is on at the time that it is chosen for, however many are scheduled', async () => {
    const rows = [
      ...Array.from({ length: 500 }, (_, nth) => row(`later ${nth}`, { skus: ['tea'], startsAt: NOW + 2 * DAY, updatedAt: NOW })),
      ...Array.from({ length: 3 }, (_, nth) => row(`now ${nth}`, { skus: ['tea'], startsAt: NOW, endsAt: NOW + DAY })),
      row('ever', { skus: ['tea'], updatedAt: 1 }),
      row('over', { skus: ['tea'], endsAt: NOW, updatedAt: NOW }),
    ];
    const advised = async (inDays: number) =>
      chosen(await factsOf(rows, { bought: [['tea', 5]] }, { at: NOW + inDays * DAY }))?.[0]?.split(' ')[0];
    expect([await advised(-0.1), await advised(0), await advised(1), await advised(2)]).toEqual(['over', 'now', 'ever', 'later']);
  });

  it('is one piece with the translations that could be shown, so that what is kept of it stays small', async () => {
    const languages = ['de', 'fr', 'it', 'en-GB', 'ja-JP', 'es'];
    const rows = Array.from({ length: 10 }, (_, index) =>
      languages.map((language) => row(`${index}`, { language, title: `${index} ${language}`, skus: ['tea'] })),
    );
    const facts = await factsOf(rows.flat(), { bought: [['tea', 5]] });
    expect(facts?.advice?.piece.translations.map(({ language }) => language)).toEqual(['de', 'en-GB', 'ja-JP']);
  });

  it('is found by products alone where the catalogue is lost, and asks for categories only where content has any', async () => {
    const asked: (readonly string[])[] = [];
    const broken: Catalogue = {
      products: (skus) => {
        asked.push(skus);
        return Promise.reject(new Error('gone'));
      },
    };
    const life: Life = {
      bought: [
        ['tea', 5],
        ['mug', 300],
      ],
      viewed: [['coffee', 1]],
    };
    const bySku = row('on tea', { skus: ['tea'] });
    const byCategory = row('on Tableware', { categories: ['Tableware'] });
    const found = async (rows: readonly ContentRow[]) => chosen(await factsOf(rows, life, { from: broken }));
    expect(await found([bySku])).toEqual(['on tea', null, null]);
    // What is about the product bought last comes before any category.
    expect(await found([bySku, byCategory])).toEqual(['on tea', null, null]);
    expect(asked).toEqual([]);
    expect(await found([row('on mugs', { skus: ['mug'] }), byCategory])).toEqual([null, null, null]);
    expect(asked).toEqual([['tea']]);
    await found([row('to read', { kind: 'ARTICLE', categories: ['Tea'] })]);
    expect(asked[1]).toEqual(['coffee', 'tea', 'mug']);
    await found([row('to read', { kind: 'ARTICLE', categories: ['Tea'] }), row('on coffee', { kind: 'ARTICLE', skus: ['coffee'] })]);
    expect(asked).toHaveLength(2);
  });

  it('is not looked for without consent, nor where there is none', async () => {
    const life: Life = { bought: [['tea', 5]] };
    expect(await factsOf([row('on tea', { skus: ['tea'] })], { ...life, permissions: ['PERSONALIZATION'] })).toBeNull();
    expect(await factsOf([], life)).toBeNull();
  });

  it('is of what answered', async () => {
    const pieces = await ContentIndex.of(stored([row('on tea', { kind: 'ARTICLE', skus: ['tea'] }), row('advice', { skus: ['tea'] })]));
    const half = { ...representation({ viewed: [['tea', 1]] }), posBaskets: null };
    expect(chosen(await contentFacts(half, NOW, { pieces, catalogue, log }))).toEqual([null, 'on tea', null]);
  });
});

describe('a piece', () => {
  const about = async (...rows: ContentRow[]) => {
    const index = await ContentIndex.of(stored(rows));
    return ['tea', 'coffee'].filter((sku) => index.about('ADVICE', 'sku', sku).length > 0);
  };
  const [old, changed] = [row('7', { skus: ['tea'], language: 'ja', updatedAt: 1 }), row('7', { skus: ['coffee'], updatedAt: 2 })];

  it('is about what the newest of its rows says, whatever came first, and of equals the one that was filed last', async () => {
    expect(await about(old, changed)).toEqual(['coffee']);
    expect(await about(changed, old)).toEqual(['coffee']);
    expect(await about(old, { ...changed, updatedAt: 1 })).toEqual(['coffee']);
    expect(await about({ ...changed, updatedAt: 1 }, old)).toEqual(['tea']);
  });

  it('is about what the newest says that is not withdrawn', async () => {
    expect(await about(old, { ...changed, withdrawn: true })).toEqual(['tea']);
    expect(await about({ ...old, withdrawn: true }, { ...changed, withdrawn: true })).toEqual([]);
  });
});

describe('ADVICE', () => {
  it('says what it is about and holds for 60 days, or until the piece ends', async () => {
    const rows = [row('on Tea', { categories: ['Tea'] })];
    const life: Life = { bought: [['tea', 15]] };
    expect(advice(of(await factsOf(rows, life)))).toMatchObject({
      template: 'ADVICE',
      reasons: [{ code: 'BOUGHT_LATELY', evidence: { sku: 'tea', category: 'Tea', at: { at: NOW - 15 * DAY } } }],
      urgency: 0.75,
      validUntil: NOW + 45 * DAY,
      occasion: idOf('on Tea'),
    });
    expect(await factsOf(rows, life, { at: NOW + 45 * DAY })).toMatchObject({ advice: null });
    const ending = await factsOf([row('on tea', { skus: ['tea'], endsAt: NOW + DAY })], { bought: [['tea', 15]] });
    expect(advice(of(ending))?.validUntil).toBe(NOW + DAY);
  });
});

describe('CONTENT', () => {
  it('is on what was looked at while that is 30 days ago at most, else on the category bought most', async () => {
    const rows = [row('a look', { kind: 'ARTICLE', skus: ['coffee'] }), row('a habit', { kind: 'ARTICLE', categories: ['Tea'] })];
    const read = async (inDays: number) => {
      const now = NOW + inDays * DAY;
      return article(of(await factsOf(rows, { bought: [['tea', 200]], viewed: [['coffee', 15]] }, { at: now }), { now }));
    };
    expect(await read(0)).toMatchObject({
      reasons: [{ code: 'VIEWED_LATELY', evidence: { sku: 'coffee', at: { at: NOW - 15 * DAY } } }],
      urgency: 0.5,
      validUntil: NOW + 15 * DAY,
    });
    expect(await read(15)).toMatchObject({
      reasons: [{ code: 'FAVOURITE_CATEGORY', evidence: { category: 'Tea' } }],
      urgency: 0,
      validUntil: null,
    });
  });
});

describe('LOCAL_EVENT', () => {
  it('is named from 30 days before it begins until it ends', async () => {
    const startsAt = NOW + 30 * DAY;
    const told = async (now: number) => localEvent(of(await factsOf([event('tasting', 30)], { store: 'TYO1' }, { at: now }), { now }));
    expect(await told(NOW - 1)).toBeNull();
    expect(await told(NOW)).toMatchObject({
      reasons: [{ code: 'EVENT_IN_STORE', evidence: { store: 'TYO1', startsAt: { at: startsAt }, endsAt: { at: startsAt + 2 * HOUR } } }],
      urgency: 0,
      validUntil: startsAt + 2 * HOUR,
      values: { date: { at: startsAt } },
    });
    expect((await told(startsAt + HOUR))?.urgency).toBe(1);
    expect(await told(startsAt + 2 * HOUR)).toBeNull();
  });
});

describe('the day of an event', () => {
  const LATE = Date.UTC(2026, 2, 3, 23, 30);
  const told = async (storeTimeZone: string | null, timeZone: string | null) => {
    const facts = await factsOf([event('tasting', 0, { startsAt: LATE, endsAt: LATE + HOUR })], { store: 'TYO1' });
    const customer = of(facts, { pos: { store: 'TYO1', storeTimeZone }, crm: { timeZone } });
    const [offer] = shownOffers(rankedOffers(customer), customer, 'en');
    return [offer?.body(), offer?.reasons()[0]?.text].map((text) => /\d+ March/.exec(text ?? '')?.[0]);
  };

  it('is that of the store, wherever the customer lives', async () => {
    expect(await told('Asia/Tokyo', null)).toEqual(['4 March', '4 March']);
    expect(await told('Asia/Tokyo', 'America/New_York')).toEqual(['4 March', '4 March']);
  });

  it('is that of the customer where the store’s is not known', async () => {
    expect(await told(null, 'Asia/Tokyo')).toEqual(['4 March', '4 March']);
    expect(await told(null, null)).toEqual(['3 March', '3 March']);
    expect(await told('Mars/Olympus', null)).toEqual(['3 March', '3 March']);
  });
});

describe('offers of content', () => {
  const LIFE: Life = { bought: [['tea', 5]], viewed: [['mug', 1]], store: 'TYO1' };
  const rows = [
    row('brewing', { skus: ['tea'], title: 'Brewing', link: 'https://example.com/brewing' }),
    row('brewing', { skus: ['tea'], language: 'ja', title: '淹れ方' }),
    row('mugs', { kind: 'ARTICLE', skus: ['mug'], title: 'On mugs' }),
    event('tasting', 7, { title: 'Tea tasting' }),
  ];
  const ALL = ['ADVICE', 'LOCAL_EVENT', 'CONTENT'];
  const templates = (one: ReturnType<typeof subject>) => rankedOffers(one).map(({ template }) => template);

  it('stand among the others, and are unasked for: by consent to MARKETING, and not during a complaint or where others read along', async () => {
    const facts = await factsOf(rows, LIFE);
    expect(templates(of(facts))).toEqual(ALL);
    for (const { channels } of rankedOffers(of(facts, { marketing: false })))
      expect(channels.filter((channel) => ['EMAIL', 'SMS', 'PUSH', 'PHONE'].includes(channel))).toEqual([]);
    const complaint = { crm: { openCases: [{ id: 'cas_1', type: 'COMPLAINT', openedAt: NOW - DAY }] } };
    expect(rankedOffers(of(facts, complaint))).toMatchObject([
      { template: 'SERVICE_RECOVERY', reasons: [{ code: 'OPEN_CASE' }, { code: 'SELLING_SUPPRESSED' }] },
    ]);
    expect(templates(of(facts, { context: { attributes: [{ name: 'screen', value: 'SHARED' }] } }))).toEqual(['GENERAL']);
    expect(templates(of(facts, { context: { occasion: 'SERVICE_CONTACT' } }))).toEqual([]);
  });

  it('are in the words of the piece, in the language of the offer or the first that there is', async () => {
    const facts = await factsOf(rows, LIFE);
    const shown = (locale: string) =>
      shownOffers(rankedOffers(of(facts)), of(facts), locale).map((offer) => [
        offer.title(),
        offer.content()?.locale,
        offer.content()?.link,
      ]);
    expect(shown('en')).toEqual([
      ['Brewing', 'en', 'https://example.com/brewing'],
      ['Tea tasting', 'en', null],
      ['On mugs', 'en', null],
    ]);
    expect(shown('ja')).toEqual([
      ['淹れ方', 'ja', null],
      ['Tea tasting', 'en', null],
      ['On mugs', 'en', null],
    ]);
    const [, tasting] = shownOffers(rankedOffers(of(facts)), of(facts), 'en');
    expect(tasting?.body()).toBe('In the shop that you know, from 8 March 2026 on. Come by; we look forward to seeing you.');
    expect(tasting?.content()).toMatchObject({ id: idOf('tasting'), kind: 'EVENT', startsAt: NOW + 7 * DAY, store: { id: 'TYO1' } });
  });

  it('are next best actions, and told of with what they rest on', async () => {
    const facts = await factsOf(rows, LIFE);
    expect(nextBestActions(of(facts)).map(({ kind, offer }) => [kind, offer?.template])).toEqual([
      ['CONTENT', 'ADVICE'],
      ['OFFER', 'LOCAL_EVENT'],
      ['CONTENT', 'CONTENT'],
    ]);
    const told = disclosure(of(facts, { pos: { store: 'TYO1' } }), 'en');
    expect(told.offers).toEqual(ALL);
    expect(told.sources[1]?.facts).toEqual([{ name: 'store', text: 'The shop that you buy in most often' }]);
  });
});
