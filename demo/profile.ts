import type { ConsentClaim } from '../kernel/intake.ts';
import { CATALOGUE } from './catalogue.ts';
import { COUNTRY_FACTS } from './countries.ts';
import { identifiersOf } from './identifiers.ts';
import type { Person } from './person.ts';
import { Random } from './random.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, dateOf, instant, row } from './record.ts';

/** The CRM's row of a person, with all numbers by which the company's systems know them and what they said about consent. */
export function profileRecord(seed: string, person: Person, consents: readonly ConsentClaim[]): DemoRecord {
  const { country, gender, given, family, birthDate, email, phone, household, city, street, joinedAt } = person;
  const { locale, timeZone, cities } = COUNTRY_FACTS[country];
  const place = cities[city]!;
  const random = new Random(seed, 'profile', person.index);
  return {
    kind: 'profile',
    identifiers: identifiersOf(person),
    consents,
    seenAt: joinedAt,
    row: row({
      source: DEMO_SOURCE,
      given_name: given.text,
      family_name: family.text,
      given_name_kana: given.kana,
      family_name_kana: family.kana,
      birth_date: birthDate,
      gender,
      locale,
      time_zone: timeZone,
      country,
      email,
      email_verified: random.chance(0.8),
      phone,
      phone_verified: phone === null ? null : random.chance(0.5),
      street,
      postal_code: place.postalCode,
      city: place.name,
      household,
      wedding_date: random.chance(0.15) ? dateOf(joinedAt - random.int(100, 6000) * DAY) : null,
      shipping_method: random.chance(0.2) ? random.pick(['home delivery', 'pick-up in shop', 'parcel locker']) : null,
      categories: random.chance(0.3) ? [random.pick(CATALOGUE).name] : null,
      channel_order: random.chance(0.3)
        ? random.pick([
            ['EMAIL', 'SMS'],
            ['APP', 'EMAIL'],
            ['PHONE', 'POSTAL'],
          ])
        : null,
      customer_since: instant(joinedAt),
    }),
  };
}
