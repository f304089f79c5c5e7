/** Exact money: an integer of minor units and an ISO 4217 code. Never a float, never summed across currencies. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** An exact decimal: `unscaled / 10^scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

// ISO 4217 lists these with other than two minor digits (list one, 2024-06-25); funds and metals codes are left out.
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** True for a current or historical ISO 4217 alphabetic code. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** Decimal places of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/** Reads plain decimal text such as `-12.340`; null when it is anything else (exponents, separators, more than 15 integer or 12 fraction digits). */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const unscaled = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale: fraction.length };
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: a.unscaled * 10n ** BigInt(scale - a.scale) + b.unscaled * 10n ** BigInt(scale - b.scale), scale };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale };
}

/** Plain text with exactly `scale` fraction digits. */
export function formatDecimal({ unscaled, scale }: Decimal): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Rounds half away from zero to the currency's minor unit. Throws a RangeError beyond 2^53 minor units. */
export function toMoney(amount: Decimal, currency: string): Money {
  const digits = minorDigits(currency);
  let minor: bigint;
  if (amount.scale <= digits) minor = amount.unscaled * 10n ** BigInt(digits - amount.scale);
  else {
    const unit = 10n ** BigInt(amount.scale - digits);
    const magnitude = amount.unscaled < 0n ? -amount.unscaled : amount.unscaled;
    const rounded = (magnitude + unit / 2n) / unit;
    minor = amount.unscaled < 0n ? -rounded : rounded;
  }
  const amountMinor = Number(minor);
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError('amount exceeds 2^53 minor units');
  return { amountMinor, currency };
}

/** The amount as the `Decimal` scalar shows it: `1234` of GBP is `12.34`, of JPY `1234`. */
export function amountText({ amountMinor, currency }: Money): string {
  return formatDecimal({ unscaled: BigInt(amountMinor), scale: minorDigits(currency) });
}
