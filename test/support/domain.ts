import { type ExecutionResult, parse } from 'graphql';
import { pino } from 'pino';
import type { Claim, Directory, Identifier, Outcome } from '../../kernel/intake.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { AnySpec, Collection, Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { openSubgraph, type Subgraph, type SubgraphDeps, type SubgraphModule } from '../../kernel/subgraph.ts';
import { openDirectory } from '../../subgraphs/identity/directory.ts';
import { identity } from '../../subgraphs/identity/module.ts';
import { emptyStorage, TEST_NOW } from './company.ts';

/** One subgraph over a real store that counts its calls, beside a real directory. */
export interface Domain {
  readonly subgraph: Subgraph;
  readonly directory: Directory;
  /** The store as the subgraph has it. */
  readonly store: Store;
  /** Calls of the storage port since the last `clear`, such as `digital_events.latest`, in the order in which they came. */
  readonly calls: { list: string[]; clear(): void };
  readonly time: { now: number };
  /** The customer with that USER_ID, created when there is none. */
  customer(userId: string): Promise<string>;
  /** The customer of a browser's cookie; with a USER_ID the person whom the browser's visitor joins. */
  visitor(cookie: string, userId?: string): Promise<string>;
  /** Hands the rows of one file to the intake of that kind, as the pipeline does; they must be readable. `owner` '' is nobody. */
  ingest(kind: string, owner: string, rows: readonly SourceRow[], run?: string): Promise<readonly Outcome[]>;
  /** Executes as one request of its own. */
  ask(query: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
  /** `_entities` for representations of one type. */
  entities(typename: string, representations: readonly object[], selection: string): Promise<ExecutionResult>;
  close(): Promise<void>;
}

function counting(store: Store, list: string[]): Store {
  const wrapped = new Map<string, unknown>();
  return {
    erase: (owner) => store.erase(owner),
    close: () => store.close(),
    collection<T extends Doc>(spec: Spec<T>): Collection<T> {
      let collection = wrapped.get(spec.name) as Collection<T> | undefined;
      if (!collection) {
        collection = new Proxy(store.collection(spec), {
          get(target, property) {
            const value: unknown = Reflect.get(target, property);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]) => {
              list.push(`${spec.name}.${String(property)}`);
              return value.apply(target, args);
            };
          },
        });
        wrapped.set(spec.name, collection);
      }
      return collection;
    },
  };
}

/** Opens a module over empty storage, which is removed on close. `more`: what else it is given. */
export async function openDomain<Context>(module: SubgraphModule<Context>, more: Pick<SubgraphDeps, 'catalogue'> = {}): Promise<Domain> {
  const { storage, remove } = emptyStorage();
  const time = { now: TEST_NOW };
  const clock = () => time.now;
  const open = (name: string, specs: readonly AnySpec[]) => openStore(storage, name, specs);
  const [identities, plain] = [await open('identity', identity.specs), await open(module.name, module.specs)];
  const calls = {
    list: [] as string[],
    clear() {
      this.list.length = 0;
    },
  };
  const store = counting(plain, calls.list);
  const directory = await openDirectory({ store: identities, clock });
  const subgraph = openSubgraph(module, { ...more, store, directory, clock, log: pino({ enabled: false }) });
  const ask: Domain['ask'] = async (query, variables) =>
    subgraph.execute(parse(query), variables, subgraph.context({ requestId: 'test', now: time.now }));
  const resolve = async (...identifiers: readonly Identifier[]) => {
    const claim: Claim = { identifiers, source: 'test', seenAt: null };
    const [found] = await directory.resolve([claim]);
    if (typeof found !== 'string') throw new Error('The directory did not accept the identifiers.');
    return found;
  };
  return {
    subgraph,
    directory,
    store,
    calls,
    time,
    ask,
    customer: (userId) => resolve({ namespace: 'USER_ID', value: userId }),
    visitor: (cookie, userId) =>
      resolve({ namespace: 'ANONYMOUS_ID', value: cookie }, ...(userId === undefined ? [] : [{ namespace: 'USER_ID', value: userId }])),
    ingest: async (kind, owner, rows, run = 'run') => {
      const intake = subgraph.intakes.find((each) => each.kind === kind);
      if (!intake) throw new Error(`${module.name} takes in no ${kind}.`);
      const seen = new Map<string, number>();
      const arrivals = rows.map((row, index) => {
        const read = intake.read(row);
        if (!read.ok) throw new Error(read.reason.message);
        const content = intake.contentOf?.(read.record) ?? null;
        const occurrence = content === null ? 1 : (seen.get(content) ?? 0) + 1;
        if (content !== null) seen.set(content, occurrence);
        return { record: read.record, owner, origin: `${run}/${index + 1}`, occurrence };
      });
      return intake.store(arrivals);
    },
    entities: (typename, representations, selection) =>
      ask(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${typename} ${selection} } }`, {
        of: representations.map((representation) => ({ __typename: typename, ...representation })),
      }),
    close: async () => {
      await Promise.all([store.close(), identities.close()]);
      await remove();
    },
  };
}
