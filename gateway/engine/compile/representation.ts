import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Representation } from '../../transport/transport.ts';
import { json } from './json.ts';
import { rewriter } from './rewrites.ts';

/** Which type names an object under a type condition can have. */
export type Subtypes = (condition: string, typeName: unknown) => boolean;

/** What a fetch says of an entity. Both give null for an object that lacks what is required, or that no condition fits. */
export interface Representations {
  /** JSON text; equal texts mean equal representations. */
  text(entity: object): string | null;
  object(entity: object): Representation | null;
  /** Finds equal entities without making their texts, where they are all of one type and the fields are leaves. */
  readonly distinct: Distinct | undefined;
  /** The names of the entity's fields that it is made of. */
  readonly given: ReadonlySet<string>;
}

/** A tree of the entities seen so far: a level for each field, and at the end the number of the entity. */
export type Seen = Map<unknown, Seen | number>;

/** The number of an equal entity seen before, or `next` when there is none, which is noted; -1 for one that can't be asked for. NaN when that needs the texts. */
export type Distinct = (entity: object, seen: Seen, next: number) => number;

interface Alternative {
  readonly condition: string | undefined;
  readonly text: (entity: object) => string | null;
  readonly object: (entity: object) => Representation | null;
}

/** Reads the required fields of an entity, in code that is generated once for a fetch of a plan. */
export function compileRepresentations(
  requires: readonly QueryPlanSelectionNode[],
  inputRewrites: readonly FetchDataRewrite[] | undefined,
  isSubtype: Subtypes,
): Representations {
  const alternatives: Alternative[] = requires.flatMap((selection) =>
    selection.kind === 'InlineFragment' ? [alternative(selection.typeCondition, selection.selections, isSubtype)] : [],
  );
  const rewrite = inputRewrites?.length ? rewriter(inputRewrites, isSubtype) : undefined;
  const fitting = (entity: object) => {
    const typeName = (entity as { __typename?: unknown }).__typename;
    return alternatives.filter(({ condition }) => condition !== undefined && (condition === typeName || isSubtype(condition, typeName)));
  };
  const [only] = alternatives;
  const single = alternatives.length === 1 && only?.condition !== undefined ? only : undefined;
  const pick = (entity: object): Alternative | Alternative[] | null => {
    if (single && (entity as { __typename?: unknown }).__typename === single.condition) return single;
    const found = fitting(entity);
    return found.length === 0 ? null : found.length === 1 ? (found[0] ?? null) : found;
  };
  const object = (entity: object): Representation | null => {
    const picked = pick(entity);
    if (!picked) return null;
    const built = Array.isArray(picked) ? merged(picked.map((alternative) => alternative.object(entity))) : picked.object(entity);
    if (!built || typeof built.__typename !== 'string') return null;
    rewrite?.(built);
    return built;
  };
  const [fragment] = requires;
  return {
    object,
    distinct:
      single && !rewrite && fragment?.kind === 'InlineFragment' ? compileDistinct(single.condition ?? '', fragment.selections) : undefined,
    text(entity) {
      const picked = pick(entity);
      if (!picked) return null;
      if (!Array.isArray(picked) && !rewrite) return picked.text(entity);
      const built = object(entity);
      return built && JSON.stringify(built);
    },
    given: new Set(
      requires.flatMap((selection) =>
        selection.kind === 'InlineFragment' ? selection.selections.flatMap((inner) => (inner.kind === 'Field' ? [nameOf(inner)] : [])) : [],
      ),
    ),
  };
}

function merged(parts: readonly (Representation | null)[]): Representation | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : (mergedObjects(known) as Representation);
}

function mergedObjects(parts: readonly object[]): object {
  const all: Record<string, unknown> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part)) {
      const known = all[name];
      all[name] = isPlain(known) && isPlain(value) ? mergedObjects([known, value]) : value;
    }
  return all;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf({ alias, name }: { readonly alias?: string; readonly name: string }): string {
  return alias ?? name;
}

function alternative(condition: string | undefined, selections: readonly QueryPlanSelectionNode[], isSubtype: Subtypes): Alternative {
  if (!hasFragments(selections)) return { condition, text: compile(selections, true), object: compile(selections, false) } as Alternative;
  const object = (entity: object) => interpret(entity, selections, isSubtype) as Representation | null;
  return {
    condition,
    object,
    text: (entity) => {
      const built = object(entity);
      return built && JSON.stringify(built);
    },
  };
}

/** What generated code calls for a list, which may hold lists. */
function items(value: readonly unknown[], one: (value: unknown) => unknown, text: boolean): unknown {
  const all = value.map((item) => (Array.isArray(item) ? items(item, one, text) : item === null || item === undefined ? null : one(item)));
  return text ? `[${all.map((item) => item ?? 'null').join(',')}]` : all;
}

function compile(selections: readonly QueryPlanSelectionNode[], text: boolean): (entity: object) => unknown {
  const code: string[] = [];
  const object = (set: readonly QueryPlanSelectionNode[]): string => {
    const fields = fieldsOf(set);
    const lines = fields.map(({ key, name: sent, selections: inner }, index) => {
      const name = JSON.stringify(sent);
      // A field that was never fetched, because its parent could not be: nothing can be asked with the rest.
      const read = `v=o[${JSON.stringify(key)}];if(v===undefined)return null;`;
      const nested = inner ? object(inner) : undefined;
      const value = nested
        ? text
          ? `(v===null?'null':Array.isArray(v)?items(v,${nested},true):${nested}(v)??'null')`
          : `(v===null?null:Array.isArray(v)?items(v,${nested},false):${nested}(v))`
        : text
          ? 'json(v)'
          : 'v';
      return text ? `${read}t+=${JSON.stringify(`${index === 0 ? '{' : ','}${name}:`)}+${value};` : `${read}const f${index}=${value};`;
    });
    const end = text ? `return t+'}';` : `return {${fields.map(({ name }, index) => `[${JSON.stringify(name)}]:f${index}`).join(',')}};`;
    const name = `r${code.length}`;
    code.push('');
    code[Number(name.slice(1))] =
      `function ${name}(o){if(o===null||typeof o!=='object')return null;let t='${fields.length === 0 ? '{' : ''}',v;${lines.join('')}${end}}`;
    return name;
  };
  const top = object(selections);
  return new Function('json', 'items', `"use strict";${code.join('\n')}\nreturn ${top};`)(json, items) as (entity: object) => unknown;
}

/** Each field once, with all that is required below it. For selections without fragments. */
function fieldsOf(set: readonly QueryPlanSelectionNode[]): RequiredField[] {
  const fields = new Map<string, { key: string; name: string; selections: QueryPlanSelectionNode[] | undefined }>();
  for (const selection of set) {
    if (selection.kind !== 'Field') continue;
    const key = nameOf(selection);
    const known = fields.get(key);
    if (known && selection.selections) known.selections = [...(known.selections ?? []), ...selection.selections];
    else if (!known) fields.set(key, { key, name: selection.name, selections: selection.selections && [...selection.selections] });
  }
  return [...fields.values()];
}

function compileDistinct(typeName: string, selections: readonly QueryPlanSelectionNode[]): Distinct | undefined {
  if (selections.some((selection) => selection.selections !== undefined)) return undefined;
  const fields = fieldsOf(selections).filter(({ name }) => name !== '__typename');
  if (fields.length === 0) return undefined;
  const steps = fields.map(({ key }, index) => {
    const take = `v=o[${JSON.stringify(key)}];if(v===undefined)return -1;if(v!==null&&typeof v==='object')return NaN;u=m.get(v);`;
    if (index === fields.length - 1) return `${take}if(u===undefined){m.set(v,next);return next;}return u;`;
    return `${take}if(u===undefined){u=new Map();m.set(v,u);}m=u;`;
  });
  const code = `"use strict";let v,u;if(o.__typename!==${JSON.stringify(typeName)})return NaN;${steps.join('')}`;
  return new Function('o', 'm', 'next', code) as Distinct;
}

interface RequiredField {
  /** Under which it is read; differs from what it is sent as for a field that is required with arguments. */
  readonly key: string;
  readonly name: string;
  readonly selections: readonly QueryPlanSelectionNode[] | undefined;
}

function hasFragments(set: readonly QueryPlanSelectionNode[]): boolean {
  return set.some((selection) => selection.kind === 'InlineFragment' || (selection.selections && hasFragments(selection.selections)));
}

/** The same as generated code does, for selections in which the type of each object decides. */
function interpret(value: unknown, set: readonly QueryPlanSelectionNode[], isSubtype: Subtypes): unknown {
  if (Array.isArray(value)) return value.map((item) => interpret(item, set, isSubtype));
  if (value === null || typeof value !== 'object') return null;
  const object = value as Readonly<Record<string, unknown>>;
  let all: object = {};
  for (const selection of set) {
    if (selection.kind === 'Field') {
      const key = nameOf(selection);
      const found = object[key];
      if (found === undefined) return null;
      all = mergedObjects([all, { [selection.name]: selection.selections ? interpret(found, selection.selections, isSubtype) : found }]);
      continue;
    }
    const { typeCondition: condition, selections } = selection;
    if (condition !== undefined && condition !== object.__typename && !isSubtype(condition, object.__typename)) continue;
    all = mergedObjects([all, (interpret(object, selections, isSubtype) ?? {}) as object]);
  }
  return all;
}
