import { toMoney } from '../../kernel/money.ts';
import { type Fields, type Read, type RowReader, readRecord, type SourceRow } from '../../kernel/record.ts';
import { exact, unsigned } from './amounts.ts';
import { AVAILABILITIES, type ProductRecord, type StoreRecord } from './records.ts';

export const PRODUCT_FIELDS = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
  sku: { type: 'text', required: true, description: 'The stock keeping unit under which order lines refer to it.' },
  gtin: { type: 'text', description: 'Global Trade Item Number: 8, 12, 13 or 14 digits with a check digit.' },
  name: { type: 'text', description: 'As customers know it.' },
  brand: { type: 'text', description: 'The brand.' },
  category: { type: 'text', description: 'The category that purchases are summed up by.' },
  price: { type: 'decimal', description: 'List price in major units.' },
  currency: { type: 'currency', description: 'ISO 4217 code of the price; needed with it.' },
  availability: {
    type: 'enum',
    values: AVAILABILITIES,
    description: 'Whether it can be had; absent: nothing new. A row that says only this of a product leaves the rest as it is.',
  },
  availability_at: {
    type: 'instant',
    description:
      'When that was so; absent: updated_at. Older news never replaces newer; a row with neither time that was said before counts as delivered again, and changes nothing.',
  },
  updated_at: { type: 'instant', description: 'When the source last changed it; older news never replaces newer.' },
} as const satisfies Fields;

export const STORE_FIELDS = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
  id: { type: 'text', required: true, description: 'The id under which orders refer to it.' },
  name: { type: 'text', description: 'As customers know it.' },
  country: { type: 'country', description: 'ISO 3166-1 alpha-2 code of the country it stands in.' },
  time_zone: { type: 'text', description: 'IANA name of the time zone it stands in.' },
  latitude: { type: 'decimal', description: 'WGS 84 degrees north, -90 to 90.' },
  longitude: { type: 'decimal', description: 'WGS 84 degrees east, -180 to 180.' },
  updated_at: { type: 'instant', description: 'When the source last changed it; older news never replaces newer.' },
} as const satisfies Fields;

type Row<T> = Omit<T, 'owner' | 'version' | 'said'>;
export type ProductRow = Omit<Row<ProductRecord>, 'id'>;
export type StoreRow = Row<StoreRecord>;

/** True for a Global Trade Item Number whose check digit is right (GS1 General Specifications, 7.9). */
export function isGtin(text: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false;
  const digits = [...text].map(Number).reverse();
  const total = digits.slice(1).reduce((sum, digit, place) => sum + digit * (place % 2 === 0 ? 3 : 1), 0);
  return digits[0] === (10 - (total % 10)) % 10;
}

export function readProduct(source: SourceRow): Read<ProductRow> {
  return readRecord(source, (row) => {
    const gtin = row.optional('gtin') ?? null;
    if (gtin !== null && !isGtin(gtin)) row.fail('FIELD_INVALID', 'gtin', '"gtin" is not 8, 12, 13 or 14 digits with a right check digit.');
    const price = unsigned(row, 'price');
    const currency = price ? row.need('currency', row.currency('currency')) : null;
    const availability = row.oneOf('availability', AVAILABILITIES);
    const updatedAt = row.instant('updated_at') ?? 0;
    const availabilityAt = row.instant('availability_at') ?? updatedAt;
    return {
      sku: row.text('sku'),
      gtin,
      name: row.optional('name') ?? null,
      brand: row.optional('brand') ?? null,
      category: row.optional('category') ?? null,
      priceMinor: price && currency ? toMoney(exact(price), currency).amountMinor : null,
      currency,
      updatedAt,
      ...(availability && { availability, availabilityAt }),
    };
  });
}

/** A coordinate in degrees, at most `limit` either way. */
function degrees(row: RowReader, field: string, limit: number): number | null {
  if (row.decimal(field) === undefined) return null;
  const value = Number(row.text(field));
  return Math.abs(value) <= limit ? value : row.fail('FIELD_INVALID', field, `"${field}" is not between -${limit} and ${limit}.`);
}

function timeZone(row: RowReader): string | null {
  const name = row.optional('time_zone');
  if (name === undefined) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return row.fail('FIELD_INVALID', 'time_zone', '"time_zone" is not an IANA time zone name.');
  }
}

export function readStore(source: SourceRow): Read<StoreRow> {
  return readRecord(source, (row) => ({
    id: row.text('id'),
    name: row.optional('name') ?? null,
    country: row.country('country') ?? null,
    timeZone: timeZone(row),
    latitude: degrees(row, 'latitude', 90),
    longitude: degrees(row, 'longitude', 180),
    updatedAt: row.instant('updated_at') ?? 0,
  }));
}
