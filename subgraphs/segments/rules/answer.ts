import type { GraphQLFormattedError } from 'graphql';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { comparable } from './operand.ts';
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

  get isNothing(): boolean {
    return this.#places.size === 0;
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

/** Reads a field of the customer at `place` of the answer, such as `customers/3`, at a time. */
export function findValues({ fields, lost }: AnsweredCustomer, place: string, path: Place, now: EpochMs): Found {
  const reading: Reading = { ...path, now, lost: lost.isNothing ? null : lost, values: [], known: true };
  read(fields, place, 0, reading);
  return { values: reading.values, known: reading.known };
}

interface Reading extends Place {
  /** Null when nothing was: nobody asks for places then. */
  readonly lost: Lost | null;
  /** The time that durations in filters are from. */
  readonly now: EpochMs;
  readonly values: unknown[];
  known: boolean;
}

function read(value: unknown, at: string, depth: number, reading: Reading): void {
  const { names, statuses, lost, values } = reading;
  if (value === null || value === undefined) {
    if (lost?.has(at)) reading.known = false;
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) read(value[index], lost ? `${at}/${index}` : at, depth, reading);
  } else if (depth === names.length) values.push(value);
  else {
    const object = value as Readonly<Record<string, unknown>>;
    if (!isChosen(object, at, depth, reading)) return;
    if (statuses.get(depth)?.some((name) => unavailable(object[name]))) reading.known = false;
    const name = names[depth] ?? '';
    read(object[name], lost ? `${at}/${name}` : at, depth + 1, reading);
  }
}

/** Whether filters let an object count. One of which they can't tell does not, and makes the whole not known. */
function isChosen(object: Readonly<Record<string, unknown>>, at: string, depth: number, reading: Reading): boolean {
  return (reading.filters.get(depth) ?? []).every(({ name, kind, operands }) => {
    const value = comparable(object[name], kind);
    if (value === null && reading.lost?.has(`${at}/${name}`)) reading.known = false;
    return value !== null && operands.some((operand) => operand(reading.now) === value);
  });
}

function unavailable(status: unknown): boolean {
  const statuses = (Array.isArray(status) ? status : [status]) as readonly ({ readonly state?: unknown } | null)[];
  return statuses.some((one) => one?.state === 'UNAVAILABLE');
}
