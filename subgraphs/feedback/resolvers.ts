import { type CustomerReference, membersOf, signalsAllowed } from '../../kernel/customer.ts';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/feedback.ts';
import type { Context, PageOf } from './context.ts';
import { giverOf } from './listings.ts';
import { closeLoop, FEEDBACK_PREFIX, importMention, importReview, submitSurveyResponse } from './mutations.ts';
import type { FeedbackMetric, FeedbackRecord } from './records.ts';
import { metricReport } from './report.ts';
import { latestAnswer, openDetractor } from './rules.ts';
import { npsCategory } from './scales.ts';
import { latestTexts, modelOf, mostUrgent, sentimentOf, unanswered } from './sentiment.ts';
import { writtenText } from './texts.ts';

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

function pageOf({ first, after }: ListArguments): PageOf {
  return { first: pageSize(first), after: decodeCursor(after) };
}

async function answerOf(customer: CustomerReference, metric: FeedbackMetric, context: Context) {
  return latestAnswer(await context.recent.load(membersOf(customer)), metric);
}

/** What is understood of feedback that has a text, in its order. */
async function understood(items: readonly FeedbackRecord[], context: Context) {
  const texts = await Promise.all(items.map((item) => context.understood.load(item)));
  return texts.filter((text) => text !== null);
}

async function urgentItem(items: readonly FeedbackRecord[], context: Context) {
  const open = unanswered(items, context.now);
  if (open.length === 0) return null;
  const urgencies = (await understood(open, context)).map(({ urgency }) => urgency);
  const place = mostUrgent(urgencies);
  const [item, urgency] = [open[place], urgencies[place]];
  if (!item || !urgency) return null;
  return { id: idOf(item), level: urgency.level, reasons: urgency.reasons.map(({ code }) => code), at: item.at };
}

const idOf = (item: FeedbackRecord) => entityId(FEEDBACK_PREFIX, item);

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (customer) => customer,
    feedback: async (customer, _, context) => ((await context.recent.load(membersOf(customer))).length > 0 ? customer : null),
    feedbackSignals: async (customer, _, context) => {
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf: context.now };
      const items = await context.recent.load(membersOf(customer));
      const nps = latestAnswer(items, 'NPS');
      const csat = latestAnswer(items, 'CSAT');
      const detractor = openDetractor(items, context.now);
      return {
        state: 'OK',
        asOf: context.now,
        npsScore: nps?.score ?? null,
        npsAt: nps?.answeredAt ?? null,
        csatScore: csat?.score ?? null,
        csatAt: csat?.answeredAt ?? null,
        openDetractor: detractor && idOf(detractor),
        openDetractorAt: detractor?.submittedAt ?? null,
        // Newest first, those without a date last.
        lastGivenAt: items[0]?.submittedAt ?? null,
        urgentItem: await urgentItem(items, context),
      };
    },
  },
  Feedback: {
    items: async (customer, args, context) => {
      const page = pageOf(args);
      const found = await context.items(page).load(membersOf(customer));
      return connection(
        found,
        ({ at, id }) => ({ at, id }),
        (item) => item,
        page.after,
      );
    },
    nps: async (customer, _, context) => {
      const answer = await answerOf(customer, 'NPS', context);
      return answer && { ...answer, category: npsCategory(answer.score) };
    },
    csat: (customer, _, context) => answerOf(customer, 'CSAT', context),
    ces: (customer, _, context) => answerOf(customer, 'CES', context),
    sentiment: async (customer, _, context) => {
      // A score of a person, which PROFILING is consent to; nothing is analysed for it without.
      if (!customer.permissions?.includes('PROFILING')) return null;
      return sentimentOf(await understood(latestTexts(await context.recent.load(membersOf(customer))), context));
    },
  },
  FeedbackItem: {
    __resolveReference: async ({ id }, context) => {
      const key = parseEntityId(FEEDBACK_PREFIX, id);
      return key && context.item.load(key);
    },
    id: idOf,
    owner: giverOf,
    product: ({ sku }) => (sku === null ? null : { sku }),
    order: ({ orderNumber, orderSystem }) => (orderNumber === null ? null : { number: orderNumber, source: orderSystem ?? '' }),
    closedLoop: ({ followUp }) => followUp,
    analysis: (item, _, context) => (writtenText(item) === null ? null : context.understood.load(item)),
  },
  TextAnalysis: {
    model: modelOf,
    topicsVersion: ({ model }) => model.topics,
    urgencyVersion: ({ model }) => model.urgency,
  },
  Product: {
    __resolveReference: ({ sku }) => ({ sku }),
    reviews: async ({ sku }, args, context) => {
      const page = pageOf(args);
      const found = await context.reviews(page).load(sku);
      return connection(
        found,
        ({ listing: { at, id } }) => ({ at, id }),
        ({ item }) => item,
        page.after,
      );
    },
    rating: async ({ sku }, _, context) => {
      const rated = (await context.ratings.load(sku)).filter(({ group }) => group !== '');
      const count = rated.reduce((sum, total) => sum + total.count, 0);
      return count === 0 ? null : { count, average: rated.reduce((sum, total) => sum + total.sum, 0) / count };
    },
  },
  Query: {
    metricReport: async (_, { metric, since, until }, context) => {
      const period = { since: since ?? null, until: until ?? null };
      const report = await metricReport(context.collections.listings, metric, period, context.now);
      return { ...report, interval: report.interval && { ...report.interval, level: 0.95 } };
    },
  },
  Mutation: {
    surveyResponseSubmit: (_, { input }, context) => submitSurveyResponse(context, input),
    reviewImport: (_, { input }, context) => importReview(context, input),
    mentionImport: (_, { input }, context) => importMention(context, input),
    feedbackLoopClose: (_, { input }, context) => closeLoop(context, input),
  },
};
