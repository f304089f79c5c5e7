import { addDecimals, type Decimal, type Money, toMoney } from '../../kernel/money.ts';
import type { EpochMs, GroupTotal } from '../../kernel/storage/port.ts';
import { exact, MAX_AMOUNT, minorUnits, sum } from './amounts.ts';
import type { KeptLine, OrderHeader, OrderRecord, PaymentRecord, PaymentStatus } from './records.ts';

type Statements = Pick<OrderRecord, 'headers' | 'lines'>;

/** Oldest change first; what has no time of change comes before what has one, and otherwise the order of arrival stands. */
function byChange(a: { readonly updatedAt: EpochMs | null }, b: { readonly updatedAt: EpochMs | null }): number {
  return (a.updatedAt ?? 0) - (b.updatedAt ?? 0);
}

const SILENT: OrderHeader = { placedAt: null, status: null, channel: null, store: null, total: null, shipping: null, updatedAt: null };

/** What holds of the order as a whole: field by field, the newest statement that says anything. */
export function headerOf({ headers }: Pick<OrderRecord, 'headers'>): OrderHeader {
  const header = { ...SILENT };
  for (const statement of [...headers].sort(byChange))
    for (const field of Object.keys(SILENT) as (keyof OrderHeader)[])
      if (statement[field] !== null) Object.assign(header, { [field]: statement[field] });
  return header;
}

/** The lines that hold: of each line its newest version, in the order in which the lines arrived. */
export function linesOf(lines: readonly KeptLine[]): readonly KeptLine[] {
  const current = new Map<string, KeptLine>();
  for (const line of lines) {
    const known = current.get(line.id);
    if (!known || byChange(known, line) <= 0) current.set(line.id, line);
  }
  return [...current.values()];
}

/** The earliest time of any line, or null when none has one. */
export function earliest(lines: readonly KeptLine[]): EpochMs | null {
  return lines.reduce<EpochMs | null>((first, { at }) => (at === null || (first !== null && first <= at) ? first : at), null);
}

/** What the order comes to, exactly: the source's own total, or its lines with shipping. */
function orderTotal(statements: Statements): Decimal {
  const header = headerOf(statements);
  return header.total === null ? addDecimals(linesTotal(linesOf(statements.lines)), shippingTotal(statements)) : exact(header.total);
}

export function linesTotal(lines: readonly KeptLine[]): Decimal {
  return sum(lines.map((line) => line.amount));
}

function shippingTotal(statements: Statements): Decimal {
  return sum([headerOf(statements).shipping, ...linesOf(statements.lines).map((line) => line.shipping)]);
}

/** Whether amounts come to more than MAX_AMOUNT; by floats, which is near enough, for that bound lies far within the exact range. */
export function tooMuch(amounts: readonly (string | null)[]): boolean {
  return amounts.reduce((total, amount) => total + Number(amount), 0) > MAX_AMOUNT;
}

/** The order's total in minor units; null when it is above MAX_AMOUNT, or what its lines come to before discounts, in taxes or in shipping. */
export function keptTotal(statements: Statements, currency: string): number | null {
  const lines = linesOf(statements.lines);
  const sums = [
    lines.flatMap(({ amount, discount }) => [amount, discount]),
    lines.map(({ tax }) => tax),
    lines.map(({ shipping }) => shipping),
  ];
  return sums.some(tooMuch) ? null : minorUnits(orderTotal(statements), currency);
}

/** When the order was placed: its header's time, or its earliest line's; 0 while neither is known. */
export function placedAt(statements: Statements): EpochMs {
  return headerOf(statements).placedAt ?? earliest(linesOf(statements.lines)) ?? 0;
}

/** See `OrderRecord.tally`. */
export function orderTally(statements: Statements, currency: string | null): string {
  if (headerOf(statements).status === 'CANCELLED') return 'CANCELLED';
  return placedAt(statements) === 0 ? 'UNDATED' : (currency ?? '');
}

/** Whether an order counts: placed at a known time in a known currency, and not cancelled. */
export function orderCounts(order: OrderRecord): order is OrderRecord & { readonly currency: string } {
  return order.currency !== null && order.tally === order.currency;
}

/** The order's amounts as money, each rounded once; null without a currency. Taxes and shipping are null when no statement names them. */
export function orderAmounts(order: OrderRecord) {
  const { currency } = order;
  if (currency === null) return null;
  const lines = linesOf(order.lines);
  const stated = (amounts: readonly (string | null)[]) =>
    amounts.some((amount) => amount !== null) ? toMoney(sum(amounts), currency) : null;
  return {
    subtotal: toMoney(sum(lines.flatMap((line) => [line.amount, line.discount])), currency),
    discountTotal: toMoney(sum(lines.map((line) => line.discount)), currency),
    taxTotal: stated(lines.map((line) => line.tax)),
    shippingTotal: stated([headerOf(order).shipping, ...lines.map((line) => line.shipping)]),
    total: { amountMinor: order.totalMinor, currency },
  };
}

/** A pending payment is late once it is due. */
export function paymentStatus({ status, dueAt }: Pick<PaymentRecord, 'status' | 'dueAt'>, now: EpochMs): PaymentStatus {
  return status === 'PENDING' && dueAt !== null && dueAt < now ? 'LATE' : status;
}

export function paymentTally({ status, dueAt }: Pick<PaymentRecord, 'status' | 'dueAt'>): string {
  if (status === 'LATE') return 'LATE';
  return status === 'PENDING' && dueAt !== null ? 'OPEN' : '';
}

/** Late payments among totals by tally of what was due before now. */
export function latePayments(dueBeforeNow: readonly GroupTotal[]): number {
  return dueBeforeNow.filter(({ group }) => group === 'OPEN' || group === 'LATE').reduce((count, total) => count + total.count, 0);
}

/** Purchases of one customer in one currency; amounts in minor units. */
export interface CurrencySummary {
  readonly currency: string;
  readonly orderCount: number;
  readonly totalSpent: Money;
  /** Rounded half up; null without orders. */
  readonly averageOrderValue: Money | null;
  readonly returnedTotal: Money;
  /** Returned amount / amount spent; null when nothing was spent. */
  readonly returnRate: number | null;
  readonly firstOrderAt: EpochMs | null;
  readonly lastOrderAt: EpochMs | null;
}

export interface Summary {
  readonly orderCount: number;
  readonly firstOrderAt: EpochMs | null;
  readonly lastOrderAt: EpochMs | null;
  /** (orderCount - 1) / orderCount; null without orders. */
  readonly repeatRate: number | null;
  /** The currency of most orders first; equal counts by larger amount, then by code. */
  readonly byCurrency: readonly CurrencySummary[];
}

/** Sums up totals of orders by tally and of returns by currency. Cancelled and undated orders do not count. */
export function summarise(orders: readonly GroupTotal[], returns: readonly GroupTotal[]): Summary {
  const counted = orders.filter(({ group }) => group !== 'CANCELLED' && group !== 'UNDATED');
  const orderCount = counted.reduce((count, total) => count + total.count, 0);
  const currencies = new Set([...counted, ...returns].map(({ group }) => group).filter((group) => group !== ''));
  return {
    orderCount,
    firstOrderAt: orderCount > 0 ? Math.min(...counted.map(({ first }) => first)) : null,
    lastOrderAt: orderCount > 0 ? Math.max(...counted.map(({ last }) => last)) : null,
    repeatRate: orderCount > 0 ? (orderCount - 1) / orderCount : null,
    byCurrency: [...currencies]
      .map((currency) =>
        inCurrency(
          currency,
          counted.find(({ group }) => group === currency),
          returns.find(({ group }) => group === currency),
        ),
      )
      .sort(
        (a, b) => b.orderCount - a.orderCount || b.totalSpent.amountMinor - a.totalSpent.amountMinor || (a.currency < b.currency ? -1 : 1),
      ),
  };
}

/** The quotient rounded half up, exact where a floating-point one would not be. */
function quotient(amount: number, count: number): number {
  return Number((2n * BigInt(amount) + BigInt(count)) / (2n * BigInt(count)));
}

function inCurrency(currency: string, orders: GroupTotal | undefined, returns: GroupTotal | undefined): CurrencySummary {
  const spent = orders?.sum ?? 0;
  const returned = returns?.sum ?? 0;
  return {
    currency,
    orderCount: orders?.count ?? 0,
    totalSpent: { amountMinor: spent, currency },
    averageOrderValue: orders ? { amountMinor: quotient(spent, orders.count), currency } : null,
    returnedTotal: { amountMinor: returned, currency },
    returnRate: spent > 0 ? returned / spent : null,
    firstOrderAt: orders?.first ?? null,
    lastOrderAt: orders?.last ?? null,
  };
}
