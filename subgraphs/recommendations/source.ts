import { permissionsOf } from '../../kernel/customer.ts';
import { CHANNELS, type Channel } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { readContentFacts } from './content/records.ts';
import { NO_CONTEXT } from './offers/decision-context.ts';
import type { PastBasket, PosSignals, ProductFacts, PurchaseRank, Sources, Subject, TimeWindow, Touch, UrgentItem } from './records.ts';
import { type CustomerRepresentation, isPersonal, Signals, sinceOf, source } from './representation.ts';

const WITHHELD: Sources = {
  crm: { state: 'WITHHELD' },
  pos: { state: 'WITHHELD' },
  loyalty: { state: 'WITHHELD' },
  digital: { state: 'WITHHELD' },
  feedback: { state: 'WITHHELD' },
};

/** `products`: whether what names them was asked for; what the gateway brought for another field of the request is not used. */
function sources(customer: CustomerRepresentation, products: boolean): Sources {
  const bought = products ? source(customer.posBaskets, purchasesOf) : null;
  const { baskets, store, storeTimeZone } = bought?.state === 'OK' ? bought.signals : { baskets: [], store: null, storeTimeZone: null };
  return {
    crm: source(customer.crmSignals, (crm) => ({
      birthDate: crm.date('birthDate'),
      locale: crm.text('locale'),
      timeZone: crm.text('timeZone'),
      customerSince: crm.instant('customerSince'),
      contactWindow: windowOf(crm.text('contactFrom'), crm.text('contactTo')),
      channelOrder: crm.texts('channelOrder').filter(isChannel),
      openCases: crm.list('openCases', (item) => {
        const [id, type, openedAt] = [item.text('id'), item.text('type'), item.instant('openedAt')];
        return id === null || type === null || openedAt === null ? null : { id, type, openedAt };
      }),
    })),
    pos: source(customer.posSignals, (pos) => ({
      orderCount: pos.integer('orderCount') ?? 0,
      firstOrderAt: pos.instant('firstOrderAt'),
      lastOrderAt: pos.instant('lastOrderAt'),
      latePaymentCount: pos.integer('latePaymentCount') ?? 0,
      rank: rankOf(pos.object('rank')),
      baskets,
      store,
      storeTimeZone,
    })),
    loyalty: source(customer.loyaltySignals, (loyalty) => ({
      member: loyalty.flag('member'),
      nextTierCode: loyalty.text('nextTierCode'),
      pointsToNextTier: loyalty.integer('pointsToNextTier'),
      expiring: loyalty.list('expiring', (item) => {
        const [points, at] = [item.integer('points'), item.instant('at')];
        return points === null || at === null ? null : { points, at };
      }),
    })),
    digital: source(customer.digitalSignals, (digital) => ({
      cart: digital.list('cart', lineOf),
      cartSkus: products ? cartSkusOf(digital) : [],
      // Decisions that were kept before it was told hold the lines alone.
      cartItems: digital.integer('cartItems') ?? digital.list('cart', lineOf).reduce((items, { quantity }) => items + quantity, 0),
      cartUpdatedAt: digital.instant('cartUpdatedAt'),
      viewed: products ? viewsOf(digital) : [],
      touches: digital.list('touches', touchOf).toSorted((a, b) => b.sentAt - a.sentAt),
      unsubscribed: digital.list('unsubscribed', (item) => {
        const [channel, at] = [item.text('channel'), item.instant('at')];
        return isChannel(channel) && at !== null ? { channel, at } : null;
      }),
      error: errorOf(digital.text('errorKind'), digital.instant('errorAt')),
    })),
    feedback: source(customer.feedbackSignals, (feedback) => ({
      openDetractor: feedback.text('openDetractor'),
      openDetractorAt: feedback.instant('openDetractorAt'),
      lastGivenAt: feedback.instant('lastGivenAt'),
      urgentItem: urgentItemOf(feedback.object('urgentItem')),
    })),
  };
}

/** All of it or nothing. */
function urgentItemOf(signals: Signals | null): UrgentItem | null {
  const [id, level, at] = [signals?.text('id') ?? null, signals?.text('level') ?? null, signals?.instant('at') ?? null];
  const reasons = signals?.texts('reasons') ?? [];
  return id === null || level === null || at === null || reasons.length === 0 ? null : { id, level, reasons, at };
}

const isChannel = (text: string | null): text is Channel => (CHANNELS as readonly (string | null)[]).includes(text);

const lineOf = (item: Signals) => ({ sku: item.text('sku'), name: item.text('name'), quantity: item.integer('quantity') ?? 1 });

/** Of digitalSignals: the products in the cart; of its lines, where nothing else was told, as in decisions that were kept before it was. */
export function cartSkusOf(digital: Signals): readonly string[] {
  const skus = digital.texts('cartSkus');
  return skus.length > 0 ? skus : digital.list('cart', (item) => item.text('sku'));
}

/** Of digitalSignals: what was looked at, the last first. */
export function viewsOf(digital: Signals) {
  return digital.list('viewed', viewOf);
}

function viewOf(item: Signals) {
  const [sku, at] = [item.text('sku'), item.instant('at')];
  return sku === null || at === null ? null : { sku, at };
}

function touchOf(item: Signals): Touch | null {
  const [channel, sentAt] = [item.text('channel'), item.instant('sentAt')];
  if (!isChannel(channel) || sentAt === null) return null;
  return { channel, sentAt, arrivedAt: item.instant('arrivedAt'), bouncedAt: item.instant('bouncedAt') };
}

const errorOf = (kind: string | null, at: EpochMs | null) => (kind === null || at === null ? null : { kind, at });

/** Of two times of day, `hh:mm`; a window that is as long as the day is none. */
function windowOf(from: string | null, to: string | null): TimeWindow | null {
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  return opens === null || closes === null || opens === closes ? null : { from: opens, to: closes };
}

function minutesOf(time: string | null): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time ?? '') ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** All of it or nothing. */
export function rankOf(signals: Signals | null): PurchaseRank | null {
  const [recency, frequency, monetary, asOf] = [
    signals?.integer('recency') ?? null,
    signals?.integer('frequency') ?? null,
    signals?.integer('monetary') ?? null,
    signals?.instant('asOf') ?? null,
  ];
  return recency === null || frequency === null || monetary === null || asOf === null ? null : { recency, frequency, monetary, asOf };
}

/** Facts as they were kept; null for anything else. */
function readProductFacts(facts: Signals | null): ProductFacts | null {
  if (!facts) return null;
  return {
    model: facts.text('model'),
    news: facts.list('news', (item) => {
      const [sku, reason, like] = [item.text('sku'), item.text('reason'), item.text('like')];
      if (sku === null) return null;
      if (reason === 'VIEWED') return { sku, reason, like: null };
      return reason === 'SIMILAR_TO' && like !== null ? { sku, reason, like } : null;
    }),
    known: facts.list('known', (item) => {
      const sku = item.text('sku');
      return sku === null ? null : { sku, name: item.text('name'), available: item.flag('available') };
    }),
  };
}

/** Of posBaskets. */
export function purchasesOf(pos: Signals): Pick<PosSignals, 'baskets' | 'store' | 'storeTimeZone'> {
  return { baskets: pastBaskets(pos), store: pos.text('store'), storeTimeZone: pos.text('storeTimeZone') };
}

/** Oldest first. */
function pastBaskets(pos: Signals): readonly PastBasket[] {
  return pos
    .list('baskets', (item) => {
      const at = item.instant('at');
      return at === null ? null : { at, skus: item.texts('skus') };
    })
    .toReversed();
}

/**
 * Reads a representation. Never throws. Without consent to PERSONALIZATION and PROFILING, or when permissions are unknown,
 * the signals are not even looked at: a domain that sent some all the same changes nothing.
 */
export function readCustomer(customer: CustomerRepresentation, now: EpochMs): Subject {
  const known = permissionsOf(customer);
  const permissions = known ?? [];
  const personal = isPersonal(customer);
  const facts = personal ? new Signals(customer) : null;
  const products = readProductFacts(facts?.object('productFacts') ?? null);
  const content = readContentFacts(facts?.object('contentFacts') ?? null);
  return {
    customer: customer.id,
    representation: personal ? customer : { id: customer.id, permissions: known, permissionsSince: customer.permissionsSince },
    personal,
    marketing: permissions.includes('MARKETING'),
    marketingSince: personal ? sinceOf(customer, permissions, 'MARKETING') : null,
    sources: personal ? sources(customer, products !== null || content !== null) : WITHHELD,
    products,
    content,
    now,
    context: NO_CONTEXT,
  };
}
