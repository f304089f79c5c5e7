import { setImmediate as breathe } from 'node:timers/promises';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { LANGUAGES } from '../languages.ts';
import { type ContentKind, type ContentPiece, type ContentRecord, type Translation, translationFor } from './records.ts';

/** What a piece can be found by. */
export type ContentSubject = 'sku' | 'category' | 'store';

/** So many pieces are indexed at a time: a few milliseconds, so that requests hardly wait. */
const SLICE = 200;

/** Pieces of content by what they are about. Never changes. */
export class ContentIndex {
  readonly #pieces = new Map<string, ContentPiece[]>();
  readonly #categorised = new Set<ContentKind>();

  /** Of translations that are in use. What a piece is about, and when, is what the newest of its rows says. */
  static async of(rows: Iterable<ContentRecord>): Promise<ContentIndex> {
    const index = new ContentIndex();
    const translations = new Map<string, ContentRecord[]>();
    for (const row of rows) {
      const known = translations.get(row.piece);
      if (known) known.push(row);
      else translations.set(row.piece, [row]);
    }
    const pieces = [...translations].map(([id, group]) => ({ id, newest: newestOf(group), group }));
    pieces.sort((a, b) => changedAt(b.newest) - changedAt(a.newest) || (a.id < b.id ? -1 : 1));
    for (const [nth, { id, newest, group }] of pieces.entries()) {
      if (nth % SLICE === SLICE - 1) await breathe();
      index.#add(id, newest, shownOf(group));
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

  #add(id: string, newest: ContentRecord, translations: readonly Translation[]): void {
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

const changedAt = ({ updatedAt }: ContentRecord): EpochMs => updatedAt ?? 0;

/** The same on every machine, whatever came first there. */
function newestOf(group: readonly ContentRecord[]): ContentRecord {
  const byNews = (a: ContentRecord, b: ContentRecord) =>
    changedAt(a) - changedAt(b) || a.storedAt - b.storedAt || (a.language < b.language ? 1 : -1);
  return group.reduce((newest, row) => (byNews(row, newest) > 0 ? row : newest));
}

/** The translations that can be shown in any language that offers are made in: that which came first, and what fits them. */
function shownOf(group: readonly ContentRecord[]): readonly Translation[] {
  const all = group
    .toSorted((a, b) => a.since - b.since || (a.language < b.language ? -1 : 1))
    .map(({ language, title, link }) => ({ language, title, link }));
  return [...new Set([all[0]!, ...LANGUAGES.map((language) => translationFor(all, language)!)])];
}
