import { everything } from '../../kernel/everything.ts';
import type { Identifier } from '../../kernel/intake.ts';
import { type Loader, loader } from '../../kernel/loader.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type Commands, commands } from './commands.ts';
import { type CustomerPage, findCustomers } from './lookup.ts';
import { identifierKey } from './normalise.ts';
import { readCustomers, survivorOf } from './persons.ts';
import {
  type ConsentRecord,
  type CustomerRecord,
  consentSpec,
  customerSpec,
  type IdentifierRecord,
  identifierSpec,
  indexSpec,
  membersOf,
} from './records.ts';
import { searchSpec } from './search.ts';

/** One request's loaders; each batch of up to 100 customers is one read of its collection. */
export interface Context {
  readonly now: EpochMs;
  /** The customer that answers for an id, or null. */
  readonly customers: Loader<string, CustomerRecord | null>;
  /** Everything the person's members were listed under, by namespace and value. */
  readonly identifiers: Loader<CustomerRecord, readonly IdentifierRecord[]>;
  /** Everything the person's members said about consent. */
  readonly consents: Loader<CustomerRecord, readonly ConsentRecord[]>;
  readonly commands: () => Commands;
  /** The customer that an identifier in its filed form belongs to, or null. */
  find(identifier: Identifier): Promise<CustomerRecord | null>;
  search(text: string, first: number, after: string | undefined): Promise<CustomerPage>;
  /** Forgets what was loaded of a customer that a mutation changed. */
  forget(id: string): void;
}

const person = (customer: CustomerRecord) => membersOf(customer).join(' ');

export function context({ store, directory }: SubgraphDeps): (scope: RequestScope) => Context {
  const collections = { customers: store.collection(customerSpec), search: store.collection(searchSpec) };
  const index = store.collection(indexSpec);
  const consentRecords = store.collection(consentSpec);
  const identifierRecords = store.collection(identifierSpec);

  const readSurvivors = async (ids: readonly string[]) => {
    const known = await readCustomers(collections.customers, ids);
    return ids.map((id) => survivorOf(known, id));
  };
  const readIdentifiers = async (persons: readonly CustomerRecord[]) => {
    const listed = await everything(identifierRecords, persons.map(membersOf));
    return listed.map((items) => items.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  };
  const readConsents = (persons: readonly CustomerRecord[]) => everything(consentRecords, persons.map(membersOf));

  return ({ now }) => {
    const customers = loader(readSurvivors);
    const identifiers = loader(readIdentifiers, person);
    const consents = loader(readConsents, person);
    return {
      now,
      customers,
      identifiers,
      consents,
      commands: () =>
        commands({ directory, requests: store.collection(requestSpec), consents: consentRecords, customers: collections.customers, now }),
      find: async (identifier) => {
        const key = identifierKey(identifier);
        const [entry] = await index.getMany([{ owner: key, id: key }]);
        return entry ? customers.load(entry.customer) : null;
      },
      search: (text, first, after) => findCustomers(collections, text, first, after),
      forget: (id) => {
        customers.clear(id);
        identifiers.clearAll();
        consents.clearAll();
      },
    };
  };
}
