import { afterAll, beforeAll } from 'vitest';
import { openStore, type StorageConfig } from '../../kernel/storage/open.ts';
import type { AnySpec, Collection, Doc, Key, Spec, Store } from '../../kernel/storage/port.ts';
import { termsOf } from '../../kernel/storage/search-terms.ts';

/** An adapter that the suite of storage.ts is run over. */
export interface StorageUnderTest {
  readonly name: string;
  /** An empty place of its own for one store named `contract`, openable by several processes. */
  place(): Promise<StorageConfig>;
  /** Removes what was stored there; every store on it is closed. */
  remove(storage: StorageConfig): Promise<void>;
}

export interface Order extends Doc {
  readonly placedAt: number;
  readonly totalMinor?: number | null;
  readonly currency?: string | null;
  readonly channel?: string;
  readonly note?: unknown;
}
export interface Account extends Doc {
  readonly openedAt: number;
  readonly points: number;
}
export interface Entry extends Doc {
  readonly at: number;
  readonly points: number;
}
export interface Person extends Doc {
  readonly since: number;
  readonly name: string;
}

export const ORDERS: Spec<Order> = { name: 'orders', at: 'placedAt', amount: 'totalMinor', groups: ['currency', 'channel'] };
export const ACCOUNTS: Spec<Account> = { name: 'accounts', at: 'openedAt', ledger: { balance: 'points', entries: 'entries' } };
const ENTRIES: Spec<Entry> = { name: 'entries', at: 'at', amount: 'points' };
const PEOPLE: Spec<Person> = { name: 'people', at: 'since', terms: ({ name }) => termsOf([name]) };
export const SPECS: readonly AnySpec[] = [ORDERS, ACCOUNTS, ENTRIES, PEOPLE];

export const order = (owner: string, id: string, placedAt: number, rest: Partial<Order> = {}): Order => ({
  owner,
  id,
  version: 0,
  placedAt,
  ...rest,
});
export const person = (owner: string, name: string, id = 'name'): Person => ({ owner, id, version: 0, since: 0, name });
export const key = (owner: string, id: string): Key => ({ owner, id });

/** The store that a part of the suite works on: opened before its tests and removed after them. */
export interface Bench {
  readonly storage: StorageConfig;
  readonly store: Store;
  readonly orders: Collection<Order>;
  readonly accounts: Collection<Account>;
  readonly entries: Collection<Entry>;
  readonly people: Collection<Person>;
}

export function openContractStore(storage: StorageConfig): Promise<Store> {
  return openStore(storage, 'contract', SPECS);
}

/** A bench whose fields can be used inside tests; each test files under owners of its own. */
export function bench(adapter: StorageUnderTest): Bench {
  let opened: { readonly storage: StorageConfig; readonly store: Store } | undefined;
  beforeAll(async () => {
    const storage = await adapter.place();
    opened = { storage, store: await openContractStore(storage) };
  });
  afterAll(async () => {
    await opened?.store.close();
    if (opened) await adapter.remove(opened.storage);
  });
  const now = () => {
    if (!opened) throw new Error('The store is open inside tests only.');
    return opened;
  };
  return {
    get storage() {
      return now().storage;
    },
    get store() {
      return now().store;
    },
    get orders() {
      return now().store.collection(ORDERS);
    },
    get accounts() {
      return now().store.collection(ACCOUNTS);
    },
    get entries() {
      return now().store.collection(ENTRIES);
    },
    get people() {
      return now().store.collection(PEOPLE);
    },
  };
}

/** Everything that an async iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
