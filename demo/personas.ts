import type { EpochMs } from '../kernel/storage/port.ts';
import { CATALOGUE, priceIn } from './catalogue.ts';
import { COUNTRY_FACTS } from './countries.ts';
import { browse, deviceOf } from './digital.ts';
import { anonymousId } from './identifiers.ts';
import { returnRecord } from './orders.ts';
import type { Person, Story } from './person.ts';
import { personRecords } from './person-records.ts';
import { Random } from './random.ts';
import { DAY, type DemoRecord, dateOf, HOUR } from './record.ts';

/** A customer as most are: buys, belongs to the programme, has an account, allows everything and is content. */
const PLAIN: Story = {
  consent: 'GRANTED',
  buyer: true,
  online: true,
  vip: false,
  member: true,
  late: false,
  complaint: false,
  cart: false,
  nps: 9,
};

/** The birthday that lies `days` ahead, `years` years ago. On the day before where that year has no 29 February. */
function birthday(now: EpochMs, days: number, years: number): string {
  const [year, month, day] = dateOf(now + days * DAY).split('-') as [string, string, string];
  const leap = `${month}-${day}` === '02-29' && (Number(year) - years) % 4 !== 0;
  return `${Number(year) - years}-${month}-${leap ? '28' : day}`;
}

type Persona = (now: EpochMs) => Person;

/** A VIP in Tokyo with a birthday in three days: every domain knows her. */
const aiko: Persona = (now) => ({
  index: 0,
  country: 'JP',
  gender: 'FEMALE',
  given: { text: '愛子', kana: 'アイコ', latin: 'aiko' },
  family: { text: '田中', kana: 'タナカ', latin: 'tanaka' },
  birthDate: birthday(now, 3, 38),
  email: 'aiko.tanaka@example.jp',
  phone: COUNTRY_FACTS.JP.phone(0),
  household: 'H-tanaka',
  city: 0,
  street: '桜町2-4-8',
  joinedAt: now - 1100 * DAY,
  story: { ...PLAIN, vip: true, cart: true, nps: 10 },
});

/** Has a birthday too, and a complaint that is still open: he must not be sold to. */
const lukas: Persona = (now) => ({
  index: 1,
  country: 'DE',
  gender: 'MALE',
  given: { text: 'Lukas', kana: null, latin: 'lukas' },
  family: { text: 'Becker', kana: null, latin: 'becker' },
  birthDate: birthday(now, 2, 44),
  email: 'lukas.becker@example.com',
  phone: COUNTRY_FACTS.DE.phone(0),
  household: 'H-becker',
  city: 0,
  street: 'Lindenweg 12',
  joinedAt: now - 700 * DAY,
  story: { ...PLAIN, complaint: true, nps: 2 },
});

/** Was never asked for consent: nothing personal is computed for her. */
const giulia: Persona = (now) => ({
  index: 2,
  country: 'IT',
  gender: 'FEMALE',
  given: { text: 'Giulia', kana: null, latin: 'giulia' },
  family: { text: 'Rossi', kana: null, latin: 'rossi' },
  birthDate: birthday(now, 4, 31),
  email: 'giulia.rossi@example.com',
  phone: null,
  household: 'H-rossi',
  city: 0,
  street: 'via Garibaldi 7',
  joinedAt: now - 500 * DAY,
  story: { ...PLAIN, consent: 'NEVER_ASKED' },
});

/** Brought something back that somebody else had bought, and never bought anything. */
const erik: Persona = (now) => ({
  index: 3,
  country: 'SE',
  gender: 'MALE',
  given: { text: 'Erik', kana: null, latin: 'erik' },
  family: { text: 'Lindström', kana: null, latin: 'lindstroem' },
  birthDate: birthday(now, 200, 52),
  email: 'erik.lindstroem@example.net',
  phone: COUNTRY_FACTS.SE.phone(0),
  household: 'H-lindstroem',
  city: 0,
  street: 'Storgatan 3',
  joinedAt: now - 60 * DAY,
  story: { ...PLAIN, buyer: false, member: false, nps: 7 },
});

function eriksReturn(now: EpochMs): DemoRecord {
  const { sku, name, ...product } = CATALOGUE[4]!.products[0]!;
  const unitPriceMinor = priceIn({ sku, name, ...product }, 'SEK');
  const back = { number: 'DR-3-1', orderNumber: null, returnedAt: now - 59 * DAY, currency: 'SEK', shop: 'STO1' };
  return returnRecord({ index: 3 }, back, [{ sku, name, quantity: 1, unitPriceMinor }]);
}

/** Known by the browser `da-000005` alone; left a cart six hours ago. */
function* visitor(seed: string, now: EpochMs): Generator<DemoRecord> {
  const random = new Random(seed, 'visitor', 4);
  const visit = { country: 'GB', device: deviceOf(random, 4), identifiers: [anonymousId(4)] } as const;
  yield* browse(random, { ...visit, id: 'dv-4-1', at: now - 3 * DAY }, 2, false);
  yield* browse(random, { ...visit, id: 'dv-4-2', at: now - 6 * HOUR }, 3, true);
}

/** The rows of a persona: somebody whom the documentation can name. null from index 5 on. */
export function personaRecords(seed: string, index: number, now: EpochMs): Generator<DemoRecord> | null {
  if (index < 3) return personRecords(seed, ([aiko, lukas, giulia] as const)[index as 0 | 1 | 2](now), now);
  if (index === 3)
    return (function* () {
      yield* personRecords(seed, erik(now), now);
      yield eriksReturn(now);
    })();
  return index === 4 ? visitor(seed, now) : null;
}
