import { type CustomerReference, membersOf, signalsAllowed } from '../../kernel/customer.ts';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { EpochMs, Members } from '../../kernel/storage/port.ts';
import type { Resolvers } from '../../schema/generated/digital.ts';
import type { Context, PageOf } from './context.ts';
import type { ErrorRecord, Summary } from './records.ts';
import { type CartContent, cartContent, furthest, interestsOf, sentMessages, signalSkus, viewedLately } from './rules.ts';
import { SESSION_PREFIX, visitPage, visitPosition } from './sessions.ts';
import { recordTouch } from './touches.ts';
import { trackEvents } from './tracking.ts';

const EVENT_PREFIX = 'evt';
const TOUCH_PREFIX = 'tch';
/** Lines of the cart that are told with name and quantity. */
const MOST_SIGNAL_LINES = 20;

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly since?: EpochMs | null | undefined;
  readonly until?: EpochMs | null | undefined;
}

function pageOf({ first, after, since, until }: ListArguments): PageOf {
  return {
    first: pageSize(first),
    after: decodeCursor(after),
    ...(since !== null && since !== undefined && { from: since }),
    ...(until !== null && until !== undefined && { to: until }),
  };
}

async function summaryOf(customer: CustomerReference, context: Context) {
  return context.summaries.load(membersOf(customer));
}

/** What signals are made of. Withheld: nothing, and nobody to read of. */
export interface SignalsParent {
  readonly state: 'OK' | 'WITHHELD';
  readonly members: Members;
  readonly summary: Summary | null;
  readonly cart: CartContent | null;
}

async function lastError({ state, members }: SignalsParent, context: Context): Promise<ErrorRecord | null> {
  const errors = state === 'OK' ? await context.recentErrors.load(members) : [];
  return errors.find(({ kind }) => kind !== 'UNKNOWN') ?? null;
}

const productOf = ({ sku }: { readonly sku: string }) => ({ sku });

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (customer) => customer,
    digital: async (customer, _, context) => ((await summaryOf(customer, context)) ? customer : null),
    digitalSignals: async (customer, _, context) => {
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', members: [], summary: null, cart: null };
      const summary = await summaryOf(customer, context);
      return { state: 'OK', members: membersOf(customer), summary, cart: cartContent(summary?.cart ?? []) };
    },
  },
  // What lies beyond the summary is read only where it was asked for: not everybody who wants the cart wants it.
  DigitalSignals: {
    asOf: (_, __, { now }) => now,
    lastSeenAt: ({ summary }) => summary?.lastSeenAt ?? null,
    cart: ({ cart }) => (cart?.lines ?? []).slice(-MOST_SIGNAL_LINES),
    cartSkus: ({ cart }) => signalSkus(cart?.lines ?? []),
    cartItems: ({ cart }) => (cart?.lines ?? []).reduce((items, { quantity }) => items + quantity, 0),
    cartUpdatedAt: ({ cart }) => cart?.updatedAt ?? null,
    viewed: ({ summary }, _, { now }) => viewedLately(summary?.viewed ?? [], now),
    touches: async ({ state, members }, _, context) => (state === 'OK' ? sentMessages(await context.recentTouches.load(members)) : []),
    unsubscribed: ({ summary }) => summary?.unsubscribed ?? [],
    errorKind: async (signals, _, context) => (await lastError(signals, context))?.kind ?? null,
    errorAt: async (signals, _, context) => (await lastError(signals, context))?.happenedAt ?? null,
  },
  Digital: {
    lastSeenAt: async (customer, _, context) => (await summaryOf(customer, context))?.lastSeenAt ?? null,
    sessions: async (customer, args, context) => {
      const { first, after } = pageOf(args);
      return connection(visitPage(await context.visits.load(membersOf(customer)), first, after), visitPosition, (visit) => visit, after);
    },
    events: async (customer, args, context) => {
      const page = pageOf(args);
      const found = await context.events(page).load(membersOf(customer));
      return connection(
        found,
        ({ happenedAt: at, id }) => ({ at, id }),
        (event) => event,
        page.after,
      );
    },
    devices: async (customer, _, context) => (await summaryOf(customer, context))?.devices ?? [],
    interests: async (customer, _, context) => interestsOf((await summaryOf(customer, context))?.mentions ?? [], context.now),
    recentlyViewed: async (customer, _, context) => (await summaryOf(customer, context))?.viewed ?? [],
    cart: async (customer, _, context) => {
      const cart = cartContent((await summaryOf(customer, context))?.cart ?? []);
      return cart && { updatedAt: cart.updatedAt, lines: cart.lines.map((line) => ({ ...line, product: productOf(line) })) };
    },
    campaignTouches: async (customer, args, context) => {
      const page = pageOf(args);
      const found = await context.touches(page).load(membersOf(customer));
      return connection(
        found,
        ({ firstAt: at, id }) => ({ at, id }),
        (touch) => touch,
        page.after,
      );
    },
    errors: async (customer, args, context) => {
      const page = pageOf(args);
      const found = await context.errors(page).load(membersOf(customer));
      return connection(
        found,
        ({ happenedAt: at, id }) => ({ at, id }),
        (error) => error,
        page.after,
      );
    },
  },
  Session: {
    __resolveReference: async ({ id }, context) => {
      const key = parseEntityId(SESSION_PREFIX, id);
      const visits = key ? await context.visits.load([key.owner]) : [];
      return visits.find((visit) => key && visit.keys.includes(key.id)) ?? null;
    },
  },
  DigitalEvent: {
    __resolveReference: async ({ id }, context) => {
      const key = parseEntityId(EVENT_PREFIX, id);
      return key && context.event.load(key);
    },
    id: (event) => entityId(EVENT_PREFIX, event),
    session: async ({ owner, session }, _, context) => {
      const visits = await context.visits.load([owner]);
      return visits.find(({ keys }) => keys.includes(session)) ?? null;
    },
    product: ({ sku }) => (sku === null ? null : { sku }),
  },
  Device: { lastSeenAt: ({ at }) => at },
  ViewedProduct: { product: productOf, viewedAt: ({ at }) => at },
  CampaignTouch: {
    __resolveReference: async ({ id }, context) => {
      const key = parseEntityId(TOUCH_PREFIX, id);
      return key && context.touch.load(key);
    },
    id: (touch) => entityId(TOUCH_PREFIX, touch),
    state: ({ history }) => furthest(history).state,
    at: ({ history }) => furthest(history).at,
  },
  ErrorSignal: {
    at: ({ happenedAt }) => happenedAt,
    event: ({ owner, id }, _, context) => context.event.load({ owner, id }),
  },
  Mutation: {
    eventsTrack: (_, { input }, context) => trackEvents(context, input),
    campaignTouchRecord: (_, { input }, context) => recordTouch(context, input),
  },
};
