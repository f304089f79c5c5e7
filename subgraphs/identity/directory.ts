import { randomBytes } from 'node:crypto';
import { everything } from '../../kernel/everything.ts';
import type { Description, Directory, Reference } from '../../kernel/intake.ts';
import type { EpochMs, Store } from '../../kernel/storage/port.ts';
import { describeCustomers } from './describe.ts';
import { identifierKey, normaliseIdentifier } from './normalise.ts';
import { readCustomers, survivorOf } from './persons.ts';
import { consentSpec, customerSpec, identifierSpec, indexSpec, keySpec, membersOf, referenceSpec } from './records.ts';
import { resolveClaims } from './resolve.ts';
import { consentMatrix, grantedPurposes } from './rules.ts';
import { searchSpec } from './search.ts';

/** The directory over identity's store. Any number of processes may hold one over the same store. */
export async function openDirectory({ store, clock }: { readonly store: Store; readonly clock: () => EpochMs }): Promise<Directory> {
  const customers = store.collection(customerSpec);
  const index = store.collection(indexSpec);
  const references = store.collection(referenceSpec);
  const search = store.collection(searchSpec);
  const collections = {
    customers,
    index,
    search,
    identifiers: store.collection(identifierSpec),
    consents: store.collection(consentSpec),
  };
  const secret = await installationSecret(store, clock());

  return {
    resolve: (claims) => resolveClaims(collections, secret, claims, clock()),

    async find(identifiers) {
      const keys = identifiers.map((identifier) => {
        const read = normaliseIdentifier(identifier);
        return read.ok ? identifierKey(read.identifier) : null;
      });
      const wanted = [...new Set(keys.filter((key) => key !== null))];
      if (wanted.length === 0) return keys.map(() => null);
      const entries = await index.getMany(wanted.map((key) => ({ owner: key, id: key })));
      const owners = new Map(wanted.map((key, i) => [key, entries[i]?.customer]));
      const known = await readCustomers(
        customers,
        [...owners.values()].flatMap((owner) => owner ?? []),
      );
      return keys.map((key) => survivorOf(known, owners.get(key ?? '') ?? '')?.owner ?? null);
    },

    async exists(ids) {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return [];
      const docs = await customers.getMany(wanted.map((id) => ({ owner: id, id })));
      const found = new Set(wanted.filter((_, i) => docs[i]));
      return ids.map((id) => found.has(id));
    },

    async members(ids) {
      const known = await readCustomers(customers, ids);
      return ids.map((id) => {
        const customer = survivorOf(known, id);
        return customer ? membersOf(customer) : [];
      });
    },

    async permissions(ids) {
      const known = await readCustomers(customers, ids);
      const persons = ids.map((id) => survivorOf(known, id));
      const asked = [...new Set(persons.filter((person) => person !== null))];
      const histories = await everything(collections.consents, asked.map(membersOf));
      const granted = new Map(
        asked.map((person, i) => [person, grantedPurposes(consentMatrix(person.owner, histories[i] ?? [], clock()))]),
      );
      return persons.map((person) => (person && granted.get(person)) ?? null);
    },

    async *persons(after) {
      // A scan begins at the beginning; passing over what was seen costs a fiftieth of what is done with a customer.
      for await (const { owner, status } of customers.scan()) if (owner > after && status !== 'MERGED') yield owner;
    },

    async refer(records) {
      const now = clock();
      const docs = new Map(
        records.map(({ owner, ...reference }) => {
          const key = referenceKey(reference);
          return [key, { owner: key, id: key, version: 0, customer: owner, at: now }] as const;
        }),
      );
      if (docs.size === 0) return;
      // Read first: every line of an order refers to it again, and most calls have nothing to write.
      const entries = [...docs.values()];
      const stored = await references.getMany(entries);
      const missing = entries.filter((_, i) => !stored[i]);
      if (missing.length > 0) await references.insertOnce(missing);
    },

    async ownersOf(wanted) {
      const keys = [...new Set(wanted.map(referenceKey))];
      if (keys.length === 0) return [];
      const docs = await references.getMany(keys.map((key) => ({ owner: key, id: key })));
      const owners = new Map(keys.map((key, i) => [key, docs[i]?.customer ?? null]));
      return wanted.map((reference) => owners.get(referenceKey(reference)) ?? null);
    },

    async describe(descriptions: readonly Description[]) {
      await describeCustomers(
        { customers, search },
        descriptions.map((description) => ({ description, origin: '' })),
        clock(),
      );
    },
  };
}

function referenceKey({ kind, source, number }: Reference): string {
  return `${kind}:${source}:${number}`;
}

/** The random key from which customer ids are derived: made once per installation, the same for every process. */
async function installationSecret(store: Store, now: EpochMs): Promise<Buffer> {
  const keys = store.collection(keySpec);
  const key = { owner: 'installation', id: 'customer-ids' };
  const [stored] = await keys.getMany([key]);
  if (stored) return Buffer.from(stored.secret, 'base64');
  await keys.insertOnce([{ ...key, version: 0, at: now, secret: randomBytes(32).toString('base64') }]);
  return installationSecret(store, now);
}
