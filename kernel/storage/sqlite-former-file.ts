import { stat } from 'node:fs/promises';
import { OperatorError } from '../errors.ts';
import { type FormerStore, moveCollections, type NewStore } from './moving.ts';
import type { AnySpec } from './port.ts';
import { filing } from './sqlite-collection.ts';
import { fileProblem, isNotADatabase } from './sqlite-driver.ts';
import { planOf } from './sqlite-layout.ts';
import { Reader } from './sqlite-reader.ts';
import { CollectionReads } from './sqlite-reads.ts';
import { type StoreWriter, WriterClient } from './sqlite-writer-client.ts';

const CHUNK = 500;

/** Moves collections from another store's file, where it exists. `writer`: of the store that they come to. */
export async function moveFromFile(file: string, specs: readonly AnySpec[], writer: StoreWriter): Promise<void> {
  if (!(await isThere(file))) return;
  const from = openFormer(file);
  try {
    await moveCollections(specs, from, newStore(writer));
  } catch (error) {
    // Another process that moved the same collections has taken them away: then it has finished all of it.
    if (await isLeft(from, specs)) throw isUnusable(error) ? unusable(file, error) : error;
  } finally {
    await from.close();
  }
}

async function isLeft(from: FormerStore, specs: readonly AnySpec[]): Promise<boolean> {
  try {
    return (await from.left(specs.filter(({ movedFrom }) => !movedFrom?.shared))).length > 0;
  } catch {
    return true;
  }
}

const isUnusable = (error: unknown) => isNotADatabase(error) || fileProblem(error) !== null;

async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): OperatorError {
  const problem = fileProblem(error) ?? 'can not be read. Restore the file, or give this user the right to read it.';
  return new OperatorError('The store can not be opened.', [`${file}, from which documents have to be moved, ${problem}`]);
}

/** The file as the store in which collections lay before. A writer for it is started only when something is left. */
function openFormer(file: string): FormerStore & { close(): Promise<void> } {
  const reader = openReader(file);
  let writing: Promise<WriterClient> | undefined;
  const writer = () => {
    writing ??= WriterClient.start(file, []).then((started) => started.writer);
    return writing;
  };
  const has = (table: string) =>
    reader.one((connection) => connection.one('SELECT 1 FROM sqlite_schema WHERE name = ?', [table]) !== undefined);
  const exists = ({ name }: AnySpec) =>
    reader.one((connection) => connection.one('SELECT 1 FROM collection WHERE name = ?', [name]) !== undefined);
  const namesOf = (specs: readonly AnySpec[]) => specs.map(({ name }) => name);
  return {
    async left(specs) {
      if (!(await has('collection'))) return [];
      const found = await Promise.all(specs.map(exists));
      return specs.filter((_, index) => found[index]);
    },
    freeze: async (specs) => (await writer()).call('freeze', { collections: namesOf(specs) }),
    async *erased() {
      for (let after = ''; ; ) {
        const start = after;
        const rows = await reader.one((connection) =>
          connection.all<[string]>('SELECT owner FROM tombstone WHERE owner > ? ORDER BY owner LIMIT ?', [start, CHUNK]),
        );
        const last = rows.at(-1);
        if (!last) return;
        yield rows.map(([owner]) => owner);
        [after] = last;
      }
    },
    async *documents(spec) {
      if (await exists(spec)) yield* new CollectionReads(reader, planOf(spec)).chunks();
    },
    received: async () => {},
    finish: async (specs) => (await writer()).call('drop', { collections: namesOf(specs) }),
    async close() {
      await (await writing?.catch(() => null))?.close();
      reader.close();
    },
  };
}

function openReader(file: string): Reader {
  try {
    return new Reader(file);
  } catch (error) {
    throw isUnusable(error) ? unusable(file, error) : error;
  }
}

function newStore(writer: StoreWriter): NewStore {
  return {
    bury: (owners) => writer.call('bury', { owners }),
    receive: (spec, documents) =>
      writer.call('receive', { collection: spec.name, filings: documents.map((document) => filing(spec, document)) }),
  };
}
