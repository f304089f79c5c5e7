import type { Identifier } from '../kernel/intake.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { CATALOGUE, type Product, priceIn } from './catalogue.ts';
import { COUNTRY_FACTS, type Country } from './countries.ts';
import { anonymousId, userId } from './identifiers.ts';
import type { Person } from './person.ts';
import type { Purchase } from './purchases.ts';
import { Random } from './random.ts';
import { DAY, type DemoRecord, decimal, HOUR, instant, row } from './record.ts';

interface Visit {
  readonly id: string;
  readonly at: EpochMs;
  readonly identifiers: readonly Identifier[];
  readonly country: Country;
  readonly device: { readonly id: string; readonly type: string; readonly os: string };
}

/** One event of a visit; `nth` numbers it, and places it some half a minute after the one before. */
function event({ id, at, identifiers, device }: Visit, nth: number, fields: Parameters<typeof row>[0]): DemoRecord {
  const happenedAt = at + nth * 35_000;
  return {
    kind: 'event',
    identifiers,
    seenAt: happenedAt,
    row: row({
      message_id: `${id}-${nth}`,
      happened_at: instant(happenedAt),
      channel: device.type === 'desktop' ? 'WEB' : 'APP',
      session_id: id,
      device_id: device.id,
      device_type: device.type,
      os: device.os,
      ...fields,
    }),
  };
}

function about(product: Product, country: Country) {
  const { currency } = COUNTRY_FACTS[country];
  return {
    sku: product.sku,
    product_name: product.name,
    category: product.category,
    price: decimal(priceIn(product, currency), currency),
    currency,
  };
}

/** A look around: the start page, then some products; `adds` puts the last of them into the cart. */
export function* browse(random: Random, visit: Visit, looks: number, adds: boolean): Generator<DemoRecord> {
  yield event(visit, 0, { type: 'PAGE', name: 'Home', path: '/' });
  const category = random.pick(CATALOGUE);
  for (let nth = 1; nth <= looks; nth++) {
    const product = category.products[random.zipf(category.products.length)]!;
    yield event(visit, nth, { type: 'TRACK', name: 'Product Viewed', path: `/p/${product.sku}`, ...about(product, visit.country) });
    if (adds && nth === looks)
      yield event(visit, nth + 1, { type: 'TRACK', name: 'Product Added', quantity: random.int(1, 2), ...about(product, visit.country) });
  }
}

/** What a browser or telephone calls itself, the same for one customer on every visit. */
export function deviceOf(random: Random, index: number): Visit['device'] {
  const [type, os] = random.pick([
    ['desktop', 'Windows'],
    ['desktop', 'macOS'],
    ['ios', 'iOS'],
    ['android', 'Android'],
  ] as const);
  return { id: `dd-${index + 1}`, type, os };
}

/**
 * What a customer did on screens: visits of the last half year, those before signing in under the browser's number alone,
 * checkouts of the newest online orders, and perhaps a cart that was left.
 */
export function* digitalRecords(seed: string, person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  const { index, country, story, joinedAt } = person;
  if (!story.online) return;
  const random = new Random(seed, 'digital', index);
  const device = deviceOf(random, index);
  const known = { identifiers: [userId(index)], country, device };
  const since = Math.max(joinedAt, now - 180 * DAY);

  if (random.chance(0.35)) {
    const both = [userId(index), anonymousId(index)];
    const visit = { ...known, id: `dv-${index}-a`, at: since - random.int(1, 20) * DAY, identifiers: [anonymousId(index)] };
    yield* browse(random, visit, random.int(1, 2), false);
    yield event({ ...visit, identifiers: both }, 9, { type: 'IDENTIFY' });
  }
  const visits = story.vip ? 4 : Math.min(3, Math.floor(random.exponential(1.2)));
  for (let nth = 0; nth < visits; nth++) {
    const at = since + Math.floor((now - 2 * DAY - since) * random.next());
    if (at < now - DAY) yield* browse(random, { ...known, id: `dv-${index}-${nth}`, at }, random.int(1, 3), false);
  }
  for (const { number, at, lines } of purchases.filter(({ channel, at }) => channel !== 'STORE' && at > since).slice(-2)) {
    const [{ product, quantity }] = lines as [Purchase['lines'][number]];
    const visit = { ...known, id: `dv-${number}`, at: at - 5 * 60_000 };
    yield event(visit, 0, { type: 'TRACK', name: 'Product Added', quantity, ...about(product, country) });
    yield event(visit, 8, { type: 'TRACK', name: 'Order Completed', properties: [`order_id=${number}`] });
  }
  if (random.chance(0.02))
    yield event({ ...known, id: `dv-${index}-e`, at: now - random.int(3, 40) * DAY }, 0, {
      type: 'TRACK',
      name: 'Sign In Failed',
      error: random.pick(['ACCOUNT_LOCKED', 'PAYMENT_FAILED'] as const),
    });
  // After the newest checkout, which empties the cart, and younger than what counts as forgotten.
  const lastOrderAt = purchases.at(-1)?.at ?? 0;
  const leftAt = now - random.int(3, 12 * 24) * HOUR;
  if (story.cart && leftAt > lastOrderAt) yield* browse(random, { ...known, id: `dv-${index}-c`, at: leftAt }, 2, true);
}

/** The company's mailings, by days ago. */
const CAMPAIGNS = [
  { campaign: 'new-season', title: 'New this season', days: 110 },
  { campaign: 'members-week', title: 'Members’ week', days: 48 },
  { campaign: 'tea-time', title: 'Tea time', days: 9 },
];

/** What became of the mailings to someone who consented to them: one row when it was sent, one for how far it came. */
export function* touchRecords(seed: string, { index, email, joinedAt }: Person, now: EpochMs): Generator<DemoRecord> {
  const random = new Random(seed, 'touches', index);
  for (const { campaign, title, days } of CAMPAIGNS) {
    const at = now - days * DAY;
    if (at < joinedAt || random.chance(0.2)) continue;
    const touch = (state: string, happenedAt: EpochMs): DemoRecord => ({
      kind: 'campaign_touch',
      identifiers: [{ namespace: 'EMAIL', value: email }],
      seenAt: happenedAt,
      row: row({ campaign, title, channel: 'EMAIL', message_id: `${campaign}-${index}`, state, happened_at: instant(happenedAt) }),
    });
    yield touch('SENT', at);
    const state = random.weighted({ DELIVERED: 55, OPENED: 30, CLICKED: 9, CONVERTED: 3, BOUNCED: 2, UNSUBSCRIBED: 1 });
    yield touch(state, at + random.int(1, 40) * HOUR);
  }
}
