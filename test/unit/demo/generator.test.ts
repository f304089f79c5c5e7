import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, SHOPS } from '../../../demo/catalogue.ts';
import { consentsOf } from '../../../demo/consents.ts';
import { customerRecords } from '../../../demo/customer.ts';
import { PERSONAS, type Person, personAt } from '../../../demo/person.ts';
import { purchasesOf } from '../../../demo/purchases.ts';

// A leap day, so that anything that reckons with calendars is put to the test.
const NOW = Date.UTC(2028, 1, 29, 12);
const DAY = 86_400_000;
const COUNT = 3000;
const persons = Array.from({ length: COUNT }, (_, i) => personAt('test', PERSONAS + i, NOW)).filter(
  (person): person is Person => person !== null,
);
const share = (of: (person: Person) => boolean) => persons.filter(of).length / persons.length;

describe('a demo customer', () => {
  it('is the same whenever made, without those before, and another with another seed', () => {
    const made = (seed: string) => [...customerRecords(seed, 123_456, NOW)];
    expect(made('a')).toEqual(made('a'));
    expect(made('a')).not.toEqual(made('b'));
  });

  it('moves with the time it is made for: the same orders, as long ago as before', () => {
    const person = (now: number) => personAt('test', 77, now)!;
    const ago = (now: number) => now - person(now).joinedAt;
    expect(ago(NOW + 1000 * DAY)).toBe(ago(NOW));
    expect(person(NOW + 1000 * DAY).email).toBe(person(NOW).email);
  });

  it('does nothing in the future', () => {
    const late: string[] = [];
    for (let index = 0; index < 2000; index++)
      for (const { kind, row, seenAt } of customerRecords('test', index, NOW)) {
        if (seenAt === null || seenAt > NOW) late.push(`${kind} of ${index}`);
        for (const [field, text] of Object.entries(row))
          if (/^\d{4}-\d\d-\d\dT/.test(text) && !/^(expires_at|due_at|valid_until)$/.test(field) && Date.parse(text) > NOW)
            late.push(`${kind}.${field} of ${index}`);
      }
    expect(late).toEqual([]);
  });
});

describe('the demo company', () => {
  it('has about as many people of each kind as it should', () => {
    expect(1 - persons.length / COUNT).toBeCloseTo(1 / 16, 1);
    expect(share(({ country }) => country === 'JP')).toBeCloseTo(0.36, 1);
    expect(share(({ story }) => story.consent === 'DENIED')).toBeCloseTo(0.3, 1);
    expect(persons.filter(({ story }) => story.consent === 'EXPIRED').length).toBeGreaterThan(50);
    expect(persons.filter(({ story }) => story.complaint).length).toBeGreaterThan(50);
    expect(persons.filter(({ story }) => story.late).length).toBeGreaterThan(50);
    expect(persons.filter(({ story }) => story.vip).length).toBeGreaterThan(30);
    expect(persons.filter(({ story }) => story.nps <= 6).length).toBeGreaterThan(200);
  });

  it('has birthdays this week, and no birthday that the calendar lacks', () => {
    const days = persons.map(({ birthDate }) => birthDate);
    for (const day of days) expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
    const soon = new Set([1, 2, 3, 4, 5, 6].map((ahead) => new Date(NOW + ahead * DAY).toISOString().slice(5, 10)));
    expect(days.filter((day) => soon.has(day.slice(5))).length).toBeGreaterThan(80);
  });

  it('gives nobody an address or number of anybody else, and no number that reaches someone', () => {
    const emails = persons.map(({ email }) => email);
    expect(new Set(emails).size).toBe(emails.length);
    expect(emails.filter((email) => !/^[a-z.]+\.\d+@example\.(com|org|net|jp)$/.test(email))).toEqual([]);
    const phones = persons.flatMap(({ phone }) => phone ?? []);
    expect(new Set(phones).size).toBe(phones.length);
    // As the regulators publish them; in Japan no subscriber's number begins with 0 after the 090.
    const fictional =
      /^(\+447700900\d{3}|\+49(3023125|4066969|6990009|2214710|8999998)\d{3}|\+3363998\d{4}|\+467017406(0[5-9]|[1-9]\d)|\+81900\d{7})$/;
    expect(phones.filter((phone) => !fictional.test(phone) || !parsePhoneNumberFromString(phone)?.isPossible())).toEqual([]);
    expect(phones.length).toBeGreaterThan(1000);
  });

  it('has households whose members share an address, and mostly a name', () => {
    const households = new Map<string, Person[]>();
    for (const person of persons) households.set(person.household, [...(households.get(person.household) ?? []), person]);
    const shared = [...households.values()].filter((members) => members.length > 1);
    expect(shared.length).toBeGreaterThan(200);
    for (const members of shared) expect(new Set(members.map(({ country, city, street }) => `${country} ${city} ${street}`)).size).toBe(1);
    const named = shared.filter((members) => new Set(members.map(({ family }) => family.text)).size === 1);
    expect(named.length / shared.length).toBeGreaterThan(0.5);
  });

  it('has Japanese names with their kana and others without', () => {
    expect(
      persons.filter(({ country, given, family }) => (country === 'JP') !== /^[ァ-ヶー]+$/.test(`${given.kana ?? ''}${family.kana ?? ''}`)),
    ).toEqual([]);
  });

  it('buys as shops know it: few buy much, many buy once, December most', () => {
    const histories = persons.map((person) => purchasesOf('test', person, NOW));
    const counts = histories.map((orders) => orders.length).sort((a, b) => b - a);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const best = counts.slice(0, Math.floor(counts.length / 5)).reduce((sum, count) => sum + count, 0);
    expect(best / total).toBeGreaterThan(0.55);
    expect(counts.filter((count) => count === 1).length / counts.length).toBeGreaterThan(0.15);
    const months = Array.from({ length: 12 }, () => 0);
    for (const { at } of histories.flat()) months[new Date(at).getUTCMonth()]!++;
    // First orders come at any time of the year, so the season shows less than in the others.
    expect(months[11]! / months[1]!).toBeGreaterThan(1.3);
  });

  it('adds each order up from its lines', () => {
    for (const { lines, shippingMinor, totalMinor } of persons.slice(0, 300).flatMap((person) => purchasesOf('test', person, NOW)))
      expect(totalMinor).toBe(lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor - line.discountMinor, shippingMinor));
  });

  it('asks before it uses: consent that was denied or ran out is not granted', () => {
    for (const person of persons.slice(0, 500)) {
      const granted = consentsOf('test', person, NOW).some(
        ({ purpose, status, expiresAt }) => purpose === 'PROFILING' && status === 'GRANTED' && (expiresAt === null || expiresAt > NOW),
      );
      expect(granted).toBe(person.story.consent === 'GRANTED');
    }
  });
});

describe('the catalogue', () => {
  const products = CATALOGUE.flatMap((category) => category.products);

  it('has about 200 products in 12 categories and 15 shops', () => {
    expect([CATALOGUE.length, products.length, SHOPS.length]).toEqual([12, 196, 15]);
    const inState = (state: string) => products.filter(({ availability }) => availability === state).length;
    expect(['IN_STOCK', 'LOW_STOCK', 'OUT_OF_STOCK', 'DISCONTINUED'].map(inState)).toEqual([174, 10, 10, 2]);
    expect(new Set(products.map(({ sku }) => sku)).size).toBe(196);
    expect(products.filter(({ priceMinor }) => priceMinor <= 0)).toEqual([]);
  });

  it('numbers products with right check digits, in the range that is nobody else’s', () => {
    for (const { gtin } of products) {
      expect(gtin).toMatch(/^200\d{10}$/);
      // GS1: digits weighed 1, 3, 1, 3 ... from the left add up to a multiple of ten.
      expect([...gtin].reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 1 : 3), 0) % 10).toBe(0);
    }
  });
});
