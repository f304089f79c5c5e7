import type { EpochMs } from '../kernel/storage/port.ts';
import { posId, userId } from './identifiers.ts';
import type { Person } from './person.ts';
import { orderStatus, type Purchase } from './purchases.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, decimal, instant, row } from './record.ts';

/** The rows of the tills and the shop: a row for each line of an order (the first also tells of the order), payments, returns. */
export function* orderRecords(person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  for (const purchase of purchases) {
    const { number, at, channel, shop, currency, lines, shippingMinor, returned } = purchase;
    const owner = { identifiers: [channel === 'STORE' ? posId(person.index) : userId(person.index)], seenAt: at };
    for (const [place, { product, quantity, unitPriceMinor, discountMinor }] of lines.entries())
      yield {
        ...owner,
        kind: 'order',
        row: row({
          source: DEMO_SOURCE,
          number,
          placed_at: instant(at),
          currency,
          line_number: place + 1,
          sku: product.sku,
          product_name: product.name,
          category: product.category,
          quantity,
          unit_price: decimal(unitPriceMinor, currency),
          discount: discountMinor > 0 ? decimal(discountMinor, currency) : null,
          ...(place === 0 && {
            status: orderStatus(purchase, now),
            channel,
            store: shop,
            shipping: shippingMinor > 0 ? decimal(shippingMinor, currency) : null,
          }),
        }),
      };
    if (!purchase.cancelled) yield { ...owner, kind: 'payment', row: payment(purchase, now) };
    for (const place of returned) {
      const { product, quantity, unitPriceMinor } = lines[place]!;
      yield returnRecord(person, { number: `DR-${number.slice(3)}`, orderNumber: number, returnedAt: at + 12 * DAY, currency, shop }, [
        { sku: product.sku, name: product.name, quantity, unitPriceMinor },
      ]);
    }
  }
}

function payment({ number, at, channel, currency, totalMinor, late }: Purchase, now: EpochMs) {
  const invoice = late || (channel !== 'STORE' && totalMinor % 5 === 0);
  const dueAt = at + 14 * DAY;
  return row({
    source: DEMO_SOURCE,
    number: `DX-${number.slice(3)}`,
    order_number: number,
    method: invoice ? 'invoice' : channel === 'STORE' ? 'card_present' : 'card',
    status: late ? 'LATE' : 'PAID',
    due_at: invoice ? instant(dueAt) : null,
    paid_at: late ? null : instant(invoice ? Math.min(at + 60_000, now) : at),
    amount: decimal(totalMinor, currency),
    currency,
  });
}

interface Return {
  readonly number: string;
  readonly orderNumber: string | null;
  readonly returnedAt: EpochMs;
  readonly currency: string;
  readonly shop: string | null;
}

export interface ReturnedLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

/** Goods of one line that came back. */
export function returnRecord(
  { index }: Pick<Person, 'index'>,
  { number, orderNumber, returnedAt, currency, shop }: Return,
  [{ sku, name, quantity, unitPriceMinor }]: readonly [ReturnedLine],
): DemoRecord {
  return {
    kind: 'return',
    identifiers: [posId(index)],
    seenAt: returnedAt,
    row: row({
      source: DEMO_SOURCE,
      number,
      order_number: orderNumber,
      line_number: 1,
      sku,
      product_name: name,
      quantity,
      unit_price: decimal(unitPriceMinor, currency),
      currency,
      returned_at: instant(returnedAt),
      channel: shop === null ? 'WEB' : 'STORE',
      store: shop,
      reason: ['size', 'defect', 'changed mind'][sku.charCodeAt(sku.length - 1) % 3],
    }),
  };
}
