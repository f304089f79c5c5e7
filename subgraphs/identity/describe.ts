import type { Description } from '../../kernel/intake.ts';
import type { Collection, EpochMs } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { readCustomers, survivorOf } from './persons.ts';
import type { CustomerRecord } from './records.ts';
import { described, type SearchRecord } from './search.ts';

/** What a source says, and the row that delivered it ('' when it came otherwise). */
export interface Delivered {
  readonly description: Description;
  readonly origin: string;
}

/** What became of one description; `known`: the same source had said so, in the row named. */
export type Described =
  | { readonly outcome: 'new' }
  | { readonly outcome: 'known'; readonly origin: string }
  | { readonly outcome: 'missing' };

/** Makes customers findable under what sources say of them. One outcome per description in input order; `missing`: no such customer. */
export async function describeCustomers(
  { customers, search }: { readonly customers: Collection<CustomerRecord>; readonly search: Collection<SearchRecord> },
  delivered: readonly Delivered[],
  now: EpochMs,
): Promise<readonly Described[]> {
  const known = await readCustomers(
    customers,
    delivered.map(({ description }) => description.customer),
  );
  const outcomes = delivered.map((): Described => ({ outcome: 'missing' }));
  const bySurvivor = new Map<string, number[]>();
  for (const [i, { description }] of delivered.entries()) {
    const survivor = survivorOf(known, description.customer)?.owner;
    if (survivor !== undefined) bySurvivor.set(survivor, [...(bySurvivor.get(survivor) ?? []), i]);
  }
  const persons = [...bySurvivor];
  const written = await update(
    search,
    persons.map(([survivor]) => ({ owner: survivor, id: survivor })),
    (current, person) => {
      const [survivor, positions] = persons[person] as (typeof persons)[number];
      let record = current;
      for (const i of positions) {
        const { description, origin } = delivered[i] as Delivered;
        const next = described(record, survivor, description, origin, now);
        const before = record?.entries.find(({ member, source }) => member === description.customer && source === description.source);
        outcomes[i] = next === null ? { outcome: 'known', origin: before?.origin ?? '' } : { outcome: 'new' };
        record = next ?? record;
      }
      return record === current ? null : record;
    },
  );
  for (const [person, [, positions]] of persons.entries())
    if (written[person] === 'erased') for (const i of positions) outcomes[i] = { outcome: 'missing' };
  return outcomes;
}
