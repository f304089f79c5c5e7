import type { Collection, Doc, Key } from './storage/port.ts';

const MAX_ATTEMPTS = 20;

/** What became of one document: written, left as it was, or refused because its owner was erased. */
export type UpdateOutcome = 'written' | 'unchanged' | 'erased';

/** By collection: the end of the last turn. */
const turns = new WeakMap<object, Promise<unknown>>();

/**
 * Reads documents, changes them and writes them back, again where another writer came first. `change` is given what is
 * stored and the key's position, and answers what to store, or null to leave it; it runs once per attempt, so it must be pure.
 * Keys must differ. One outcome per key in input order. Throws when a document is still contended after 20 attempts.
 */
export async function update<T extends Doc>(
  collection: Collection<T>,
  keys: readonly Key[],
  change: (current: T | null, index: number) => T | null,
): Promise<readonly UpdateOutcome[]> {
  const outcomes = keys.map((): UpdateOutcome => 'unchanged');
  /** One attempt; gives the places of keys that another writer came first to. */
  const attempt = async (pending: readonly number[]): Promise<readonly number[]> => {
    const current = await collection.getMany(pending.map((index) => keys[index]!));
    const writes: { readonly index: number; readonly doc: T }[] = [];
    for (const [position, index] of pending.entries()) {
      const stored = current[position] ?? null;
      const doc = change(stored, index);
      if (doc !== null) writes.push({ index, doc: { ...doc, version: stored?.version ?? 0 } });
    }
    const written = writes.length > 0 ? await collection.putMany(writes.map(({ doc }) => doc)) : [];
    for (const [position, { index }] of writes.entries())
      if (written[position] !== 'conflict') outcomes[index] = written[position] === 'erased' ? 'erased' : 'written';
    return writes.filter((_, position) => written[position] === 'conflict').map(({ index }) => index);
  };
  const pending = await attempt(keys.map((_, index) => index));
  if (pending.length > 0) await inTurn(collection, () => again(attempt, pending));
  return outcomes;
}

/** Who came second waits for the others in this process who did: a hundred that try at once would come first one at a time. */
async function inTurn(collection: object, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(collection) ?? Promise.resolve()).then(work);
  turns.set(
    collection,
    turn.catch(() => {}),
  );
  await turn;
}

async function again(attempt: (pending: readonly number[]) => Promise<readonly number[]>, first: readonly number[]): Promise<void> {
  let pending = first;
  for (let attempts = 1; pending.length > 0; attempts++) {
    if (attempts === MAX_ATTEMPTS) throw new Error(`Documents are still contended after ${MAX_ATTEMPTS} attempts.`);
    pending = await attempt(pending);
  }
}
