import { documentsOf, keyText, membersText, pagesOf } from '../../kernel/batches.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader, loaderByArguments } from '../../kernel/loader.ts';
import { type RequestRecord, requestSpec } from '../../kernel/requests.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { Collection, Cursor, EpochMs, GroupTotal, Key, Members, Page } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type Collections, collectionsOf } from './intakes.ts';
import { productListing } from './listings.ts';
import type { FeedbackRecord, ListingRecord } from './records.ts';
import { type UnderstoodText, understandInTurns, understanding } from './texts.ts';

/** Which page of a list. */
export interface PageOf {
  readonly first: number;
  readonly after: Cursor | undefined;
}

/** Feedback with its place in a product's list. */
export interface ListedFeedback {
  readonly listing: ListingRecord;
  readonly item: FeedbackRecord;
}

/** What one request to feedback reads with. */
export interface Context {
  readonly now: EpochMs;
  readonly directory: Directory;
  readonly collections: Collections;
  readonly requests: Collection<RequestRecord>;
  readonly items: (page: PageOf) => Loader<Members, Page<FeedbackRecord>>;
  /** A person's latest 100 pieces of feedback, newest first, from which scores are computed. */
  readonly recent: Loader<Members, readonly FeedbackRecord[]>;
  readonly item: Loader<Key, FeedbackRecord | null>;
  /** By sku. Feedback that was erased is left out of its page. */
  readonly reviews: (page: PageOf) => Loader<string, Page<ListedFeedback>>;
  /** By sku: the totals of its reviews by rating. */
  readonly ratings: Loader<string, readonly GroupTotal[]>;
  /** What is understood of a piece of feedback; null when only rated. Reads nothing. */
  readonly understood: Loader<FeedbackRecord, UnderstoodText | null>;
}

const productsOf = (skus: readonly string[]) => skus.map((sku) => [productListing(sku)]);

const RECENT: PageOf = { first: 100, after: undefined };

// What was taken out of a listing stands before 0.
const LISTED = { from: 0 };

/** A piece of feedback as it is at the moment: a request that corrects it has its new text understood. */
const versionText = (item: FeedbackRecord) => `${keyText(item)}\n${item.version}`;

export function context({ store, directory, languages = [] }: SubgraphDeps): (scope: RequestScope) => Context {
  const collections = collectionsOf(store);
  const { items, listings } = collections;
  const requests = store.collection(requestSpec);

  const readItems = pagesOf(items);
  const readRecent = async (persons: readonly Members[]) => (await items.latest(persons, RECENT)).map((page) => page.items);
  const getItems = documentsOf(items);
  const readReviews = async (page: PageOf, skus: readonly string[]) => {
    const pages = await listings.latest(productsOf(skus), { ...page, ...LISTED });
    const entries = pages.flatMap((found) => found.items);
    const keys = entries.flatMap(({ item }) => (item ? [item] : []));
    const found = new Map((await items.getMany(keys)).map((item, index) => [keys[index], item]));
    return pages.map(({ items: listed, next }) => ({
      next,
      items: listed.flatMap((listing) => {
        const item = listing.item && found.get(listing.item);
        return item ? [{ listing, item }] : [];
      }),
    }));
  };
  const totalRatings = (skus: readonly string[]) => listings.totals(productsOf(skus), { ...LISTED, by: 'rating' });

  const inUse = understanding(shelfOf(store), languages);

  return ({ now }) => ({
    now,
    directory,
    collections,
    requests,
    items: loaderByArguments(readItems, membersText),
    recent: loader(readRecent, membersText),
    item: loader(getItems, keyText),
    reviews: loaderByArguments(readReviews),
    ratings: loader(totalRatings),
    understood: loader(understandInTurns(inUse), versionText),
  });
}
