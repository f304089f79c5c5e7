import { minorDigits } from '../kernel/money.ts';
import type { Country } from './countries.ts';
import { DEMO_SOURCE, type DemoRecord, decimal, row } from './record.ts';

export interface Product {
  readonly sku: string;
  readonly gtin: string;
  readonly name: string;
  readonly brand: string;
  readonly category: string;
  /** In euro cents; see `priceIn` for what other countries pay. */
  readonly priceMinor: number;
  /** Most are in stock; a few are not, and some of them will not come again. */
  readonly availability: 'IN_STOCK' | 'LOW_STOCK' | 'OUT_OF_STOCK' | 'DISCONTINUED';
}

export interface Category {
  readonly name: string;
  readonly products: readonly Product[];
}

export interface Shop {
  readonly id: string;
  readonly name: string;
  readonly country: Country;
  readonly timeZone: string;
  readonly latitude: string;
  readonly longitude: string;
}

/** Per category: its kinds of product with the middle price in euro cents. Each kind comes in every one of the category's makes. */
const RANGE: Readonly<Record<string, { readonly kinds: Readonly<Record<string, number>>; readonly makes: readonly string[] }>> = {
  'Tea & coffee': {
    kinds: { Sencha: 1400, 'Earl Grey': 900, 'Espresso beans': 1300, 'Pour-over set': 3400 },
    makes: ['Morning', 'House', 'Reserve', 'Garden'],
  },
  Kitchen: {
    kinds: { 'Chef knife': 7900, Kettle: 4900, Donabe: 6800, 'Cutting board': 2900, Teapot: 3900 },
    makes: ['Classic', 'Oak', 'Studio', 'Pro'],
  },
  Tableware: { kinds: { 'Bowl set': 3200, Mug: 1400, Chopsticks: 900, 'Dinner plate': 1600 }, makes: ['Indigo', 'Sand', 'Snow', 'Moss'] },
  'Home textiles': {
    kinds: { 'Bath towel': 2400, 'Linen throw': 6900, 'Cushion cover': 1900, 'Bed linen': 8900 },
    makes: ['Linen', 'Cotton', 'Winter', 'Summer'],
  },
  Stationery: {
    kinds: { Notebook: 1200, 'Fountain pen': 4500, 'Washi tape': 500, 'Desk planner': 1800 },
    makes: ['Plain', 'Dotted', 'Blossom', 'Night'],
  },
  'Skin care': {
    kinds: { 'Hand cream': 1100, 'Day cream': 3600, Cleanser: 1900, 'Sun lotion': 2200 },
    makes: ['Calm', 'Rich', 'Light', 'Yuzu'],
  },
  Womenswear: { kinds: { Cardigan: 7900, Shirt: 5900, Dress: 9900, Scarf: 3900 }, makes: ['Relaxed', 'Slim', 'Merino', 'Linen'] },
  Menswear: { kinds: { Pullover: 7900, Shirt: 5900, Chinos: 6900, Belt: 3500 }, makes: ['Relaxed', 'Slim', 'Merino', 'Oxford'] },
  Children: {
    kinds: { 'Wooden train': 2900, Pyjamas: 2400, 'Picture book': 1400, 'Rain boots': 2900 },
    makes: ['Fox', 'Bear', 'Rabbit', 'Whale'],
  },
  Outdoor: {
    kinds: { 'Rain jacket': 12900, Backpack: 8900, 'Steel bottle': 2600, 'Picnic blanket': 3900 },
    makes: ['Trail', 'Coast', 'City', 'Summit'],
  },
  Electronics: {
    kinds: { Headphones: 14900, 'Desk lamp': 5900, 'Travel charger': 3400, 'Radio alarm': 4900 },
    makes: ['One', 'Mini', 'Plus', 'Wood'],
  },
  Sweets: {
    kinds: { 'Dark chocolate': 600, Biscuits: 700, 'Yokan box': 1800, Marmalade: 800 },
    makes: ['Classic', 'Orange', 'Matcha', 'Gift'],
  },
};
const BRANDS = ['Hoshino & Co', 'Nordlicht', 'Atelier Brume', 'Fieldway', 'Kigi'];

/** A number of GS1's range for use within a company (prefix 200), with its check digit, so that it is no real product's. */
function gtin(nth: number): string {
  const body = `200${String(nth + 1).padStart(9, '0')}`;
  const sum = [...body].reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/** Of 100 products 5 are sold out, 1 is discontinued and 5 are running low, all over the catalogue. */
function availability(nth: number): Product['availability'] {
  if (nth % 100 === 58) return 'DISCONTINUED';
  if (nth % 20 === 7) return 'OUT_OF_STOCK';
  return nth % 20 === 13 ? 'LOW_STOCK' : 'IN_STOCK';
}

function products(category: string, first: number): readonly Product[] {
  const { kinds, makes } = RANGE[category]!;
  return Object.entries(kinds).flatMap(([kind, price], kindPlace) =>
    makes.map((make, makePlace) => {
      const nth = first + kindPlace * makes.length + makePlace;
      return {
        sku: `D${String(1001 + nth)}`,
        gtin: gtin(nth),
        name: `${kind} ${make}`,
        brand: BRANDS[nth % BRANDS.length]!,
        category,
        priceMinor: Math.round((price * (85 + 15 * makePlace)) / 10_000) * 100 - 5,
        availability: availability(nth),
      };
    }),
  );
}

function catalogue(): readonly Category[] {
  let first = 0;
  return Object.keys(RANGE).map((name) => {
    const category = { name, products: products(name, first) };
    first += category.products.length;
    return category;
  });
}

/** 12 categories, 196 products; those first in a category sell best. The same in every demo company. */
export const CATALOGUE: readonly Category[] = catalogue();

// What a euro is worth on the price tags, round numbers near the rates of 2025.
const RATES: Readonly<Record<string, number>> = { EUR: 1, GBP: 0.85, JPY: 160, PLN: 4.3, SEK: 11 };

/** The list price of one, in minor units of `currency`. */
export function priceIn(product: Product, currency: string): number {
  const major = (product.priceMinor / 100) * RATES[currency]!;
  if (currency === 'JPY') return Math.round(major / 100) * 100 - 20;
  return currency === 'EUR' ? product.priceMinor : Math.round(major) * 10 ** minorDigits(currency) - 5;
}

const shop = (id: string, name: string, country: Country, timeZone: string, latitude: string, longitude: string): Shop => ({
  id,
  name,
  country,
  timeZone,
  latitude,
  longitude,
});

export const SHOPS: readonly Shop[] = [
  shop('TYO1', '銀座店', 'JP', 'Asia/Tokyo', '35.6717', '139.7650'),
  shop('TYO2', '渋谷店', 'JP', 'Asia/Tokyo', '35.6595', '139.7005'),
  shop('OSA1', '梅田店', 'JP', 'Asia/Tokyo', '34.7025', '135.4959'),
  shop('NGO1', '名古屋栄店', 'JP', 'Asia/Tokyo', '35.1697', '136.9083'),
  shop('FUK1', '天神店', 'JP', 'Asia/Tokyo', '33.5902', '130.3990'),
  shop('BER1', 'Berlin Mitte', 'DE', 'Europe/Berlin', '52.5230', '13.4020'),
  shop('MUC1', 'München Zentrum', 'DE', 'Europe/Berlin', '48.1374', '11.5755'),
  shop('PAR1', 'Paris Marais', 'FR', 'Europe/Paris', '48.8590', '2.3620'),
  shop('LYS1', 'Lyon Presqu’île', 'FR', 'Europe/Paris', '45.7590', '4.8340'),
  shop('LON1', 'London Covent Garden', 'GB', 'Europe/London', '51.5120', '-0.1230'),
  shop('LBA1', 'Leeds Briggate', 'GB', 'Europe/London', '53.7970', '-1.5420'),
  shop('MIL1', 'Milano Brera', 'IT', 'Europe/Rome', '45.4720', '9.1880'),
  shop('MAD1', 'Madrid Salamanca', 'ES', 'Europe/Madrid', '40.4260', '-3.6830'),
  shop('WAW1', 'Warszawa Śródmieście', 'PL', 'Europe/Warsaw', '52.2320', '21.0120'),
  shop('STO1', 'Stockholm Norrmalm', 'SE', 'Europe/Stockholm', '59.3340', '18.0640'),
];

/** The catalogue and the shops as rows, which belong to nobody. */
export function* catalogueRecords(): Generator<DemoRecord> {
  const nobody = { identifiers: [], seenAt: null };
  for (const { id, name, country, timeZone, latitude, longitude } of SHOPS)
    yield { ...nobody, kind: 'store', row: row({ source: DEMO_SOURCE, id, name, country, time_zone: timeZone, latitude, longitude }) };
  for (const { products: list } of CATALOGUE)
    for (const { priceMinor, ...product } of list)
      yield {
        ...nobody,
        kind: 'product',
        row: row({ source: DEMO_SOURCE, ...product, price: decimal(priceMinor, 'EUR'), currency: 'EUR' }),
      };
}
