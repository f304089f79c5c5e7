import { type DecisionContext, NO_CONTEXT } from '../../../subgraphs/recommendations/offers/decision-context.ts';
import type {
  CrmSignals,
  DigitalSignals,
  FeedbackSignals,
  LoyaltySignals,
  PosSignals,
  Subject,
} from '../../../subgraphs/recommendations/records.ts';

export const DAY = 86_400_000;
/** A Sunday. */
export const NOW = Date.UTC(2026, 2, 1, 12);

/** Someone who granted everything and of whom every domain was asked and knows nothing, but for what is given. */
export function subject(known: {
  crm?: Partial<CrmSignals>;
  pos?: Partial<PosSignals>;
  loyalty?: Partial<LoyaltySignals>;
  digital?: Partial<DigitalSignals>;
  feedback?: Partial<FeedbackSignals>;
  lost?: readonly (keyof Subject['sources'])[];
  marketing?: boolean;
  marketingSince?: number;
  now?: number;
  context?: Partial<DecisionContext>;
  products?: Subject['products'];
  content?: Subject['content'];
}): Subject {
  const read = <S>(name: keyof Subject['sources'], signals: S) =>
    known.lost?.includes(name) ? ({ state: 'UNAVAILABLE' } as const) : ({ state: 'OK', asOf: NOW, signals } as const);
  return {
    customer: 'cus_00000000000000000000',
    representation: { id: 'cus_00000000000000000000' },
    personal: true,
    marketing: known.marketing ?? true,
    marketingSince: known.marketingSince ?? null,
    now: known.now ?? NOW,
    products: known.products ?? null,
    content: known.content ?? null,
    context: { ...NO_CONTEXT, ...known.context },
    sources: {
      crm: read('crm', {
        birthDate: null,
        locale: null,
        timeZone: null,
        customerSince: null,
        contactWindow: null,
        channelOrder: [],
        openCases: [],
        ...known.crm,
      }),
      pos: read('pos', {
        orderCount: 0,
        firstOrderAt: null,
        lastOrderAt: null,
        latePaymentCount: 0,
        rank: null,
        baskets: [],
        store: null,
        storeTimeZone: null,
        ...known.pos,
      }),
      loyalty: read('loyalty', { member: false, nextTierCode: null, pointsToNextTier: null, expiring: [], ...known.loyalty }),
      digital: read('digital', {
        cart: [],
        cartSkus: known.digital?.cart?.flatMap(({ sku }) => sku ?? []) ?? [],
        cartItems: known.digital?.cart?.reduce((items, { quantity }) => items + quantity, 0) ?? 0,
        cartUpdatedAt: null,
        viewed: [],
        touches: [],
        unsubscribed: [],
        error: null,
        ...known.digital,
      }),
      feedback: read('feedback', { openDetractor: null, openDetractorAt: null, lastGivenAt: null, urgentItem: null, ...known.feedback }),
    },
  };
}
