import { refuse, type UserError } from '../../kernel/errors.ts';
import { type Money, minorDigits, parseDecimal, toMoney } from '../../kernel/money.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { MoneyInput, PreferencesSetInput, ProfileUpdateInput } from '../../schema/generated/crm.ts';
import type { ProfileValues } from './records.ts';

const MAX_POINTS = 20;

const E164 = /^\+[1-9]\d{6,14}$/;
const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,253}$/u;
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Refusals of a profile's statement beside those of its texts. */
export function profileErrors(input: ProfileUpdateInput, now: EpochMs) {
  const errors: UserError<'FIELD_MISSING' | 'FIELD_INVALID' | 'DATE_INVALID' | 'CONTACT_POINT_INVALID' | 'LIST_TOO_LONG'>[] = [];
  const { name, birthDate, contactPoints, addresses, anniversaries, household, customerSince } = input;
  const empty = (part: object | null | undefined) =>
    part !== null && part !== undefined && Object.values(part).every((value) => value === null || value === undefined);
  if (empty(name)) errors.push(refuse('FIELD_MISSING', 'name', '"name" has no part; give one, or null to take the name back.'));
  if (empty(household))
    errors.push(refuse('FIELD_MISSING', 'household', '"household" is empty; give its number or size, or null to take it back.'));
  if (household?.size !== null && household?.size !== undefined && household.size < 1)
    errors.push(refuse('FIELD_INVALID', 'household.size', '"household.size" must be 1 or more.'));
  for (const [index, address] of (addresses ?? []).entries())
    if (empty(address)) errors.push(refuse('FIELD_MISSING', `addresses.${index}`, 'The address has no part; leave it out instead.'));
  // A birthday may already have begun in the zone farthest east.
  if (birthDate && Date.parse(birthDate) > now + 14 * 3_600_000)
    errors.push(refuse('DATE_INVALID', 'birthDate', '"birthDate" lies in the future; give the day of birth.'));
  if ((customerSince ?? now) > now) errors.push(refuse('DATE_INVALID', 'customerSince', '"customerSince" lies in the future.'));
  for (const [index, { type, value }] of (contactPoints ?? []).entries())
    if (!(type === 'EMAIL' ? EMAIL : E164).test(value))
      errors.push(
        refuse(
          'CONTACT_POINT_INVALID',
          `contactPoints.${index}.value`,
          type === 'EMAIL'
            ? 'An EMAIL must be an e-mail address, such as ada@example.com.'
            : 'A PHONE must be in E.164, such as +81312345678.',
        ),
      );
  for (const [field, items] of Object.entries({ contactPoints, addresses, anniversaries }))
    if ((items?.length ?? 0) > MAX_POINTS)
      errors.push(refuse('LIST_TOO_LONG', field, `"${field}" may hold ${MAX_POINTS} entries at most.`));
  return errors;
}

/** Refusals of preferences beside those of their texts. */
export function preferenceErrors({ contactWindow }: PreferencesSetInput): readonly UserError<'TIME_INVALID'>[] {
  if (!contactWindow || (TIME_OF_DAY.test(contactWindow.from) && TIME_OF_DAY.test(contactWindow.to))) return [];
  return [refuse('TIME_INVALID', 'contactWindow', '"contactWindow" must hold times of day as hh:mm, from 00:00 to 23:59.')];
}

const absent = { given: null, family: null, givenKana: null, familyKana: null, preferred: null, full: null };
const nowhere = { street: null, city: null, region: null, postalCode: null, country: null };

/** What the input states: absent fields are not stated, null is taken back. */
export function statedProfile(input: ProfileUpdateInput): ProfileValues {
  const { name, household, contactPoints, addresses, anniversaries, birthDate, gender, locale, timeZone, country, customerSince } = input;
  return given({
    birthDate,
    gender,
    locale,
    timeZone,
    country,
    customerSince,
    anniversaries,
    name: name && { ...absent, ...name },
    household: household && { number: household.number ?? null, size: household.size ?? null },
    contactPoints: contactPoints?.map(({ type, value, verified }) => ({ type, value, verified: verified ?? false })) ?? contactPoints,
    addresses: addresses?.map((address) => ({ ...nowhere, ...address })) ?? addresses,
  });
}

/** As `statedProfile`. */
export function statedPreferences({
  shippingMethod,
  sizes,
  brands,
  categories,
  contactWindow,
  channelOrder,
}: PreferencesSetInput): ProfileValues {
  return given({ shippingMethod, sizes, brands, categories, contactWindow, channelOrder });
}

function given(fields: Readonly<Record<string, unknown>>): ProfileValues {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ProfileValues;
}

/** The amount if it is above zero and no finer than the currency's minor unit, else null. */
export function positiveMoney({ amount, currencyCode }: MoneyInput): Money | null {
  const decimal = parseDecimal(amount);
  if (!decimal || decimal.unscaled <= 0n) return null;
  const finer = decimal.scale - minorDigits(currencyCode);
  if (finer > 0 && decimal.unscaled % 10n ** BigInt(finer) !== 0n) return null;
  try {
    return toMoney(decimal, currencyCode);
  } catch {
    return null;
  }
}
