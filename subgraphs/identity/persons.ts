import type { Collection } from '../../kernel/storage/port.ts';
import type { CustomerRecord } from './records.ts';

/** Longer chains of merges are not followed: joining always ends at a customer that is not merged. */
const MAX_STEPS = 20;

/**
 * The customers of `ids` and every customer they were merged into, by id. One store read, and one more for each step of merging.
 * An id that is absent from the answer was never given or was erased.
 */
export async function readCustomers(customers: Collection<CustomerRecord>, ids: readonly string[]): Promise<Map<string, CustomerRecord>> {
  const found = new Map<string, CustomerRecord>();
  let wanted = [...new Set(ids)];
  for (let step = 0; wanted.length > 0 && step < MAX_STEPS; step++) {
    const docs = await customers.getMany(wanted.map((id) => ({ owner: id, id })));
    const next = new Set<string>();
    for (const doc of docs) {
      if (!doc) continue;
      found.set(doc.owner, doc);
      if (doc.mergedInto && !found.has(doc.mergedInto.customer)) next.add(doc.mergedInto.customer);
    }
    wanted = [...next].filter((id) => !found.has(id));
  }
  return found;
}

/** The customer that answers for `id`, or null when none does. */
export function survivorOf(customers: ReadonlyMap<string, CustomerRecord>, id: string): CustomerRecord | null {
  let customer = customers.get(id);
  for (let step = 0; customer?.mergedInto && step < MAX_STEPS; step++) customer = customers.get(customer.mergedInto.customer);
  return customer && !customer.mergedInto ? customer : null;
}
