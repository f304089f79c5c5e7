import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { type Choices, hash } from './choices.ts';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DEPTH = 6;
/** Keys and what is required: stock lets a client's alias displace them (test/gateway/planning.test.ts). */
const NEVER_ALIASES = new Set(['id', 'code', 'at', 'x', 'y', 'mf', 'v', 'a', 'c', 'any']);

/** One operation on the schema that clients see; null when it is not a valid one. */
export function operationOf(choices: Choices, schema: GraphQLSchema): Asked | null {
  const writer = new Writer(choices, schema);
  const query = writer.operation();
  return validate(schema, parse(query)).length > 0 ? null : { query, variables: writer.variables };
}

class Writer {
  readonly variables: Record<string, unknown> = {};
  readonly #choices: Choices;
  readonly #schema: GraphQLSchema;
  readonly #definitions: string[] = [];
  readonly #fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  readonly #booleans = new Set<string>();
  #aliases = 0;
  #size = 0;

  constructor(choices: Choices, schema: GraphQLSchema) {
    this.#choices = choices;
    this.#schema = schema;
  }

  operation(): string {
    const mutation = this.#schema.getMutationType();
    const root = mutation && this.#choices.once(5) ? mutation : this.#schema.getQueryType();
    if (!root) throw new Error('A schema without a query type.');
    const selection = this.#selection(root, DEPTH);
    const definitions = this.#definitions.length > 0 ? `(${this.#definitions.join(', ')})` : '';
    const named = this.#choices.once(4) ? ' Named' : '';
    const fragments = this.#fragments.map(({ name, type, text }) => `\nfragment ${name} on ${type} ${text}`).join('');
    return `${root === mutation ? 'mutation' : 'query'}${named}${definitions} ${selection}${fragments}`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    const count = 1 + this.#choices.upTo(this.#size > 60 ? 1 : 5);
    for (let i = 0; i < count; i++) parts.push(this.#part(type, depth));
    // What is selected twice is answered once.
    if (this.#choices.once(8)) parts.push(parts[0] ?? '');
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLCompositeType, depth: number): string {
    this.#size += 1;
    const roll = this.#choices.upTo(12);
    if (depth > 0 && (roll >= 10 || (isAbstractType(type) && roll >= 6))) return this.#fragment(type, depth - 1);
    // Stock lets whoever knows M as an object take its own type from it: test/gateway/engine-interface-object.test.ts.
    const typed = !/^M\d?$/.test(type.name);
    if (roll === 5 && typed) return `${this.#choices.pick(['', '', 'kind: '])}__typename${this.#conditions()}`;
    if (type === this.#schema.getQueryType() && roll === 6 && this.#choices.once(4)) return this.#introspection();
    return this.#field(type, depth);
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const open = depth > 0 ? fields : fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const field = open[this.#choices.upTo(open.length)];
    if (!field) return '__typename';
    const given = field.args.flatMap((argument) => {
      const needed = isNonNullType(argument.type) && argument.defaultValue === undefined;
      return needed || this.#choices.once(2) ? `${argument.name}: ${this.#argument(argument.type)}` : [];
    });
    const args = given.length > 0 ? `(${given.join(', ')})` : '';
    // A field with arguments gets a name of its own: others would ask for it with different ones.
    const alias = field.args.length > 0 || this.#choices.once(5) ? `${this.#alias(field.name)}: ` : '';
    const named = getNamedType(field.type as GraphQLOutputType);
    const inner = isCompositeType(named) ? ` ${this.#selection(named, depth - 1)}` : '';
    return `${alias}${field.name}${args}${this.#conditions()}${inner}`;
  }

  /** A new name, now and then one that is another field's. */
  #alias(field: string): string {
    if (!this.#choices.once(6)) return `x${this.#aliases++}`;
    const other = this.#choices.pick(['n', 'own', 'extra', field]);
    return NEVER_ALIASES.has(other) ? `x${this.#aliases++}` : other;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const own = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const wider = [...own, ...own.flatMap((one) => one.getInterfaces()), type];
    const on = wider[this.#choices.upTo(wider.length)] ?? type;
    const known = this.#fragments.filter((fragment) => fragment.type === on.name);
    const reused = known[this.#choices.upTo(known.length)];
    if (reused && this.#choices.once(2)) return `...${reused.name}${this.#conditions()}`;
    if (this.#choices.once(3)) {
      const text = this.#selection(on, depth);
      const name = `F${this.#fragments.length}`;
      this.#fragments.push({ name, type: on.name, text });
      return `...${name}${this.#conditions()}`;
    }
    const condition = on === type && this.#choices.once(2) ? '' : ` on ${on.name}`;
    return `...${condition}${this.#conditions()} ${this.#selection(on, depth)}`;
  }

  #conditions(): string {
    if (!this.#choices.once(8)) return '';
    const one = (name: string) => {
      const by = this.#choices.upTo(4);
      if (by >= 2) return ` @${name}(if: ${by === 2})`;
      const variable = `b${this.#choices.upTo(3)}`;
      if (!this.#booleans.has(variable)) {
        this.#booleans.add(variable);
        const defaulted = this.#choices.once(3);
        this.#definitions.push(`$${variable}: Boolean${defaulted ? ' = true' : '!'}`);
        if (!defaulted || this.#choices.once(2)) this.variables[variable] = this.#choices.once(2);
      }
      return ` @${name}(if: $${variable})`;
    };
    const name = this.#choices.pick(['include', 'skip']);
    return one(name) + (this.#choices.once(5) ? one(name === 'skip' ? 'include' : 'skip') : '');
  }

  #argument(type: GraphQLInputType): string {
    if (!this.#choices.once(2)) return this.#literal(type, 2);
    const name = `v${this.#definitions.length}`;
    const defaulted = !isNonNullType(type) && this.#choices.once(3);
    this.#definitions.push(`$${name}: ${type}${defaulted ? ` = ${this.#literal(type, 1)}` : ''}`);
    if (isNonNullType(type) || !this.#choices.once(4)) this.variables[name] = this.#json(type, 2);
    return `$${name}`;
  }

  #literal(type: GraphQLInputType, depth: number): string {
    return literal(type, this.#json(type, depth));
  }

  /** A value of an input type, as a variable has it. */
  #json(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#some(type.ofType, depth);
    return this.#choices.once(9) ? null : this.#some(type, depth);
  }

  #some(type: GraphQLInputType, depth: number): unknown {
    if (isListType(type)) return Array.from({ length: this.#choices.upTo(3) }, () => this.#json(type.ofType, depth));
    const number = this.#choices.upTo(5);
    if (isEnumType(type)) return type.getValues()[number % type.getValues().length]?.name;
    if (isInputObjectType(type))
      return Object.fromEntries(
        Object.values(type.getFields()).flatMap((field) =>
          isNonNullType(field.type) || (depth > 0 && this.#choices.once(2)) ? [[field.name, this.#json(field.type, depth - 1)]] : [],
        ),
      );
    if (!('name' in type)) throw new Error(`A value of ${type} is none of a nullable type.`);
    if (type.name === 'Int') return number - 2;
    if (type.name === 'Float') return number + 0.5;
    if (type.name === 'Boolean') return number % 2 === 1;
    return ['text', 'a "b" \\ c', '', 'ž\n', '7'][number];
  }

  #introspection(): string {
    const types = Object.keys(this.#schema.getTypeMap()).filter((name) => !name.startsWith('__'));
    const name = types[hash(String(this.#size)) % types.length];
    return this.#choices.pick([
      `__type(name: "${name}") { name kind fields(includeDeprecated: true) { name type { name ofType { name } } args { name defaultValue } } possibleTypes { name } }`,
      `about: __schema { queryType { ...on __Type { name } } mutationType { name } }`,
    ]);
  }
}

function literal(type: GraphQLInputType, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (isNonNullType(type)) return literal(type.ofType, value);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((item) => literal(type.ofType, item)).join(', ')}]`;
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    return `{${Object.entries(value)
      .flatMap(([name, inner]) => (fields[name] ? `${name}: ${literal(fields[name].type, inner)}` : []))
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
