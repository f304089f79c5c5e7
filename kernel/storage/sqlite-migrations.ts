import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, isBusy, isNotADatabase } from './sqlite-driver.ts';
import { type CollectionPlan, createIndex, createTables, createTerms, layoutText, tables } from './sqlite-layout.ts';

/** Why a file can't be the store, with what to do about it. (Not an OperatorError, whose module is too large to load in every writer thread.) */
export class UnusableFile extends Error {}

/** `C360` in ASCII: marks the file as ours. */
const APPLICATION_ID = 0x43333630;

/** Step n brings a file of format n to format n + 1. Steps are never changed once released, only added. */
const STEPS: readonly string[] = [
  `CREATE TABLE collection (name TEXT PRIMARY KEY, layout TEXT NOT NULL, ready INTEGER NOT NULL, shapes BLOB) STRICT;
   CREATE TABLE tombstone (owner TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
];

/** The format that this version writes. */
const FORMAT = STEPS.length;

/** How long opening waits for another process that is opening the same file. */
const OPEN_TIMEOUT_MS = 30_000;

/**
 * Makes the file ours and brings it to the current format; an UnusableFile where it is not ours to change. Several
 * processes may do this at once. For the writer's connection.
 */
export async function migrate(connection: Connection, file: string): Promise<void> {
  const deadline = Date.now() + OPEN_TIMEOUT_MS;
  for (;;) {
    try {
      // in one transaction: between two of its reads another process may make an empty file ours
      connection.exec('BEGIN');
      try {
        refuseForeign(connection, file);
      } finally {
        if (connection.inTransaction) connection.exec('ROLLBACK');
      }
      // takes effect while the file is empty
      connection.exec('PRAGMA page_size = 8192');
      connection.exec('PRAGMA journal_mode = WAL');
      connection.exec('BEGIN IMMEDIATE');
      break;
    } catch (error) {
      if (isNotADatabase(error)) throw new UnusableFile(`${file} is not a database. Name another file or folder, or restore it.`);
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(2);
    }
  }
  try {
    // again, now that nobody else can change it
    const format = refuseForeign(connection, file);
    for (const step of STEPS.slice(format)) connection.exec(step);
    if (format < FORMAT) connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT};`);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** The file's format, 0 when it is empty. Throws an UnusableFile for another program's database and for a newer format. */
function refuseForeign(connection: Connection, file: string): number {
  const application = connection.one<[number]>('PRAGMA application_id')?.[0] ?? 0;
  const format = connection.one<[number]>('PRAGMA user_version')?.[0] ?? 0;
  const objects = connection.one<[number]>('SELECT count(*) FROM sqlite_schema')?.[0] ?? 0;
  if (application !== APPLICATION_ID && (application !== 0 || format !== 0 || objects !== 0))
    throw new UnusableFile(`${file} is the database of another program. Name another file or folder.`);
  if (format > FORMAT)
    throw new UnusableFile(
      `${file} has format ${format}; this version reads up to ${FORMAT}. Start the version that wrote it, or a newer one.`,
    );
  return format;
}

/**
 * Creates the tables of new collections, inside a write transaction. Gives the names of the collections whose documents
 * have to be indexed anew, because their layout changed or an earlier change was interrupted; from here on a process
 * that still has the old layout can't write.
 */
export function layOut(connection: Connection, plans: readonly CollectionPlan[]): string[] {
  const outdated: string[] = [];
  for (const plan of plans) {
    const stored = connection.one<[string, number]>('SELECT layout, ready FROM collection WHERE name = ?', [plan.name]);
    if (!stored) {
      connection.exec(createTables(plan));
      connection.run('INSERT INTO collection (name, layout, ready) VALUES (?, ?, 1)', [plan.name, layoutText(plan)]);
    } else if (stored[0] !== layoutText(plan) || stored[1] === 0) {
      const { doc } = tables(plan);
      const columns = new Set(connection.all<[string]>(`SELECT name FROM pragma_table_info('${doc}')`).map(([name]) => name));
      for (const group of plan.groups) if (!columns.has(`by_${group}`)) connection.exec(`ALTER TABLE ${doc} ADD COLUMN "by_${group}" TEXT`);
      if (stored[0] !== layoutText(plan)) connection.exec(createTerms(plan));
      connection.run('UPDATE collection SET layout = ?, ready = 0 WHERE name = ?', [layoutText(plan), plan.name]);
      outdated.push(plan.name);
    }
  }
  return outdated;
}

/**
 * Whether the file is of the current format and all collections are laid out as planned, so that there is nothing to do before it is
 * used. Changes nothing and never waits: false, too, where that can't be read now.
 */
export function isLaidOut(connection: Connection, file: string, plans: readonly CollectionPlan[]): boolean {
  try {
    connection.exec('BEGIN');
    try {
      if (refuseForeign(connection, file) !== FORMAT) return false;
      const ready = new Map(connection.all<[string, string]>('SELECT name, layout FROM collection WHERE ready = 1'));
      return plans.every((plan) => ready.get(plan.name) === layoutText(plan));
    } finally {
      if (connection.inTransaction) connection.exec('ROLLBACK');
    }
  } catch {
    // Whoever opens it for writing tells what is wrong.
    return false;
  }
}

/** Ends what `layOut` began, when every document has been indexed anew. Inside a write transaction. */
export function finishLayout(connection: Connection, plan: CollectionPlan): void {
  connection.exec(createIndex(plan));
  connection.run('UPDATE collection SET ready = 1 WHERE name = ?', [plan.name]);
}
