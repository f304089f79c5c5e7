import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ALWAYS } from './conditions.ts';
import { json, quote } from './json.ts';
import { type Part, type Place, type SelectionContext, selectionOf } from './selection.ts';

/** What a writer notes of an answer that is not as the schema promises. */
export interface Notes {
  /** A value was missing where there is always one, or did not fit its type. */
  flawed: boolean;
  /** Something else than an object stood in an object's place. */
  misfit: boolean;
  /** Where, by response names of the client: kept by the explaining writer only. */
  readonly flaws: (readonly (string | number)[])[];
  readonly path: (string | number)[];
  /** No text in the data has a character that JSON escapes. */
  readonly plain: boolean;
  /** Long texts that have been written already. */
  readonly quoted: Map<string, string>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Writes the JSON of the client's selection from the merged data; null when a null took everything with it. */
export type Writer = (data: object, conditions: readonly boolean[], notes: Notes) => string | null;

export interface WriterContext extends SelectionContext {
  readonly operation: OperationDefinitionNode;
  /** Names in the data that stand for others in the answer. */
  readonly renames: ReadonlyMap<string, string>;
  /** The JSON of a selection of `__schema` or `__type`. */
  readonly introspect: (set: SelectionSetNode, variables: Readonly<Record<string, unknown>>) => string;
}

type Written = (value: unknown, conditions: readonly boolean[], notes: Notes) => string | null;

/** What generated code calls. */
const runtime = {
  quote,
  json,
  misfit(notes: Notes): null {
    notes.misfit = true;
    notes.flawed = true;
    return null;
  },
  flaw(notes: Notes): null {
    notes.flawed = true;
    notes.flaws.push([...notes.path]);
    return null;
  },
  /** A null that may not be here, unless what made it null has been noted already. */
  missing(notes: Notes, known: number): null {
    notes.flawed = true;
    if (notes.flaws.length === known) notes.flaws.push([...notes.path]);
    return null;
  },
  number(value: unknown, whole: boolean, notes: Notes): string | null {
    if (typeof value === 'number' && (whole ? Number.isInteger(value) && Math.abs(value) < 1e21 : Number.isFinite(value)))
      return `${value}`;
    return runtime.flaw(notes);
  },
  text(value: unknown, id: boolean, notes: Notes): string | null {
    return id && typeof value === 'number' ? runtime.number(value, true, notes) : runtime.flaw(notes);
  },
};

/**
 * Code that completes, filters, orders and serialises an answer in one walk: GraphQL's CompleteValue without resolvers. One
 * function is generated for each selected object type; those of abstract types when an object of the type is first met.
 * `explains`: keeps paths, at a cost; for an answer that turned out to be flawed.
 */
export function compileWriter(context: WriterContext, explains: boolean): Writer {
  const { operation, schema } = context;
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The schema has no ${operation.operation} type.`);
  const written = new Unit(context, explains).compile([{ set: operation.selectionSet, when: ALWAYS, on: root }], root);
  return written as Writer;
}

/** One piece of generated code: an object type's function and those of all that is statically below it. */
class Unit {
  readonly #context: WriterContext;
  readonly #explains: boolean;
  readonly #code: string[] = [];
  readonly #constants: unknown[] = [];
  #functions = 0;

  constructor(context: WriterContext, explains: boolean) {
    this.#context = context;
    this.#explains = explains;
  }

  compile(parts: readonly Part[], type: GraphQLCompositeType): Written {
    const name = this.#object(parts, type);
    // Names come from a validated document and are written as JSON strings; nothing of a value is ever code.
    return new Function('rt', 'k', `"use strict";\n${this.#code.join('\n')}\nreturn ${name};`)(runtime, this.#constants) as Written;
  }

  #constant(value: unknown): string {
    return `k[${this.#constants.push(value) - 1}]`;
  }

  #function(body: string): string {
    const name = `w${this.#functions++}`;
    this.#code.push(`function ${name}(o,c,s){${body}}`);
    return name;
  }

  /** A function for objects of `type`. */
  #object(parts: readonly Part[], type: GraphQLCompositeType): string {
    const places = selectionOf(parts, type, this.#context);
    const lines: string[] = [];
    // The first field that is always there needs no look at what is before it.
    let certain = false;
    let prefix = '{';
    for (const place of places) {
      const always = place.when === ALWAYS;
      const { setup, value } = this.#place(place, type);
      if (value === null) {
        lines.push(setup);
        continue;
      }
      const key = `${JSON.stringify(this.#clientName(place.field.responseName))}:`;
      if (always && (certain || prefix !== '')) {
        lines.push(`${setup}t+=${JSON.stringify(prefix + (certain ? ',' : '') + key)}+${value};`);
        prefix = '';
        certain = true;
        continue;
      }
      if (prefix !== '') lines.push(`t+=${JSON.stringify(prefix)};`);
      prefix = '';
      const comma = certain ? '","' : `(t.length===1?'':',')`;
      const code = `${setup}t+=${comma}+${JSON.stringify(key)}+${value};`;
      lines.push(always ? code : `if(${place.when}){${code}}`);
      if (always) certain = true;
    }
    if (prefix !== '') lines.push(`t+=${JSON.stringify(prefix)};`);
    return this.#function(`let t='',v,x,n;${lines.join('\n')}\nreturn t+'}';`);
  }

  #clientName(name: string): string {
    return this.#context.renames.get(name) ?? name;
  }

  /** Code that puts the field's JSON into `x`, and the expression that has it. */
  #place({ field }: Place, type: GraphQLCompositeType): { setup: string; value: string | null } {
    const { responseName, node, parts } = field;
    if (node.name.value === '__typename') {
      // An object that only an interface is known of can't say what it is.
      if (!isObjectType(type)) return { setup: 'return null;', value: null };
      return { setup: '', value: JSON.stringify(JSON.stringify(type.name)) };
    }
    if ((node.name.value === '__schema' || node.name.value === '__type') && type === this.#context.schema.getQueryType()) {
      const { introspect } = this.#context;
      const set: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [{ ...node, directives: [] }] };
      const own = this.#constant((variables: Notes['variables']) => introspect(set, variables));
      return { setup: '', value: `${own}(s.variables)` };
    }
    const client = JSON.stringify(this.#clientName(responseName));
    const before = this.#explains ? `s.path.push(${client});n=s.flaws.length;` : '';
    const after = this.#explains ? 's.path.pop();' : '';
    const setup = `v=o[${JSON.stringify(responseName)}];${before}${this.#value('v', field.type, parts)}`;
    if (!isNonNullType(field.type)) return { setup: `${setup}${after}`, value: `(x===null?'null':x)` };
    const missing = this.#explains ? 'rt.missing(s,n);s.path.pop();return null;' : 's.flawed=true;return null;';
    return { setup: `${setup}if(x===null){${missing}}${after}`, value: 'x' };
  }

  /** Code that sets `x` to the JSON of `v`, or to null. */
  #value(v: string, type: GraphQLOutputType, parts: readonly Part[]): string {
    const inner = isNonNullType(type) ? type.ofType : type;
    if (isListType(inner)) return `x=${v}==null?null:${this.#list(inner.ofType as GraphQLOutputType, parts)}(${v},c,s);`;
    if (isCompositeType(inner)) {
      const name = isAbstractType(inner) ? this.#abstract(parts, inner) : this.#object(parts, inner);
      return `x=${v}==null?null:typeof ${v}==='object'&&!Array.isArray(${v})?${name}(${v},c,s):rt.misfit(s);`;
    }
    const text = (id: boolean) =>
      `x=typeof ${v}==='string'?s.plain?'"'+${v}+'"':rt.quote(${v},s.quoted):${v}==null?null:rt.text(${v},${id},s);`;
    switch (inner.name) {
      case 'String':
        return text(false);
      case 'ID':
        return text(true);
      case 'Int':
      case 'Float':
        return `x=${v}==null?null:rt.number(${v},${inner.name === 'Int'},s);`;
      case 'Boolean':
        return `x=${v}===true?'true':${v}===false?'false':${v}==null?null:rt.flaw(s);`;
    }
    if (!isEnumType(inner)) return `x=${v}==null?null:rt.json(${v});`;
    const values = this.#constant(new Map(inner.getValues().map(({ name }) => [name, `"${name}"`])));
    return `x=${v}==null?null:${values}.get(${v})??rt.flaw(s);`;
  }

  #list(item: GraphQLOutputType, parts: readonly Part[]): string {
    const value = this.#value('v', item, parts);
    const strict = isNonNullType(item);
    const before = this.#explains ? 's.path.push(i);n=s.flaws.length;' : '';
    const after = this.#explains ? 's.path.pop();' : '';
    const missing = !strict
      ? `x='null';`
      : // The explaining writer goes on, for the flaws of the other items.
        this.#explains
        ? 'rt.missing(s,n);bad=true;'
        : 's.flawed=true;return null;';
    return this.#function(
      `if(!Array.isArray(o))return rt.misfit(s);let t='[',v,x,n,bad=false;
for(let i=0;i<o.length;i++){v=o[i];${before}${value}if(x===null){${missing}}${after}t+=i===0?x:','+x;}
return bad?null:t+']';`,
    );
  }

  /** Finds the function for an object's type by its name, and makes it at the first one. */
  #abstract(parts: readonly Part[], type: GraphQLCompositeType): string {
    const { schema } = this.#context;
    const known = new Map<unknown, Written>();
    const find = (typeName: unknown): Written => {
      const named = typeName == null ? type : typeof typeName === 'string' ? schema.getType(typeName) : undefined;
      // A type that clients may not see: nothing is said of the object. Not kept, because there is no end of such names.
      if (!isCompositeType(named)) return (_, __, notes) => runtime.flaw(notes);
      const written = new Unit(this.#context, this.#explains).compile(parts, named);
      known.set(typeName, written);
      return written;
    };
    const table = this.#constant(known);
    return this.#function(`const f=${table}.get(o.__typename);return (f===undefined?${this.#constant(find)}(o.__typename):f)(o,c,s);`);
  }
}
