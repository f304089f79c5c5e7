import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ContentIndex } from '../../subgraphs/recommendations/content/content-index.ts';
import { contentSpec } from '../../subgraphs/recommendations/content/records.ts';
import { ContentShelf } from '../../subgraphs/recommendations/content/shelf.ts';
import { recommendations } from '../../subgraphs/recommendations/module.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { withoutDeadlines } from '../support/events.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 1, 12);
const at = (days: number) => new Date(NOW + days * DAY).toISOString();
const asOf = at(0);

const ada = {
  id: 'cus_0000000000000000aaaa',
  permissions: ['PERSONALIZATION', 'PROFILING', 'MARKETING'],
  crmSignals: { state: 'OK', asOf, locale: 'en-GB', openCases: [] },
  posSignals: { state: 'OK', asOf, orderCount: 3, firstOrderAt: at(-61), lastOrderAt: at(-41), latePaymentCount: 0, rank: null },
  posBaskets: { state: 'OK', asOf, store: 'TYO1', baskets: [{ at: at(-41), skus: ['tea'] }] },
  loyaltySignals: { state: 'OK', asOf, member: false, nextTierCode: null, pointsToNextTier: null, expiring: [] },
  digitalSignals: { state: 'OK', asOf, cart: [], cartUpdatedAt: null, viewed: [{ sku: 'mug', at: at(-1) }] },
  feedbackSignals: { state: 'OK', asOf, openDetractor: null, openDetractorAt: null, lastGivenAt: at(-1) },
};
const ROW = { source: 'cms', number: '7', kind: 'ADVICE', language: 'en', title: 'Brewing', link: 'https://example.com/7', skus: 'tea' };

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain(recommendations);
  domain.time.now = NOW;
  return () => domain.close();
});

const look = () => domain.subgraph.jobs.find(({ name }) => name === 'look-for-content')?.run(new AbortController().signal);

interface Shown {
  readonly decisionId: string | null;
  readonly template: string;
  readonly title: string;
  readonly content: { readonly id: string; readonly title: string; readonly locale: string } | null;
}
const FIELDS = 'decisionId template title body reasons { code text } content { id kind title locale link startsAt endsAt store { id } }';
async function offers(customer: object = ada, args = '(templates: [ADVICE, CONTENT, LOCAL_EVENT])', field = 'productRecommendations') {
  const { data, errors } = await domain.entities('Customer', [customer], `{ ${field} { offers${args} { ${FIELDS} } } }`);
  expect(errors).toBeUndefined();
  return (data!._entities as [Record<string, { offers: Shown[] }>])[0][field]!.offers;
}
const titles = async (...given: Parameters<typeof offers>) => (await offers(...given)).map(({ title }) => title);

let keys = 0;
const PUBLISHED = `content { id source number kind translations { locale title link withdrawn } products { sku } categories stores { id } startsAt endsAt }
  userErrors { code field message }`;
async function publish(input: object) {
  const given = { idempotencyKey: `key-${keys++}`, source: 'cms', number: '7', kind: 'ADVICE', skus: ['tea'], ...input };
  const { data, errors } = await domain.ask(`mutation ($input: ContentPublishInput!) { contentPublish(input: $input) { ${PUBLISHED} } }`, {
    input: given,
  });
  expect(errors).toBeUndefined();
  return data!.contentPublish as {
    content: { id: string; translations: unknown[] } | null;
    userErrors: { code: string; field: string[] }[];
  };
}
const EN = { locale: 'en', title: 'Brewing' };

describe('content that is taken in', () => {
  it('is counted row by row, and offered once the job has looked', async () => {
    expect(await domain.ingest('content', '', [ROW, { ...ROW, language: 'ja', title: '淹れ方' }])).toEqual(['stored', 'stored']);
    expect(await domain.ingest('content', '', [ROW], 'again')).toEqual(['duplicate']);
    expect(await offers()).toEqual([]);
    await look();
    expect(await offers()).toEqual([
      {
        decisionId: null,
        template: 'ADVICE',
        title: 'Brewing',
        body: 'Good to know about something that you bought. Have a look whenever it suits you.',
        reasons: [{ code: 'BOUGHT_LATELY', text: 'tea was bought on 19 January 2026; it is about that product or its category.' }],
        content: {
          id: expect.stringMatching(/^con_/),
          kind: 'ADVICE',
          title: 'Brewing',
          locale: 'en',
          link: 'https://example.com/7',
          startsAt: null,
          endsAt: null,
          store: null,
        },
      },
    ]);
    expect(await titles(ada, '(locale: "ja-JP")')).toContain('淹れ方');
  });

  it('is of all kinds, and in nothing but the field that asks for it', async () => {
    await domain.ingest('content', '', [
      ROW,
      { ...ROW, number: '8', kind: 'ARTICLE', title: 'On mugs', skus: 'mug' },
      { ...ROW, number: '9', kind: 'EVENT', title: 'Tasting', stores: 'OSA1|TYO1', starts_at: at(3), ends_at: at(3.2) },
    ]);
    await look();
    expect((await offers()).map(({ template, title }) => [template, title])).toEqual([
      ['ADVICE', 'Brewing'],
      ['LOCAL_EVENT', 'Tasting'],
      ['CONTENT', 'On mugs'],
    ]);
    expect((await offers())[1]?.content).toMatchObject({ kind: 'EVENT', startsAt: at(3), endsAt: at(3.2), store: { id: 'TYO1' } });
    expect(await offers(ada, '(templates: [ADVICE, CONTENT, LOCAL_EVENT])', 'recommendations')).toEqual([]);
  });

  it('is withdrawn by one translation or by all', async () => {
    await domain.ingest('content', '', [ROW, { ...ROW, language: 'ja', title: '淹れ方' }]);
    await look();
    await domain.ingest('content', '', [{ ...ROW, withdrawn: 'true', updated_at: at(0) }]);
    await look();
    expect(await titles()).toEqual(['淹れ方']);
    await domain.ingest('content', '', [{ ...ROW, language: 'ja', title: '淹れ方', withdrawn: 'true', updated_at: at(0) }]);
    await look();
    expect(await titles()).toEqual([]);
  });

  it('is shown when the newest row of a piece says, in every language, also when that row is over', async () => {
    await domain.ingest('content', '', [{ ...ROW, language: 'ja', title: '淹れ方', updated_at: at(-2) }]);
    await domain.ingest('content', '', [{ ...ROW, ends_at: at(1), updated_at: at(-1) }]);
    await look();
    expect(await titles()).toEqual(['Brewing']);
    for (const days of [1, 2, 2]) {
      domain.time.now += days * DAY;
      await look();
      expect(await titles()).toEqual([]);
    }
    // Of before the piece was ended, and heard of late.
    await domain.ingest('content', '', [{ ...ROW, language: 'de', title: 'Aufgießen', updated_at: at(-3) }]);
    await look();
    expect(await titles()).toEqual([]);
    await domain.ingest('content', '', [{ ...ROW, withdrawn: 'true', updated_at: at(1) }]);
    await look();
    expect(await titles()).toEqual(['淹れ方']);
  });

  it('is offered to nobody without consent, and read for nobody', async () => {
    await domain.ingest('content', '', [ROW]);
    await look();
    domain.calls.clear();
    expect(await titles({ ...ada, permissions: ['PERSONALIZATION', 'MARKETING'] })).toEqual([]);
    const page = Array.from({ length: 100 }, (_, i) => ({ ...ada, id: `cus_${String(i).padStart(20, '0')}` }));
    const { data } = await domain.entities('Customer', page, '{ productRecommendations { offers { template } } }');
    expect(
      (data!._entities as { productRecommendations: { offers: unknown[] } }[]).every((one) => one.productRecommendations.offers.length > 0),
    ).toBe(true);
    expect(domain.calls.list).toEqual([]);
  });
});

describe('a decision that was kept', () => {
  it('is explained to the letter when the piece was changed, and when it was withdrawn', async () => {
    await domain.ingest('content', '', [ROW, { ...ROW, number: '9', kind: 'EVENT', stores: 'TYO1', starts_at: at(3), ends_at: at(4) }]);
    await look();
    const given = await withoutDeadlines(() => offers(ada, '(record: true)'));
    expect(given.map(({ template }) => template)).toEqual(expect.arrayContaining(['ADVICE', 'LOCAL_EVENT']));
    const explained = async () => {
      const { data } = await domain.ask(
        `query ($id: ID!) { decision(id: $id) { reproduced inputs { service name value } offers { ${FIELDS} } } }`,
        { id: given[0]?.decisionId },
      );
      return data?.decision as { inputs: { service: string; name: string; value: string }[] };
    };
    await domain.ingest('content', '', [{ ...ROW, title: 'Another title', updated_at: at(0) }]);
    await look();
    expect(await titles()).toContain('Another title');
    expect(await explained()).toMatchObject({ reproduced: true, offers: given });
    await publish({ translations: [EN], withdrawn: true });
    await publish({ number: '9', kind: 'EVENT', stores: ['TYO1'], startsAt: at(3), endsAt: at(4), translations: [EN], withdrawn: true });
    expect(await titles()).toEqual([]);
    expect(await explained()).toMatchObject({ reproduced: true, offers: given });
    const input = (await explained()).inputs.find(({ service, name }) => service === 'recommendations' && name === 'content');
    expect(JSON.parse(input?.value ?? '')).toMatchObject({ advice: { sku: 'tea', piece: { translations: [{ title: 'Brewing' }] } } });
    expect((await explained()).inputs).toContainEqual({ service: 'pos', name: 'store', value: '"TYO1"' });
  });
});

describe('offers for another time', () => {
  const SCHEDULED = [
    ...['1', '2', '3'].map((number) => ({ ...ROW, number, title: 'This week', ends_at: at(1), updated_at: at(-1) })),
    { ...ROW, number: '4', title: 'Without end', updated_at: at(-2) },
    { ...ROW, number: '5', title: 'This morning', ends_at: at(-2 / 24), updated_at: at(0) },
    { ...ROW, number: '6', title: 'Next week', starts_at: at(6), updated_at: at(-1) },
    { ...ROW, number: '7', kind: 'EVENT', title: 'Tasting', stores: 'TYO1', starts_at: at(45), ends_at: at(46) },
  ];
  const asked = (days: number, more = '') => `(context: { at: "${at(days)}" }, locale: "en", templates: [ADVICE, LOCAL_EVENT]${more})`;

  it('are of the content of that time', async () => {
    await domain.ingest('content', '', SCHEDULED);
    await look();
    expect(await titles()).toEqual(['This week']);
    expect(await titles(ada, asked(-0.5))).toEqual(['This morning']);
    expect(await titles(ada, asked(5))).toEqual(['Without end']);
    expect(await titles(ada, asked(6))).toEqual(['Next week']);
    // The purchase is 60 days ago then.
    expect(await titles(ada, asked(20))).toEqual(['Tasting']);
    expect(await offers(ada, asked(5), 'recommendations')).toEqual([]);
  });

  it('are explained to the letter with the content that was chosen for it', async () => {
    await domain.ingest('content', '', SCHEDULED);
    await look();
    const given = await withoutDeadlines(() => offers(ada, asked(5, ', record: true')));
    expect(given).toMatchObject([{ template: 'ADVICE', title: 'Without end', decisionId: expect.stringMatching(/^dec_/) }]);
    await publish({ number: '4', translations: [EN], withdrawn: true });
    const { data } = await domain.ask(`query ($id: ID!) { decision(id: $id) { reproduced inputs { name value } offers { ${FIELDS} } } }`, {
      id: given[0]?.decisionId,
    });
    const explained = data?.decision as { inputs: { name: string; value: string }[] };
    expect(explained).toMatchObject({ reproduced: true, offers: given });
    expect(JSON.parse(explained.inputs.find(({ name }) => name === 'content')?.value ?? '')).toMatchObject({
      advice: { piece: { translations: [{ title: 'Without end' }] } },
      event: null,
    });
  });
});

describe('contentPublish', () => {
  it('publishes, is offered at the next request, and changes nothing when it is repeated', async () => {
    const input = {
      idempotencyKey: 'once',
      translations: [
        { ...EN, link: 'https://example.com/7' },
        { locale: 'ja', title: '淹れ方' },
      ],
    };
    const answer = await publish(input);
    expect(answer).toEqual({
      content: {
        id: expect.stringMatching(/^con_/),
        source: 'cms',
        number: '7',
        kind: 'ADVICE',
        translations: [
          { locale: 'en', title: 'Brewing', link: 'https://example.com/7', withdrawn: false },
          { locale: 'ja', title: '淹れ方', link: null, withdrawn: false },
        ],
        products: [{ sku: 'tea' }],
        categories: [],
        stores: [],
        startsAt: null,
        endsAt: null,
      },
      userErrors: [],
    });
    const [offer] = await offers();
    expect(offer?.content).toMatchObject({ id: answer.content?.id, title: 'Brewing' });
    domain.time.now += HOUR;
    domain.calls.clear();
    expect(await publish(input)).toEqual(answer);
    expect(domain.calls.list.filter((call) => /(put|insert)/.test(call))).toEqual([]);
    expect((await publish({ ...input, skus: ['coffee'] })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('counts characters as a file does', async () => {
    const input = { number: '𠮷'.repeat(200), translations: [{ ...EN, title: '𠮷'.repeat(200) }] };
    expect(await publish(input)).toMatchObject({ content: { translations: [{ title: '𠮷'.repeat(200) }] }, userErrors: [] });
    const more = await publish({ translations: [{ ...EN, title: '𠮷'.repeat(201) }] });
    expect(more.userErrors).toMatchObject([{ code: 'TEXT_INVALID' }]);
  });

  it('leaves a language as it is that is not named, and takes a piece back', async () => {
    await publish({ translations: [EN, { locale: 'ja', title: '淹れ方' }] });
    domain.time.now += 1000;
    await publish({ translations: [{ locale: 'en', title: 'Brewing better' }] });
    expect(await titles()).toEqual(['Brewing better']);
    expect(await titles(ada, '(locale: "ja")')).toContain('淹れ方');
    domain.time.now += 1000;
    const { content } = await publish({ translations: [EN, { locale: 'ja', title: '淹れ方' }], withdrawn: true });
    expect(content?.translations).toMatchObject([{ withdrawn: true }, { withdrawn: true }]);
    expect(await titles()).toEqual([]);
  });

  it('corrects what was taken in from the source, and is corrected by what the source says later, whatever it says of the time', async () => {
    await domain.ingest('content', '', [{ ...ROW, updated_at: at(400) }]);
    await publish({ translations: [{ ...EN, title: 'By hand' }] });
    expect(await titles()).toEqual(['By hand']);
    domain.time.now += 1000;
    await domain.ingest('content', '', [
      { ...ROW, title: 'From the source' },
      { ...ROW, title: 'Of yesterday', updated_at: at(-1) },
    ]);
    await look();
    expect(await titles()).toEqual(['From the source']);
    expect((await publish({ translations: [{ ...EN, title: 'By hand again' }] })).content?.translations).toMatchObject([
      { title: 'By hand again' },
    ]);
  });

  it('shows who reads none of its languages the one that was given first', async () => {
    await publish({
      translations: [
        { locale: 'fr', title: 'Infuser' },
        { locale: 'de', title: 'Aufgießen' },
      ],
    });
    expect(await titles()).toEqual(['Infuser']);
  });

  const REFUSED = [
    [{ translations: [] }, 'LIST_EMPTY', ['input', 'translations']],
    [{ translations: [EN, EN] }, 'LANGUAGE_TWICE', ['input', 'translations', '1', 'locale']],
    [{ translations: [EN, { locale: 'ja', title: '' }] }, 'TEXT_INVALID', ['input', 'translations', '1', 'title']],
    [{ translations: [{ ...EN, title: 'x'.repeat(201) }] }, 'TEXT_INVALID', ['input', 'translations', '0', 'title']],
    [{ translations: [EN], number: 'two\nlines' }, 'CONTENT_INVALID', ['input', 'number']],
    [{ translations: [EN], source: 'x'.repeat(201) }, 'TEXT_INVALID', ['input', 'source']],
    [{ translations: [{ ...EN, title: 'two\nlines' }] }, 'CONTENT_INVALID', ['input', 'translations', '0', 'title']],
    [
      { translations: [{ ...EN, link: `https://example.com/${'x'.repeat(1000)}` }] },
      'TEXT_INVALID',
      ['input', 'translations', '0', 'link'],
    ],
    [{ translations: [EN], skus: Array.from({ length: 51 }, (_, i) => `${i}`) }, 'LIST_TOO_LONG', ['input', 'skus']],
    [{ translations: [EN, { locale: 'ja', title: '茶' }], skus: [] }, 'CONTENT_INCOMPLETE', ['input', 'skus']],
    [{ translations: [EN], kind: 'EVENT' }, 'CONTENT_INCOMPLETE', ['input', 'stores']],
    [{ translations: [EN], kind: 'EVENT', stores: ['TYO1'], endsAt: at(1) }, 'CONTENT_INCOMPLETE', ['input', 'startsAt']],
    [{ translations: [EN], kind: 'EVENT', stores: ['TYO1'], startsAt: at(1) }, 'CONTENT_INCOMPLETE', ['input', 'endsAt']],
    [{ translations: [EN], startsAt: at(2), endsAt: at(1) }, 'CONTENT_INVALID', ['input', 'endsAt']],
    [{ translations: [EN], idempotencyKey: '' }, 'TEXT_INVALID', ['input', 'idempotencyKey']],
  ] as const;
  it('refuses what can not be shown or kept, once each, naming the field', async () => {
    for (const [input, code, field] of REFUSED)
      expect(await publish(input), code).toEqual({ content: null, userErrors: [{ code, field, message: expect.stringMatching(/\S/) }] });
    await look();
    expect(await titles()).toEqual([]);
  });
});

describe('the shelf', () => {
  const rows = (from: number, to: number, more: Record<string, string> = {}) =>
    Array.from({ length: to - from }, (_, index) => ({ ...ROW, number: `${from + index}`, title: `${from + index}`, ...more }));
  const held = (index: ContentIndex) =>
    index
      .about('ADVICE', 'sku', 'tea')
      .map(({ translations }) => Number(translations[0]!.title))
      .sort((a, b) => a - b);
  let warnings: string[];
  const shelf = (most?: number) =>
    new ContentShelf(
      domain.store.collection(contentSpec),
      () => domain.time.now,
      pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line).msg) }),
      most,
    );
  beforeEach(() => {
    warnings = [];
  });

  it('holds so many translations, and leaves out what was stored longest ago with a warning', async () => {
    for (const from of [0, 3, 6]) {
      domain.time.now += HOUR;
      await domain.ingest('content', '', rows(from, from + 3));
    }
    const small = shelf(6);
    await small.look();
    expect(held(small.current)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(warnings).toEqual([expect.stringContaining('more content is in use than is held')]);
    domain.time.now += 1000;
    await domain.ingest('content', '', rows(9, 10));
    await small.look();
    expect(held(small.current)).toHaveLength(6);
    expect(held(small.current)).toContain(9);
    expect(warnings).toHaveLength(1);
    // What makes room is what lets the others in, at the latest with the hourly reading.
    await domain.ingest('content', '', rows(6, 10, { withdrawn: 'true', updated_at: at(1) }));
    domain.time.now += HOUR;
    await small.look();
    expect(held(small.current)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('reads what was stored since, in pages, and everything once an hour', async () => {
    await domain.ingest('content', '', rows(0, 251));
    const one = shelf();
    domain.calls.clear();
    await one.look();
    expect(held(one.current)).toHaveLength(251);
    expect(domain.calls.list).toEqual(['content_pieces.latest', 'content_pieces.latest']);
    const before = one.current;
    domain.time.now += 2 * 60_000;
    await one.look();
    domain.calls.clear();
    await one.look();
    await one.look();
    expect(domain.calls.list).toEqual(['content_pieces.latest', 'content_pieces.latest']);
    expect(one.current).toBe(before);
    // Stored by a machine whose clock is ten minutes late.
    const now = domain.time.now;
    domain.time.now = now - 600_000;
    await domain.ingest('content', '', rows(5000, 5001));
    domain.time.now = now;
    await one.look();
    expect(held(one.current)).not.toContain(5000);
    domain.time.now += HOUR;
    await one.look();
    expect(held(one.current)).toContain(5000);
  });

  it('reads of a file that is larger than what is held as much as can be held, and finds no news in it again', async () => {
    await domain.ingest('content', '', rows(0, 900));
    domain.time.now += 1000;
    const small = shelf(300);
    domain.calls.clear();
    await small.look();
    expect(domain.calls.list).toHaveLength(2);
    const before = small.current;
    expect(held(before)).toHaveLength(300);
    for (let nth = 0; nth < 40; nth++) {
      domain.time.now += 2000;
      domain.calls.clear();
      await small.look();
      expect(domain.calls.list.length).toBeLessThanOrEqual(2);
    }
    expect(domain.calls.list).toHaveLength(1);
    expect(small.current).toBe(before);
    expect(warnings).toHaveLength(1);
  });

  it('finds within a minute what was stored by a machine whose clock is half a minute late', async () => {
    const one = shelf();
    await one.look();
    const now = domain.time.now;
    domain.time.now = now - 30_000;
    await domain.ingest('content', '', rows(0, 1));
    for (domain.time.now = now; domain.time.now < now + 60_000; domain.time.now += 2000) await one.look();
    await one.look();
    expect(held(one.current)).toEqual([0]);
  });

  it('looks twice for however many ask at once: what was stored before one asked is in the look that begins after', async () => {
    const one = shelf();
    await one.look();
    domain.calls.clear();
    const first = one.look();
    while (domain.calls.list.length === 0) await Promise.resolve();
    await domain.ingest('content', '', rows(1, 2));
    domain.calls.clear();
    await Promise.all([first, ...Array.from({ length: 250 }, () => one.look())]);
    expect(domain.calls.list).toEqual(['content_pieces.latest']);
    expect(held(one.current)).toEqual([1]);
  });

  it('lets go of what ended, and ends looks in the order in which they began', async () => {
    await domain.ingest('content', '', [...rows(0, 1, { ends_at: at(1) }), ...rows(1, 2)]);
    const one = shelf();
    await one.look();
    expect(held(one.current)).toEqual([0, 1]);
    domain.time.now += 2 * DAY;
    await one.look();
    expect(held(one.current)).toEqual([1]);
    const looks = [one.look(), domain.ingest('content', '', rows(2, 3)).then(() => one.look())];
    await Promise.all(looks);
    expect(held(one.current)).toEqual([1, 2]);
  });
});
