import type { Reference } from '../../kernel/intake.ts';
import { CHANNELS } from '../../kernel/intake.ts';
import { toMoney } from '../../kernel/money.ts';
import { type Fields, type Read, type RowReader, readRecord, type SourceRow } from '../../kernel/record.ts';
import { bounded, lineAmount, magnitude, unsigned } from './amounts.ts';
import { type DecimalText, type Line, ORDER_STATUSES, type OrderHeader, PAYMENT_STATUSES, type PaymentRecord } from './records.ts';

const SOURCE = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
} as const satisfies Fields;

const LINE_FIELDS = {
  line_number: {
    type: 'text',
    description: "The line's own number in its order or return; without it equal lines are told apart by occurrence.",
  },
  sku: { type: 'text', description: "The product's stock keeping unit." },
  product_name: { type: 'text', description: "The product's name as the line gives it." },
  category: { type: 'text', description: "The product's category as the line gives it." },
  quantity: { type: 'decimal', description: 'How many or how much; its presence makes the row a line.' },
  unit_price: { type: 'decimal', description: 'Price of one, in major units, exact.' },
  discount: { type: 'decimal', description: 'Taken off the whole line, as a positive amount in major units.' },
  tax: { type: 'decimal', description: "Tax contained in the line's amount, in major units." },
  line_total: { type: 'decimal', description: 'What the line came to, in major units; absent: quantity x unit_price - discount.' },
} as const satisfies Fields;

const PLACE_FIELDS = {
  channel: { type: 'enum', values: CHANNELS, description: 'Where it took place.' },
  store: { type: 'text', description: "The store's id." },
} as const satisfies Fields;

export const ORDER_FIELDS = {
  ...SOURCE,
  number: {
    type: 'text',
    description: "The order's number in its source; without it the row is an order of its own, told apart by content and occurrence.",
  },
  ...LINE_FIELDS,
  shipping: {
    type: 'decimal',
    description: 'Charged for delivery on top of the lines, in major units: of the line in a line row, of the order otherwise.',
  },
  currency: { type: 'currency', description: 'ISO 4217 code of all amounts; needed in rows with an amount.' },
  placed_at: {
    type: 'instant',
    description: "When the order was placed; in a row with a line, the line's time, which counts where no row without a line gives one.",
  },
  status: { type: 'enum', values: ORDER_STATUSES, description: 'How far the order has come.' },
  ...PLACE_FIELDS,
  total: {
    type: 'decimal',
    description: 'What the source says the whole order came to, in major units; absent: the sum of its lines and shipping.',
  },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says; older news never replaces newer.' },
} as const satisfies Fields;

export const RETURN_FIELDS = {
  ...SOURCE,
  number: { type: 'text', description: "The return's number in its source; without it the row is a return of its own." },
  order_number: { type: 'text', description: 'The number of the order the goods came from, in the same source.' },
  ...LINE_FIELDS,
  quantity: { type: 'decimal', required: true, description: 'How many or how much came back; the sign does not matter.' },
  currency: { type: 'currency', required: true, description: 'ISO 4217 code of all amounts.' },
  returned_at: { type: 'instant', required: true, description: 'When it came back.' },
  ...PLACE_FIELDS,
  reason: { type: 'text', description: 'Why, as the source puts it.' },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says.' },
} as const satisfies Fields;

export const PAYMENT_FIELDS = {
  ...SOURCE,
  number: { type: 'text', description: "The payment's number in its source." },
  order_number: { type: 'text', description: 'The number of the order it pays for, in the same source.' },
  sequence: { type: 'text', description: 'Which payment of its order it is, where payments have no number of their own.' },
  method: { type: 'text', description: 'How it was paid, as the source puts it: credit_card.' },
  status: { type: 'enum', values: PAYMENT_STATUSES, description: 'What became of it; PENDING counts as late once it is due.' },
  due_at: { type: 'instant', description: 'When it has to be paid.' },
  paid_at: { type: 'instant', description: 'When it was paid.' },
  amount: { type: 'decimal', required: true, description: 'In major units.' },
  currency: { type: 'currency', required: true, description: 'ISO 4217 code of the amount.' },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says; older news never replaces newer.' },
} as const satisfies Fields;

/** What one row says: about an order, about one of its lines, or both. */
export interface OrderRow {
  readonly source: string;
  readonly number: string | null;
  readonly currency: string | null;
  readonly header: OrderHeader | null;
  readonly line: LineRow | null;
}

export interface LineRow {
  readonly number: string | null;
  readonly line: Line;
}

export interface ReturnRow {
  readonly source: string;
  readonly number: string | null;
  readonly orderNumber: string | null;
  readonly currency: string;
  readonly channel: OrderHeader['channel'];
  readonly store: string | null;
  readonly reason: string | null;
  readonly line: LineRow & { readonly line: { readonly at: number } };
}

export type PaymentRow = Omit<PaymentRecord, 'owner' | 'id' | 'version' | 'at' | 'tally' | 'said'> & { readonly sequence: string | null };

function readLine(
  row: RowReader,
  quantity: DecimalText,
  total: DecimalText | null,
  at: number | null,
  shipping: DecimalText | null,
): LineRow {
  const unitPrice = unsigned(row, 'unit_price');
  const discount = unsigned(row, 'discount') ?? '0';
  if (total === null && unitPrice === null) row.fail('FIELD_MISSING', 'unit_price', 'A line needs "unit_price" or "line_total".');
  if (total === null && quantity === '0') row.fail('FIELD_INVALID', 'quantity', '"quantity" is zero in a line without "line_total".');
  const amount = total ?? lineAmount(quantity, unitPrice ?? '0', discount);
  if (amount.startsWith('-')) row.fail('FIELD_INVALID', 'discount', '"discount" is more than the line comes to.');
  return {
    number: row.optional('line_number') ?? null,
    line: {
      at,
      sku: row.optional('sku') ?? null,
      name: row.optional('product_name') ?? null,
      category: row.optional('category') ?? null,
      quantity,
      unitPrice,
      discount,
      tax: unsigned(row, 'tax'),
      shipping,
      amount: bounded(row, 'line_total', amount),
      updatedAt: row.instant('updated_at') ?? null,
    },
  };
}

export function readOrder(source: SourceRow): Read<OrderRow> {
  return readRecord(source, (row) => {
    const at = row.instant('placed_at') ?? null;
    const quantity = unsigned(row, 'quantity');
    const shipping = unsigned(row, 'shipping');
    const line = quantity === null ? null : readLine(row, quantity, unsigned(row, 'line_total'), at, shipping);
    if (line === null && ['unit_price', 'line_total', 'line_number'].some((field) => row.optional(field) !== undefined))
      row.fail('FIELD_MISSING', 'quantity', '"quantity" is empty; a line can\'t be filed without it.');
    const header: OrderHeader = {
      placedAt: line ? null : at,
      status: row.oneOf('status', ORDER_STATUSES) ?? null,
      channel: row.oneOf('channel', CHANNELS) ?? null,
      store: row.optional('store') ?? null,
      total: unsigned(row, 'total'),
      shipping: line ? null : shipping,
      updatedAt: row.instant('updated_at') ?? null,
    };
    const says = Object.entries(header).some(([field, value]) => field !== 'updatedAt' && value !== null);
    const number = row.optional('number') ?? null;
    if (number === null && at === null) row.fail('FIELD_MISSING', 'placed_at', 'An order without a "number" needs "placed_at".');
    if (!line && !says) row.fail('FIELD_MISSING', 'number', 'The row says nothing about the order but its number.');
    const currency = row.currency('currency') ?? null;
    if (currency === null && (line || header.total !== null || shipping !== null))
      row.fail('FIELD_MISSING', 'currency', '"currency" is empty in a row with an amount.');
    return { source: row.text('source'), number, currency, header: says ? header : null, line };
  });
}

/** What tells an order without a number, or a line without one, from others: everything the row says. */
export function orderContent(row: OrderRow): string | null {
  if (row.number === null) return JSON.stringify(row);
  return row.line && row.line.number === null ? JSON.stringify([row.source, row.number, row.line.line]) : null;
}

export function orderReference({ source, number }: OrderRow): Reference | null {
  return number === null ? null : { kind: 'order', source, number };
}

export function readReturn(source: SourceRow): Read<ReturnRow> {
  return readRecord(source, (row) => {
    const at = row.need('returned_at', row.instant('returned_at'));
    const { number, line } = readLine(
      row,
      row.need('quantity', magnitude(row, 'quantity') ?? undefined),
      magnitude(row, 'line_total'),
      at,
      null,
    );
    return {
      source: row.text('source'),
      number: row.optional('number') ?? null,
      orderNumber: row.optional('order_number') ?? null,
      currency: row.need('currency', row.currency('currency')),
      channel: row.oneOf('channel', CHANNELS) ?? null,
      store: row.optional('store') ?? null,
      reason: row.optional('reason') ?? null,
      line: { number, line: { ...line, at } },
    };
  });
}

export function returnContent(row: ReturnRow): string | null {
  if (row.number === null) return JSON.stringify(row);
  return row.line.number === null ? JSON.stringify([row.source, row.number, row.line.line]) : null;
}

export function returnReference({ source, number }: ReturnRow): Reference | null {
  return number === null ? null : { kind: 'return', source, number };
}

export function readPayment(source: SourceRow): Read<PaymentRow> {
  return readRecord(source, (row) => {
    const currency = row.need('currency', row.currency('currency'));
    const amount = row.need('amount', row.decimal('amount'));
    bounded(row, 'amount', unsigned(row, 'amount') ?? '0');
    return {
      source: row.text('source'),
      number: row.optional('number') ?? null,
      orderNumber: row.optional('order_number') ?? null,
      sequence: row.optional('sequence') ?? null,
      method: row.optional('method') ?? null,
      status: row.oneOf('status', PAYMENT_STATUSES) ?? 'UNKNOWN',
      dueAt: row.instant('due_at') ?? null,
      paidAt: row.instant('paid_at') ?? null,
      amountMinor: toMoney(amount, currency).amountMinor,
      currency,
      updatedAt: row.instant('updated_at') ?? null,
    };
  });
}

/** null where a number, or order and sequence, name the payment. */
export function paymentContent(row: PaymentRow): string | null {
  return row.number !== null || (row.orderNumber !== null && row.sequence !== null) ? null : JSON.stringify(row);
}
