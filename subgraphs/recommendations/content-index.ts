import type { EpochMs } from '../../kernel/storage/port.ts';
import { contentId } from './content-intake.ts';
import { type ContentKind, type ContentPiece, type ContentRecord, type Translation, translationFor } from './content-records.ts';
import { LANGUAGES } from './wording.ts';

/** What a piece can be found by. */
export type ContentSubject = 'sku' | 'category' | 'store';

/** Pieces of content by what they are about. Never changes. */
export class ContentIndex {
  readonly #pieces = new Map<string, ContentPiece[]>();
  readonly #categorised = new Set<ContentKind>();

  /** Of translations that are in use. What a piece is about, and when, is what the newest of its rows says. */
  constructor(rows: Iterable<ContentRecord>) {
    const translations = new Map<string, ContentRecord[]>();
    for (const row of rows) {
      const id = contentId(row);
      const known = translations.get(id);
      if (known) known.push(row);
      else translations.set(id, [row]);
    }
    const pieces = [...translations].map(([id, group]) => ({ id, newest: group.toSorted(newestFirst)[0]!, group }));
    pieces.sort((a, b) => changedAt(b.newest) - changedAt(a.newest) || (a.id < b.id ? -1 : 1));
    for (const { id, newest, group } of pieces) this.#add(id, newest, shownOf(group));
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

/** What a piece is about is the same on every machine, whatever came first there. */
function newestFirst(a: ContentRecord, b: ContentRecord): number {
  return changedAt(b) - changedAt(a) || b.storedAt - a.storedAt || (a.language < b.language ? -1 : 1);
}

/** The translations that can be shown in any language that offers are made in: that which came first, and what fits them. */
function shownOf(group: readonly ContentRecord[]): readonly Translation[] {
  const all = group
    .toSorted((a, b) => a.since - b.since || (a.language < b.language ? -1 : 1))
    .map(({ language, title, link }) => ({ language, title, link }));
  return [...new Set([all[0]!, ...LANGUAGES.map((language) => translationFor(all, language)!)])];
}
