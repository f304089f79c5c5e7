import type { EpochMs } from '../kernel/storage/port.ts';
import { CATALOGUE, type Category, type Product, priceIn, SHOPS } from './catalogue.ts';
import { COUNTRY_FACTS } from './countries.ts';
import type { Person } from './person.ts';
import { Random } from './random.ts';
import { DAY, HOUR } from './record.ts';

export interface PurchasedLine {
  readonly product: Product;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  /** Off the whole line. */
  readonly discountMinor: number;
}

export interface Purchase {
  readonly number: string;
  readonly at: EpochMs;
  readonly channel: 'STORE' | 'WEB' | 'APP';
  /** null online. */
  readonly shop: string | null;
  readonly currency: string;
  readonly lines: readonly PurchasedLine[];
  readonly shippingMinor: number;
  readonly totalMinor: number;
  readonly cancelled: boolean;
  /** Paid by invoice, and the invoice not settled on time. */
  readonly late: boolean;
  /** Lines that came back, by place in `lines`. */
  readonly returned: readonly number[];
}

/** More than this nobody orders in the demo, however loyal. */
const MAX_ORDERS = 120;

// Purchases by month against the year's mean, January first: December's gifts, summer and spring sales, quiet Februaries.
const SEASON = [0.9, 0.7, 0.95, 0.95, 0.95, 1, 1.1, 0.85, 0.9, 1, 1.2, 1.5];

/**
 * When a customer ordered, oldest first. Pareto/NBD (Schmittlein, Morrison & Colombo 1987): orders come as a Poisson process at a
 * rate of the customer's own (gamma, mean 2.6 a year) for a lifetime of the customer's own (exponential, its rate gamma too),
 * beginning with an order at the time of joining; thinned by the season.
 */
function orderTimes(random: Random, { joinedAt, story }: Person, now: EpochMs): readonly EpochMs[] {
  const year = 365 * DAY;
  const perYear = random.gamma(0.75, 3.5) * (story.vip ? 5 : 1) + (story.vip ? 6 : 0.05);
  const leavesAt = story.vip ? now : joinedAt + random.exponential(year / random.gamma(0.7, 0.6));
  const times: EpochMs[] = [];
  const peak = Math.max(...SEASON);
  for (let at = joinedAt; at < Math.min(now, leavesAt) && times.length < MAX_ORDERS; at += random.exponential(year / (perYear * peak))) {
    const season = SEASON[new Date(at).getUTCMonth()]!;
    if (times.length === 0 || random.chance(season / peak)) times.push(Math.floor(at / 1000) * 1000);
  }
  return times;
}

/** A few categories of the customer's own make up most purchases. */
function favourites(random: Random): readonly Category[] {
  const first = random.int(0, CATALOGUE.length - 1);
  return [CATALOGUE[first]!, CATALOGUE[(first + random.int(1, 3)) % CATALOGUE.length]!];
}

function line(random: Random, own: readonly Category[], currency: string): PurchasedLine {
  const category = random.chance(0.7) ? random.pick(own) : random.pick(CATALOGUE);
  const product = category.products[random.zipf(category.products.length)]!;
  const quantity = random.chance(0.8) ? 1 : random.int(2, 4);
  const unitPriceMinor = priceIn(product, currency);
  const discountMinor = random.chance(0.15) ? Math.floor((unitPriceMinor * quantity) / 10) : 0;
  return { product, quantity, unitPriceMinor, discountMinor };
}

/** Everything the customer ever ordered, oldest first; empty for who does not buy. */
export function purchasesOf(seed: string, person: Person, now: EpochMs): readonly Purchase[] {
  const { index, country, story } = person;
  if (!story.buyer) return [];
  const random = new Random(seed, 'purchases', index);
  const { currency } = COUNTRY_FACTS[country];
  const times = orderTimes(random, person, now);
  const own = favourites(random);
  const shops = SHOPS.filter((shop) => shop.country === country);
  const shop = random.pick(shops).id;
  return times.map((at, nth) => {
    const channel = story.online && random.chance(0.55) ? random.pick(['WEB', 'WEB', 'APP'] as const) : 'STORE';
    const lines = Array.from({ length: 1 + Math.min(5, Math.floor(random.exponential(1.2))) }, () => line(random, own, currency));
    const goodsMinor = lines.reduce(
      (sum, { quantity, unitPriceMinor, discountMinor }) => sum + quantity * unitPriceMinor - discountMinor,
      0,
    );
    const shippingMinor = channel === 'STORE' || random.chance(0.6) ? 0 : SHIPPING[currency]!;
    const cancelled = channel !== 'STORE' && random.chance(0.03);
    const settled = now - at > 45 * DAY;
    const returned = !cancelled && settled && random.chance(0.08) ? [random.int(0, lines.length - 1)] : [];
    return {
      number: `DO-${index}-${nth + 1}`,
      at,
      channel,
      shop: channel === 'STORE' ? (random.chance(0.85) ? shop : random.pick(shops).id) : null,
      currency,
      lines,
      shippingMinor,
      totalMinor: goodsMinor + shippingMinor,
      cancelled,
      late: story.late && channel !== 'STORE' && !cancelled && now - at > 20 * DAY && nth >= times.length - 2,
      returned,
    };
  });
}

/** Delivery, in minor units. */
const SHIPPING: Readonly<Record<string, number>> = { EUR: 495, GBP: 395, JPY: 550, PLN: 1900, SEK: 4900 };

/** How far an order has come; online orders take some days to arrive. */
export function orderStatus({ at, channel, cancelled }: Purchase, now: EpochMs): string {
  if (cancelled) return 'CANCELLED';
  if (channel === 'STORE') return 'COMPLETED';
  const age = now - at;
  return age < 12 * HOUR ? 'PLACED' : age < 2 * DAY ? 'PROCESSING' : age < 5 * DAY ? 'SHIPPED' : 'DELIVERED';
}
