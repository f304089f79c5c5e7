import { digest } from './ids.ts';

/**
 * One thing that a source said about a record whose newest statement counts. Remembered with the record, so that a
 * redelivered row changes nothing, even one that was corrected since.
 */
export interface Statement {
  /** A digest of what was said. */
  readonly content: string;
  /** Who delivered it first: see `Arrival.origin`. */
  readonly origin: string;
}

/** The statements a record remembers, newest last; what is older is forgotten. */
const REMEMBERED = 50;

/** The digest under which `statement` is remembered. Equal field by field, in the same order, is equal. */
export function statementContent(statement: object): string {
  return digest(JSON.stringify(statement));
}

/** Whether the content is new, or known from this very origin (`stored`), or from another (`duplicate`). */
export function heard(said: readonly Statement[], content: string, origin: string): 'new' | 'stored' | 'duplicate' {
  const known = said.find((statement) => statement.content === content);
  if (!known) return 'new';
  return known.origin === origin ? 'stored' : 'duplicate';
}

export function remember(said: readonly Statement[], statement: Statement): readonly Statement[] {
  return [...said, statement].slice(-REMEMBERED);
}
