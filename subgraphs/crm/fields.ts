import { CHANNELS } from '../../kernel/intake.ts';
import type { Fields } from '../../kernel/record.ts';
import { CASE_PRIORITIES, CASE_STATUSES, CASE_TYPES, DIRECTIONS, GENDERS } from './records.ts';

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
/** Fields of `profile` that become attributes. */
export const DEMOGRAPHIC_FIELDS = Object.keys(DEMOGRAPHICS);

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
