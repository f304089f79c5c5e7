import { badArgument } from '../../kernel/errors.ts';
import { pageSize } from '../../kernel/page.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { ProductRecommendationsResolvers, RecommendationsResolvers, Resolvers } from '../../schema/generated/recommendations.ts';
import { publishContent } from './content/commands.ts';
import type { Context } from './context.ts';
import { experimentMutations, experimentQueries, experimentsOf, experimentTypes } from './experiments/resolvers.ts';
import { contentFacts } from './offers/content-facts.ts';
import { readContext } from './offers/decision-context.ts';
import { type Asked, offersOf } from './offers/decisions.ts';
import { disclosure } from './offers/disclosure.ts';
import { nextBestActions } from './offers/next-best-actions.ts';
import { productFacts } from './offers/product-facts.ts';
import { shownActions } from './offers/shown-offer.ts';
import { SERVICES, type Subject } from './records.ts';
import { churn, cluster, insightsRfm, lifetimeValue, readInsights, stage } from './scores/insights.ts';
import { rankedProducts, readNextPurchase } from './scores/next-purchase.ts';
import { rfm } from './scores/rfm.ts';
import { segmentMutations, segmentQueries, segmentsOf, segmentTypes } from './segments/resolvers.ts';
import { readCustomer } from './source.ts';

/** Ten years: no model of a customer base says anything beyond. */
const MOST_WEEKS = 520;

/** Both types answer so; what differs is what was read of the customer. */
const recommended = {
  asOf: (subject) => subject.now,
  sourceStatus,
  offers: (subject, { first, channel, templates, locale, context, record }, sources) => {
    const asked: Asked = {
      first: pageSize(first),
      channel: channel ?? null,
      templates: templates ?? null,
      locale: locale ?? null,
      ...(context && { context: readContext(context, subject.now) }),
    };
    const { decisions } = sources;
    const decide = (of: Subject) => (record ? decisions.record(of, asked) : offersOf(of, asked, null));
    const at = asked.context?.at ?? null;
    return at === null || subject.content === null ? decide(subject) : contentAt(subject, at, sources).then(decide);
  },
  disclosure: (subject, { locale }) => disclosure(subject, locale ?? null),
  nextBestActions: (subject, { first, locale }) =>
    shownActions(nextBestActions(subject).slice(0, pageSize(first)), subject, locale ?? null),
  rfm,
} satisfies RecommendationsResolvers<Context> & ProductRecommendationsResolvers<Context>;

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    recommendations: (customer, _, { now }) => readCustomer(customer, now),
    productRecommendations: async (customer, _, context) => {
      // Both ask the catalogue in this turn, which makes one read.
      const [products, content] = await Promise.all([
        productFacts(customer, context.now, context),
        contentFacts(customer, context.now, context),
      ]);
      return readCustomer({ ...customer, productFacts: products, contentFacts: content }, context.now);
    },
    insights: (customer, _, { now, customerBase }) => readInsights(customer, now, customerBase),
    experiments: (customer, _, context) => experimentsOf(customer, context),
    segments: (customer, { ids }, context) => segmentsOf(customer, ids ?? null, context),
    nextPurchase: (customer, _, { now, nextBasket }) => readNextPurchase(customer, now, nextBasket),
  },
  Recommendations: recommended,
  ProductRecommendations: recommended,
  Insights: {
    asOf: ({ now }) => now,
    sourceStatus: ({ state, asOf }) => ({ service: 'pos', state, asOf }),
    rfm: insightsRfm,
    lifetimeValue: (insights, { horizonWeeks }) => {
      if (horizonWeeks < 1 || horizonWeeks > MOST_WEEKS)
        throw badArgument('horizonWeeks', 'is out of range', `Give a whole number from 1 to ${MOST_WEEKS}.`);
      return lifetimeValue(insights, horizonWeeks);
    },
    churn,
    lifecycleStage: stage,
    cluster,
    model: ({ version }) => version,
  },
  NextPurchase: {
    asOf: ({ now }) => now,
    sourceStatus: ({ state, asOf }) => ({ service: 'pos', state, asOf }),
    sources: ({ state, asOf, digital }) => [
      { service: 'pos', state, asOf },
      { service: 'digital', ...digital },
    ],
    products: (customer, { first }, { catalogue }) => rankedProducts(customer, { first: pageSize(first), newOnly: false }, catalogue),
    discover: (customer, { first }, { catalogue }) => rankedProducts(customer, { first: pageSize(first), newOnly: true }, catalogue),
    model: ({ shelved }) => shelved?.version ?? null,
  },
  ModelUse: {
    version: ({ id }) => id,
    learnedUntil: ({ to }) => to,
  },
  Query: {
    decision: (_, { id }, { decisions }) => decisions.explain(id),
    ...experimentQueries,
    ...segmentQueries,
  },
  Mutation: {
    ...experimentMutations,
    ...segmentMutations,
    contentPublish: (_, { input }, context) => publishContent(context, input),
  },
  ...experimentTypes,
  ...segmentTypes,
  Decision: {
    decidedAt: ({ at }) => at,
    channel: ({ asked }) => asked.channel,
    templates: ({ asked }) => asked.templates,
    context: ({ asked }) => asked.context ?? null,
    purposes: ({ subject }) => subject.representation.permissions ?? null,
    sourceStatus: ({ subject }) => sourceStatus(subject),
    inputs: ({ subject }) => inputsOf(subject),
  },
};

/** With the content that suits at another time than that of the request. */
async function contentAt({ representation, now }: Subject, at: EpochMs, context: Context): Promise<Subject> {
  return readCustomer({ ...representation, contentFacts: await contentFacts(representation, at, context) }, now);
}

function sourceStatus({ sources }: Subject) {
  return SERVICES.map((service) => {
    const source = sources[service];
    return { service, state: source.state, asOf: source.state === 'OK' ? source.asOf : null };
  });
}

/** What the domains told of the customer, each value as JSON; nothing where nothing was read. */
function inputsOf({ sources, products, content }: Subject) {
  const told = SERVICES.flatMap((service) => {
    const source = sources[service];
    if (source.state !== 'OK') return [];
    return Object.entries(source.signals).map(([name, value]) => ({ service, name, value: JSON.stringify(value) }));
  });
  const own = Object.entries({ products, content }).filter(([, value]) => value !== null);
  return [...told, ...own.map(([name, value]) => ({ service: 'recommendations', name, value: JSON.stringify(value) }))];
}
