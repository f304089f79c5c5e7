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
