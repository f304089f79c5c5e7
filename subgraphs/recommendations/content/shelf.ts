import type { Logger } from 'pino';
import type { Collection, Cursor, EpochMs, Store } from '../../../kernel/storage/port.ts';
import type { Job } from '../../../kernel/subgraph.ts';
import { ContentIndex } from './content-index.ts';
import { CONTENT, type ContentRecord, contentSpec, newestOf } from './records.ts';

/** What another process took in is shown here after this at the latest. */
const LOOK_MS = 2000;
/** Translations that a process holds, of about a kilobyte each; a shop's magazine of many years in several languages. */
const MOST_HELD = 10_000;
/** A look reads what was stored since the last one, and this much again: clocks of machines differ, and writes take their time. */
const OVERLAP_MS = 60_000;
/** Now and then everything is read, whatever clocks say. */
const ANEW_MS = 3_600_000;
/** What ended stays for so long, because a request may be decided for a time that is past. */
const ENDED_MS = 86_400_000;
/** Reading so many at a time, requests hardly wait. */
const PAGE = 250;

/**
 * The content in use, as this process last read it: a job looks every two seconds what was stored since, beside the requests, which read nothing.
 * Of more than `most` translations those that were stored longest ago are left out, and a warning says so.
 */
export class ContentShelf {
  readonly #content: Collection<ContentRecord>;
  readonly #clock: () => EpochMs;
  readonly #log: Logger;
  readonly #most: number;
  /** By id, those stored last at the end. */
  #held = new Map<string, ContentRecord>();
  #index = new ContentIndex();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #readAllAt = Number.NEGATIVE_INFINITY;
  #last: Promise<void> = Promise.resolve();

  constructor(content: Collection<ContentRecord>, clock: () => EpochMs, log: Logger, most = MOST_HELD) {
    this.#content = content;
    this.#clock = clock;
    this.#log = log;
    this.#most = most;
  }

  /** What is in use; a later look makes another one. */
  get current(): ContentIndex {
    return this.#index;
  }

  /** Reads what is new, after the looks that were begun before: one that began earlier must not end with what is older. */
  look(): Promise<void> {
    this.#last = this.#last.catch(() => {}).then(() => this.#look());
    return this.#last;
  }

  /** The job that looks. */
  get job(): Job {
    return { name: 'look-for-content', everyMs: LOOK_MS, run: () => this.look() };
  }

  async #look(): Promise<void> {
    const now = this.#clock();
    const anew = now - this.#readAllAt >= ANEW_MS;
    const held = anew ? new Map<string, ContentRecord>() : this.#held;
    const isInUse = (piece: ContentRecord) => {
      const newest = newestOf(piece);
      return newest !== null && (newest.endsAt === null || newest.endsAt > now - ENDED_MS);
    };
    const isNews = (row: ContentRecord) => (isInUse(row) ? held.get(row.id)?.version !== row.version : held.has(row.id));
    const news: ContentRecord[] = [];
    for (let after: Cursor | null | undefined; after !== null; ) {
      const since = anew ? {} : { from: this.#lookedAt - OVERLAP_MS };
      const [page] = await this.#content.latest([[CONTENT]], { first: PAGE, ...since, ...(after && { after }) });
      news.push(...(page?.items ?? []).filter(isNews));
      after = anew && news.length > this.#most ? null : (page?.next ?? null);
    }
    this.#lookedAt = now;
    if (anew) this.#readAllAt = now;
    else if (news.length === 0) return;
    // Newest first as they come; what is set again goes to the end.
    for (const row of news.reverse()) {
      held.delete(row.id);
      if (isInUse(row)) held.set(row.id, row);
    }
    if (held.size > this.#most)
      this.#log.warn(
        { most: this.#most },
        'more content is in use than is held; what was stored longest ago is left out: withdraw what is old',
      );
    for (const id of [...held.keys()].slice(0, Math.max(0, held.size - this.#most))) held.delete(id);
    this.#held = held;
    this.#index = await ContentIndex.of(held.values());
  }
}

const opened = new WeakMap<Store, ContentShelf>();

/** The one shelf over a store: what its job finds is what requests are answered with. */
export function contentIn(store: Store, clock: () => EpochMs, log: Logger): ContentShelf {
  const shelf = opened.get(store) ?? new ContentShelf(store.collection(contentSpec), clock, log);
  opened.set(store, shelf);
  return shelf;
}
