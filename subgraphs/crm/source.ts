import { CHANNELS, type Channel, type Reference } from '../../kernel/intake.ts';
import { type Fields, type Read, type RowReader, readRecord, type SourceRow } from '../../kernel/record.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
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

const source = { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' } as const;
const updated = {
  type: 'instant',
  description:
    'When the source last changed what the row says; older news never replaces newer. Absent: the rows count in the order of arrival.',
} as const;

/** Columns of customer lists that have no field of their own; kept as attributes of the same name. */
const DEMOGRAPHICS = {
  age_band: 'The age as a range: 45-54.',
  income_band: 'The income as a range: 50-74K.',
  home_ownership: 'Whether the home is owned, as the source puts it.',
  marital_status: 'As the source puts it.',
  household_composition: 'Who lives in the household, as the source puts it: 2 Adults No Kids.',
  children: 'How many children live in the household, as the source puts it: 3+.',
  occupation: 'As the source puts it.',
} as const;
const DEMOGRAPHIC_FIELDS = Object.keys(DEMOGRAPHICS);

export const profileFields: Fields = {
  source,
  given_name: { type: 'text', description: 'Given names.' },
  family_name: { type: 'text', description: 'The family name.' },
  given_name_kana: { type: 'text', description: 'Given names in kana.' },
  family_name_kana: { type: 'text', description: 'The family name in kana.' },
  preferred_name: { type: 'text', description: 'What the person wants to be called.' },
  name: { type: 'text', description: 'The whole name, where the source does not tell its parts.' },
  birth_date: { type: 'date', description: 'The day of birth.' },
  gender: { type: 'enum', values: GENDERS, description: 'As the person states it.' },
  locale: { type: 'text', description: 'The preferred language as a BCP 47 tag: ja-JP.' },
  time_zone: { type: 'text', description: 'The IANA time zone the person lives in: Asia/Tokyo.' },
  country: { type: 'country', description: 'The country the person lives in.' },
  email: { type: 'text', description: 'An e-mail address to write to.' },
  email_verified: { type: 'boolean', description: 'Whether the address was proved to be theirs; false when absent.' },
  phone: { type: 'text', description: 'A telephone number: E.164, or a national one of `country`.' },
  phone_verified: { type: 'boolean', description: 'Whether the number was proved to be theirs; false when absent.' },
  street: { type: 'text', description: 'Street and house number.' },
  city: { type: 'text', description: 'The city.' },
  region: { type: 'text', description: 'State, prefecture or county.' },
  postal_code: { type: 'text', description: 'The postal code, leading zeros kept.' },
  household: { type: 'text', description: "The household's number in the source." },
  household_size: { type: 'integer', description: 'How many people live in the household.' },
  wedding_date: { type: 'date', description: 'The day of the wedding, an anniversary.' },
  customer_since: { type: 'instant', description: 'When the CRM first knew the customer.' },
  ...Object.fromEntries(
    DEMOGRAPHIC_FIELDS.map((name) => [name, { type: 'text', description: DEMOGRAPHICS[name as keyof typeof DEMOGRAPHICS] }] as const),
  ),
  attributes: { type: 'list', description: 'Anything else, each as name=value.' },
  shipping_method: { type: 'text', description: 'How goods are best sent, as the source puts it.' },
  sizes: { type: 'list', description: 'Sizes worn, such as shoes 39.' },
  brands: { type: 'list', description: 'Favourite brands.' },
  categories: { type: 'list', description: 'Favourite categories.' },
  channel_order: { type: 'list', description: 'Channels by preference, the best first.' },
  updated_at: updated,
};

export const interactionFields: Fields = {
  source,
  number: { type: 'text', description: "The contact's number in its source; without it the row is a contact of its own." },
  channel: { type: 'enum', values: CHANNELS, description: 'Where it took place; UNKNOWN when absent.' },
  direction: { type: 'enum', values: DIRECTIONS, description: 'INBOUND when the customer began it; UNKNOWN when absent.' },
  agent: { type: 'text', description: 'Who spoke for the company, by a name or number of the source.' },
  started_at: { type: 'instant', required: true, description: 'When it began.' },
  summary: { type: 'text', description: 'What it was about, in a sentence or two.' },
  transcript: { type: 'text', description: 'What was said.' },
  topics: { type: 'list', description: 'What it was about, in key words.' },
  case_number: { type: 'text', description: 'The number of the case it belongs to, in the same source.' },
  updated_at: updated,
};

export const caseFields: Fields = {
  source,
  number: { type: 'text', required: true, description: "The case's number in its source." },
  type: { type: 'enum', values: CASE_TYPES, description: 'The kind of case; UNKNOWN when absent.' },
  status: { type: 'enum', values: CASE_STATUSES, description: 'Where it stands; absent: CLOSED with closed_at, else OPEN.' },
  priority: { type: 'enum', values: CASE_PRIORITIES, description: 'NORMAL when absent.' },
  subject: { type: 'text', description: 'What it is about.' },
  opened_at: { type: 'instant', required: true, description: 'When it was opened.' },
  due_at: { type: 'instant', description: 'Until when it is to be closed.' },
  closed_at: { type: 'instant', description: 'When it was closed.' },
  resolution: { type: 'text', description: 'How it ended.' },
  updated_at: updated,
};

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
