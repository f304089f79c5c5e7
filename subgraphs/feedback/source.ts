import { CHANNELS } from '../../kernel/intake.ts';
import { type Fields, type Read, readRecord, type SourceRow } from '../../kernel/record.ts';
import { FEEDBACK_METRICS, FEEDBACK_SOURCES, type FeedbackRow } from './records.ts';
import { SCALES } from './scales.ts';

export const FEEDBACK_FIELDS = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
  number: {
    type: 'text',
    description:
      'Its number in the source, unique together with order_number where that is given; without it, it is told apart by content and occurrence.',
  },
  kind: { type: 'enum', values: FEEDBACK_SOURCES, description: 'How it was given; UNKNOWN when the source does not say.' },
  channel: { type: 'enum', values: CHANNELS, description: 'Where it was given.' },
  submitted_at: { type: 'instant', description: 'When it was given; absent where the source has no date.' },
  metric: { type: 'enum', values: FEEDBACK_METRICS, description: 'Which question the rating answers; needed with a rating.' },
  rating: { type: 'integer', description: 'NPS 0 to 10, CSAT 1 to 5, CES 1 to 7, STARS 1 to 5.' },
  title: { type: 'text', description: "The text's headline." },
  text: { type: 'text', description: 'What was said, in full.' },
  link: { type: 'text', description: 'Where it can be read: an http or https URL.' },
  sku: { type: 'text', description: 'The product that it is about.' },
  order_number: { type: 'text', description: 'The order that it is about, by its number in its source.' },
  order_source: { type: 'text', description: "The order number's source system; absent: the same as source." },
  author_age: { type: 'integer', description: "The author's age in years, as the author gave it." },
  recommends: { type: 'boolean', description: 'Whether the author recommends the product.' },
  helpful_count: { type: 'integer', description: 'How many readers found it helpful.' },
  categories: { type: 'list', description: 'Where the source files it, general first.' },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says; older news never replaces newer.' },
} as const satisfies Fields;

export function readFeedback(source: SourceRow): Read<FeedbackRow> {
  return readRecord(source, (row) => {
    const metric = row.oneOf('metric', FEEDBACK_METRICS) ?? null;
    const rating = row.integer('rating') ?? null;
    if (rating !== null && metric === null) row.fail('FIELD_MISSING', 'metric', '"metric" is empty in a row with a rating.');
    if (rating !== null && metric !== null && (rating < SCALES[metric].worst || rating > SCALES[metric].best))
      row.fail('FIELD_INVALID', 'rating', `"rating" is outside ${SCALES[metric].worst} to ${SCALES[metric].best}, the scale of ${metric}.`);
    const link = row.optional('link') ?? null;
    if (link !== null && !(URL.canParse(link) && /^https?:$/.test(new URL(link).protocol)))
      row.fail('FIELD_INVALID', 'link', '"link" is not an http or https URL.');
    const system = row.text('source');
    const orderNumber = row.optional('order_number') ?? null;
    const text = row.optional('text') ?? null;
    const title = row.optional('title') ?? null;
    if (rating === null && text === null && title === null)
      row.fail('FIELD_MISSING', 'rating', 'The row has neither a rating nor a text; there is nothing to file.');
    return {
      system,
      number: row.optional('number') ?? null,
      source: row.oneOf('kind', FEEDBACK_SOURCES) ?? 'UNKNOWN',
      channel: row.oneOf('channel', CHANNELS) ?? 'UNKNOWN',
      submittedAt: row.instant('submitted_at') ?? null,
      metric: rating === null ? null : metric,
      rating,
      title,
      text,
      link,
      sku: row.optional('sku') ?? null,
      orderNumber,
      orderSystem: orderNumber === null ? null : (row.optional('order_source') ?? system),
      authorAge: row.integer('author_age') ?? null,
      recommends: row.boolean('recommends') ?? null,
      helpfulCount: row.integer('helpful_count') ?? null,
      categories: row.list('categories'),
      updatedAt: row.instant('updated_at') ?? null,
    };
  });
}

/** What tells feedback without a number from others: everything the row says. */
export function feedbackContent(row: FeedbackRow): string | null {
  return row.number === null ? JSON.stringify(row) : null;
}
