import { CHANNELS } from '../../kernel/intake.ts';
import { type Decimal, type Money, toMoney } from '../../kernel/money.ts';
import { type Fields, type Read, type RowReader, readRecord, type SourceRow } from '../../kernel/record.ts';
import { ERROR_KINDS, EVENT_TYPES, type EventRow, type Property, TOUCH_STATES, type TouchRow } from './records.ts';

export const EVENT_FIELDS = {
  message_id: {
    type: 'text',
    description: "The event's own number (Segment's messageId); without it the event is told apart by content and occurrence.",
  },
  type: { type: 'enum', values: EVENT_TYPES, description: "Which call of the Segment spec it is; TRACK when the source doesn't say." },
  name: { type: 'text', description: "A TRACK's event, such as Product Viewed, which needs one; a page's or screen's name." },
  happened_at: { type: 'instant', required: true, description: 'When it happened.' },
  channel: { type: 'enum', values: CHANNELS, description: 'Where it happened.' },
  session_id: { type: 'text', description: "The source's session; without it sessions end after 30 minutes of inactivity." },
  sku: { type: 'text', description: "The product's stock keeping unit." },
  product_name: { type: 'text', description: "The product's name as the site gives it." },
  category: { type: 'text', description: "The product's or page's category; counts as an interest." },
  quantity: { type: 'integer', description: 'How many of the product.' },
  price: { type: 'decimal', description: 'Of one, in major units; needs a currency.' },
  currency: { type: 'currency', description: 'ISO 4217 code of the price.' },
  path: { type: 'text', description: "The page's path; host, query and fragment are dropped, for they may hold personal data." },
  campaign: { type: 'text', description: 'The campaign that led here, for example utm_campaign.' },
  device_id: { type: 'text', description: "The device's own id." },
  device_type: { type: 'text', description: 'What kind of device: ios, android, desktop.' },
  os: { type: 'text', description: "The device's operating system." },
  error: { type: 'enum', values: ERROR_KINDS, description: 'What went wrong for the customer, where the event tells of it.' },
  properties: { type: 'list', description: 'Further properties as key=value; at most 50, of no use to the product itself.' },
} as const satisfies Fields;

export const TOUCH_FIELDS = {
  campaign: { type: 'text', required: true, description: "The campaign's number or name in its source." },
  channel: { type: 'enum', values: CHANNELS, description: 'By which channel it reached the customer.' },
  message_id: {
    type: 'text',
    description: "The message's own number; without it a customer has one touch per campaign and channel.",
  },
  title: { type: 'text', description: 'What the message was about.' },
  state: { type: 'enum', values: TOUCH_STATES, required: true, description: 'What became of the message.' },
  happened_at: { type: 'instant', required: true, description: 'When it came to that state.' },
} as const satisfies Fields;

export const MAX_PROPERTIES = 50;
export const MAX_TEXT = 500;
/** The most of one product that one event tells of: what a cart of 200 changes comes to stays within a GraphQL Int. */
export const MAX_QUANTITY = 1_000_000;

/** The path of a URL or path, without host, query and fragment. */
export function pathOf(text: string): string {
  const path = URL.canParse(text) ? new URL(text).pathname : text.replace(/[?#].*$/s, '');
  return shortened(path);
}

/** At most MAX_TEXT characters, the last of them whole: no store keeps half of a surrogate pair. */
function shortened(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/\p{Cs}$/u, '');
}

/** The price in minor units, or a RangeError that the amount is out of bounds. */
function money(row: RowReader, price: Decimal | undefined): Money | null {
  if (price === undefined) return null;
  const currency = row.need('currency', row.currency('currency'));
  if (price.unscaled < 0n) row.fail('FIELD_INVALID', 'price', '"price" is negative.');
  try {
    return toMoney(price, currency);
  } catch {
    return row.fail('FIELD_INVALID', 'price', '"price" is too large to be kept exactly.');
  }
}

function property(row: RowReader, text: string): Property {
  const cut = text.indexOf('=');
  if (cut < 1) return row.fail('FIELD_INVALID', 'properties', '"properties" holds an entry that is not key=value.');
  return { key: text.slice(0, cut).trim(), value: shortened(text.slice(cut + 1)).trim() };
}

export function readEvent(source: SourceRow): Read<EventRow> {
  return readRecord(source, (row) => {
    const type = row.oneOf('type', EVENT_TYPES) ?? 'TRACK';
    const quantity = row.integer('quantity') ?? null;
    if (quantity !== null && (quantity < 1 || quantity > MAX_QUANTITY))
      row.fail('FIELD_INVALID', 'quantity', `"quantity" is below 1 or above ${MAX_QUANTITY}.`);
    const properties = row.list('properties').map((text) => property(row, text));
    if (properties.length > MAX_PROPERTIES)
      row.fail('FIELD_INVALID', 'properties', `"properties" holds more than ${MAX_PROPERTIES} entries.`);
    const device = { id: row.optional('device_id') ?? null, type: row.optional('device_type') ?? null, os: row.optional('os') ?? null };
    const path = row.optional('path');
    return {
      messageId: row.optional('message_id') ?? null,
      type,
      name: type === 'TRACK' ? row.text('name') : (row.optional('name') ?? null),
      happenedAt: row.need('happened_at', row.instant('happened_at')),
      channel: row.oneOf('channel', CHANNELS) ?? 'UNKNOWN',
      sessionId: row.optional('session_id') ?? null,
      sku: row.optional('sku') ?? null,
      productName: row.optional('product_name') ?? null,
      category: row.optional('category') ?? null,
      quantity,
      price: money(row, row.decimal('price')),
      path: path === undefined ? null : pathOf(path),
      campaign: row.optional('campaign') ?? null,
      device: (device.id ?? device.type ?? device.os) ? device : null,
      error: row.oneOf('error', ERROR_KINDS) ?? null,
      properties,
    };
  });
}

/** What tells an event without a message id from others: everything the row says. */
export function eventContent(row: EventRow): string | null {
  return row.messageId === null ? JSON.stringify(row) : null;
}

export function readTouch(source: SourceRow): Read<TouchRow> {
  return readRecord(source, (row) => ({
    campaign: row.text('campaign'),
    channel: row.oneOf('channel', CHANNELS) ?? 'UNKNOWN',
    messageId: row.optional('message_id') ?? null,
    title: row.optional('title') ?? null,
    state: row.need('state', row.oneOf('state', TOUCH_STATES)),
    at: row.need('happened_at', row.instant('happened_at')),
  }));
}
