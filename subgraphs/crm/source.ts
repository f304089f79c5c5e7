import { CHANNELS, type Channel, type Reference } from '../../kernel/intake.ts';
import { type Read, type RowReader, readRecord, type SourceRow } from '../../kernel/record.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { DEMOGRAPHIC_FIELDS } from './fields.ts';
import {
  type Attribute,
  CASE_PRIORITIES,
  CASE_STATUSES,
  CASE_TYPES,
  type CasePriority,
  type CaseStatus,
  type CaseType,
  type ContactPoint,
  DIRECTIONS,
  type Direction,
  GENDERS,
  type ProfileValues,
} from './records.ts';

/** What a row states of a person; fields that the row leaves empty are not stated. */
export interface ProfileRow {
  readonly source: string;
  readonly updatedAt: EpochMs | null;
  readonly values: ProfileValues;
}

export interface InteractionRow {
  readonly source: string;
  readonly number: string | null;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly agent: string | null;
  readonly startedAt: EpochMs;
  readonly summary: string | null;
  readonly transcript: string | null;
  readonly topics: readonly string[];
  readonly caseNumber: string | null;
  readonly updatedAt: EpochMs | null;
}

export interface CaseRow {
  readonly source: string;
  readonly number: string;
  readonly type: CaseType;
  readonly status: CaseStatus;
  readonly priority: CasePriority;
  readonly subject: string | null;
  readonly openedAt: EpochMs;
  readonly dueAt: EpochMs | null;
  readonly closedAt: EpochMs | null;
  readonly resolution: string | null;
  readonly updatedAt: EpochMs | null;
}

/** The object without its undefined members; null when nothing is left. */
function stated<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }, absent: T): T | null {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length === 0 ? null : { ...absent, ...Object.fromEntries(given) };
}

const NO_NAME = { given: null, family: null, givenKana: null, familyKana: null, preferred: null, full: null };
const NO_ADDRESS = { street: null, city: null, region: null, postalCode: null, country: null };

function contactPoints(row: RowReader): readonly ContactPoint[] {
  const email = row.optional('email');
  const phone = row.optional('phone');
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) row.fail('FIELD_INVALID', 'email', '"email" is not an e-mail address.');
  return [
    ...(email === undefined ? [] : [{ type: 'EMAIL' as const, value: email, verified: row.boolean('email_verified') ?? false }]),
    ...(phone === undefined ? [] : [{ type: 'PHONE' as const, value: phone, verified: row.boolean('phone_verified') ?? false }]),
  ];
}

function attributes(row: RowReader): readonly Attribute[] {
  const named = DEMOGRAPHIC_FIELDS.flatMap((name) => {
    const value = row.optional(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const others = row.list('attributes').map((item) => {
    const cut = item.indexOf('=');
    if (cut < 1) return row.fail('FIELD_INVALID', 'attributes', '"attributes" has an entry that is not name=value.');
    return { name: item.slice(0, cut).trim(), value: item.slice(cut + 1).trim() };
  });
  return [...named, ...others];
}

function channels(row: RowReader): readonly Channel[] {
  return row
    .list('channel_order')
    .map(
      (text) =>
        CHANNELS.find((channel) => channel === text) ??
        row.fail('FIELD_INVALID', 'channel_order', `"channel_order" must list ${CHANNELS.join(', ')}.`),
    );
}

function parsed(row: RowReader, field: string, expected: string, parse: (text: string) => string | undefined): string | undefined {
  const text = row.optional(field);
  if (text === undefined) return undefined;
  try {
    const value = parse(text);
    if (value !== undefined) return value;
  } catch {
    // Refused below, without repeating the value.
  }
  return row.fail('FIELD_INVALID', field, `"${field}" is not ${expected}.`);
}

export function readProfile(source: SourceRow): Read<ProfileRow> {
  return readRecord(source, (row) => {
    const country = row.country('country');
    const name = stated(
      {
        given: row.optional('given_name'),
        family: row.optional('family_name'),
        givenKana: row.optional('given_name_kana'),
        familyKana: row.optional('family_name_kana'),
        preferred: row.optional('preferred_name'),
        full: row.optional('name'),
      },
      NO_NAME as NonNullable<ProfileValues['name']>,
    );
    const place = stated(
      {
        street: row.optional('street'),
        city: row.optional('city'),
        region: row.optional('region'),
        postalCode: row.optional('postal_code'),
        country: undefined,
      },
      NO_ADDRESS as NonNullable<ProfileValues['addresses']>[number],
    );
    const household = stated({ number: row.optional('household'), size: row.integer('household_size') }, {
      number: null,
      size: null,
    } as NonNullable<ProfileValues['household']>);
    if (household?.size !== null && household?.size !== undefined && household.size < 1)
      row.fail('FIELD_INVALID', 'household_size', '"household_size" must be 1 or more.');
    const wedding = row.date('wedding_date');
    const points = contactPoints(row);
    const others = attributes(row);
    const list = (field: string) => {
      const items = row.list(field);
      return items.length > 0 ? items : undefined;
    };
    const order = channels(row);
    const values = {
      name: name ?? undefined,
      birthDate: row.date('birth_date'),
      gender: row.oneOf('gender', GENDERS),
      locale: parsed(row, 'locale', 'a BCP 47 language tag', (text) => Intl.getCanonicalLocales(text)[0]),
      timeZone: parsed(row, 'time_zone', 'an IANA time zone', (text) => new Intl.DateTimeFormat('en', { timeZone: text }) && text),
      country,
      household: household ?? undefined,
      customerSince: row.instant('customer_since'),
      contactPoints: points.length > 0 ? points : undefined,
      addresses: place ? [{ ...place, country: country ?? null }] : undefined,
      anniversaries: wedding === undefined ? undefined : [{ kind: 'wedding', date: wedding }],
      attributes: others.length > 0 ? others : undefined,
      shippingMethod: row.optional('shipping_method'),
      sizes: list('sizes'),
      brands: list('brands'),
      categories: list('categories'),
      channelOrder: order.length > 0 ? order : undefined,
    };
    return {
      source: row.text('source'),
      updatedAt: row.instant('updated_at') ?? null,
      values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ProfileValues,
    };
  });
}

export function readInteraction(source: SourceRow): Read<InteractionRow> {
  return readRecord(source, (row) => ({
    source: row.text('source'),
    number: row.optional('number') ?? null,
    channel: row.oneOf('channel', CHANNELS) ?? 'UNKNOWN',
    direction: row.oneOf('direction', DIRECTIONS) ?? 'UNKNOWN',
    agent: row.optional('agent') ?? null,
    startedAt: row.need('started_at', row.instant('started_at')),
    summary: row.optional('summary') ?? null,
    transcript: row.optional('transcript') ?? null,
    topics: row.list('topics'),
    caseNumber: row.optional('case_number') ?? null,
    updatedAt: row.instant('updated_at') ?? null,
  }));
}

export function readCase(source: SourceRow): Read<CaseRow> {
  return readRecord(source, (row) => {
    const openedAt = row.need('opened_at', row.instant('opened_at'));
    const closedAt = row.instant('closed_at') ?? null;
    if (closedAt !== null && closedAt < openedAt) row.fail('FIELD_INVALID', 'closed_at', '"closed_at" lies before "opened_at".');
    return {
      source: row.text('source'),
      number: row.text('number'),
      type: row.oneOf('type', CASE_TYPES) ?? 'UNKNOWN',
      status: row.oneOf('status', CASE_STATUSES) ?? (closedAt === null ? 'OPEN' : 'CLOSED'),
      priority: row.oneOf('priority', CASE_PRIORITIES) ?? 'NORMAL',
      subject: row.optional('subject') ?? null,
      openedAt,
      dueAt: row.instant('due_at') ?? null,
      closedAt,
      resolution: row.optional('resolution') ?? null,
      updatedAt: row.instant('updated_at') ?? null,
    };
  });
}

/** What tells a contact without a number from another. */
export function interactionContent(row: InteractionRow): string | null {
  return row.number === null ? JSON.stringify(row) : null;
}

export function caseReference({ source, number }: CaseRow): Reference {
  return { kind: 'case', source, number };
}
