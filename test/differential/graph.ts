import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { Choices } from './choices.ts';

/** A federated graph: what each subgraph says of itself, and what was composed of it. */
export interface Graph {
  readonly subgraphs: ReadonlyMap<string, string>;
  readonly supergraph: string;
}

const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject", "@inaccessible"])
enum Color { RED GREEN BLUE }
scalar Any
input Filter { min: Int = 1 color: Color tags: [String!] inner: Filter }
type At @shareable { x: Int! y: Int! }
`;

/** Fields of one type in one subgraph, by name, as SDL. */
type Fields = Map<string, string>;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly at: readonly number[];
  /** What `@requires` can say of it; undefined for what can't be required here. */
  readonly required: string | undefined;
}

interface Entity {
  readonly name: string;
  readonly owner: number;
  readonly at: readonly number[];
  readonly fields: Field[];
  readonly named: boolean;
  readonly inUnion: boolean;
}

const KEYS = ['id', 'code', 'at { x y }', 'id code', 'code at { y x }'] as const;
const KEY_FIELDS: Readonly<Record<string, string>> = { id: 'id: ID!', code: 'code: String!', at: 'at: At!' };
const SCALARS = ['Int', 'String', 'Float', 'Boolean', 'ID', 'Color', 'Any'] as const;
const ARGUMENTS = [
  '',
  '(n: Int = 3)',
  '(n: Int)',
  '(color: Color = RED, tags: [String])',
  '(filter: Filter)',
  '(filters: [[Filter!]] = [[{min: 2}]], any: Any)',
  '(must: ID!)',
] as const;

function wrapped(choices: Choices, type: string): string {
  return choices.pick([type, type, `${type}!`, `[${type}]`, `[${type}!]`, `[${type}!]!`, `[${type}]!`, `[[${type}!]]`, `[[${type}]!]!`]);
}

/** One graph of a tape; null when Apollo does not compose it. */
export function graphOf(tape: readonly number[]): Graph | null {
  const sdls = subgraphsOf(new Choices(tape));
  const composed = composeServices([...sdls].map(([name, sdl]) => ({ name, url: `http://127.0.0.1:1/${name}`, typeDefs: parse(sdl) })));
  return composed.errors ? null : { subgraphs: sdls, supergraph: composed.supergraphSdl };
}

function subgraphsOf(choices: Choices): Map<string, string> {
  const count = 3 + choices.upTo(3);
  const all = Array.from({ length: count }, (_, index) => index);
  const types = all.map(() => new Map<string, { readonly head: string; readonly fields: Fields }>());
  const define = (subgraph: number, name: string, head: string) => {
    const known = types[subgraph]?.get(name);
    if (known) return known.fields;
    const fields: Fields = new Map();
    types[subgraph]?.set(name, { head, fields });
    return fields;
  };

  for (const subgraph of all) {
    const exact = () => (choices.once(4) ? '!' : '');
    define(subgraph, 'V0', 'type V0 @shareable')
      .set('a', `a: Int${exact()}`)
      .set('b', `b(n: Int): String${exact()}`)
      .set('c', `c: [Color]${exact()}`);
    define(subgraph, 'V1', 'type V1 @shareable').set('v', `v: V0${exact()}`).set('w', 'w: [[V0]!]').set('any', 'any: Any');
  }

  const entities = Array.from({ length: 2 + choices.upTo(3) }, (_, index) => entity(choices, `E${index}`, all));
  for (const { name, owner, at, named } of entities) {
    const keys = [KEYS[0], ...KEYS.slice(1).filter(() => choices.once(3))];
    const head = `type ${name}${named ? ' implements Named' : ''}`;
    for (const subgraph of at) {
      const own = subgraph === owner ? keys : choices.some(keys);
      const unresolved = subgraph === owner ? [] : keys.filter((key) => !own.includes(key) && choices.once(3));
      const directives = [
        ...unresolved.map((key) => `@key(fields: "${key}", resolvable: false)`),
        ...own.map((key) => `@key(fields: "${key}")`),
      ];
      const fields = define(subgraph, name, `${head} ${directives.join(' ')}`);
      for (const key of [...own, ...unresolved])
        for (const field of key.replace(/{.*}/, '').trim().split(/ +/)) fields.set(field, KEY_FIELDS[field] ?? '');
      if (named) fields.set('n', 'n: String @shareable');
      if (named && subgraph === owner) fields.set('m', 'm: Int');
    }
  }
  for (const subgraph of all) {
    const local = entities.filter(({ at }) => at.includes(subgraph));
    const implementing = local.filter(({ named }) => named);
    if (implementing.length > 0) {
      const fields = define(subgraph, 'Named', 'interface Named').set('n', 'n: String');
      if (implementing.every(({ owner }) => owner === subgraph)) fields.set('m', 'm: Int');
    }
  }

  const abstract = (subgraph: number): string[] => {
    const local = entities.filter(({ at }) => at.includes(subgraph));
    return [...(local.some(({ named }) => named) ? ['Named'] : []), ...(local.some(({ inUnion }) => inUnion) ? ['U'] : [])];
  };
  const output = (subgraph: number): { type: string; required: string | undefined; provides: Entity | undefined } => {
    const local = entities.filter(({ at }) => at.includes(subgraph));
    const kind = choices.upTo(8);
    const target = local[choices.upTo(local.length)];
    const [first, ...others] = abstract(subgraph);
    if (kind >= 6 && first) return { type: wrapped(choices, choices.pick([first, ...others])), required: undefined, provides: undefined };
    if (kind >= 4 && target) return { type: wrapped(choices, target.name), required: undefined, provides: target };
    if (kind === 3) return { type: wrapped(choices, 'V0'), required: '{ a c }', provides: undefined };
    if (kind === 2) return { type: wrapped(choices, 'V1'), required: '{ v { a } any }', provides: undefined };
    return { type: wrapped(choices, choices.pick(SCALARS)), required: '', provides: undefined };
  };

  for (const { name, at, fields } of entities) {
    const size = 2 + choices.upTo(6);
    for (let index = 0; index < size; index++) {
      const field = `f${index}`;
      const subgraph = at[choices.upTo(at.length)] ?? 0;
      const { type, required, provides } = output(subgraph);
      const own = types[subgraph]?.get(name)?.fields;
      const requirable = fields.filter((other) => other.required !== undefined && !other.at.includes(subgraph));
      const requires = requirable.length > 0 && choices.once(2) ? choices.some(requirable).slice(0, 3) : [];
      for (const other of requires) own?.set(other.name, `${other.name}: ${other.type} @external`);
      const args = choices.pick(ARGUMENTS);
      const directives = [
        ...(requires.length > 0
          ? [`@requires(fields: "${requires.map((other) => `${other.name} ${other.required}`.trim()).join(' ')}")`]
          : []),
        ...(choices.once(16) ? ['@inaccessible'] : []),
      ];
      const shared =
        required !== undefined && requires.length === 0 && choices.once(4)
          ? at.filter((other) => other !== subgraph && choices.once(2))
          : [];
      const provided =
        provides && requires.length === 0 ? provide(choices, subgraph, provides, types[subgraph]?.get(provides.name)?.fields) : undefined;
      if (provided) directives.push(`@provides(fields: "${provided}")`);
      const shareable = shared.length > 0 ? ' @shareable' : '';
      for (const place of [subgraph, ...shared])
        types[place]?.get(name)?.fields.set(field, `${field}${args}: ${type} ${directives.join(' ')}${shareable}`);
      // Stock hands on nothing of objects in lists of lists.
      const lost = type.startsWith('[[') && required !== '';
      fields.push({ name: field, type, at: [subgraph, ...shared], required: args === '' && !lost ? required : undefined });
    }
  }

  interfaceObject(choices, all, define);
  for (const subgraph of all) {
    const query = define(subgraph, 'Query', 'type Query');
    const local = entities.filter(({ at }) => at.includes(subgraph));
    for (const { name } of local)
      if (query.size === 0 || choices.once(2))
        query.set(`s${subgraph}${name}`, `s${subgraph}${name}${choices.pick(ARGUMENTS)}: ${wrapped(choices, name)}`);
    for (const name of abstract(subgraph))
      if (choices.once(2)) query.set(`s${subgraph}${name}`, `s${subgraph}${name}: ${wrapped(choices, name)}`);
    if (choices.once(3)) query.set(`s${subgraph}v`, `s${subgraph}v: V1`);
    if (choices.once(3)) query.set('shared', 'shared: Int @shareable');
    if (query.size === 0) query.set(`s${subgraph}n`, `s${subgraph}n: Int`);
    const [changed] = local;
    if (changed && choices.once(2))
      define(subgraph, 'Mutation', 'type Mutation').set(
        `change${subgraph}`,
        `change${subgraph}${choices.pick(ARGUMENTS)}: ${choices.pick([changed.name, `${changed.name}!`, `[${changed.name}]`])}`,
      );
  }

  return new Map(
    all.map((subgraph) => {
      const union = entities.filter(({ at, inUnion }) => inUnion && at.includes(subgraph)).map(({ name }) => name);
      const defined = [...(types[subgraph] ?? [])].map(([, { head, fields }]) => `${head} {\n  ${[...fields.values()].join('\n  ')}\n}`);
      if (union.length > 0) defined.push(`union U = ${[...union, 'V0'].join(' | ')}`);
      return [`s${subgraph}`, `${HEAD}${defined.join('\n')}\n`];
    }),
  );
}

function entity(choices: Choices, name: string, all: readonly number[]): Entity {
  const owner = choices.upTo(all.length);
  const at = [owner, ...all.filter((subgraph) => subgraph !== owner && !choices.once(3))];
  return { name, owner, at, fields: [], named: choices.once(2), inUnion: choices.once(2) };
}

/** A field of `target` that `subgraph` does not have by itself and says along with a reference. */
function provide(choices: Choices, subgraph: number, target: Entity, own: Fields | undefined): string | undefined {
  const field = target.fields.find((other) => other.required === '' && !other.at.includes(subgraph));
  if (!field || !own || !choices.once(2)) return undefined;
  own.set(field.name, `${field.name}: ${field.type} @external`);
  return field.name;
}

/** An interface of two types in one subgraph that another one takes for an object. */
function interfaceObject(choices: Choices, all: readonly number[], define: (subgraph: number, name: string, head: string) => Fields): void {
  if (!choices.once(2)) return;
  const [whole, other] = choices.once(2) ? [0, 1] : [all.length - 1, 0];
  define(whole, 'M', 'interface M @key(fields: "id")').set('id', 'id: ID!').set('mf', 'mf: Int');
  for (const name of ['M1', 'M2'])
    define(whole, name, `type ${name} implements M @key(fields: "id")`)
      .set('id', 'id: ID!')
      .set('mf', 'mf: Int')
      .set('own', `own: ${choices.pick(['String', 'Color!', 'V0'])}`);
  const extra = define(other, 'M', 'type M @key(fields: "id") @interfaceObject')
    .set('id', 'id: ID!')
    .set('extra', `extra${choices.pick(ARGUMENTS)}: ${wrapped(choices, choices.pick(['Int', 'V0']))}`);
  if (choices.once(2)) extra.set('mf', 'mf: Int @external').set('told', 'told: String @requires(fields: "mf")');
  for (const subgraph of [whole, other])
    define(subgraph, 'Query', 'type Query').set(`m${subgraph}`, `m${subgraph}: ${wrapped(choices, 'M')}`);
}
