import type { EpochMs } from '../../../kernel/storage/port.ts';
import { durationOf } from './duration.ts';
import type { FieldOfCustomer, Filter, MovingArgument, Step } from './field.ts';

/** A field's place in the answer. */
export interface Place {
  /** Response names from the customer on. */
  readonly names: readonly string[];
  /** By the number of names before it: what has to hold of an object on the way for it to count. */
  readonly filters: ReadonlyMap<number, readonly Filter[]>;
  /** By the number of names before it: in which fields an object on the way says which domain did not answer. */
  readonly statuses: ReadonlyMap<number, readonly string[]>;
}

/** One operation that asks for every field of many customers at once; what several fields share is asked for once. */
export class Question {
  readonly #root: Selection = { fields: new Map(), statuses: new Set() };
  readonly #variables = new Map<string, { readonly name: string; readonly argument: MovingArgument }>();

  /** Takes a field in, and says where its value will be. */
  add({ steps }: FieldOfCustomer): Place {
    let selection = this.#root;
    const names: string[] = [];
    const statuses = new Map<number, readonly string[]>();
    const filters = new Map<number, readonly Filter[]>();
    for (const step of steps) {
      if (step.statuses.length > 0) statuses.set(names.length, step.statuses);
      for (const status of step.statuses) selection.statuses.add(status);
      const written = `${step.name}${this.#written(step)}`;
      const field = fieldIn(selection, step.name, written);
      names.push(field.name);
      selection = field.selection;
      const below = selection;
      const where = step.where.map((filter) => ({ ...filter, name: fieldIn(below, filter.name, filter.name).name }));
      if (where.length > 0) filters.set(names.length, where);
    }
    return { names, statuses, filters };
  }

  /** GraphQL, with `$ids` for the customers' ids: the same text for as long as no field is added, whatever the time. */
  text(): string {
    const moving = [...this.#variables.values()].map(({ name, argument }) => `, $${name}: ${argument.type}`);
    return `query Segments($ids: [ID!]!${moving.join('')}) { customers(ids: $ids) ${textOf({ ...this.#root, id: true })} }`;
  }

  /** Values of every variable but `$ids`. */
  variables(now: EpochMs): Readonly<Record<string, string>> {
    const values = [...this.#variables.values()].map(({ name, argument }) => {
      const at = durationOf(argument.duration)?.(now) ?? now;
      return [name, new Date(at).toISOString()] as const;
    });
    return Object.fromEntries(values);
  }

  #written({ args }: Step): string {
    if (args.length === 0) return '';
    const values = args.map(({ name, value }) => `${name}: ${typeof value === 'string' ? value : `$${this.#variable(value)}`}`);
    return `(${values.sort().join(', ')})`;
  }

  #variable(argument: MovingArgument): string {
    const key = `${argument.type} ${argument.duration}`;
    const known = this.#variables.get(key);
    if (known) return known.name;
    const name = `at${this.#variables.size}`;
    this.#variables.set(key, { name, argument });
    return name;
  }
}

interface SelectedField {
  readonly name: string;
  readonly selection: Selection;
}

interface Selection {
  /** By the field with its arguments. */
  readonly fields: Map<string, SelectedField>;
  readonly statuses: Set<string>;
}

/** The field as it is written, asked for once. */
function fieldIn(selection: Selection, name: string, written: string): SelectedField {
  const field = selection.fields.get(written) ?? {
    name: nameIn(selection, name),
    selection: { fields: new Map(), statuses: new Set<string>() },
  };
  selection.fields.set(written, field);
  return field;
}

/** The field's own name, or one that no other arguments of the same field have. */
function nameIn({ fields }: Selection, name: string): string {
  const others = [...fields.keys()].filter((written) => written === name || written.startsWith(`${name}(`)).length;
  return others === 0 ? name : `${name}__${others + 1}`;
}

function textOf({ fields, statuses, id = false }: Selection & { readonly id?: boolean }): string {
  const selected = [...fields].map(([written, { name, selection }]) => {
    const field = written.split('(', 1)[0] === name ? written : `${name}: ${written}`;
    return selection.fields.size > 0 ? `${field} ${textOf(selection)}` : field;
  });
  // Whoever selects these as well merges with them.
  return `{ ${[...(id ? ['id'] : []), ...[...statuses].map((name) => `${name} { state }`), ...selected].join(' ')} }`;
}
