import { refuse, type UserError } from '../../kernel/errors.ts';
import { minorDigits, parseDecimal } from '../../kernel/money.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import type { OrderLineInput, OrderRecordInput, PaymentRecordInput, ReturnRecordInput } from '../../schema/generated/pos.ts';
import { exact, lineAmount, MAX_AMOUNT, minorUnits, plain, sum } from './amounts.ts';
import type { Line } from './records.ts';
import { tooMuch } from './rules.ts';
import type { LineRow, OrderRow, PaymentRow, ReturnRow } from './source.ts';

/** What a mutation asks to record, or why it is refused. */
export type Command<R, Code extends string> =
  | { readonly ok: true; readonly rows: readonly R[] }
  | { readonly ok: false; readonly userErrors: readonly UserError<Code>[] };

const MAX_LINES = 1000;
const SKU = /^[\p{L}\p{N}._/-]{1,100}$/u;

/** What can be wrong with any text and any amount. */
type CommonCode = 'TEXT_INVALID' | 'AMOUNT_INVALID';

/** What can be wrong with lines. */
type LineCode = 'LINES_EMPTY' | 'LINES_TOO_MANY' | 'SKU_INVALID' | 'QUANTITY_INVALID' | 'DISCOUNT_INVALID';

/** Collects every mistake of one input; `Code`: those that it can make beside mistakes of texts and amounts. */
class Inspection<Code extends string = never> {
  readonly userErrors: UserError<Code | CommonCode>[] = [];

  require(holds: boolean, code: Code | CommonCode, field: string, message: string): void {
    if (!holds) this.userErrors.push(refuse(code, field, message));
  }

  label(field: string, text: string | null | undefined): void {
    this.require(text == null || LABEL.test(text), 'TEXT_INVALID', field, 'Give 1 to 200 characters without control characters.');
  }

  /** The amount as plain text; '0' when absent or refused. */
  amount(field: string, text: string | null | undefined): string {
    const value = text == null ? null : parseDecimal(text);
    const fits = !value || (value.unscaled >= 0n && Number(text) <= MAX_AMOUNT);
    const remedy = `Give an amount from 0 to ${MAX_AMOUNT}; what comes back is recorded with returnRecord.`;
    this.require(fits, 'AMOUNT_INVALID', field, remedy);
    return value && fits ? plain(value) : '0';
  }

  result<R>(rows: () => readonly R[]): Command<R, Code | CommonCode> {
    return this.userErrors.length > 0 ? { ok: false, userErrors: this.userErrors } : { ok: true, rows: rows() };
  }
}

/** What a part of an input is checked with, whatever else can be wrong with the whole. */
type Requirements<Code extends string = never> = Pick<Inspection<Code>, 'require' | 'label' | 'amount'>;

/** The source of numbers that were given to this API and to no other system. */
export const API = 'api';

function common(inspection: Requirements, input: Pick<OrderRecordInput, 'idempotencyKey' | 'source' | 'number'>): void {
  for (const field of ['idempotencyKey', 'source', 'number'] as const) inspection.label(field, input[field]);
}

/** The quantity as plain text; '1' when refused. */
function readQuantity(inspection: Requirements<LineCode>, field: string, text: string): string {
  const value = parseDecimal(text);
  const fits = value !== null && value.unscaled > 0n && Number(text) <= MAX_AMOUNT;
  inspection.require(fits, 'QUANTITY_INVALID', field, 'Give a quantity of more than 0; what comes back is recorded with returnRecord.');
  return value && fits ? plain(value) : '1';
}

function readLines(inspection: Requirements<LineCode>, lines: readonly OrderLineInput[]): readonly Line[] {
  const count = lines.length;
  inspection.require(count > 0, 'LINES_EMPTY', 'lines', 'Give at least one line.');
  inspection.require(count <= MAX_LINES, 'LINES_TOO_MANY', 'lines', `Give at most ${MAX_LINES} lines.`);
  return lines.slice(0, MAX_LINES).map((line, index) => {
    const field = (name: string) => `lines.${index}.${name}`;
    inspection.require(SKU.test(line.sku), 'SKU_INVALID', field('sku'), 'Give 1 to 100 letters, digits and . _ - / without spaces.');
    inspection.label(field('name'), line.name);
    inspection.label(field('category'), line.category);
    const quantity = readQuantity(inspection, field('quantity'), line.quantity);
    const unitPrice = inspection.amount(field('unitPrice'), line.unitPrice);
    const discount = inspection.amount(field('discount'), line.discount);
    const tax = inspection.amount(field('tax'), line.tax);
    const amount = lineAmount(quantity, unitPrice, discount);
    inspection.require(!amount.startsWith('-'), 'DISCOUNT_INVALID', field('discount'), 'The discount is more than the line comes to.');
    inspection.require(Number(amount) <= MAX_AMOUNT, 'AMOUNT_INVALID', field('unitPrice'), `The line comes to more than ${MAX_AMOUNT}.`);
    return {
      at: null,
      sku: line.sku,
      name: line.name ?? null,
      category: line.category ?? null,
      quantity,
      unitPrice,
      discount,
      tax: line.tax == null ? null : tax,
      shipping: null,
      amount,
      updatedAt: null,
    };
  });
}

/** What is shown beside the total must be kept exactly too. */
function boundedSums(inspection: Requirements, lines: readonly Line[]): void {
  const before = lines.flatMap(({ amount, discount }) => [amount, discount]);
  inspection.require(!tooMuch(before), 'AMOUNT_INVALID', 'lines', `The lines come to more than ${MAX_AMOUNT} before their discounts.`);
  const taxes = lines.map(({ tax }) => tax);
  inspection.require(!tooMuch(taxes), 'AMOUNT_INVALID', 'lines', `The lines' taxes come to more than ${MAX_AMOUNT}.`);
}

const numbered = (lines: readonly Line[]): readonly LineRow[] => lines.map((line, index) => ({ number: String(index + 1), line }));

/** An order as rows: its header, said at `at`, and its lines, numbered from 1. */
export function orderCommand(input: OrderRecordInput, at: EpochMs) {
  const { number, currency } = input;
  const source = input.source ?? API;
  const inspection = new Inspection<LineCode | 'TOTAL_MISMATCH' | 'TIME_IN_FUTURE'>();
  common(inspection, input);
  inspection.label('store', input.store);
  const lines = readLines(inspection, input.lines);
  const shipping = inspection.amount('shipping', input.shipping);
  const total = inspection.amount('total', input.total);
  const due = minorUnits(sum([shipping, ...lines.map(({ amount }) => amount)]), currency);
  inspection.require(due !== null, 'AMOUNT_INVALID', 'lines', `The order comes to more than ${MAX_AMOUNT}.`);
  boundedSums(inspection, lines);
  const exactTotal = input.total == null || (minorUnits(exact(total), currency) === due && exact(total).scale <= minorDigits(currency));
  inspection.require(
    exactTotal,
    'TOTAL_MISMATCH',
    'total',
    'The lines and shipping do not add up to the total; correct them or leave the total out.',
  );
  inspection.require(input.placedAt <= at, 'TIME_IN_FUTURE', 'placedAt', 'An order is recorded when it was placed, not before.');
  return inspection.result((): readonly OrderRow[] => [
    {
      source,
      number,
      currency,
      header: {
        placedAt: input.placedAt,
        status: input.status ?? null,
        channel: input.channel ?? null,
        store: input.store ?? null,
        total: null,
        shipping: input.shipping == null ? null : shipping,
        updatedAt: at,
      },
      line: null,
    },
    ...numbered(lines).map((line) => ({ source, number, currency, header: null, line })),
  ]);
}

export function returnCommand(input: ReturnRecordInput, at: EpochMs) {
  const inspection = new Inspection<LineCode | 'TIME_IN_FUTURE'>();
  common(inspection, input);
  for (const field of ['orderNumber', 'store', 'reason'] as const) inspection.label(field, input[field]);
  const lines = readLines(inspection, input.lines);
  const total = minorUnits(sum(lines.map(({ amount }) => amount)), input.currency);
  inspection.require(total !== null, 'AMOUNT_INVALID', 'lines', `The return comes to more than ${MAX_AMOUNT}.`);
  boundedSums(inspection, lines);
  inspection.require(input.returnedAt <= at, 'TIME_IN_FUTURE', 'returnedAt', 'A return is recorded when it took place, not before.');
  return inspection.result((): readonly ReturnRow[] =>
    numbered(lines).map(({ number, line }) => ({
      source: input.source ?? API,
      number: input.number,
      orderNumber: input.orderNumber ?? null,
      currency: input.currency,
      channel: input.channel ?? null,
      store: input.store ?? null,
      reason: input.reason ?? null,
      line: { number, line: { ...line, at: input.returnedAt } },
    })),
  );
}

export function paymentCommand(input: PaymentRecordInput, at: EpochMs) {
  const inspection = new Inspection<'STATUS_INVALID'>();
  common(inspection, input);
  for (const field of ['orderNumber', 'method'] as const) inspection.label(field, input[field]);
  const { amount: text, currencyCode: currency } = input.amount;
  const amount = exact(inspection.amount('amount.amount', text));
  inspection.require(
    amount.scale <= minorDigits(currency),
    'AMOUNT_INVALID',
    'amount.amount',
    'The currency has fewer decimal places; round the amount to those it has.',
  );
  inspection.require(input.status !== 'LATE', 'STATUS_INVALID', 'status', 'Record PENDING with dueAt; it becomes LATE by itself.');
  return inspection.result((): readonly PaymentRow[] => [
    {
      source: input.source ?? API,
      number: input.number,
      orderNumber: input.orderNumber ?? null,
      sequence: null,
      method: input.method ?? null,
      status: input.status,
      dueAt: input.dueAt ?? null,
      paidAt: input.paidAt ?? null,
      amountMinor: minorUnits(amount, currency) ?? 0,
      currency,
      updatedAt: at,
    },
  ]);
}
