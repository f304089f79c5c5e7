import { describe, expect, it } from 'vitest';
import { feedbackKey } from '../../../subgraphs/feedback/ingest.ts';
import { feedbackContent, readFeedback } from '../../../subgraphs/feedback/source.ts';

const review = { source: 'olist', number: '7b00', kind: 'REVIEW', metric: 'STARS', rating: '3', order_number: 'cb1d' };

function read(row: Record<string, string>) {
  const result = readFeedback(row);
  if (!result.ok) throw new Error(result.reason.message);
  return result.record;
}

describe('readFeedback', () => {
  it('reads a review of an order, whose number is of the same system unless the row says otherwise', () => {
    expect(read({ ...review, submitted_at: '2018-06-12T03:00:00Z', text: 'Não gostei' })).toMatchObject({
      system: 'olist',
      number: '7b00',
      source: 'REVIEW',
      submittedAt: Date.UTC(2018, 5, 12, 3),
      metric: 'STARS',
      rating: 3,
      text: 'Não gostei',
      orderNumber: 'cb1d',
      orderSystem: 'olist',
    });
  });

  it('leaves a date out where the source has none', () => {
    expect(read(review).submittedAt).toBeNull();
  });

  it.each([
    [{ rating: '6' }, 'FIELD_INVALID', 'rating'],
    [{ rating: '0' }, 'FIELD_INVALID', 'rating'],
    [{ rating: 'good' }, 'FIELD_INVALID', 'rating'],
    [{ metric: '' }, 'FIELD_MISSING', 'metric'],
    [{ rating: '' }, 'FIELD_MISSING', 'rating'],
    [{ source: '' }, 'FIELD_MISSING', 'source'],
    [{ link: 'javascript:alert(1)' }, 'FIELD_INVALID', 'link'],
  ])('says what is wrong with %j', (change, code, field) => {
    expect(readFeedback({ ...review, ...change })).toMatchObject({ ok: false, reason: { code, field } });
  });

  it('takes zero for NPS, which begins there', () => {
    expect(read({ source: 's', metric: 'NPS', rating: '0' }).rating).toBe(0);
  });
});

describe('feedbackKey', () => {
  it('tells apart one review number of two orders', () => {
    const keyOf = (order: string) => feedbackKey({ record: read({ ...review, order_number: order }), owner: 'cus_1', occurrence: 1 });
    expect(keyOf('a')).not.toEqual(keyOf('b'));
    expect(keyOf('a')).toEqual(keyOf('a'));
  });

  it('tells equal texts without a number apart by occurrence, and files nobody’s under the product', () => {
    const record = read({ source: 'shop', kind: 'REVIEW', metric: 'STARS', rating: '5', sku: '767' });
    expect(feedbackContent(record)).not.toBeNull();
    const first = feedbackKey({ record, owner: '', occurrence: 1 });
    expect(first.owner).toBe('product:767');
    expect(feedbackKey({ record, owner: '', occurrence: 2 })).not.toEqual(first);
  });
});
