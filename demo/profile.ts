import type { ConsentClaim } from '../kernel/intake.ts';
import { COUNTRY_FACTS } from './countries.ts';
import { identifiersOf } from './identifiers.ts';
import type { Person } from './person.ts';
import { DEMO_SOURCE, type DemoRecord, instant, row } from './record.ts';

/** The CRM's row of a person, with all numbers by which the company's systems know them and what they said about consent. */
export function profileRecord(person: Person, consents: readonly ConsentClaim[]): DemoRecord {
  const { country, gender, given, family, birthDate, email, phone, household, city, street, joinedAt } = person;
  const { locale, timeZone, cities } = COUNTRY_FACTS[country];
  const place = cities[city]!;
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
      phone,
      street,
      postal_code: place.postalCode,
      city: place.name,
      household,
      customer_since: instant(joinedAt),
    }),
  };
}
