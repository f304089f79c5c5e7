import type { Logger } from 'pino';
import type { Collection, Cursor, EpochMs, Store } from '../../../kernel/storage/port.ts';
import type { Job } from '../../../kernel/subgraph.ts';
import { ContentIndex } from './content-index.ts';
import { CONTENT, type ContentRecord, contentSpec, newestOf } from './records.ts';

/** What another process took in is shown here after this at the latest. */
const LOOK_MS = 2000;
/** Translations that a process holds, of about a kilobyte each; a shop's magazine of many years in several languages. */
const MOST_HELD = 10_000;
/** A look reads what was stored since the last one, and this much again: writes take their time. */
const OVERLAP_MS = 10_000;
/** Each minute a look reads what was stored in the one before, too: clocks of machines differ. Were it each look, a large file would be read thirty times. */
const DOUBT_MS = 60_000;
/** Now and then everything is read, whatever clocks say. */
const ANEW_MS = 3_600_000;
/** What ended stays for so long, because a request may be decided for a time that is past. */
const ENDED_MS = 86_400_000;
/** Reading so many at a time, requests hardly wait. */
const PAGE = 250;

/**
 * The content in use, as this process last read it: a job looks every two seconds what was stored since, beside the requests, which read nothing.
 * Of more than `most` translations the pieces that were stored longest ago are left out, and a warning says so.
 */
export class ContentShelf {
  readonly #content: Collection<ContentRecord>;
  readonly #clock: () => EpochMs;
  readonly #log: Logger;
  readonly #most: number;
  #held = new Map<string, ContentRecord>();
  /** The newest piece that there was no room for: it and what was stored before is no news. null while all are held. */
  #leftOut: ContentRecord | null = null;
  #index = new ContentIndex();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #doubtedAt = Number.NEGATIVE_INFINITY;
  #readAllAt = Number.NEGATIVE_INFINITY;
  /** The look that was asked for last, which has begun unless it is the one that waits. */
  #last: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

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

  /**
   * Reads what is new. A look that has begun may have read too early, so those who ask while it runs wait for the next one, and share it:
   * however many ask, one runs and one waits.
   */
  look(): Promise<void> {
    if (this.#waiting) return this.#waiting;
    const look = this.#last
      .catch(() => {})
      .then(() => {
        this.#waiting = null;
        return this.#look();
      });
    this.#waiting = look;
    this.#last = look;
    return look;
  }

  /** The job that looks. */
  get job(): Job {
    return { name: 'look-for-content', everyMs: LOOK_MS, run: () => this.look() };
  }

  async #look(): Promise<void> {
    const now = this.#clock();
    const anew = now - this.#readAllAt >= ANEW_MS;
    const doubts = now - this.#doubtedAt >= DOUBT_MS;
    const held = anew ? new Map<string, ContentRecord>() : this.#held;
    const leftOut = anew ? null : this.#leftOut;
    const since = anew ? {} : { from: doubts ? this.#doubtedAt - DOUBT_MS : this.#lookedAt - OVERLAP_MS };
    const isNews = (piece: ContentRecord) => {
      const known = held.get(piece.id);
      if (known) return known.version !== piece.version;
      return isInUse(piece, now) && (leftOut === null || byStorage(piece, leftOut) < 0);
    };
    const news: ContentRecord[] = [];
    let found = 0;
    for (let after: Cursor | null | undefined; after !== null; ) {
      const [page] = await this.#content.latest([[CONTENT]], { first: PAGE, ...since, ...(after && { after }) });
      const items = page?.items ?? [];
      for (const piece of items.filter(isNews)) {
        news.push(piece);
        if (isInUse(piece, now)) found += piece.translations.length;
      }
      const last = items.at(-1);
      // The newest come first: for what follows there is no room.
      const isRest = found > this.#most || (leftOut !== null && last !== undefined && byStorage(last, leftOut) >= 0);
      after = isRest ? null : (page?.next ?? null);
    }
    this.#lookedAt = now;
    if (doubts) this.#doubtedAt = now;
    if (anew) this.#readAllAt = now;
    else if (news.length === 0) return;
    for (const piece of news) {
      if (isInUse(piece, now)) held.set(piece.id, piece);
      else held.delete(piece.id);
    }
    this.#hold(held, leftOut);
    this.#index = await ContentIndex.of(this.#held.values());
  }

  /** Of these as many as there is room for, those stored last. */
  #hold(pieces: Map<string, ContentRecord>, leftOut: ContentRecord | null): void {
    const wasFull = this.#leftOut !== null;
    this.#held = pieces;
    this.#leftOut = leftOut;
    let count = 0;
    for (const piece of [...pieces.values()].sort(byStorage)) {
      count += piece.translations.length;
      if (count <= this.#most) continue;
      if (this.#leftOut === null || byStorage(piece, this.#leftOut) < 0) this.#leftOut = piece;
      pieces.delete(piece.id);
    }
    if (this.#leftOut !== null && !wasFull)
      this.#log.warn(
        { most: this.#most },
        'more content is in use than is held; what was stored longest ago is left out: withdraw what is old',
      );
  }
}

function isInUse(piece: ContentRecord, now: EpochMs): boolean {
  const newest = newestOf(piece);
  return newest !== null && (newest.endsAt === null || newest.endsAt > now - ENDED_MS);
}

/** As they are read: those stored last first. */
function byStorage(a: ContentRecord, b: ContentRecord): number {
  return b.storedAt - a.storedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

const opened = new WeakMap<Store, ContentShelf>();

/** The one shelf over a store: what its job finds is what requests are answered with. */
export function contentIn(store: Store, clock: () => EpochMs, log: Logger): ContentShelf {
  const shelf = opened.get(store) ?? new ContentShelf(store.collection(contentSpec), clock, log);
  opened.set(store, shelf);
  return shelf;
}
