import { addDecimals, type Decimal, formatDecimal, multiplyDecimals, toMoney } from '../../kernel/money.ts';
import type { RowReader } from '../../kernel/record.ts';
import type { DecimalText } from './records.ts';

/** The largest amount, total or quantity taken in, in major units: beyond it the sum of a customer's orders could leave the exact range. */
export const MAX_AMOUNT = 10_000_000_000;

/** The decimal as plain text without trailing zeros: `2.50` is `2.5`. */
export function plain(value: Decimal): DecimalText {
  const text = formatDecimal(value);
  return value.scale === 0 ? text : text.replace(/\.?0+$/, '');
}

/** Reads text that `plain` wrote; products have more digits than `parseDecimal` takes from outside. */
export function exact(text: DecimalText): Decimal {
  const point = text.indexOf('.');
  return { unscaled: BigInt(text.replace('.', '')), scale: point < 0 ? 0 : text.length - point - 1 };
}

function negate({ unscaled, scale }: Decimal): Decimal {
  return { unscaled: -unscaled, scale };
}

const ZERO: Decimal = { unscaled: 0n, scale: 0 };

/** The exact sum; absent amounts count nothing. */
export function sum(amounts: Iterable<DecimalText | null>): Decimal {
  let total = ZERO;
  for (const amount of amounts) if (amount !== null) total = addDecimals(total, exact(amount));
  return total;
}

/** A total in minor units; null when it is above MAX_AMOUNT. */
export function minorUnits(total: Decimal, currency: string): number | null {
  return total.unscaled > BigInt(MAX_AMOUNT) * 10n ** BigInt(total.scale) ? null : toMoney(total, currency).amountMinor;
}

/** quantity x unit price - discount, exact; negative when the discount is larger. */
export function lineAmount(quantity: DecimalText, unitPrice: DecimalText, discount: DecimalText): DecimalText {
  return plain(addDecimals(multiplyDecimals(exact(quantity), exact(unitPrice)), negate(exact(discount))));
}

/** A decimal that may not be negative, as plain text; null when absent. */
export function unsigned(row: RowReader, field: string): DecimalText | null {
  const value = row.decimal(field);
  if (value === undefined) return null;
  if (value.unscaled < 0n) row.fail('FIELD_INVALID', field, `"${field}" is negative; returned goods belong in a return.`);
  return bounded(row, field, plain(value));
}

/** The amount, or quarantine beyond `MAX_AMOUNT`. */
export function bounded(row: RowReader, field: string, amount: DecimalText): DecimalText {
  if (Number(amount) > MAX_AMOUNT) row.fail('FIELD_INVALID', field, `"${field}" exceeds ${MAX_AMOUNT}.`);
  return amount;
}

/** A decimal without its sign: returns come as negative numbers from some tills and as positive ones from others. */
export function magnitude(row: RowReader, field: string): DecimalText | null {
  const value = row.decimal(field);
  if (value === undefined) return null;
  return bounded(row, field, plain({ ...value, unscaled: value.unscaled < 0n ? -value.unscaled : value.unscaled }));
}
