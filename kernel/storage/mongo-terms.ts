import { storableTerms } from './documents.ts';
import type { Doc, Spec } from './port.ts';

/** Prefixes of up to so many characters are indexed themselves. */
const SHORT = 3;

/** Above every text that begins with `prefix`, in code point order. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`;

/**
 * Short prefixes are met by equality, so that the index answers them in the order of keys however many documents hold one; longer
 * ones are rare enough to be looked up as a range and sorted. Not as anchored patterns, which the server that the checks run on
 * does not find in arrays.
 */
export function holding(prefix: string): { readonly _terms: unknown } {
  const sought = [...prefix].length <= SHORT ? `p${prefix}` : { $elemMatch: { $gte: `t${prefix}`, $lt: endOf(`t${prefix}`) } };
  return { _terms: sought };
}

/** What a document's terms are indexed as: the beginnings of each as `p...`, and each that is longer as `t...`. */
export function indexedTerms<T extends Doc>(spec: Spec<T>, doc: T): readonly string[] {
  const entries = new Set<string>();
  for (const term of storableTerms(spec, doc)) {
    const letters = [...term];
    for (let length = 1; length <= Math.min(SHORT, letters.length); length++) entries.add(`p${letters.slice(0, length).join('')}`);
    if (letters.length > SHORT) entries.add(`t${term}`);
  }
  return [...entries];
}
