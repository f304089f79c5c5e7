import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { digest, entityId, parseEntityId } from '../../kernel/ids.ts';
import { type Effect, once, refused } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { type TextErrorCode, textErrors } from '../../kernel/texts.ts';
import { update } from '../../kernel/update.ts';
import type {
  FeedbackLoopCloseInput,
  FeedbackOrderInput,
  MentionImportInput,
  ReviewImportInput,
  SurveyResponseSubmitInput,
} from '../../schema/generated/feedback.ts';
import type { Context } from './context.ts';
import { feedbackKey } from './ingest.ts';
import { fileFeedback } from './intakes.ts';
import type { FeedbackMetric, FeedbackRecord, FeedbackRow } from './records.ts';
import { SCALES } from './scales.ts';

export const FEEDBACK_PREFIX = 'fbk';

interface FeedbackPayload<Code extends string> {
  readonly feedbackItem: FeedbackRecord | null;
  readonly userErrors: readonly UserError<Code>[];
}

const UNKNOWN_CUSTOMER = refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
const UNKNOWN_FEEDBACK = refused(refuse('FEEDBACK_UNKNOWN', 'feedbackItem', 'There is no such feedback; take its id from the graph.'));

async function payloadOf<Code extends string>(context: Context, effect: Effect<Code>): Promise<FeedbackPayload<Code>> {
  if (!effect.ok) return { feedbackItem: null, userErrors: effect.userErrors };
  const key = parseEntityId(FEEDBACK_PREFIX, effect.result);
  return { feedbackItem: key && (await context.item.load(key)), userErrors: [] };
}

/** Limits of fields that hold what people wrote or an entity's id. */
const LONGEST = { text: 100_000, note: 10_000, link: 2_000, feedbackItem: 1_024 };

/** Carries a mutation out once per key, unless the input itself is at fault: `errors`, and its texts. */
async function carryOut<Input extends { readonly idempotencyKey: string }, Wrong extends string, Code extends string>(
  context: Context,
  mutation: string,
  input: Input,
  errors: readonly UserError<Wrong>[],
  effect: (at: EpochMs) => Promise<Effect<Code>>,
): Promise<FeedbackPayload<TextErrorCode<Input> | Wrong | Code | 'IDEMPOTENCY_KEY_REUSED'>> {
  const userErrors = [...textErrors(input, LONGEST), ...errors];
  if (userErrors.length > 0) return { feedbackItem: null, userErrors };
  return payloadOf(context, await once(context.requests, mutation, input, context.now, effect));
}

/** Why a rating can't be filed, if so. */
function offScale(metric: FeedbackMetric, rating: number, field: string): readonly UserError<'SCORE_OUT_OF_RANGE'>[] {
  const { worst, best } = SCALES[metric];
  if (rating >= worst && rating <= best) return [];
  return [refuse('SCORE_OUT_OF_RANGE', field, `${metric} is answered by ${worst} to ${best}.`)];
}

/** Nothing was said tomorrow: it would stand as the latest answer until then. */
function notAhead(at: EpochMs | null | undefined, { now }: Context, field: string): readonly UserError<'TIME_INVALID'>[] {
  return (at ?? now) > now ? [refuse('TIME_INVALID', field, `"${field}" lies in the future; say when it took place.`)] : [];
}

/** Files feedback under an existing customer, or under nobody in particular when `customer` is absent. */
async function file(context: Context, customer: string | null | undefined, record: FeedbackRow): Promise<Effect<'CUSTOMER_UNKNOWN'>> {
  if (customer != null && !(await context.directory.exists([customer]))[0]) return UNKNOWN_CUSTOMER;
  const arrival = { record, owner: customer ?? '', origin: 'mutation', occurrence: 1 };
  const [outcome] = await fileFeedback(context.collections, [arrival]);
  return typeof outcome === 'object' ? UNKNOWN_CUSTOMER : { ok: true, result: entityId(FEEDBACK_PREFIX, feedbackKey(arrival)) };
}

const BLANK = {
  metric: null,
  rating: null,
  title: null,
  text: null,
  link: null,
  sku: null,
  authorAge: null,
  recommends: null,
  helpfulCount: null,
  categories: [],
} as const satisfies Partial<FeedbackRow>;

function orderOf(order: FeedbackOrderInput | null | undefined) {
  return { orderNumber: order?.number ?? null, orderSystem: order?.source ?? null };
}

export async function submitSurveyResponse(context: Context, input: SurveyResponseSubmitInput) {
  const errors = [...offScale(input.metric, input.score, 'score'), ...notAhead(input.submittedAt, context, 'submittedAt')];
  return carryOut(context, 'surveyResponseSubmit', input, errors, (at) =>
    file(context, input.customer, {
      ...BLANK,
      ...orderOf(input.order),
      system: 'surveyResponseSubmit',
      number: digest(input.idempotencyKey),
      source: 'SURVEY',
      channel: input.channel ?? 'UNKNOWN',
      submittedAt: input.submittedAt ?? at,
      metric: input.metric,
      rating: input.score,
      text: input.text ?? null,
      sku: input.product ?? null,
      updatedAt: at,
    }),
  );
}

export async function importReview(context: Context, input: ReviewImportInput) {
  const errors: UserError<'SCORE_OUT_OF_RANGE' | 'TIME_INVALID' | 'COUNT_INVALID'>[] = [
    ...offScale('STARS', input.stars, 'stars'),
    ...notAhead(input.submittedAt, context, 'submittedAt'),
  ];
  if ((input.helpfulCount ?? 0) < 0) errors.push(refuse('COUNT_INVALID', 'helpfulCount', 'Give 0 or more.'));
  return carryOut(context, 'reviewImport', input, errors, (at) =>
    file(context, input.customer, {
      ...BLANK,
      ...orderOf(input.order),
      system: input.source,
      number: input.number,
      source: 'REVIEW',
      channel: input.channel ?? 'UNKNOWN',
      submittedAt: input.submittedAt ?? null,
      metric: 'STARS',
      rating: input.stars,
      title: input.title ?? null,
      text: input.text ?? null,
      link: input.link ?? null,
      sku: input.product,
      recommends: input.recommends ?? null,
      helpfulCount: input.helpfulCount ?? null,
      updatedAt: at,
    }),
  );
}

export async function importMention(context: Context, input: MentionImportInput) {
  return carryOut(context, 'mentionImport', input, notAhead(input.mentionedAt, context, 'mentionedAt'), (at) =>
    file(context, input.customer, {
      ...BLANK,
      ...orderOf(null),
      system: input.network,
      number: input.number,
      source: 'SOCIAL',
      channel: 'SOCIAL',
      submittedAt: input.mentionedAt ?? null,
      text: input.text,
      link: input.link ?? null,
      sku: input.product ?? null,
      updatedAt: at,
    }),
  );
}

/** Notes the first follow-up of a piece of feedback; a second one, by another request, is refused. */
export async function closeLoop(context: Context, input: FeedbackLoopCloseInput) {
  return carryOut(context, 'feedbackLoopClose', input, notAhead(input.at, context, 'at'), async (at) => {
    const key = parseEntityId(FEEDBACK_PREFIX, input.feedbackItem);
    if (!key) return UNKNOWN_FEEDBACK;
    const followUp = { by: input.by, note: input.note ?? null, at: input.at ?? at, request: digest(input.idempotencyKey) };
    let found: FeedbackRecord | null = null;
    const [outcome] = await update(context.collections.items, [key], (current) => {
      found = current;
      return current && current.followUp === null ? { ...current, followUp } : null;
    });
    const before = (found as FeedbackRecord | null)?.followUp;
    if (found === null || outcome === 'erased') return UNKNOWN_FEEDBACK;
    if (before && before.request !== followUp.request)
      return refused(refuse('FEEDBACK_ALREADY_CLOSED', 'feedbackItem', 'Somebody answered this feedback already.'));
    return { ok: true, result: input.feedbackItem };
  });
}
