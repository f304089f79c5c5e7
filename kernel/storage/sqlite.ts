import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../errors.ts';
import { movedCollections } from './moving.ts';
import type { AnySpec, Collection, Doc, Spec, Store } from './port.ts';
import { sqliteCollection } from './sqlite-collection.ts';
import { moveFromFile } from './sqlite-former-file.ts';
import { type CollectionPlan, planOf } from './sqlite-layout.ts';
import { isLaidOut } from './sqlite-migrations.ts';
import { Reader } from './sqlite-reader.ts';
import { type StoreWriter, WriterClient, WriterOnDemand } from './sqlite-writer-client.ts';

interface SqliteOptions {
  readonly file: string;
  /** The store's collections. */
  readonly specs: readonly AnySpec[];
  /** The file of another store, from which collections are moved that lay there before. Absent: nothing is moved. */
  readonly formerFile?: (store: string) => string;
}

/**
 * Opens the store in `file`, creating file and folder where they are missing. Several processes may have it open. Throws an
 * OperatorError where the file is something else or of a newer format. See docs/decisions/0002-storage.md.
 */
export async function sqliteStore({ file, specs, formerFile }: SqliteOptions): Promise<Store> {
  const plans = specs.map(planOf);
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  if (byName.size < specs.length)
    throw new TypeError(`Two collections are named alike: ${specs.map(({ name }) => `"${name}"`).join(', ')}.`);
  for (const { name, ledger } of specs)
    if (ledger && !byName.has(ledger.entries))
      throw new TypeError(`Collection "${name}" names entries "${ledger.entries}", which the store does not have.`);
  const moved = movedCollections(specs);
  await makeFolder(dirname(file));
  const { reader, writer, outdated } = await open(file, plans);
  try {
    const collections = new Map(
      plans.map((plan) => {
        const spec = byName.get(plan.name) as AnySpec;
        const entrySpec = plan.ledger ? byName.get(plan.ledger.entries) : undefined;
        return [plan.name, sqliteCollection({ spec, entrySpec, plan, reader, writer })] as const;
      }),
    );
    for (const name of outdated) await collections.get(name)?.reindex();
    if (formerFile) for (const [store, of] of moved) await moveFromFile(formerFile(store), of, writer);
    return {
      collection<T extends Doc>(spec: Spec<T>): Collection<T> {
        const found = collections.get(spec.name);
        if (!found) throw new TypeError(`The store was opened without a collection "${spec.name}".`);
        return found as unknown as Collection<T>;
      },
      erase: (owner) => writer.call('erase', { owner }),
      close: async () => {
        await writer.close();
        reader.close();
      },
    };
  } catch (error) {
    await writer.close();
    reader.close();
    throw error;
  }
}

interface Opened {
  readonly reader: Reader;
  readonly writer: StoreWriter;
  /** The collections whose documents have to be indexed anew. */
  readonly outdated: readonly string[];
}

/** A file that is as it should be is only read at first; any other is made so by the writer, before anybody reads it. */
async function open(file: string, plans: readonly CollectionPlan[]): Promise<Opened> {
  if (await mayWrite(file)) {
    const reader = readerOf(file);
    if (reader && isLaidOut(reader.connection, file, plans))
      return { reader, writer: new WriterOnDemand(() => WriterClient.resume(file, plans)), outdated: [] };
    reader?.close();
  }
  const { writer, outdated } = await WriterClient.start(file, plans);
  try {
    return { reader: new Reader(file), writer, outdated };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Whether the file is there and this user may write it, as far as the file system tells. */
async function mayWrite(file: string): Promise<boolean> {
  return access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Null where the file can't be opened as a database: the writer tells why. */
function readerOf(file: string): Reader | null {
  try {
    return new Reader(file);
  } catch {
    return null;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError('The store can not be opened.', [
      `${folder} (DATA_DIR) can't be made a folder (${code}). Name a folder, or a place where this user may make one.`,
    ]);
  }
}
