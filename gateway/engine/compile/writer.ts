import {
  type GraphQLCompositeType,
  type GraphQLLeafType,
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
import { Due } from './due.ts';
import { escaped, json } from './json.ts';
import { type Part, type SelectedField, type SelectionContext, selectionOf } from './selection.ts';

/** What a writer notes of an answer that is not as the schema promises. */
export interface Notes {
  /** A value was missing where there is always one, or did not fit its type. */
  flawed: boolean;
  /** Where, by response names of the client: places that only the explaining writer tells apart. */
  readonly flaws: (readonly (string | number)[])[];
  /** Those of `flaws` where something else stood in the place of an object or a list. */
  readonly misfits: (readonly (string | number)[])[];
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

/** Writes what is due and the value behind `before`; null when the value has to be null. */
type Written = (value: unknown, conditions: readonly boolean[], notes: Notes, before: string, due: number) => string | null;

/** What generated code calls. */
const runtime = {
  escaped,
  /** A custom scalar's value; one that is nested too deeply can't be written. */
  json(value: unknown, notes: Notes): string | null {
    try {
      return json(value);
    } catch {
      return runtime.flaw(notes);
    }
  },
  misfit(notes: Notes): null {
    notes.misfits.push([...notes.path]);
    return runtime.flaw(notes);
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
  const written = new Unit(context, explains).compile([{ set: operation.selectionSet, when: ALWAYS, on: root }], root, NOTHING);
  return (data, conditions, notes) => written(data, conditions, notes, '', 0);
}

const NOTHING = new Due(['']);
/** After a string, whose closing quote is written with what follows. */
const QUOTE = new Due(['"']);
const NOTHING_OR_QUOTE = NOTHING.or(QUOTE);

/** More of them would be repeated at every field that follows, and doubled by each conditional constant. */
const MOST_TEXTS = 6;

/** Code that writes a value, and what is due after it. */
interface Code {
  readonly code: string;
  readonly after: Due;
}

/**
 * One piece of generated code: an object type's function and those of all that is statically below it. In it `o` is the value to write, `c` are
 * the conditions, `s` the notes, `t` is the text so far, `d` says what is due; a function gives the text with its value, or null.
 */
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

  compile(parts: readonly Part[], type: GraphQLCompositeType, due: Due): Written {
    const name = this.#object(parts, type, due);
    // Names come from a validated document and are written as JSON strings; nothing of a value is ever code.
    return new Function('rt', 'k', `"use strict";\n${this.#code.join('\n')}\nreturn ${name};`)(runtime, this.#constants) as Written;
  }

  #constant(value: unknown): string {
    return `k[${this.#constants.push(value) - 1}]`;
  }

  #function(body: string): string {
    const name = `w${this.#functions++}`;
    this.#code.push(`function ${name}(o,c,s,t,d){${body}}`);
    return name;
  }

  /** A function for objects of `type`. */
  #object(parts: readonly Part[], type: GraphQLCompositeType, before: Due): string {
    const lines: string[] = [];
    let due = before.with('{');
    for (const { field, when } of selectionOf(parts, type, this.#context)) {
      if (due.texts.length > MOST_TEXTS) {
        const settled = due.settled();
        lines.push(settled.code);
        due = settled.due;
      }
      const { code, after } = this.#field(field, type, due);
      if (when === ALWAYS) {
        lines.push(code);
        due = after;
        continue;
      }
      const all = due.or(after);
      lines.push(`${due.setup}if(${when}){${code}${after.among(all)}}`);
      due = all;
    }
    return this.#function(`let v,x,n;${lines.join('\n')}\nreturn t+${due.code('}')};`);
  }

  #clientName(name: string): string {
    return this.#context.renames.get(name) ?? name;
  }

  #field({ responseName, node, type: output, parts }: SelectedField, type: GraphQLCompositeType, due: Due): Code {
    const client = JSON.stringify(this.#clientName(responseName));
    const before = due.next.with(`${client}:`);
    if (node.name.value === '__typename') {
      // An object that only an interface is known of can't say what it is.
      if (!isObjectType(type)) return { code: 'return null;', after: NOTHING };
      return { code: '', after: before.with(JSON.stringify(type.name)) };
    }
    if ((node.name.value === '__schema' || node.name.value === '__type') && type === this.#context.schema.getQueryType()) {
      const { introspect } = this.#context;
      const set: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [{ ...node, directives: [] }] };
      const own = this.#constant((variables: Notes['variables']) => introspect(set, variables));
      return { code: `t+=${before.code()}+${own}(s.variables);`, after: NOTHING };
    }
    const enter = this.#explains ? `s.path.push(${client});n=s.flaws.length;` : '';
    const leave = this.#explains ? 's.path.pop();' : '';
    const missing = this.#explains ? 'rt.missing(s,n);s.path.pop();return null;' : 's.flawed=true;return null;';
    const { code, after } = this.#value(output, parts, before, missing);
    return { code: `v=o[${JSON.stringify(responseName)}];${enter}${code}${leave}`, after };
  }

  /** Writes `v`, or null; `missing` instead of a null that may not be. */
  #value(type: GraphQLOutputType, parts: readonly Part[], before: Due, missing: string): Code {
    const strict = isNonNullType(type);
    const inner = strict ? type.ofType : type;
    const isNull = strict ? `{${missing}}` : `t+=${before.code('null')};`;
    if (isListType(inner) || isCompositeType(inner)) {
      const [name, fits] = isListType(inner)
        ? [this.#list(inner.ofType as GraphQLOutputType, parts, before), 'Array.isArray(v)']
        : [
            isAbstractType(inner) ? this.#abstract(parts, inner, before) : this.#object(parts, inner, before),
            `typeof v==='object'&&!Array.isArray(v)`,
          ];
      const d = before.texts.length === 1 ? '0' : 'd';
      return { code: `x=v==null?null:${fits}?${name}(v,c,s,t,${d}):rt.misfit(s);if(x===null)${isNull}else t=x;`, after: NOTHING };
    }
    if (inner.name === 'String' || inner.name === 'ID') {
      const text = `t+=${before.code('"')}+(s.plain?v:rt.escaped(v,s.quoted));`;
      if (strict && inner.name === 'String')
        return { code: `if(typeof v==='string')${text}else{if(v!=null)rt.flaw(s);${missing}}`, after: QUOTE };
      const other = inner.name === 'ID' ? 'rt.number(v,true,s)' : 'rt.flaw(s)';
      const otherwise = `x=v==null?null:${other};if(x===null)${isNull}else t+=${before.code()}+x;d=0;`;
      return { code: `if(typeof v==='string'){${text}d=1;}else{${otherwise}}`, after: NOTHING_OR_QUOTE };
    }
    return { code: `x=${this.#leaf(inner)};if(x===null)${isNull}else t+=${before.code()}+x;`, after: NOTHING };
  }

  /** The JSON of `v`, or null, as an expression. */
  #leaf(type: GraphQLLeafType): string {
    switch (type.name) {
      case 'Int':
      case 'Float':
        return `v==null?null:rt.number(v,${type.name === 'Int'},s)`;
      case 'Boolean':
        return `v===true?'true':v===false?'false':v==null?null:rt.flaw(s)`;
    }
    if (!isEnumType(type)) return 'v==null?null:rt.json(v,s)';
    const values = this.#constant(new Map(type.getValues().map(({ name }) => [name, `"${name}"`])));
    return `v==null?null:${values}.get(v)??rt.flaw(s)`;
  }

  #list(item: GraphQLOutputType, parts: readonly Part[], before: Due): string {
    const first = before.with('[');
    const all = first.or(NOTHING_OR_QUOTE);
    // The explaining writer goes on, for the flaws of the other items.
    const missing = this.#explains ? 'rt.missing(s,n);bad=true;' : 's.flawed=true;return null;';
    const { code, after } = this.#value(item, parts, all.next, missing);
    const enter = this.#explains ? 's.path.push(i);n=s.flaws.length;' : '';
    const leave = this.#explains ? 's.path.pop();' : '';
    return this.#function(
      `let v,x,n,bad=false;${first.setup}
for(let i=0;i<o.length;i++){v=o[i];${enter}${code}${leave}${after.among(all)}}
return bad?null:t+${all.code(']')};`,
    );
  }

  /** Finds the function for an object's type by its name, and makes it at the first one. */
  #abstract(parts: readonly Part[], type: GraphQLCompositeType, before: Due): string {
    const { schema } = this.#context;
    const known = new Map<unknown, Written>();
    const find = (typeName: unknown): Written => {
      const named = typeName == null ? type : typeof typeName === 'string' ? schema.getType(typeName) : undefined;
      // A type that clients may not see: nothing is said of the object. Not kept, because there is no end of such names.
      if (!isCompositeType(named)) return (_, __, notes) => runtime.flaw(notes);
      const written = new Unit(this.#context, this.#explains).compile(parts, named, before);
      known.set(typeName, written);
      return written;
    };
    const table = this.#constant(known);
    return this.#function(`const f=${table}.get(o.__typename);return (f===undefined?${this.#constant(find)}(o.__typename):f)(o,c,s,t,d);`);
  }
}
