import { encodeCursor } from '../../kernel/cursor.ts';
import { badArgument } from '../../kernel/errors.ts';
import { parseCustomerId } from '../../kernel/ids.ts';
import { decodeCursor } from '../../kernel/page.ts';
import type { Collection, Key } from '../../kernel/storage/port.ts';
import { prefixesOf } from '../../kernel/storage/search-terms.ts';
import { readCustomers } from './persons.ts';
import type { CustomerRecord } from './records.ts';
import type { SearchRecord } from './search.ts';

const MAX_TEXT = 200;

/** Customers found, each with the cursor after which the next page begins. */
export interface CustomerPage {
  readonly items: readonly { readonly customer: CustomerRecord; readonly cursor: string }[];
  readonly more: boolean;
}

const cursorOf = (owner: string) => encodeCursor({ at: 0, id: owner });

/** The customers whose words the text's words begin, ordered by id. Throws the client's mistakes as coded errors. */
export async function findCustomers(
  { customers, search }: { readonly customers: Collection<CustomerRecord>; readonly search: Collection<SearchRecord> },
  text: string,
  first: number,
  after: string | undefined,
): Promise<CustomerPage> {
  if (text.length > MAX_TEXT)
    throw badArgument('text', `is longer than ${MAX_TEXT} characters`, 'Search for a name, an address or a number.');
  const prefixes = prefixesOf(text);
  if (prefixes.length === 0) throw badArgument('text', 'holds no letter or digit', 'Give at least one character to search for.');
  const items: CustomerPage['items'][number][] = [];
  const cursor = decodeCursor(after);
  if (cursor && (cursor.at !== 0 || parseCustomerId(cursor.id) === null))
    throw badArgument('after', 'is a cursor of another list', 'Pass the endCursor of the page before, unchanged.');
  const position = cursor?.id;
  let next: Key | null | undefined = position === undefined ? undefined : { owner: position, id: position };
  do {
    const page: Awaited<ReturnType<typeof search.search>> = await search.search(prefixes, { first: first - items.length, after: next });
    const known = await readCustomers(
      customers,
      page.items.map(({ owner }) => owner),
    );
    for (const { owner } of page.items) {
      const customer = known.get(owner);
      // A merged customer's words are the survivor's too, which is found by itself.
      if (customer && !customer.mergedInto) items.push({ customer, cursor: cursorOf(owner) });
    }
    next = page.next;
  } while (next && items.length < first);
  return { items, more: next !== null };
}
