import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceRow } from '../../kernel/record.ts';
import { feedback } from '../../subgraphs/feedback/module.ts';
import { feedbackSpec } from '../../subgraphs/feedback/records.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

let domain: Domain;
let ada: string;
let sku: string;

beforeAll(async () => {
  domain = await openDomain(feedback);
});
// One store for all tests: each has a customer and a product of its own.
beforeEach(async () => {
  domain.time.now = TEST_NOW;
  ada = await someone();
  sku = `sku-${people}`;
  domain.calls.clear();
});
afterAll(() => domain.close());

let people = 0;
const someone = () => domain.customer(`someone-${people++}`);

const person = (...members: string[]) => ({ id: members[0], members, permissions: ['PERSONALIZATION', 'PROFILING'] });

const ingest = (owner: string, rows: readonly SourceRow[], run?: string) => domain.ingest('feedback', owner, rows, run);

const answer = (metric: string, rating: number, day: string, more: SourceRow = {}) => ({
  source: 'survey',
  kind: 'SURVEY',
  metric,
  rating: String(rating),
  submitted_at: `${day}T09:00:00Z`,
  ...more,
});
const review = (rating: number, more: SourceRow = {}) => ({
  source: 'shop',
  kind: 'REVIEW',
  metric: 'STARS',
  rating: String(rating),
  sku,
  ...more,
});

async function feedbackOf(members: readonly string[], selection: string) {
  const { data, errors } = await domain.entities('Customer', [person(...members)], `{ feedback ${selection} }`);
  expect(errors).toBeUndefined();
  return (data as { _entities: { feedback: unknown }[] })._entities[0]?.feedback;
}

async function productOf(selection: string) {
  const { data, errors } = await domain.entities('Product', [{ sku }], selection);
  expect(errors).toBeUndefined();
  return (data as { _entities: unknown[] })._entities[0];
}

async function report(metric: string, since: string, until: string) {
  const { data, errors } = await domain.ask(
    `{ metricReport(metric: ${metric}, since: "${since}T00:00:00Z", until: "${until}T00:00:00Z") {
         value n interval { lower upper level } distribution { rating count } } }`,
  );
  expect(errors).toBeUndefined();
  return (data as { metricReport: unknown }).metricReport;
}

interface Payload {
  readonly feedbackItem: { readonly id: string } | null;
  readonly userErrors: unknown[];
}

async function mutate(field: string, input: object): Promise<Payload> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await domain.ask(
    `mutation ($input: ${type}!) { ${field}(input: $input) {
       feedbackItem { id owner source metric rating text submittedAt closedLoop { by note at } } userErrors { code field } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return (data as Record<string, Payload>)[field]!;
}

describe('Customer.feedback', () => {
  it('is null for a customer who said nothing', async () => {
    expect(await feedbackOf([ada], '{ nps { score } }')).toBeNull();
  });

  it('gives the latest answer to each question, with its trend, over all ids of a person', async () => {
    const before = await someone();
    await ingest(before, [answer('NPS', 9, '2025-12-01'), answer('CES', 6, '2025-12-01')]);
    await ingest(ada, [answer('NPS', 6, '2026-02-01'), answer('CSAT', 4, '2026-02-01')]);
    expect(await feedbackOf([ada, before], '{ nps { score category trend answeredAt } csat { score trend } ces { score } }')).toEqual({
      nps: { score: 6, category: 'DETRACTOR', trend: -3, answeredAt: '2026-02-01T09:00:00.000Z' },
      csat: { score: 4, trend: null },
      ces: { score: 6 },
    });
  });

  it('lists everything said, newest first and what has no date last', async () => {
    await ingest(ada, [
      review(5, { text: 'undated', order_number: '42' }),
      answer('NPS', 9, '2026-02-01', { text: 'newer' }),
      answer('NPS', 8, '2026-01-01', { text: 'older' }),
    ]);
    const selection = '{ nodes { text submittedAt product { sku } order { number source } closedLoop { by } } pageInfo { hasNextPage } }';
    expect(await feedbackOf([ada], `{ items(first: 3) ${selection} }`)).toEqual({
      items: {
        nodes: [
          { text: 'newer', submittedAt: '2026-02-01T09:00:00.000Z', product: null, order: null, closedLoop: null },
          { text: 'older', submittedAt: '2026-01-01T09:00:00.000Z', product: null, order: null, closedLoop: null },
          { text: 'undated', submittedAt: null, product: { sku }, order: { number: '42', source: 'shop' }, closedLoop: null },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it('answers a hundred customers with one store call per list', async () => {
    const crowd = await Promise.all(Array.from({ length: 100 }, someone));
    for (const owner of crowd) await ingest(owner, [answer('NPS', 10, '2026-02-01')]);
    domain.calls.clear();
    const { data, errors } = await domain.entities(
      'Customer',
      crowd.map((id) => person(id)),
      '{ feedback { nps { score } csat { score } items(first: 5) { nodes { id } } } feedbackSignals { npsScore openDetractor } }',
    );
    expect(errors).toBeUndefined();
    expect((data as { _entities: { feedback: unknown }[] })._entities.every((each) => each.feedback !== null)).toBe(true);
    // One for the scores, one for the page that the client asked for.
    expect(domain.calls.list).toEqual(['feedback_items.latest', 'feedback_items.latest']);
  });
});

describe('Customer.feedbackSignals', () => {
  const SIGNALS = '{ feedbackSignals { state npsScore csatScore openDetractor openDetractorAt } }';

  it('name bad feedback until someone follows it up', async () => {
    await ingest(ada, [answer('NPS', 3, '2026-02-20'), answer('CSAT', 5, '2026-02-21')]);
    const ask = async () => (await domain.entities('Customer', [person(ada)], SIGNALS)).data?._entities;
    const item = (await feedbackOf([ada], '{ items { nodes { id rating } } }')) as { items: { nodes: { id: string; rating: number }[] } };
    const bad = item.items.nodes.find(({ rating }) => rating === 3)?.id;
    expect(await ask()).toEqual([
      {
        feedbackSignals: {
          state: 'OK',
          npsScore: 3,
          csatScore: 5,
          openDetractor: bad,
          openDetractorAt: '2026-02-20T09:00:00.000Z',
        },
      },
    ]);
    await mutate('feedbackLoopClose', { idempotencyKey: ada, feedbackItem: bad, by: 'agent-7' });
    expect(await ask()).toMatchObject([{ feedbackSignals: { npsScore: 3, openDetractor: null } }]);
  });

  it('say when anything was last said, liked or not', async () => {
    const last = async () => (await domain.entities('Customer', [person(ada)], '{ feedbackSignals { lastGivenAt } }')).data?._entities;
    expect(await last()).toEqual([{ feedbackSignals: { lastGivenAt: null } }]);
    await ingest(ada, [answer('NPS', 9, '2026-02-20'), answer('CSAT', 5, '2026-02-18')]);
    expect(await last()).toEqual([{ feedbackSignals: { lastGivenAt: '2026-02-20T09:00:00.000Z' } }]);
  });

  it('read nothing without permission', async () => {
    await ingest(ada, [answer('NPS', 3, '2026-02-20')]);
    domain.calls.clear();
    const { data } = await domain.entities('Customer', [{ id: ada, members: [ada], permissions: ['PROFILING'] }], SIGNALS);
    expect(data).toEqual({
      _entities: [{ feedbackSignals: { state: 'WITHHELD', npsScore: null, csatScore: null, openDetractor: null, openDetractorAt: null } }],
    });
    expect(domain.calls.list).toEqual([]);
  });
});

describe('Product', () => {
  it('has the reviews of everybody and nobody, and the mean of their stars', async () => {
    await ingest('', [review(5, { text: 'lovely' }), review(5, { text: 'lovely' }), review(2, { text: 'too small' })]);
    await ingest(ada, [review(4, { text: 'good', submitted_at: '2026-02-01T00:00:00Z' })]);
    const seen = (await productOf('{ rating { average count } reviews { nodes { text owner submittedAt } } }')) as {
      reviews: { nodes: unknown[] };
    };
    expect(seen).toMatchObject({ rating: { average: 4, count: 4 } });
    expect(seen.reviews.nodes[0]).toEqual({ text: 'good', owner: ada, submittedAt: '2026-02-01T00:00:00.000Z' });
    expect(seen.reviews.nodes.slice(1)).toEqual(
      expect.arrayContaining([
        { text: 'lovely', owner: null, submittedAt: null },
        { text: 'lovely', owner: null, submittedAt: null },
        { text: 'too small', owner: null, submittedAt: null },
      ]),
    );
  });

  it('has no rating without reviews, and pages through them without gap or repeat', async () => {
    expect(await productOf('{ rating { count } reviews { nodes { id } } }')).toEqual({ rating: null, reviews: { nodes: [] } });
    await ingest(
      '',
      Array.from({ length: 5 }, (_, index) => review(5, { text: `${index}` })),
    );
    const texts: string[] = [];
    let after = '';
    for (let more = true; more; ) {
      const page = (await productOf(`{ reviews(first: 2${after}) { nodes { text } pageInfo { hasNextPage endCursor } } }`)) as {
        reviews: { nodes: { text: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      texts.push(...page.reviews.nodes.map(({ text }) => text));
      more = page.reviews.pageInfo.hasNextPage;
      after = `, after: "${page.reviews.pageInfo.endCursor}"`;
    }
    expect(texts.toSorted()).toEqual(['0', '1', '2', '3', '4']);
  });

  it('loses what a correction takes away from it', async () => {
    await ingest(ada, [review(1, { number: `r-${sku}`, text: 'wrong product' })]);
    await ingest(ada, [review(1, { number: `r-${sku}`, text: 'wrong product', sku: `${sku}-other` })], 'second run');
    expect(await productOf('{ rating { count } reviews { nodes { text } } }')).toEqual({ rating: null, reviews: { nodes: [] } });
    sku = `${sku}-other`;
    expect(await productOf('{ rating { average count } reviews { nodes { text } } }')).toEqual({
      rating: { average: 1, count: 1 },
      reviews: { nodes: [{ text: 'wrong product' }] },
    });
  });

  it('leaves out the review of a customer who was erased', async () => {
    await ingest(ada, [review(5, { text: 'mine' })]);
    await domain.store.erase(ada);
    expect(await productOf('{ reviews { nodes { text } } }')).toEqual({ reviews: { nodes: [] } });
    expect(await ingest(ada, [review(4)])).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
  });

  it('is answered for a hundred at once with one store call per collection', async () => {
    const skus = Array.from({ length: 100 }, (_, index) => `${sku}-${index}`);
    for (const each of skus) await ingest('', [review(5, { sku: each })]);
    domain.calls.clear();
    const { errors } = await domain.entities(
      'Product',
      skus.map((each) => ({ sku: each })),
      '{ rating { count } reviews(first: 3) { nodes { id } } }',
    );
    expect(errors).toBeUndefined();
    expect(domain.calls.list.toSorted()).toEqual(['feedback_items.getMany', 'feedback_listings.latest', 'feedback_listings.totals']);
  });
});

describe('the feedback intake', () => {
  it('keeps equal texts of one file, and nothing of a second run', async () => {
    const rows = [review(5, { text: 'lovely' }), review(5, { text: 'lovely' })];
    expect(await ingest('', rows)).toEqual(['stored', 'stored']);
    expect(await ingest('', rows)).toEqual(['stored', 'stored']);
    expect(await ingest('', rows, 'second run')).toEqual(['duplicate', 'duplicate']);
    expect(await productOf('{ rating { count } }')).toEqual({ rating: { count: 2 } });
  });

  it('corrects by number, and a late redelivery does not undo it', async () => {
    const number = `s-${ada}`;
    const [first, corrected] = [answer('NPS', 2, '2021-05-01', { number }), answer('NPS', 9, '2021-06-01', { number })];
    expect(await ingest(ada, [first], 'monday')).toEqual(['stored']);
    expect(await ingest(ada, [corrected], 'tuesday')).toEqual(['stored']);
    expect(await ingest(ada, [first, corrected], 'wednesday')).toEqual(['duplicate', 'duplicate']);
    expect(await feedbackOf([ada], '{ nps { score trend } }')).toEqual({ nps: { score: 9, trend: null } });
    // The correction left one report and entered another.
    expect(await report('NPS', '2021-05-01', '2021-06-01')).toMatchObject({ n: 0, value: null });
    expect(await report('NPS', '2021-06-01', '2021-07-01')).toMatchObject({ n: 1, value: 100 });
  });

  it('repairs listings that a crash left unwritten', async () => {
    const row = answer('CES', 7, '2020-02-01', { number: `c-${ada}` });
    await ingest(ada, [row]);
    const items = domain.store.collection(feedbackSpec);
    const [page] = await items.latest([[ada]], { first: 1 });
    // Only the item itself was written before the crash.
    const ben = await someone();
    await items.insertOnce([{ ...page!.items[0]!, owner: ben, version: 0 }]);
    expect(await report('CES', '2020-02-01', '2020-03-01')).toMatchObject({ n: 1 });
    expect(await ingest(ben, [row])).toEqual(['stored']);
    expect(await report('CES', '2020-02-01', '2020-03-01')).toMatchObject({ n: 2 });
  });
});

describe('metricReport', () => {
  // The worked example of Cross Validated question 18603: +33.3 with a standard error of 4.14 points.
  it('gives the Net Promoter Score of 162 promoters, 108 passives and 54 detractors with its interval, a month of totals at a time', async () => {
    const rows = [
      ...Array.from({ length: 162 }, () => answer('NPS', 10, '2019-01-15')),
      ...Array.from({ length: 108 }, () => answer('NPS', 7, '2019-02-15')),
      ...Array.from({ length: 54 }, () => answer('NPS', 6, '2019-03-15')),
    ];
    for (let from = 0; from < rows.length; from += 100)
      await ingest(
        ada,
        rows.slice(from, from + 100).map((row, index) => ({ ...row, number: `${from + index}` })),
      );
    domain.calls.clear();
    expect(await report('NPS', '2019-01-01', '2019-04-01')).toEqual({
      value: expect.closeTo(33.3333, 4),
      n: 324,
      interval: { lower: expect.closeTo(25.217, 2), upper: expect.closeTo(41.449, 2), level: 0.95 },
      distribution: [
        { rating: 6, count: 54 },
        { rating: 7, count: 108 },
        { rating: 10, count: 162 },
      ],
    });
    // 90 days, 31 at a time.
    expect(domain.calls.list).toEqual(Array.from({ length: 3 }, () => 'feedback_listings.totals'));
    expect(await report('NPS', '2019-02-01', '2019-03-01')).toMatchObject({ value: 0, n: 108 });
  });

  it('refuses a period that ends before it begins, naming the argument', async () => {
    const { data, errors } = await domain.ask(
      '{ metricReport(metric: NPS, since: "2026-03-01T00:00:00Z", until: "2026-02-01T00:00:00Z") { n } }',
    );
    expect(data).toEqual({ metricReport: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'since' });
  });
});

describe('surveyResponseSubmit', () => {
  const input = (more: object = {}) => ({ idempotencyKey: ada, customer: ada, metric: 'NPS', score: 9, text: 'Fine', ...more });

  it('files the answer once, however often it is sent', async () => {
    const first = await mutate('surveyResponseSubmit', input());
    expect(first).toEqual({
      feedbackItem: {
        id: expect.stringMatching(/^fbk_/),
        owner: ada,
        source: 'SURVEY',
        metric: 'NPS',
        rating: 9,
        text: 'Fine',
        submittedAt: '2026-03-01T12:00:00.000Z',
        closedLoop: null,
      },
      userErrors: [],
    });
    domain.time.now += 60_000;
    expect(await mutate('surveyResponseSubmit', input())).toEqual(first);
    expect(await feedbackOf([ada], '{ items { nodes { rating } } }')).toEqual({ items: { nodes: [{ rating: 9 }] } });
  });

  it.each([
    ['NPS', 11],
    ['NPS', -1],
    ['CSAT', 0],
    ['CES', 8],
    ['STARS', 6],
  ])('refuses %s %i', async (metric, score) => {
    expect(await mutate('surveyResponseSubmit', input({ metric, score }))).toEqual({
      feedbackItem: null,
      userErrors: [{ code: 'SCORE_OUT_OF_RANGE', field: ['input', 'score'] }],
    });
    expect(await feedbackOf([ada], '{ nps { score } }')).toBeNull();
  });

  it.each([
    ['an empty customer, who is not nobody', { customer: '' }, 'TEXT_INVALID', 'customer'],
    ['an empty key, which everybody would share', { idempotencyKey: '' }, 'TEXT_INVALID', 'idempotencyKey'],
    ['half a surrogate pair', { text: 'a\ud800' }, 'TEXT_INVALID', 'text'],
    ['NUL in an order', { order: { number: '1\0', source: 'shop' } }, 'TEXT_INVALID', 'order.number'],
    ['an answer of tomorrow', { submittedAt: '2026-03-01T12:00:01Z' }, 'TIME_INVALID', 'submittedAt'],
  ])('refuses %s', async (_, mistake, code, path) => {
    expect(await mutate('surveyResponseSubmit', input(mistake))).toEqual({
      feedbackItem: null,
      userErrors: [{ code, field: ['input', ...path.split('.')] }],
    });
    // The key is free for the corrected answer.
    expect((await mutate('surveyResponseSubmit', input())).userErrors).toEqual([]);
  });

  it('refuses an unknown customer, and a key that was used for another answer', async () => {
    expect(await mutate('surveyResponseSubmit', input({ customer: 'cus_00000000000000000000', idempotencyKey: `${ada}/x` }))).toMatchObject(
      {
        userErrors: [{ code: 'CUSTOMER_UNKNOWN', field: ['input', 'customer'] }],
      },
    );
    await mutate('surveyResponseSubmit', input());
    expect(await mutate('surveyResponseSubmit', input({ score: 2 }))).toEqual({
      feedbackItem: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] }],
    });
  });
});

describe('reviewImport', () => {
  const input = (more: object = {}) => ({
    idempotencyKey: sku,
    source: 'shop',
    number: sku,
    product: sku,
    stars: 4,
    text: 'Nice',
    ...more,
  });

  it('files a review by nobody, and corrects it by its number, back and forth', async () => {
    const { feedbackItem } = await mutate('reviewImport', input());
    expect(feedbackItem).toMatchObject({ owner: null, source: 'REVIEW', metric: 'STARS', rating: 4, submittedAt: null });
    for (const [index, stars] of [1, 4, 1].entries()) {
      domain.time.now += 1000;
      const corrected = await mutate('reviewImport', input({ idempotencyKey: `${sku}/${index}`, stars }));
      expect(corrected.feedbackItem).toMatchObject({ id: feedbackItem?.id, rating: stars });
    }
    expect(await productOf('{ rating { average count } }')).toEqual({ rating: { average: 1, count: 1 } });
  });

  it.each([
    ['an empty customer', { customer: '' }, 'TEXT_INVALID', 'customer'],
    ['fewer than no helpful readers', { helpfulCount: -1 }, 'COUNT_INVALID', 'helpfulCount'],
    ['a review of tomorrow', { submittedAt: '2026-03-01T12:00:01Z' }, 'TIME_INVALID', 'submittedAt'],
  ])('refuses %s', async (_, mistake, code, field) => {
    expect((await mutate('reviewImport', input(mistake))).userErrors).toEqual([{ code, field: ['input', field] }]);
  });

  it('refuses stars off the scale and a review without a product', async () => {
    expect((await mutate('reviewImport', input({ stars: 6 }))).userErrors).toEqual([
      { code: 'SCORE_OUT_OF_RANGE', field: ['input', 'stars'] },
    ]);
    expect((await mutate('reviewImport', input({ product: ' ', idempotencyKey: `${sku}/2` }))).userErrors).toEqual([
      { code: 'TEXT_INVALID', field: ['input', 'product'] },
    ]);
  });
});

it('mentionImport files what was said on a social network', async () => {
  const input = {
    idempotencyKey: ada,
    customer: ada,
    network: 'mastodon',
    number: ada,
    text: 'Loving it',
    link: 'https://social.example/1',
  };
  expect((await mutate('mentionImport', input)).feedbackItem).toMatchObject({
    owner: ada,
    source: 'SOCIAL',
    rating: null,
    text: 'Loving it',
  });
  expect((await mutate('mentionImport', { ...input, idempotencyKey: `${ada}/2`, text: ' ' })).userErrors).toEqual([
    { code: 'TEXT_INVALID', field: ['input', 'text'] },
  ]);
});

describe('feedbackLoopClose', () => {
  it('notes the first follow-up, which a correction keeps', async () => {
    const number = `n-${ada}`;
    await ingest(ada, [answer('NPS', 2, '2026-02-01', { number })]);
    const { items } = (await feedbackOf([ada], '{ items { nodes { id } } }')) as { items: { nodes: { id: string }[] } };
    const input = { idempotencyKey: ada, feedbackItem: items.nodes[0]?.id, by: 'agent-7', note: 'Called back' };
    const closed = await mutate('feedbackLoopClose', input);
    expect(closed.feedbackItem).toMatchObject({ closedLoop: { by: 'agent-7', note: 'Called back', at: '2026-03-01T12:00:00.000Z' } });
    domain.time.now += 1000;
    expect(await mutate('feedbackLoopClose', input)).toEqual(closed);
    expect(await mutate('feedbackLoopClose', { ...input, idempotencyKey: `${ada}/2`, by: 'agent-8' })).toEqual({
      feedbackItem: null,
      userErrors: [{ code: 'FEEDBACK_ALREADY_CLOSED', field: ['input', 'feedbackItem'] }],
    });
    await ingest(ada, [answer('NPS', 3, '2026-02-01', { number })]);
    expect(await feedbackOf([ada], '{ items { nodes { rating closedLoop { by } } } }')).toEqual({
      items: { nodes: [{ rating: 3, closedLoop: { by: 'agent-7' } }] },
    });
  });

  it('refuses feedback that there is not, and an anonymous answer', async () => {
    const input = { idempotencyKey: ada, feedbackItem: 'fbk_nonsense', by: 'agent-7' };
    expect((await mutate('feedbackLoopClose', input)).userErrors).toEqual([{ code: 'FEEDBACK_UNKNOWN', field: ['input', 'feedbackItem'] }]);
    expect((await mutate('feedbackLoopClose', { ...input, idempotencyKey: `${ada}/2`, by: '' })).userErrors).toEqual([
      { code: 'TEXT_INVALID', field: ['input', 'by'] },
    ]);
  });
});

it('FeedbackItem is found by id, and a malformed or unknown one fails no other', async () => {
  await ingest(ada, [answer('NPS', 2, '2026-02-01')]);
  const { items } = (await feedbackOf([ada], '{ items { nodes { id } } }')) as { items: { nodes: { id: string }[] } };
  const id = items.nodes[0]?.id;
  const { data, errors } = await domain.entities('FeedbackItem', [{ id }, { id: 'fbk_!' }, { id: `${id}x` }], '{ id owner rating }');
  expect(errors).toBeUndefined();
  expect(data).toEqual({ _entities: [{ id, owner: ada, rating: 2 }, null, null] });
});
