import type { Statement } from '../../../kernel/statement.ts';
import type { Doc, EpochMs, Spec } from '../../../kernel/storage/port.ts';
import type { Signals } from '../representation.ts';

export const CONTENT_KINDS = ['ADVICE', 'ARTICLE', 'EVENT'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** What a source said of one piece of content in one language. Rows of one number are translations of one piece. */
export interface ContentRow {
  /** The system that it comes from. */
  readonly system: string;
  readonly number: string;
  readonly kind: ContentKind;
  /** BCP 47, in its canonical form. */
  readonly language: string;
  readonly title: string;
  readonly link: string | null;
  readonly skus: readonly string[];
  readonly categories: readonly string[];
  /** The stores that an event takes place in. */
  readonly stores: readonly string[];
  /** When an event begins and ends; of anything else from and until when it is shown. null: always, and without end. */
  readonly startsAt: EpochMs | null;
  readonly endsAt: EpochMs | null;
  readonly withdrawn: boolean;
  readonly updatedAt: EpochMs | null;
}

/** One translation of a piece, as its newest row has it. */
export interface FiledTranslation extends ContentRow {
  /** When its source changed it, never in the future; when it came in where the source does not say. */
  readonly updatedAt: EpochMs;
  /** One more than those that were filed for the piece before: of two that were changed at the same time the one that was filed later is newer. */
  readonly filed: number;
  readonly said: readonly Statement[];
}

/** A piece. All pieces are filed under one owner, CONTENT. */
export interface ContentRecord extends Doc {
  /** In each language, withdrawn ones too, in the order in which they first came. Never empty. */
  readonly translations: readonly FiledTranslation[];
  /** When any of it was stored last, by the clock of who stored it. */
  readonly storedAt: EpochMs;
}

/** The owner of all content: it belongs to nobody. */
export const CONTENT = 'content';

export const contentSpec: Spec<ContentRecord> = { name: 'content_pieces', at: 'storedAt' };

/** The newest of the rows that are not withdrawn: it says what the piece is about and when it is shown, all of it, even that it has ended. null when all are. */
export function newestOf({ translations }: Pick<ContentRecord, 'translations'>): FiledTranslation | null {
  return translations
    .filter(({ withdrawn }) => !withdrawn)
    .reduce<FiledTranslation | null>((newest, row) => (newest === null || isNewer(row, newest) ? row : newest), null);
}

function isNewer(one: FiledTranslation, other: FiledTranslation): boolean {
  return one.updatedAt === other.updatedAt ? one.filed > other.filed : one.updatedAt > other.updatedAt;
}

/** A piece in one language. */
export interface Translation {
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  readonly link: string | null;
}

/** A piece of content as offers show it. */
export interface ContentPiece {
  readonly id: string;
  readonly kind: ContentKind;
  readonly startsAt: EpochMs | null;
  readonly endsAt: EpochMs | null;
  /** Never empty; the first is shown where none fits. */
  readonly translations: readonly Translation[];
}

/** A piece that was chosen for a customer, and what of theirs it goes with. */
export interface ChosenContent {
  readonly piece: ContentPiece;
  /** The product that was bought or looked at; null for what is about the category bought most, and for events. */
  readonly sku: string | null;
  /** The category, of the product or the one bought most, that the piece is about; null for what is about the product itself, and for events. */
  readonly category: string | null;
  /** The store that the customer buys in, for events. */
  readonly store: string | null;
  /** When the product was last bought or looked at; null where there is none. */
  readonly at: EpochMs | null;
}

/** The content chosen for a customer and a time, null where nothing suits. Kept with a decision, so that explaining it needs none of the content. */
export interface ContentFacts {
  /** About what was bought, the last purchase first. */
  readonly advice: ChosenContent | null;
  /** About what was looked at, the last look first, or else about the category bought most. */
  readonly article: ChosenContent | null;
  /** In the store that the customer buys in, the first to begin. */
  readonly event: ChosenContent | null;
}

/** The translation to show to who reads that language: in just that, in another form of it (`en-GB` for `en`), or else the first. */
export function translationFor<T extends Pick<Translation, 'language'>>(translations: readonly T[], language: string): T | undefined {
  const primary = (tag: string) => tag.split('-')[0];
  return (
    translations.find((one) => one.language === language) ??
    translations.find((one) => primary(one.language) === primary(language)) ??
    translations[0]
  );
}

/** Facts as they were kept; null for anything else. */
export function readContentFacts(facts: Signals | null): ContentFacts | null {
  if (!facts) return null;
  return {
    advice: readChosen(facts.object('advice')),
    article: readChosen(facts.object('article')),
    event: readChosen(facts.object('event')),
  };
}

function readChosen(item: Signals | null): ChosenContent | null {
  const piece = readPiece(item?.object('piece') ?? null);
  if (!item || !piece) return null;
  return { piece, sku: item.text('sku'), category: item.text('category'), store: item.text('store'), at: item.integer('at') };
}

function readPiece(item: Signals | null): ContentPiece | null {
  const [id, kind] = [item?.text('id') ?? null, CONTENT_KINDS.find((one) => one === item?.text('kind'))];
  const translations =
    item?.list('translations', (each) => {
      const [language, title] = [each.text('language'), each.text('title')];
      return language === null || title === null ? null : { language, title, link: each.text('link') };
    }) ?? [];
  if (!item || id === null || kind === undefined || translations.length === 0) return null;
  return { id, kind, startsAt: item.integer('startsAt'), endsAt: item.integer('endsAt'), translations };
}
