import type { Reason } from '../../kernel/errors.ts';
import { type Folded, foldNewest } from '../../kernel/fold.ts';
import { digest } from '../../kernel/ids.ts';
import type { Arrival, Outcome } from '../../kernel/intake.ts';
import type { Key } from '../../kernel/storage/port.ts';
import { MAX_AMOUNT, minorUnits } from './amounts.ts';
import type { ProductRow, StoreRow } from './catalogue.ts';
import { LineFold, sameStatement } from './lines.ts';
import type { Kept, OrderHeader, OrderRecord, PaymentRecord, ProductRecord, ReturnRecord, StoreRecord } from './records.ts';
import { earliest, keptTotal, linesOf, linesTotal, orderTally, paymentTally, placedAt } from './rules.ts';
import { type OrderRow, orderContent, type PaymentRow, paymentContent, type ReturnRow, returnContent } from './source.ts';

/** The id under which a source's number is filed. */
export function numberedId(source: string, number: string): string {
  return digest('number', source, number);
}

function unnumberedId(content: string | null, occurrence: number): string {
  return digest('content', content ?? '', String(occurrence));
}

export function orderId({ record, occurrence }: Arrival<OrderRow>): string {
  return record.number === null ? unnumberedId(orderContent(record), occurrence) : numberedId(record.source, record.number);
}

export function returnId({ record, occurrence }: Arrival<ReturnRow>): string {
  return record.number === null ? unnumberedId(returnContent(record), occurrence) : numberedId(record.source, record.number);
}

export function paymentId({ record, occurrence }: Arrival<PaymentRow>): string {
  const { source, number, orderNumber, sequence } = record;
  if (number !== null) return numberedId(source, number);
  if (orderNumber !== null && sequence !== null) return digest('sequence', source, orderNumber, sequence);
  return unnumberedId(paymentContent(record), occurrence);
}

const MISMATCH: Reason = {
  code: 'CURRENCY_MISMATCH',
  field: 'currency',
  message: 'The row names another currency than what is already stored under its number; correct the row or give it a number of its own.',
};

const TOO_LARGE: Reason = {
  code: 'AMOUNT_TOO_LARGE',
  message: `The lines come to more than ${MAX_AMOUNT}; check the decimal convention of the mapping.`,
};

/** Puts rows into an order: each part once, in whatever order, file and run they come. */
export function foldOrder(current: OrderRecord | null, key: Key, arrivals: readonly Arrival<OrderRow>[]): Folded<OrderRecord> {
  const { source, number } = arrivals[0]!.record;
  const fold = new LineFold(current?.lines ?? []);
  const headers: Kept<OrderHeader>[] = [...(current?.headers ?? [])];
  let currency = current?.currency ?? null;
  const outcomes = arrivals.map(({ record, origin, occurrence }): Outcome => {
    if (currency !== null && record.currency !== null && record.currency !== currency) return MISMATCH;
    currency ??= record.currency;
    // An order without a number is one row: its occurrence told the order apart already.
    const line = record.line ? fold.add(record.line, origin, record.number === null ? 1 : occurrence) : 'duplicate';
    const header = record.header ? addHeader(headers, { ...record.header, origin }) : 'duplicate';
    return line === 'duplicate' && header === 'duplicate' ? 'duplicate' : 'stored';
  });
  const changed =
    !current || fold.lines.length > current.lines.length || headers.length > current.headers.length || currency !== current.currency;
  if (!changed) return { doc: null, outcomes };
  const statements = { headers, lines: fold.lines };
  const totalMinor = currency === null ? 0 : keptTotal(statements, currency);
  if (totalMinor === null) return { doc: null, outcomes: arrivals.map(() => TOO_LARGE) };
  const doc: OrderRecord = {
    ...key,
    version: current?.version ?? 0,
    source,
    number,
    currency,
    placedAt: placedAt(statements),
    totalMinor,
    tally: orderTally(statements, currency),
    ...statements,
  };
  return { doc, outcomes };
}

function addHeader(headers: Kept<OrderHeader>[], header: Kept<OrderHeader>): 'new' | 'stored' | 'duplicate' {
  const same = headers.find((known) => sameStatement(known, header));
  if (same) return same.origin === header.origin ? 'stored' : 'duplicate';
  headers.push(header);
  return 'new';
}

/** Puts lines into a return. Its other fields are what the first row that has them says. */
export function foldReturn(current: ReturnRecord | null, key: Key, arrivals: readonly Arrival<ReturnRow>[]): Folded<ReturnRecord> {
  const first = arrivals[0]!.record;
  const fold = new LineFold(current?.lines ?? []);
  const currency = current?.currency ?? first.currency;
  const header = {
    orderNumber: current?.orderNumber ?? null,
    channel: current?.channel ?? null,
    store: current?.store ?? null,
    reason: current?.reason ?? null,
  };
  const outcomes = arrivals.map(({ record, origin, occurrence }): Outcome => {
    if (record.currency !== currency) return MISMATCH;
    const line = fold.add(record.line, origin, record.number === null ? 1 : occurrence);
    let filled = false;
    for (const field of Object.keys(header) as (keyof typeof header)[])
      if (header[field] === null && record[field] !== null) {
        Object.assign(header, { [field]: record[field] });
        filled = true;
      }
    return line === 'duplicate' && !filled ? 'duplicate' : 'stored';
  });
  const changed =
    !current ||
    fold.lines.length > current.lines.length ||
    Object.entries(header).some(([field, value]) => value !== current[field as keyof typeof header]);
  if (!changed) return { doc: null, outcomes };
  const lines = linesOf(fold.lines);
  const totalMinor = minorUnits(linesTotal(lines), currency);
  if (totalMinor === null) return { doc: null, outcomes: arrivals.map(() => TOO_LARGE) };
  const doc: ReturnRecord = {
    ...key,
    version: current?.version ?? 0,
    source: first.source,
    number: first.number,
    currency,
    returnedAt: earliest(lines) ?? first.line.line.at,
    totalMinor,
    ...header,
    lines: fold.lines,
  };
  return { doc, outcomes };
}

/** The newest statement about a payment holds; older news and repeats change nothing. */
export function foldPayment(current: PaymentRecord | null, key: Key, arrivals: readonly Arrival<PaymentRow>[]): Folded<PaymentRecord> {
  return foldNewest(current, arrivals, ({ sequence: _, ...row }, said, before) => ({
    ...key,
    version: before?.version ?? 0,
    ...row,
    at: row.dueAt ?? row.paidAt ?? 0,
    tally: paymentTally(row),
    said,
  }));
}

/** Of a product the newest row holds, of whether it can be had the newest word on that: stock changes by the hour, and often comes in a file of its own. */
export function foldProduct(current: ProductRecord | null, key: Key, arrivals: readonly Arrival<ProductRow>[]): Folded<ProductRecord> {
  return foldNewest(
    current,
    arrivals,
    (row, said, before) => ({
      ...key,
      version: before?.version ?? 0,
      ...(before && saysOnlyAvailability(row) ? before : row),
      ...newestAvailability(row, before),
      said,
    }),
    { older: (row, said, before) => ({ ...before, ...newestAvailability(row, before), said }) },
  );
}

function saysOnlyAvailability({ availability, gtin, name, brand, category, priceMinor }: ProductRow): boolean {
  return availability !== undefined && [gtin, name, brand, category, priceMinor].every((value) => value === null);
}

function newestAvailability(row: ProductRow, before: ProductRecord | null): Pick<ProductRecord, 'availability' | 'availabilityAt'> {
  const kept =
    before?.availability !== undefined && (row.availability === undefined || (row.availabilityAt ?? 0) < (before.availabilityAt ?? 0));
  const { availability, availabilityAt } = kept ? before : row;
  return availability === undefined ? {} : { availability, availabilityAt: availabilityAt ?? 0 };
}

export function foldStore(current: StoreRecord | null, key: Key, arrivals: readonly Arrival<StoreRow>[]): Folded<StoreRecord> {
  return foldNewest(current, arrivals, (row, said, before) => ({ ...key, version: before?.version ?? 0, ...row, said }));
}
