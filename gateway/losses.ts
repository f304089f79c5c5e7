import { GraphQLError } from 'graphql';

/** A place in the client's answer; `@` stands for every item of a list. */
export type PathPattern = readonly (string | number)[];

/** Fields that a subgraph did not answer, below every object at `at`. */
export interface Loss {
  readonly service: string;
  readonly at: PathPattern;
  /** Response names. */
  readonly fields: ReadonlySet<string>;
  readonly message: string;
}

/** A fetch that was made for objects at `at`, from what other subgraphs had said of them. */
interface Derived {
  readonly at: PathPattern;
  readonly fields: ReadonlySet<string>;
  /** The fields of the objects that it was given. */
  readonly given: ReadonlySet<string>;
}

/** What went wrong while one client request was executed. The plan's executor knows nothing of it. */
export class RequestLedger {
  readonly losses: Loss[] = [];
  readonly derived: Derived[] = [];
  /** Subgraphs that let a deadline pass: asked again in the same request, they are taken as lost at once. */
  readonly late = new Set<string>();

  /**
   * One error for each field of the client's answer that a lost fetch left null: the lost field itself, or, where the
   * client can't see it, the fields that were derived from it and came out null. Nothing is said of a loss that left
   * no null: whoever computed without it says so. `explained` are paths that have an error already.
   */
  errors(data: unknown, explained: readonly (readonly (string | number)[])[]): GraphQLError[] {
    const errors: GraphQLError[] = [];
    const told = new Set(explained.map((path) => path.join('\n')));
    const tell = ({ service, message }: Loss, paths: readonly (string | number)[][]) => {
      for (const path of paths) {
        const key = path.join('\n');
        if (told.has(key)) continue;
        told.add(key);
        errors.push(new GraphQLError(message, { path, extensions: { code: 'SUBGRAPH_UNAVAILABLE', service } }));
      }
    };
    for (const loss of this.losses) tell(loss, nulls(data, loss));
    for (const loss of this.losses) {
      for (const fetch of this.derived) {
        const depends = equal(fetch.at, loss.at) && [...loss.fields].some((field) => fetch.given.has(field));
        if (depends) tell(loss, nulls(data, fetch));
      }
    }
    return errors;
  }
}

function equal(a: PathPattern, b: PathPattern): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

interface Fields {
  readonly at: PathPattern;
  readonly fields: ReadonlySet<string>;
}

/**
 * The paths of the client's answer that `at` and `fields` mean and that are null. When not one of the objects is left,
 * because a field that may not be null took them away, the places where they were.
 */
function nulls(data: unknown, { at, fields }: Fields): (string | number)[][] {
  const found: (string | number)[][] = [];
  const ends: (string | number)[][] = [];
  let reached = false;
  const walk = (value: unknown, depth: number, path: readonly (string | number)[]) => {
    if (value === null) {
      // The client's answer as a whole has no path of its own.
      if (path.length > 0) ends.push([...path]);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, at[depth] === '@' ? depth + 1 : depth, [...path, index]);
    } else if (typeof value === 'object') {
      const object = value as Readonly<Record<string, unknown>>;
      const part = at[depth];
      if (part !== undefined) {
        if (Object.hasOwn(object, part)) walk(object[part], depth + 1, [...path, part]);
        return;
      }
      reached = true;
      for (const field of fields) if (object[field] === null) found.push([...path, field]);
    }
  };
  walk(data, 0, []);
  return reached ? found : ends;
}

/** Whether an error's path leads to something that the client asked for, as far as the answer shows. */
export function isVisible(data: unknown, path: readonly (string | number)[]): boolean {
  let value: unknown = data;
  for (const part of path) {
    if (value === null || value === undefined || typeof value !== 'object') return true;
    if (!Object.hasOwn(value, part)) return false;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return true;
}
