import type { Collection, EpochMs } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import type { Joining } from './linking.ts';
import { readCustomers, survivorOf } from './persons.ts';
import { type CustomerRecord, membersOf } from './records.ts';
import { joinedSearch, type SearchRecord } from './search.ts';

interface Collections {
  readonly customers: Collection<CustomerRecord>;
  readonly search: Collection<SearchRecord>;
}

/**
 * Makes `from` part of `into`. The one write of `from`'s own document decides, so that of two processes only one can join it.
 * False when another came first: plan again.
 */
export async function joinCustomer({ customers }: Collections, { from, into, source, by }: Joining, now: EpochMs): Promise<boolean> {
  const [doc] = await customers.getMany([{ owner: from, id: from }]);
  if (!doc) return false;
  if (doc.mergedInto) return doc.mergedInto.customer === into;
  const [outcome] = await customers.putMany([{ ...doc, status: 'MERGED', mergedInto: { customer: into, at: now, source, by } }]);
  return outcome === 'ok';
}

/** Ids of merged customers that the customer answering for them does not list yet: what a crash after `joinCustomer` leaves. */
export function unfinishedJoins(customers: ReadonlyMap<string, CustomerRecord>): readonly string[] {
  return [...customers.values()].flatMap((customer) => {
    const survivor = customer.mergedInto && survivorOf(customers, customer.owner);
    return survivor && !membersOf(survivor).includes(customer.owner) ? [customer.owner] : [];
  });
}

/** Lists a merged customer, and all that joined it before, with the customer that answers for it. Repeatable. */
export async function finishJoin({ customers, search }: Collections, from: string, now: EpochMs): Promise<void> {
  for (;;) {
    const known = await readCustomers(customers, [from]);
    const merged = known.get(from);
    const survivor = survivorOf(known, from);
    if (!merged?.mergedInto || !survivor) return;
    const { at, source, by } = merged.mergedInto;
    const id = survivor.owner;
    const [words] = await search.getMany([{ owner: from, id: from }]);
    if (words) await update(search, [{ owner: id, id }], (current) => joinedSearch(current, id, words, now));
    // Members last: their presence says that the join is complete.
    let stillAnswers = true;
    await update(customers, [{ owner: id, id }], (current) => {
      stillAnswers = current !== null && current.mergedInto === null;
      if (!current || !stillAnswers) return null;
      const listed = new Set(membersOf(current));
      const added = [{ member: from, at, source, by }, ...merged.joined].filter(({ member }) => !listed.has(member));
      return added.length === 0 ? null : { ...current, joined: [...current.joined, ...added] };
    });
    if (stillAnswers) return;
  }
}
