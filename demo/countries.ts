/** Where demo customers live. */
export const COUNTRIES = ['JP', 'DE', 'FR', 'GB', 'IT', 'ES', 'PL', 'SE'] as const;
export type Country = (typeof COUNTRIES)[number];

export interface City {
  readonly name: string;
  /** Of the city, not of a street. */
  readonly postalCode: string;
}

export interface CountryFacts {
  readonly locale: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly currency: string;
  /** Of 25 households, how many live here. */
  readonly share: number;
  readonly cities: readonly City[];
  readonly streets: readonly string[];
  readonly emailDomain: string;
  /**
   * The nth telephone number of a range that reaches nobody, in E.164, or null beyond the range. Ranges that regulators keep for
   * fiction: Ofcom, Bundesnetzagentur, ARCEP, PTS. Japan has none; there no subscriber's number begins with 0 after the 090.
   * Italy, Spain and Poland have none, so nobody there has a number.
   */
  readonly phone: (nth: number) => string | null;
}

export const LANGUAGES = ['ja', 'de', 'fr', 'en', 'it', 'es', 'pl', 'sv'] as const;
export type Language = (typeof LANGUAGES)[number];

const digits = (value: number, length: number) => String(value).padStart(length, '0');
const range = (prefix: string, length: number, first: number, last: number) => (nth: number) =>
  first + nth > last ? null : `${prefix}${digits(first + nth, length)}`;
const city = (name: string, postalCode: string): City => ({ name, postalCode });

// Berlin, Hamburg, Frankfurt, Cologne, Munich: a thousand numbers each.
const GERMAN_RANGES = ['+493023125', '+494066969', '+496990009', '+492214710', '+498999998'];

export const COUNTRY_FACTS: Readonly<Record<Country, CountryFacts>> = {
  JP: {
    locale: 'ja-JP',
    language: 'ja',
    timeZone: 'Asia/Tokyo',
    currency: 'JPY',
    share: 9,
    cities: [
      city('東京都世田谷区', '154-0000'),
      city('東京都港区', '105-0000'),
      city('大阪市北区', '530-0000'),
      city('名古屋市中区', '460-0000'),
      city('福岡市中央区', '810-0000'),
      city('札幌市中央区', '060-0000'),
      city('京都市左京区', '606-0000'),
      city('横浜市西区', '220-0000'),
    ],
    streets: ['桜町', '緑町', '本町', '栄町', '若葉', '南町', '旭町', '泉'],
    emailDomain: 'example.jp',
    phone: range('+81900', 7, 0, 9_999_999),
  },
  DE: {
    locale: 'de-DE',
    language: 'de',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    share: 4,
    cities: [city('Berlin', '10115'), city('Hamburg', '20095'), city('München', '80331'), city('Köln', '50667'), city('Leipzig', '04109')],
    streets: ['Lindenweg', 'Gartenstraße', 'Bahnhofstraße', 'Am Anger', 'Rosenweg', 'Schillerstraße'],
    emailDomain: 'example.com',
    phone: (nth) => {
      const prefix = GERMAN_RANGES[Math.floor(nth / 1000)];
      return prefix === undefined ? null : `${prefix}${digits(nth % 1000, 3)}`;
    },
  },
  FR: {
    locale: 'fr-FR',
    language: 'fr',
    timeZone: 'Europe/Paris',
    currency: 'EUR',
    share: 3,
    cities: [city('Paris', '75011'), city('Lyon', '69002'), city('Nantes', '44000'), city('Lille', '59000'), city('Bordeaux', '33000')],
    streets: ['rue des Lilas', 'rue de la Gare', 'avenue des Tilleuls', 'rue du Moulin', 'place du Marché'],
    emailDomain: 'example.org',
    phone: range('+3363998', 4, 0, 9999),
  },
  GB: {
    locale: 'en-GB',
    language: 'en',
    timeZone: 'Europe/London',
    currency: 'GBP',
    share: 3,
    cities: [
      city('London', 'E1 1AA'),
      city('Leeds', 'LS1 1AA'),
      city('Bristol', 'BS1 1AA'),
      city('Cardiff', 'CF10 1AA'),
      city('Glasgow', 'G1 1AA'),
    ],
    streets: ['Mill Lane', 'Station Road', 'Orchard Street', 'Church Walk', 'Park View'],
    emailDomain: 'example.net',
    phone: range('+447700900', 3, 0, 999),
  },
  IT: {
    locale: 'it-IT',
    language: 'it',
    timeZone: 'Europe/Rome',
    currency: 'EUR',
    share: 2,
    cities: [city('Milano', '20121'), city('Roma', '00184'), city('Torino', '10121'), city('Bologna', '40121')],
    streets: ['via dei Mille', 'via Garibaldi', 'corso Italia', 'via delle Rose'],
    emailDomain: 'example.com',
    phone: () => null,
  },
  ES: {
    locale: 'es-ES',
    language: 'es',
    timeZone: 'Europe/Madrid',
    currency: 'EUR',
    share: 2,
    cities: [city('Madrid', '28004'), city('Barcelona', '08003'), city('Valencia', '46002'), city('Sevilla', '41004')],
    streets: ['calle Mayor', 'calle del Sol', 'avenida de la Paz', 'calle de la Fuente'],
    emailDomain: 'example.org',
    phone: () => null,
  },
  PL: {
    locale: 'pl-PL',
    language: 'pl',
    timeZone: 'Europe/Warsaw',
    currency: 'PLN',
    share: 1,
    cities: [city('Warszawa', '00-001'), city('Kraków', '31-001'), city('Gdańsk', '80-001')],
    streets: ['ul. Lipowa', 'ul. Ogrodowa', 'ul. Polna', 'ul. Szkolna'],
    emailDomain: 'example.com',
    phone: () => null,
  },
  SE: {
    locale: 'sv-SE',
    language: 'sv',
    timeZone: 'Europe/Stockholm',
    currency: 'SEK',
    share: 1,
    cities: [city('Stockholm', '111 20'), city('Göteborg', '411 01'), city('Malmö', '211 20')],
    streets: ['Björkvägen', 'Storgatan', 'Skolgatan', 'Ängsvägen'],
    emailDomain: 'example.net',
    phone: range('+467017406', 2, 5, 99),
  },
};

/** The countries of 25 successive households, so that the nth household of a country can be counted without making those before. */
export const CYCLE: readonly Country[] = interleave();

/** Spreads the shares evenly over the cycle: at each step the country that is furthest behind its share. */
function interleave(): readonly Country[] {
  const length = COUNTRIES.reduce((sum, country) => sum + COUNTRY_FACTS[country].share, 0);
  const placed = new Map<Country, number>(COUNTRIES.map((country) => [country, 0]));
  return Array.from({ length }, (_, step) => {
    const behind = (country: Country) => ((step + 1) * COUNTRY_FACTS[country].share) / length - placed.get(country)!;
    const next = COUNTRIES.reduce((best, country) => (behind(country) > behind(best) ? country : best));
    placed.set(next, placed.get(next)! + 1);
    return next;
  });
}
