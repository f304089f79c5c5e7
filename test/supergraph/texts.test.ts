import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Person, person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

const COMPLAINT = 'ケトルから煙が出て、やけどをしました。至急返金してください。';

describe.each(SHAPES)('what a customer writes in Japanese, in %s', (shape) => {
  let stack: Stack;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    stack = await openStack(shape);
    ada = await person(stack, 'ada', { consent: true });
    ben = await person(stack, 'ben', { consent: false });
  }, 60_000);
  afterAll(() => stack.close());

  const write = async ({ id }: Person, mentionedAt: string) => {
    const input = { customer: id, network: 'mastodon', number: id, text: COMPLAINT, mentionedAt };
    return (await mutate(stack, 'mentionImport', input, 'feedbackItem { id }')).feedbackItem;
  };
  const aSecondAgo = () => new Date(stack.company.time.now - 1000).toISOString();

  const ASK = `query ($id: ID!) {
    customer(id: $id) {
      withheld { field purpose }
      feedback {
        sentiment { score n models { name } }
        items(first: 1) { nodes { text analysis { language topics { topic terms } urgency { level reasons { code terms } } model { name } } } }
      }
      recommendations { offers(first: 3, locale: "ja") { template reasons { code text evidence { name value } } } }
    }
  }`;

  it('is understood by the next request, and what is urgent is put right before anything is sold', async () => {
    const at = aSecondAgo();
    const written = await write(ada, at);
    const { data, errors } = await stack.ask(ASK, { id: ada.id });
    expect(errors).toBeUndefined();
    const { feedback, recommendations, withheld } = data.customer;
    expect(withheld).toEqual([]);
    expect(feedback.items.nodes).toEqual([
      {
        text: COMPLAINT,
        analysis: {
          language: 'ja',
          topics: [{ topic: 'RETURNS_AND_REFUNDS', terms: ['返金'] }],
          urgency: {
            level: 'CRITICAL',
            reasons: [
              { code: 'SAFETY', terms: ['煙が出', 'やけど'] },
              { code: 'MONEY_LOST', terms: ['返金して'] },
              { code: 'NEGATIVE_SENTIMENT', terms: [] },
              { code: 'TIME_PRESSURE', terms: ['至急'] },
            ],
          },
          model: { name: 'LEXICON' },
        },
      },
    ]);
    // One word of complaint, 返金, and none of praise: (0 - 1) / (0 + 1 + 1).
    expect(feedback.sentiment).toEqual({ score: -0.5, n: 1, models: [{ name: 'LEXICON' }] });
    expect(recommendations.offers).toHaveLength(1);
    expect(recommendations.offers[0]).toMatchObject({ template: 'SERVICE_RECOVERY' });
    expect(recommendations.offers[0].reasons[0]).toEqual({
      code: 'URGENT_FEEDBACK',
      text: '2026年3月1日に届いた緊急のご意見（CRITICAL：SAFETY MONEY_LOST NEGATIVE_SENTIMENT TIME_PRESSURE）にまだ対応していません。',
      evidence: [
        { name: 'feedback', value: written.id },
        { name: 'level', value: 'CRITICAL' },
        { name: 'reasons', value: 'SAFETY MONEY_LOST NEGATIVE_SENTIMENT TIME_PRESSURE' },
        { name: 'at', value: at },
      ],
    });
  });

  it('makes no score of a customer who does not allow it, and changes no offer of theirs', async () => {
    await write(ben, aSecondAgo());
    const { data, errors } = await stack.ask(ASK, { id: ben.id });
    expect(errors).toBeUndefined();
    expect(data.customer.feedback.sentiment).toBeNull();
    expect(data.customer.withheld).toContainEqual({ field: 'feedback.sentiment', purpose: 'PROFILING' });
    expect(data.customer.recommendations.offers).toMatchObject([{ template: 'GENERAL', reasons: [{ code: 'NOT_PERSONALIZED' }] }]);
  });

  it('shows an agent what such a customer wrote and how urgent it is, because that is service', async () => {
    const { data, errors } = await stack.ask(ASK, { id: ben.id });
    expect(errors).toBeUndefined();
    expect(data.customer.feedback.items.nodes).toMatchObject([{ text: COMPLAINT, analysis: { urgency: { level: 'CRITICAL' } } }]);
    // What is concluded of the person is withheld; what is said of one message is not.
    expect(data.customer.withheld.map(({ field }: { field: string }) => field)).not.toContain('feedback.items');
  });
});
