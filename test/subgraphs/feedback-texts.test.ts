import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SourceRow } from '../../kernel/record.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import { openSubgraph } from '../../kernel/subgraph.ts';
import { TextAnalyser } from '../../models/text/analysis.ts';
import { feedback } from '../../subgraphs/feedback/module.ts';
import { type Material, train } from '../../training/training.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

let domain: Domain;
let ada: string;

beforeAll(async () => {
  domain = await openDomain(feedback);
});
beforeEach(async () => {
  ada = await domain.customer(`someone-${people++}`);
  domain.calls.clear();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => domain.close());

let people = 0;

const BOTH = ['PERSONALIZATION', 'PROFILING'];

const said = (text: string, day: string, more: SourceRow = {}): SourceRow => ({
  source: 'care',
  kind: 'CHAT',
  text,
  submitted_at: `${day}T09:00:00Z`,
  ...more,
});

async function customer(selection: string, permissions: readonly string[] | null = BOTH) {
  const { data, errors } = await domain.entities('Customer', [{ id: ada, members: [ada], permissions }], selection);
  expect(errors).toBeUndefined();
  return (data as { _entities: Record<string, unknown>[] })._entities[0];
}

const analyses = async (selection: string) => {
  const found = (await customer(`{ feedback { items(first: 100) { nodes { analysis ${selection} } } } }`)) as {
    feedback: { items: { nodes: { analysis: unknown }[] } };
  };
  return found.feedback.items.nodes.map(({ analysis }) => analysis);
};

const WHOLE = `{
  language sentiment { score probability } topics { topic terms } urgency { level reasons { code terms } }
  model { name version trainedAt } topicsVersion urgencyVersion
}`;

describe('FeedbackItem.analysis', () => {
  it('says what a Japanese complaint is about, how urgent it is and why', async () => {
    const { data, errors } = await domain.ask(
      `mutation ($input: SurveyResponseSubmitInput!) {
         surveyResponseSubmit(input: $input) { feedbackItem { text analysis ${WHOLE} } userErrors { code } }
       }`,
      {
        input: {
          idempotencyKey: ada,
          customer: ada,
          metric: 'CSAT',
          score: 1,
          text: '注文した商品が届きません。何度も連絡したのに返事がなく、とても残念です。返金してください。',
        },
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ surveyResponseSubmit: { userErrors: [] } });
    // By the words: 届きません, 残念 and 返金 complain, nothing praises: (0 - 3) / (0 + 3 + 1).
    expect(await analyses(WHOLE)).toEqual([
      {
        language: 'ja',
        sentiment: { score: -0.75, probability: null },
        topics: [
          { topic: 'DELIVERY', terms: ['届き'] },
          { topic: 'SERVICE', terms: ['返事'] },
          { topic: 'RETURNS_AND_REFUNDS', terms: ['返金'] },
        ],
        urgency: {
          level: 'CRITICAL',
          reasons: [
            { code: 'MONEY_LOST', terms: ['返金して'] },
            { code: 'NEGATIVE_SENTIMENT', terms: [] },
            { code: 'REPEATED_CONTACT', terms: ['何度も'] },
          ],
        },
        model: { name: 'LEXICON', version: '1', trainedAt: null },
        topicsVersion: 'declared-1',
        urgencyVersion: '1',
      },
    ]);
  });

  it('reads the headline as well, and is null where only a rating was given', async () => {
    await domain.ingest('feedback', ada, [
      { source: 'shop', kind: 'REVIEW', metric: 'STARS', rating: '1', title: 'Broken', text: 'It was the wrong size.', sku: ada },
      { source: 'shop', kind: 'REVIEW', metric: 'STARS', rating: '5', sku: ada },
    ]);
    const seen = await analyses('{ sentiment { score } topics { topic } model { name } }');
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(
      expect.arrayContaining([
        null,
        // "broken" and "wrong": (0 - 2) / (0 + 2 + 1).
        { sentiment: { score: -2 / 3 }, topics: expect.arrayContaining([{ topic: 'FIT_AND_SIZE' }]), model: { name: 'LEXICON' } },
      ]),
    );
  });

  it('comes with the reviews of a product, and reads nothing more than they do', async () => {
    const sku = `sku-${ada}`;
    await domain.ingest('feedback', '', [
      { source: 'shop', kind: 'REVIEW', metric: 'STARS', rating: '5', text: 'とても良い商品でした。サイズもぴったりです。', sku },
    ]);
    const reads = async (selection: string) => {
      domain.calls.clear();
      const { data, errors } = await domain.entities('Product', [{ sku }], `{ reviews { nodes { ${selection} } } }`);
      expect(errors).toBeUndefined();
      return { calls: [...domain.calls.list], data: (data as { _entities: unknown[] })._entities[0] };
    };
    const plain = await reads('text');
    const analysed = await reads('text analysis { language topics { topic } urgency { level reasons { code } } }');
    expect(analysed.calls).toEqual(plain.calls);
    expect(analysed.data).toEqual({
      reviews: {
        nodes: [
          {
            text: 'とても良い商品でした。サイズもぴったりです。',
            analysis: { language: 'ja', topics: [{ topic: 'FIT_AND_SIZE' }], urgency: { level: 'LOW', reasons: [] } },
          },
        ],
      },
    });
  });

  it('is computed only where it is asked for', async () => {
    await domain.ingest('feedback', ada, [said('Lovely', '2026-02-20')]);
    const analyse = vi.spyOn(TextAnalyser.prototype, 'analyse');
    await customer('{ feedback { nps { score } items { nodes { text } } } }');
    expect(analyse).not.toHaveBeenCalled();
    await customer('{ feedback { sentiment { score } items { nodes { analysis { language } } } } }');
    expect(analyse).toHaveBeenCalledTimes(1);
  });

  it('lets other requests have the process between the texts of a long page', async () => {
    const text = 'The parcel was late again and nobody answers. '.repeat(50).slice(0, 2000);
    await domain.ingest(
      'feedback',
      ada,
      Array.from({ length: 100 }, (_, index) => said(text, '2026-02-20', { number: `${ada}-${index}` })),
    );
    const analyse = vi.spyOn(TextAnalyser.prototype, 'analyse');
    // How many texts were done each time that others had the process.
    const done = new Set<number>();
    let answered = false;
    const look = () => {
      done.add(analyse.mock.calls.length);
      if (!answered) setImmediate(look);
    };
    look();
    expect(await analyses('{ urgency { level } }')).toHaveLength(100);
    answered = true;
    // 2,000 characters each, 10,000 at a time.
    expect([...done]).toEqual(expect.arrayContaining([5, 10, 15, 20, 25, 50, 75, 90, 95]));
  });

  it('takes what the company states of its languages where the script does not tell them apart', async () => {
    await domain.ingest('feedback', ada, [said('対応最悪', '2026-02-20')]);
    // Han letters alone may be Chinese, of which there are no words.
    expect(await analyses('{ language sentiment { score } model { name } }')).toEqual([{ language: 'zh', sentiment: null, model: null }]);
    const { store, directory } = domain;
    const japanese = openSubgraph(feedback, { store, directory, clock: () => TEST_NOW, log: pino({ enabled: false }), languages: ['ja'] });
    const answer = await japanese.execute(
      parse(
        `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { feedback { items { nodes { analysis { language sentiment { score } } } } } } } }`,
      ),
      { of: [{ __typename: 'Customer', id: ada, members: [ada], permissions: BOTH }] },
      japanese.context({ requestId: 'test', now: TEST_NOW }),
    );
    expect(answer).toMatchObject({
      data: { _entities: [{ feedback: { items: { nodes: [{ analysis: { language: 'ja', sentiment: { score: -0.5 } } }] } } }] },
    });
  });
});

describe('Customer.feedback.sentiment', () => {
  const SENTIMENT = '{ feedback { sentiment { score trend n models { name version trainedAt } } } }';

  it('is the mean of the latest texts, with the step from the older half to the newer', async () => {
    await domain.ingest('feedback', ada, [
      said('This is terrible.', '2026-02-24'),
      said('The parcel is here.', '2026-02-23'),
      said('It was the worst.', '2026-02-22'),
      said('This is a great dress.', '2026-02-21'),
      said('I love this one and I am happy with it.', '2026-02-20'),
    ]);
    // By the words -1/2, nothing, -1/2, 1/2 and 2/3: the mean is 1/24, the newer half -1/2, the older 7/12.
    const { feedback: seen } = (await customer(SENTIMENT)) as { feedback: { sentiment: Record<string, unknown> } };
    expect(seen.sentiment).toEqual({
      score: expect.closeTo(1 / 24, 12),
      trend: expect.closeTo(-13 / 12, 12),
      n: 4,
      models: [{ name: 'LEXICON', version: '1', trainedAt: null }],
    });
  });

  it('is null where nothing was written, and where no text shows any', async () => {
    await domain.ingest('feedback', ada, [{ source: 'survey', metric: 'NPS', rating: '9', submitted_at: '2026-02-20T09:00:00Z' }]);
    expect(await customer(SENTIMENT)).toEqual({ feedback: { sentiment: null } });
    await domain.ingest('feedback', ada, [said('The parcel is here.', '2026-02-23')]);
    expect(await customer(SENTIMENT)).toEqual({ feedback: { sentiment: null } });
  });

  it.each([[null], [[]], [['PERSONALIZATION', 'SERVICE']]])('is neither given nor computed under %j', async (permissions) => {
    await domain.ingest('feedback', ada, [said('This is terrible.', '2026-02-24')]);
    const analyse = vi.spyOn(TextAnalyser.prototype, 'analyse');
    expect(await customer(SENTIMENT, permissions)).toEqual({ feedback: { sentiment: null } });
    expect(analyse).not.toHaveBeenCalled();
  });

  it('reads nothing more for a hundred customers than their feedback does', async () => {
    const crowd = await Promise.all(Array.from({ length: 100 }, () => domain.customer(`someone-${people++}`)));
    for (const owner of crowd) await domain.ingest('feedback', owner, [said('This is terrible.', '2026-02-24')]);
    domain.calls.clear();
    const { data, errors } = await domain.entities(
      'Customer',
      crowd.map((id) => ({ id, members: [id], permissions: BOTH })),
      SENTIMENT,
    );
    expect(errors).toBeUndefined();
    expect(
      (data as { _entities: { feedback: { sentiment: { score: number } } }[] })._entities.map((one) => one.feedback.sentiment.score),
    ).toEqual(crowd.map(() => -0.5));
    expect(domain.calls.list).toEqual(['feedback_items.latest']);
  });
});

describe('FeedbackSignals.urgentItem', () => {
  const URGENT = '{ feedbackSignals { state urgentItem { id level reasons at } } }';

  it('names the most urgent text until somebody answers it', async () => {
    await domain.ingest('feedback', ada, [
      said('Thank you, I am happy.', '2026-02-27'),
      said('You charged me twice.', '2026-02-26', { number: `${ada}-money` }),
      said('The kettle caught fire.', '2026-02-25', { number: `${ada}-fire` }),
      said('My toaster exploded.', '2026-01-25'),
    ]);
    const { feedback: items } = (await customer('{ feedback { items { nodes { id text } } } }')) as {
      feedback: { items: { nodes: { id: string; text: string }[] } };
    };
    const idOf = (part: string) => items.items.nodes.find(({ text }) => text.includes(part))?.id;
    const close = (id: string | undefined) =>
      domain.ask('mutation ($input: FeedbackLoopCloseInput!) { feedbackLoopClose(input: $input) { userErrors { code } } }', {
        input: { idempotencyKey: String(id), feedbackItem: id, by: 'agent-7' },
      });
    expect(await customer(URGENT)).toEqual({
      feedbackSignals: {
        state: 'OK',
        urgentItem: { id: idOf('fire'), level: 'CRITICAL', reasons: ['SAFETY'], at: '2026-02-25T09:00:00.000Z' },
      },
    });
    await close(idOf('fire'));
    expect(await customer(URGENT)).toEqual({
      feedbackSignals: {
        state: 'OK',
        urgentItem: { id: idOf('charged'), level: 'HIGH', reasons: ['MONEY_LOST'], at: '2026-02-26T09:00:00.000Z' },
      },
    });
    await close(idOf('charged'));
    // The toaster is more than 30 days ago.
    expect(await customer(URGENT)).toEqual({ feedbackSignals: { state: 'OK', urgentItem: null } });
  });

  it('is withheld without consent, and nothing is read or analysed for it', async () => {
    await domain.ingest('feedback', ada, [said('The kettle caught fire.', '2026-02-25')]);
    domain.calls.clear();
    const analyse = vi.spyOn(TextAnalyser.prototype, 'analyse');
    expect(await customer(URGENT, ['PROFILING'])).toEqual({ feedbackSignals: { state: 'WITHHELD', urgentItem: null } });
    expect(domain.calls.list).toEqual([]);
    expect(analyse).not.toHaveBeenCalled();
  });
});

describe('a model trained on stars', () => {
  // A store of its own: a model learns from everybody's texts.
  beforeAll(async () => {
    await domain.close();
    domain = await openDomain(feedback);
  });

  const LIKED = ['着心地が最高で気に入りました', 'サイズもぴったりで満足です', '丁寧な対応で安心しました', '色も綺麗でまた購入します'];
  const DISLIKED = ['届くのが遅くて残念です', '縫い目がほつれていて使えません', '違う商品が届き不満です', '対応が悪く二度と買いません'];
  const reviews = (count: number): SourceRow[] =>
    Array.from({ length: count }, (_, index) => {
      const liked = index % 2 === 0;
      const parts = liked ? LIKED : DISLIKED;
      const text = `${parts[index % 4]}。${parts[(index >> 2) % 4]}（${index}回目の注文）`;
      return { source: 'shop', kind: 'REVIEW', metric: 'STARS', rating: liked ? '5' : '1', text, sku: 'kimono', number: `r${index}` };
    });
  const trained = (now: number) => {
    const { ratedTexts } = domain.subgraph.facts;
    if (!ratedTexts) throw new Error('Feedback offers no texts to learn from.');
    const material: Material = {
      purchases: async function* () {},
      products: async function* () {},
      views: async function* () {},
      ratedTexts,
    };
    return train('sentiment', domain.store, {
      material,
      directory: domain.directory,
      now,
      onRead: () => {},
      signal: new AbortController().signal,
    });
  };
  const look = () => shelfOf(domain.store).look(['sentiment']);

  it('takes over from the words in the language that it knows, names itself, and gives way when another is chosen', async () => {
    await domain.ingest('feedback', '', reviews(190));
    expect(await trained(TEST_NOW - 2000)).toEqual({
      refused:
        'In ja, the language of most texts, 95 have at most 2 stars and 95 at least 4; it takes 100 of both. ' +
        'Until then a list of words is used, where it knows the language.',
    });
    await domain.ingest('feedback', '', reviews(240), 'second run');
    const first = await trained(TEST_NOW - 2000);
    const second = await trained(TEST_NOW - 1000);
    if ('refused' in first || 'refused' in second) throw new Error('The model was not trained.');
    expect(second.counts).toMatchObject({ 'rated texts': 240, positive: 120, negative: 120, 'in ja': 240 });

    await domain.ingest('feedback', ada, [said('縫い目がほつれていました', '2026-02-21'), said('This is terrible.', '2026-02-20')]);
    const MODEL = '{ sentiment { score probability } model { name version trainedAt } }';
    await look();
    const [japanese, english] = (await analyses(MODEL)) as { sentiment: { score: number; probability: number }; model: unknown }[];
    expect(japanese?.model).toEqual({ name: 'SENTIMENT', version: second.id, trainedAt: '2026-03-01T11:59:59.000Z' });
    expect(japanese?.sentiment.probability).toBeLessThan(0.2);
    expect(japanese?.sentiment.score).toBeCloseTo(2 * (japanese?.sentiment.probability ?? 0) - 1, 12);
    expect(english).toEqual({ sentiment: { score: -0.5, probability: null }, model: { name: 'LEXICON', version: '1', trainedAt: null } });

    await shelfOf(domain.store).choose('sentiment', first.id, TEST_NOW);
    await look();
    const [before] = (await analyses(MODEL)) as { model: unknown }[];
    expect(before?.model).toEqual({ name: 'SENTIMENT', version: first.id, trainedAt: '2026-03-01T11:59:58.000Z' });
  });
});
