import { setImmediate as breathe } from 'node:timers/promises';
import { LANGUAGES } from '../languages.ts';
import {
  type ContentKind,
  type ContentPiece,
  type ContentRecord,
  type FiledTranslation,
  newestOf,
  type Translation,
  translationFor,
} from './records.ts';

/** What a piece can be found by. */
export type ContentSubject = 'sku' | 'category' | 'store';

/** So many pieces are indexed at a time: a few milliseconds, so that requests hardly wait. */
const SLICE = 200;

/** Pieces of content by what they are about. Never changes. */
export class ContentIndex {
  readonly #pieces = new Map<string, ContentPiece[]>();
  readonly #categorised = new Set<ContentKind>();

  /** Of pieces of which those that are withdrawn are left out. */
  static async of(records: Iterable<ContentRecord>): Promise<ContentIndex> {
    const index = new ContentIndex();
    const pieces = [...records].flatMap((record) => {
      const newest = newestOf(record);
      return newest ? [{ record, newest }] : [];
    });
    pieces.sort((a, b) => b.newest.updatedAt - a.newest.updatedAt || (a.record.id < b.record.id ? -1 : 1));
    for (const [nth, { record, newest }] of pieces.entries()) {
      if (nth % SLICE === SLICE - 1) await breathe();
      index.#add(record.id, newest, shownOf(record));
    }
    return index;
  }

  /** The pieces about it, those changed last first. */
  about(kind: ContentKind, what: ContentSubject, value: string): readonly ContentPiece[] {
    return this.#pieces.get(`${kind} ${what} ${value}`) ?? [];
  }

  /** Whether any piece of that kind is about a category; if none is, nobody needs to know the categories of products. */
  hasCategories(kind: ContentKind): boolean {
    return this.#categorised.has(kind);
  }

  get isEmpty(): boolean {
    return this.#pieces.size === 0;
  }

  #add(id: string, newest: FiledTranslation, translations: readonly Translation[]): void {
    const { kind, startsAt, endsAt, skus, categories, stores } = newest;
    const piece: ContentPiece = { id, kind, startsAt, endsAt, translations };
    const file = (what: ContentSubject, values: readonly string[]) => {
      for (const value of new Set(values)) {
        const key = `${kind} ${what} ${value}`;
        const pieces = this.#pieces.get(key);
        if (pieces) pieces.push(piece);
        else this.#pieces.set(key, [piece]);
      }
    };
    if (kind === 'EVENT') {
      file('store', stores);
      return;
    }
    file('sku', skus);
    file('category', categories);
    if (categories.length > 0) this.#categorised.add(kind);
  }
}

/** The translations that can be shown in any language that offers are made in: that which came first, and what fits them. */
function shownOf({ translations }: ContentRecord): readonly Translation[] {
  const all = translations.filter(({ withdrawn }) => !withdrawn).map(({ language, title, link }) => ({ language, title, link }));
  return [...new Set([all[0]!, ...LANGUAGES.map((language) => translationFor(all, language)!)])];
}
