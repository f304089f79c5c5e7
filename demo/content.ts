import type { EpochMs } from '../kernel/storage/port.ts';
import { SHOPS } from './catalogue.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, HOUR, instant, row } from './record.ts';

type Titles = Readonly<Partial<Record<'en' | 'ja' | 'de', string>>>;

/** Advice and articles, by category of the catalogue. */
const PIECES: readonly { readonly kind: 'ADVICE' | 'ARTICLE'; readonly category: string; readonly titles: Titles }[] = [
  { kind: 'ADVICE', category: 'Tea & coffee', titles: { en: 'How hot should the water be?', ja: 'お湯の温度、どのくらいがおいしい？' } },
  {
    kind: 'ADVICE',
    category: 'Kitchen',
    titles: { en: 'Keeping knives sharp', ja: '包丁の切れ味を保つには', de: 'So bleiben Messer scharf' },
  },
  { kind: 'ADVICE', category: 'Home textiles', titles: { en: 'Washing linen and wool', ja: 'リネンとウールの洗い方' } },
  { kind: 'ADVICE', category: 'Womenswear', titles: { en: 'Clothes that last: a guide to care', ja: '長く着るためのお手入れ' } },
  { kind: 'ADVICE', category: 'Menswear', titles: { en: 'Clothes that last: a guide to care', ja: '長く着るためのお手入れ' } },
  { kind: 'ARTICLE', category: 'Tableware', titles: { en: 'Indigo: the story of a blue', ja: '藍という青の物語' } },
  { kind: 'ARTICLE', category: 'Stationery', titles: { en: 'Writing by hand', ja: '手で書くということ' } },
  { kind: 'ARTICLE', category: 'Outdoor', titles: { en: 'Six walks that begin at a station', ja: '駅から歩く六つの道' } },
  { kind: 'ARTICLE', category: 'Sweets', titles: { en: 'What goes with matcha', ja: '抹茶に合うもの' } },
];

const TASTING: Titles = { en: 'An evening of tea', ja: 'お茶を楽しむ夕べ', de: 'Ein Abend mit Tee' };

/** What the company publishes, which belongs to nobody: an event is to come in each shop, one week after the other. */
export function* contentRecords(now: EpochMs): Generator<DemoRecord> {
  for (const [index, { kind, category, titles }] of PIECES.entries())
    yield* translations({ number: `piece-${index + 1}`, kind, categories: [category] }, titles);
  for (const [index, { id }] of SHOPS.entries()) {
    const startsAt = Math.floor(now / DAY) * DAY + (5 + (index % 4) * 7) * DAY + 17 * HOUR;
    const event = { kind: 'EVENT', stores: [id], starts_at: instant(startsAt), ends_at: instant(startsAt + 2 * HOUR) };
    yield* translations({ number: `evening-${id}`, ...event }, TASTING);
  }
}

function* translations(piece: Parameters<typeof row>[0], titles: Titles): Generator<DemoRecord> {
  for (const [language, title] of Object.entries(titles)) {
    const link = `https://www.example.com/${language}/magazine/${piece.number}`;
    yield { kind: 'content', identifiers: [], seenAt: null, row: row({ source: DEMO_SOURCE, ...piece, language, title, link }) };
  }
}
