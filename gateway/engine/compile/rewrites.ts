import type { FetchDataRewrite } from '@apollo/query-planner';
import type { Subtypes } from './representation.ts';

const FRAGMENT = '... on ';

type Plain = Record<string, unknown>;

/** Carries out a plan's rewrites on a value, in place: setting a value, or moving one to another key, at a path of it. */
export function rewriter(rewrites: readonly FetchDataRewrite[], isSubtype: Subtypes): (value: unknown) => void {
  const steps = rewrites.map((rewrite) => {
    const path = rewrite.path.slice(0, -1);
    const last = rewrite.path.at(-1) ?? '';
    const change = (object: Plain) => {
      if (rewrite.kind === 'ValueSetter') object[last] = rewrite.setValueTo;
      else if (object[last] !== undefined) {
        object[rewrite.renameKeyTo] = object[last];
        delete object[last];
      }
    };
    return { path, change };
  });
  const walk = (value: unknown, path: readonly string[], depth: number, change: (object: Plain) => void) => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, path, depth, change);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const object = value as Plain;
    const part = path[depth];
    if (part === undefined) change(object);
    else if (!part.startsWith(FRAGMENT)) walk(object[part], path, depth + 1, change);
    else {
      // An object that does not say its type is taken for one that is meant, as Apollo's own executor does.
      const condition = part.slice(FRAGMENT.length);
      const typeName = object.__typename;
      if (typeName === undefined || typeName === condition || isSubtype(condition, typeName)) walk(object, path, depth + 1, change);
    }
  };
  return (value) => {
    for (const { path, change } of steps) walk(value, path, 0, change);
  };
}
