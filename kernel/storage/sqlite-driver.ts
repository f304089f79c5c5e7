import Database from 'libsql';

export type SqlValue = string | number | Uint8Array | null;
export type Row = readonly (string | number | Buffer | null)[];

/**
 * One connection to a database file: all that the adapter uses of its driver, so that another (`node:sqlite` on a newer
 * Node) can take its place. Statements are prepared once per text. Rows come as arrays. Every call steps its statement to the end, so that
 * no read transaction stays open. A lock held by somebody else is never waited for: `isBusy` tells that error.
 */
export class Connection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** Opens or creates the file; its folder must exist. */
  constructor(file: string) {
    this.#database = new Database(file);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  all<R extends Row>(sql: string, parameters: readonly SqlValue[] = []): R[] {
    return this.#statement(sql).all(checked(parameters)) as unknown[] as R[];
  }

  /** The first row, or undefined. */
  one<R extends Row>(sql: string, parameters: readonly SqlValue[] = []): R | undefined {
    return this.all<R>(sql, parameters)[0];
  }

  /** The number of rows changed. */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return this.#statement(sql).run(checked(parameters)).changes;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      if (statement.reader) statement.raw(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

// libsql ends the whole process when it is given a boolean, and stores undefined as NULL
function checked(parameters: readonly SqlValue[]): readonly SqlValue[] {
  for (const value of parameters)
    if (typeof value !== 'string' && typeof value !== 'number' && value !== null && !(value instanceof Uint8Array))
      throw new TypeError(`An SQL parameter can not be a ${typeof value}.`);
  return parameters;
}

/** Whether the error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return error instanceof Error && 'rawCode' in error && typeof error.rawCode === 'number' && (error.rawCode & 0xff) === SQLITE_BUSY;
}

/** SQLite's result codes for what the file system will not do, each with its remedy. */
const FILE_PROBLEMS: Readonly<Record<number, string>> = {
  3: 'may not be opened by this user. Give the user the file, or name another folder.',
  8: 'may not be written by this user. Give the user the file and its folder, or name another folder.',
  10: 'can not be read or written, because the disk reports an error. Look at the disk.',
  13: 'can not grow, because the disk is full. Make room and try again; what was acknowledged is kept.',
  14: 'can not be opened or created. See that it is a file in a folder where this user may write, or name another folder.',
};

/** What the file system refuses and what to do about it, to be read after the name of the file; null for any other error. */
export function fileProblem(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // opening throws an error without a code, that of SQLite at the end of its message
  const raw =
    'rawCode' in error && typeof error.rawCode === 'number'
      ? error.rawCode
      : Number(/^ConnectionFailed.*: (\d+)"\)$/.exec(error.message)?.[1]);
  return FILE_PROBLEMS[raw & 0xff] ?? null;
}

/** Whether the error says that the file is no database, or a damaged one. */
export function isNotADatabase(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'SQLITE_NOTADB' || error.code === 'SQLITE_CORRUPT');
}
