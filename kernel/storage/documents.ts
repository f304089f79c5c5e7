import type { AnySpec, Doc, Key } from './port.ts';

/** NUL ends a text in SQLite's C interface and a lone surrogate has no UTF-8: neither can be part of a key, a group or a term. */
const UNFIT_FOR_INDEX = /[\0\p{Cs}]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a document can be filed under the key; nothing is ever stored under another. */
export function isKey({ owner, id }: Key): boolean {
  return isIndexable(owner) && isIndexable(id);
}

/** Whether the text can be part of a key, a group or a term: well-formed and without NUL. */
export function isIndexable(text: unknown): text is string {
  return typeof text === 'string' && !UNFIT_FOR_INDEX.test(text);
}

/**
 * The document as adapters store it: fields that are undefined are left out, everything else is as given. Throws a
 * TypeError that names collection and field (never the value, which may be personal) where a document is not plain
 * JSON-like data or breaks its spec: `at`, `amount` and a ledger's balance are safe integers (an absent or null
 * amount counts as 0), groups are strings (absent or null count as ''), keys are indexable texts. Any other text may hold
 * NUL, but no lone surrogates, which UTF-8 can't keep. -0 comes back as 0.
 */
export function storable<T extends Doc>(spec: AnySpec, doc: T): T {
  const fail = (field: string, problem: string): never => {
    throw new TypeError(`Collection "${spec.name}": field "${field}" ${problem}; the document was not stored.`);
  };
  const fields = doc as unknown as Readonly<Record<string, unknown>>;
  const integer = (field: string, optional: boolean) => {
    const value = fields[field];
    if (!Number.isSafeInteger(value) && !(optional && (value === null || value === undefined)))
      fail(field, 'is not an integer between -(2^53 - 1) and 2^53 - 1');
  };
  if (!isIndexable(doc.owner)) fail('owner', 'is not a text without NUL and lone surrogates');
  if (!isIndexable(doc.id)) fail('id', 'is not a text without NUL and lone surrogates');
  integer('version', false);
  if (doc.version < 0) fail('version', 'is negative');
  integer(spec.at, false);
  if (spec.amount !== undefined) integer(spec.amount, true);
  if (spec.ledger !== undefined) integer(spec.ledger.balance, false);
  for (const group of spec.groups ?? []) {
    const value = fields[group];
    if (value !== null && value !== undefined && !isIndexable(value)) fail(group, 'is not a text without NUL and lone surrogates');
  }
  return plain(fields, '', fail) as T;
}

/** The terms under which a document is found: distinct, in the order of the spec. Throws like `storable`. */
export function storableTerms<T extends Doc>(spec: AnySpec, doc: T): readonly string[] {
  const terms: readonly string[] = spec.terms?.(doc) ?? [];
  const distinct = [...new Set(terms)].filter((term) => term !== '');
  if (!distinct.every((term) => isIndexable(term) && !term.includes('\n')))
    throw new TypeError(
      `Collection "${spec.name}": terms give a text that holds a line break, NUL or a lone surrogate; the document was not stored.`,
    );
  return distinct;
}

/** The value without undefined fields; the same object where there are none. */
function plain(value: unknown, path: string, fail: (field: string, problem: string) => never): unknown {
  switch (typeof value) {
    case 'string':
      return LONE_SURROGATE.test(value) ? fail(path, 'holds a lone surrogate') : value;
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : fail(path, 'is not a finite number');
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? plainList(value, path, fail) : plainFields(value, path, fail);
    default:
      return fail(path, `is a ${typeof value}, which is not plain data`);
  }
}

function plainList(list: readonly unknown[], path: string, fail: (field: string, problem: string) => never): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = plain(list[i], `${path}.${i}`, fail);
    if (item !== list[i]) {
      copy ??= [...list];
      copy[i] = item;
    }
  }
  return copy ?? list;
}

function plainFields(fields: object, path: string, fail: (field: string, problem: string) => never): unknown {
  const prototype = Object.getPrototypeOf(fields);
  if (prototype !== Object.prototype && prototype !== null) return fail(path, 'is an instance of a class, which is not plain data');
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (name === '__proto__') return fail(inner, 'has a name that can not be stored');
    if (LONE_SURROGATE.test(name) || name.includes('\0')) return fail(path, 'has a field whose name holds NUL or a lone surrogate');
    const kept = value === undefined ? undefined : plain(value, inner, fail);
    if (kept !== value) {
      copy ??= { ...fields };
      copy[name] = kept;
    } else if (value === undefined) {
      copy ??= { ...fields };
      delete copy[name];
    }
  }
  return copy ?? fields;
}
