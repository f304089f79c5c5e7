import type { GraphQLFormattedError } from 'graphql';
import type { Place } from './question.ts';

/** A customer in an answer, and what of it was lost to errors. */
export interface AnsweredCustomer {
  /** As the question selected it. */
  readonly fields: unknown;
  readonly lost: Lost;
}

/** Where errors of an answer lie, and everything above them: a null there is not a value but one that is not known. */
export class Lost {
  readonly #places = new Set<string>();

  constructor(errors: readonly GraphQLFormattedError[] | undefined) {
    for (const { path = [] } of errors ?? [])
      for (let length = 0; length <= path.length; length++) this.#places.add(path.slice(0, length).join('/'));
  }

  has(place: string): boolean {
    return this.#places.has(place);
  }
}

/** What one field of one customer is: every value that is not null, in order, and whether some could not be learnt. */
export interface Found {
  readonly values: readonly unknown[];
  readonly known: boolean;
}

/** Reads a field of the customer at `place` of the answer, such as `customers/3`. */
export function findValues({ fields, lost }: AnsweredCustomer, place: string, { names, statuses }: Place): Found {
  const values: unknown[] = [];
  let known = true;
  const read = (value: unknown, at: string, depth: number): void => {
    if (value === null || value === undefined) known &&= !lost.has(at);
    else if (Array.isArray(value)) for (const [index, one] of value.entries()) read(one, `${at}/${index}`, depth);
    else if (depth === names.length) values.push(value);
    else {
      const status = statuses.get(depth);
      if (status && unavailable((value as { readonly sourceStatus?: unknown }).sourceStatus)) known = false;
      const name = names[depth] ?? '';
      read((value as Readonly<Record<string, unknown>>)[name], `${at}/${name}`, depth + 1);
    }
  };
  read(fields, place, 0);
  return { values, known };
}

function unavailable(status: unknown): boolean {
  const statuses = (Array.isArray(status) ? status : [status]) as readonly ({ readonly state?: unknown } | null)[];
  return statuses.some((one) => one?.state === 'UNAVAILABLE');
}
