import type { EpochMs } from '../kernel/storage/port.ts';
import { COUNTRY_FACTS, type Country, CYCLE } from './countries.ts';
import { type Gender, NAMES, type Name } from './names.ts';
import { Random } from './random.ts';
import { DAY, dateOf } from './record.ts';

/** How a customer has answered the question of consent. */
export type ConsentStory = 'GRANTED' | 'DENIED' | 'EXPIRED' | 'NEVER_ASKED';

/** What is peculiar about a customer; the records follow from it. */
export interface Story {
  readonly consent: ConsentStory;
  /** Buys five times as often as others and never leaves. */
  readonly vip: boolean;
  readonly buyer: boolean;
  readonly member: boolean;
  /** Has an account of the site. */
  readonly online: boolean;
  readonly late: boolean;
  /** Has a complaint that is still open. */
  readonly complaint: boolean;
  /** Left a cart within the last days. */
  readonly cart: boolean;
  /** What they would answer to "how likely are you to recommend us", 0 to 10. */
  readonly nps: number;
}

/** A demo customer who is a person. */
export interface Person {
  /** Place among all demo customers, from 0. */
  readonly index: number;
  readonly country: Country;
  readonly gender: Gender;
  readonly given: Name;
  readonly family: Name;
  /** `yyyy-mm-dd`. */
  readonly birthDate: string;
  readonly email: string;
  readonly phone: string | null;
  /** People of one household share it, their family's name and their address. */
  readonly household: string;
  readonly city: number;
  readonly street: string;
  readonly joinedAt: EpochMs;
  readonly story: Story;
}

/** Indices 0 to 4 are the personas of personas.ts. */
export const PERSONAS = 5;
/** The first places of every telephone range are theirs too. */
const PERSONA_PHONES = 10;
/** Households are dealt out four customers at a time, in one of these ways. */
const BLOCK = 4;
const DEALS = { '0123': 45, '0012': 30, '0011': 10, '0001': 10, '0000': 5 } as const;

interface Place {
  readonly country: Country;
  /** Among the customers of that country. */
  readonly nth: number;
  readonly household: string;
}

/** Where the customer at `index` lives, and with whom, without looking at any other customer. */
function placeOf(seed: string, index: number): Place {
  const position = index - PERSONAS;
  const block = Math.floor(position / BLOCK);
  const step = block % CYCLE.length;
  const country = CYCLE[step]!;
  const before = CYCLE.slice(0, step).filter((other) => other === country).length;
  const nth = (Math.floor(block / CYCLE.length) * COUNTRY_FACTS[country].share + before) * BLOCK + (position % BLOCK);
  const deal = new Random(seed, 'deal', block).weighted(DEALS);
  return { country, nth, household: `H${block}-${deal[position % BLOCK]}` };
}

function storyOf(random: Random): Story {
  const consent = random.weighted<ConsentStory>({ GRANTED: 62, DENIED: 30, EXPIRED: 5, NEVER_ASKED: 3 });
  const buyer = random.chance(0.88);
  const online = !buyer || random.chance(0.6);
  return {
    consent,
    buyer,
    online,
    vip: buyer && random.chance(0.03),
    member: buyer && random.chance(0.65),
    late: buyer && random.chance(0.06),
    complaint: buyer && random.chance(0.05),
    cart: online && random.chance(0.12),
    nps: random.chance(0.15) ? random.int(0, 6) : random.int(7, 10),
  };
}

/** A day of birth: one in 40 has a birthday within the week, the others on any day, at 18 to 83 years. */
function birthDateOf(random: Random, now: EpochMs): string {
  const years = 18 + Math.floor(65 * random.next() ** 1.3);
  const day = random.chance(0.025) ? now + random.int(1, 6) * DAY : now - random.int(0, 364) * DAY;
  const [year, rest] = [Number(dateOf(day).slice(0, 4)) - years, dateOf(day).slice(4)];
  // A leap day exists in every fourth year only; its neighbour always does.
  return rest === '-02-29' && new Date(`${year}-03-01`).getTime() - new Date(`${year}-02-28`).getTime() === DAY
    ? `${year}-02-28`
    : `${year}${rest}`;
}

/** The person at `index`, or null for a place that a visitor without a name has (one in 16, see visitor.ts). */
export function personAt(seed: string, index: number, now: EpochMs): Person | null {
  const random = new Random(seed, 'person', index);
  if (random.chance(1 / 16)) return null;
  const { country, nth, household } = placeOf(seed, index);
  const facts = COUNTRY_FACTS[country];
  const home = new Random(seed, 'home', household);
  const shared = home.pick(NAMES[country].family);
  const family = random.chance(0.85) ? shared : random.pick(NAMES[country].family);
  const city = home.int(0, facts.cities.length - 1);
  const number = home.int(1, 90);
  const street =
    country === 'JP'
      ? `${home.pick(facts.streets)}${1 + (number % 5)}-${1 + (number % 20)}-${1 + (number % 9)}`
      : country === 'GB' || country === 'FR'
        ? `${number} ${home.pick(facts.streets)}`
        : `${home.pick(facts.streets)} ${number}`;
  const gender = random.pick(['FEMALE', 'MALE'] as const);
  const given = random.pick(NAMES[country].given[gender]);
  const story = storyOf(new Random(seed, 'story', index));
  // Up to four years ago; a company that grows has more new customers than old ones.
  const age = Math.floor(4 * 365 * DAY * random.next() ** 1.4) + random.int(1, 24 * 60) * 60_000;
  return {
    index,
    country,
    gender,
    given,
    family,
    birthDate: birthDateOf(random, now),
    // The number makes the address this customer's alone, as sign-up forms suggest it.
    email: `${given.latin}.${family.latin}.${index}@${facts.emailDomain}`,
    phone: random.chance(0.8) ? facts.phone(PERSONA_PHONES + nth) : null,
    household,
    city,
    street,
    // Consent that ran out was given at the beginning, longer ago than it lasts.
    joinedAt: now - (story.consent === 'EXPIRED' ? Math.max(age, 900 * DAY) : age),
    story,
  };
}
