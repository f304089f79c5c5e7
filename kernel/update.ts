import type { Collection, Doc, Key } from './storage/port.ts';

const MAX_ATTEMPTS = 20;

/** What became of one document: written, left as it was, or refused because its owner was erased. */
export type UpdateOutcome = 'written' | 'unchanged' | 'erased';

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
  let pending = keys.map((key, index) => ({ key, index }));
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === MAX_ATTEMPTS) throw new Error(`Documents are still contended after ${MAX_ATTEMPTS} attempts.`);
    const current = await collection.getMany(pending.map(({ key }) => key));
    const writes: { entry: (typeof pending)[number]; doc: T }[] = [];
    for (const [position, entry] of pending.entries()) {
      const stored = current[position] ?? null;
      const doc = change(stored, entry.index);
      if (doc !== null) writes.push({ entry, doc: { ...doc, version: stored?.version ?? 0 } });
    }
    const written = writes.length > 0 ? await collection.putMany(writes.map(({ doc }) => doc)) : [];
    pending = [];
    for (const [position, { entry }] of writes.entries()) {
      if (written[position] === 'conflict') pending.push(entry);
      else outcomes[entry.index] = written[position] === 'erased' ? 'erased' : 'written';
    }
  }
  return outcomes;
}
