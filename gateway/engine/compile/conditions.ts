import { type FieldNode, type FragmentSpreadNode, type InlineFragmentNode, Kind, type OperationDefinitionNode } from 'graphql';
import { isCondition } from '../document.ts';

/**
 * When a part of an operation is wanted, as a JavaScript expression over `c`, the list of its boolean variables: `true`, `false`,
 * `c[0]`, `!c[1]`, or a combination.
 */
export type When = string;

export const ALWAYS: When = 'true';
export const NEVER: When = 'false';

export function and(a: When, b: When): When {
  if (a === NEVER || b === NEVER) return NEVER;
  if (a === ALWAYS || a === b) return b;
  return b === ALWAYS ? a : `(${a}&&${b})`;
}

export function or(a: When, b: When): When {
  if (a === ALWAYS || b === ALWAYS) return ALWAYS;
  if (a === NEVER || a === b) return b;
  return b === NEVER ? a : `(${a}||${b})`;
}

export function not(a: When): When {
  if (a === ALWAYS) return NEVER;
  return a === NEVER ? ALWAYS : `!${a}`;
}

/** The variables that `@skip` and `@include` of one operation ask, each with a place in `c`. */
export class Conditions {
  readonly #names: string[] = [];
  readonly #defaults = new Map<string, unknown>();

  constructor(operation: OperationDefinitionNode) {
    for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
      const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
      // Now, since code for an object's type is written when the first such object is met, after `values` was asked.
      if (named.kind === Kind.NAMED_TYPE && named.name.value === 'Boolean') this.#names.push(variable.name.value);
      if (defaultValue?.kind === Kind.BOOLEAN) this.#defaults.set(variable.name.value, defaultValue.value);
    }
  }

  /** What the directives at `node` say. Others than @skip and @include do not matter here. */
  when(node: FieldNode | FragmentSpreadNode | InlineFragmentNode): When {
    let when = ALWAYS;
    for (const { name, arguments: given = [] } of (node.directives ?? []).filter(isCondition)) {
      const value = given.find((argument) => argument.name.value === 'if')?.value;
      if (!value) continue;
      const asked = value.kind === Kind.VARIABLE ? this.of(value.name.value) : value.kind === Kind.BOOLEAN && value.value ? ALWAYS : NEVER;
      when = and(when, name.value === 'skip' ? not(asked) : asked);
    }
    return when;
  }

  of(variable: string): When {
    const known = this.#names.indexOf(variable);
    return `c[${known >= 0 ? known : this.#names.push(variable) - 1}]`;
  }

  /** `c` for one request. */
  values(variables: Readonly<Record<string, unknown>>): boolean[] {
    return this.#names.map((name) => {
      const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return (given === undefined ? this.#defaults.get(name) : given) === true;
    });
  }

  get some(): boolean {
    return this.#names.length > 0;
  }
}
