import { Kind, type SelectionSetNode } from 'graphql';
import { type Fragments, responseName } from '../document.ts';
import type { Subtypes } from './representation.ts';

type Plain = Record<string, unknown>;

/** Adds what a subgraph said of an object to what is known of it. `own`: nobody else holds `source`, so its parts may be taken as they are. */
export type Merge = (target: object, source: object, own: boolean) => void;

/** The fields that a fetch selects, whatever type they are selected on: the names under which its answer can hold anything. */
export interface AnswerFields {
  readonly fields: ReadonlyMap<string, AnswerFields | null>;
}

export function answerFields(set: SelectionSetNode, fragments: Fragments): AnswerFields {
  const fields = new Map<string, AnswerFields | null>();
  const walk = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = responseName(selection);
        if (!selection.selectionSet) fields.set(name, null);
        else fields.set(name, joined(fields.get(name) ?? null, answerFields(selection.selectionSet, fragments)));
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment) walk(fragment.selectionSet);
    }
  };
  walk(set);
  return { fields };
}

function joined(a: AnswerFields | null, b: AnswerFields): AnswerFields {
  if (!a) return b;
  const fields = new Map(a.fields);
  for (const [name, inner] of b.fields) fields.set(name, inner && joined(fields.get(name) ?? null, inner));
  return { fields };
}

/** Gives a field of the answer another name, where a plan renames it after the fetch. Names that plans make up are unlike any other. */
export function renamed({ fields }: AnswerFields, path: readonly string[], to: string): AnswerFields {
  const [name, ...rest] = path;
  const copy = new Map<string, AnswerFields | null>();
  for (const [known, inner] of fields) {
    if (known !== name) copy.set(known, inner);
    else if (rest.length > 0) copy.set(known, inner && renamed(inner, rest, to));
    else copy.set(to, inner && joined(copy.get(to) ?? null, inner));
  }
  return { fields: copy };
}

/** Merges by the names that were asked for and no other, in code that is generated once for a fetch. */
export function compileMerge({ fields }: AnswerFields, isSubtype: Subtypes): Merge {
  const code: string[] = [];
  const object = ({ fields: inner }: AnswerFields): string => {
    const lines = [...inner].map(([key, below]) => {
      const name = JSON.stringify(key);
      // A subgraph that knows an interface as an object (@interfaceObject) may answer last, and knows less of the type.
      if (key === '__typename') return `v=s[${name}];if(v!==undefined&&!(t[${name}]!==v&&sub(v,t[${name}])))t[${name}]=v;`;
      if (!below) return `v=s[${name}];if(v!==undefined)t[${name}]=v;`;
      const join = object(below);
      return `v=s[${name}];if(v!==undefined){u=t[${name}];if(u!==null&&v!==null&&typeof u==='object'&&typeof v==='object')both(${join},u,v,own);else t[${name}]=own?v:copy(v);}`;
    });
    const name = `m${code.length}`;
    code.push(`function ${name}(t,s,own){let u,v;${lines.join('\n')}}`);
    return name;
  };
  const top = object({ fields });
  return new Function('both', 'copy', 'sub', `"use strict";${code.join('\n')}\nreturn ${top};`)(both, copy, isSubtype) as Merge;
}

/** Joins two values of one field: objects by their fields, lists of equal length by their items. */
function both(merge: Merge, target: object, source: object, own: boolean): void {
  if (!Array.isArray(target)) {
    if (!Array.isArray(source)) merge(target, source, own);
    return;
  }
  if (!Array.isArray(source) || source.length !== target.length) return;
  for (let i = 0; i < source.length; i++) {
    const [a, b] = [target[i] as unknown, source[i] as unknown];
    if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) both(merge, a, b, own);
    else target[i] = own ? b : copy(b);
  }
}

/** A deep copy of a value of JSON. Never of a key that would set a prototype. */
export function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const copied: Plain = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') copied[key] = copy((value as Plain)[key]);
  return copied;
}
