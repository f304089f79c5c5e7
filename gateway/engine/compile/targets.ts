/** A plan's path into the data: response names, and `@` for every item of a list. */
export type PlanPath = readonly string[];

export function isSamePath(a: PlanPath, b: PlanPath): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

/** The objects at a path of the data, in order; without those that are null. */
export type Collector = (data: object) => object[];

/** A loop for each list on the way, in code that is generated once for a path. */
export function compileCollector(path: PlanPath): Collector {
  let code = 'found.push(v);';
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const part = path[depth];
    code =
      part === '@'
        ? `if(Array.isArray(v))for(let i${depth}=0,a${depth}=v;i${depth}<a${depth}.length;i${depth}++){v=a${depth}[i${depth}];if(v!==null&&typeof v==='object'){${code}}}`
        : `v=v[${JSON.stringify(part)}];if(v!==null&&typeof v==='object'){${code}}`;
  }
  return new Function('v', `"use strict";const found=[];${code}return found;`) as Collector;
}

/** Where in the data each of `targets` is, as paths without `@`; an object may be found at several. */
export function locate(data: object, path: PlanPath, targets: ReadonlySet<object>): Map<object, (string | number)[][]> {
  const places = new Map<object, (string | number)[][]>();
  const walk = (value: unknown, depth: number, at: readonly (string | number)[]) => {
    if (value === null || typeof value !== 'object') return;
    if (depth === path.length) {
      if (!targets.has(value)) return;
      const known = places.get(value);
      if (known) known.push([...at]);
      else places.set(value, [[...at]]);
      return;
    }
    const part = path[depth] as string;
    if (part !== '@') walk((value as Readonly<Record<string, unknown>>)[part], depth + 1, [...at, part]);
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, depth + 1, [...at, index]);
  };
  walk(data, 0, []);
  return places;
}
