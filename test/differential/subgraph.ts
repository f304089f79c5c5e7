import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
} from 'graphql';
import { hash } from './choices.ts';

/** What subgraphs know within one client request: the changes that there were, each field by its response name with its arguments. */
export interface State {
  readonly changes: string[];
}

/** A change as it is noted. */
export function changeText(responseName: string | number, field: string, args: object): string {
  return `${responseName}:${field}(${JSON.stringify(args)})`;
}

/** An object of a subgraph. `$is` tells it from all others; entities are the same everywhere. */
interface Thing {
  readonly __typename: string;
  readonly $is: string;
  readonly $reference?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly code?: string;
  readonly at?: { readonly x: number; readonly y: number };
}

const ENTITIES = 5;
const SPECIAL = ['', 'plain', 'quote " and \\ backslash', 'line\nbreak', 'žluťoučký 🐎', '\u2028', '</script>', '__proto__'];

/**
 * A subgraph whose values follow from their place alone: a field of an entity is the same from whichever subgraph, and the
 * same at each execution. Some are null, also where they may not be, and some fail.
 */
export class GeneratedSubgraph {
  readonly schema: GraphQLSchema;
  readonly #requires: ReadonlyMap<string, readonly string[]>;

  constructor(sdl: string) {
    const typeDefs = parse(sdl);
    const resolvers: Record<string, { __resolveReference: (reference: object) => Promise<object | null> }> = {};
    for (const { name: type, directives = [] } of objectTypes(typeDefs))
      if (directives.some((directive) => directive.name.value === 'key'))
        resolvers[type.value] = { __resolveReference: async (reference) => this.#resolve(type.value, reference) };
    this.schema = buildSubgraphSchema({ typeDefs, resolvers });
    this.#requires = requirements(typeDefs);
  }

  execute(document: DocumentNode, variables: Readonly<Record<string, unknown>>, state: State, operationName?: string) {
    const result = execute({
      schema: this.schema,
      document,
      variableValues: variables,
      contextValue: state,
      operationName,
      fieldResolver: (parent, args, context, info) => this.#field(parent as Thing | undefined, args, context, info),
      typeResolver: (value) => (value as Thing).__typename,
    });
    return result as ExecutionResult | Promise<ExecutionResult>;
  }

  #resolve(type: string, reference: object): Thing | null {
    const { id, code, at } = reference as { id?: string; code?: string; at?: { x: number } };
    const known = id ?? code?.slice(1) ?? String(at?.x ?? reject(reference));
    // The same whoever is asked: the planner may find several ways, and ours takes others where a key can't be resolved.
    const lot = hash(`${type} ${known}`) % 40;
    if (lot === 0) throw new Error(`no way to ${type} ${known}`);
    if (lot < 3) return null;
    const concrete = type === 'M' && isInterfaceType(this.schema.getType('M')) ? memberOf(known) : type;
    return entityOf(concrete, known, reference as Thing['$reference']);
  }

  #field(parent: Thing | undefined, args: object, state: State, info: GraphQLResolveInfo): unknown {
    const { fieldName, parentType, path, returnType } = info;
    if (parent && fieldName !== '__typename' && Object.hasOwn(parent, fieldName)) return parent[fieldName as keyof Thing];
    const required = this.#requires.get(`${parentType.name}.${fieldName}`) ?? [];
    const told = required.map((name) => JSON.stringify(parent?.$reference?.[name]) ?? 'missing');
    const changes = parentType.name === 'Mutation' ? state.changes.push(changeText(path.key, fieldName, args)) : '';
    return this.#value(returnType, `${parent?.$is ?? parentType.name}.${fieldName}(${JSON.stringify(args)})${told}${changes}`);
  }

  #value(type: GraphQLOutputType, place: string): unknown {
    const lot = hash(place) % 100;
    if (lot === 0) throw new Error(`a fault at ${place}`);
    if (isNonNullType(type)) return lot === 1 ? null : this.#some(type.ofType, place);
    return lot < 12 ? null : this.#some(type, place);
  }

  #some(type: Exclude<GraphQLOutputType, { readonly ofType: never }>, place: string): unknown {
    const number = hash(`${place} value`);
    if (isListType(type))
      return Array.from({ length: number % 4 }, (_, index) => this.#value(type.ofType as GraphQLOutputType, `${place}[${index}]`));
    if (isEnumType(type)) return type.getValues()[number % type.getValues().length]?.value;
    if (isAbstractType(type)) {
      const types = this.schema.getPossibleTypes(type);
      if (type.name === 'M') return entityOf(memberOf(String(number % ENTITIES)), String(number % ENTITIES));
      return this.#object(types[number % types.length]?.name ?? '', place);
    }
    if (isObjectType(type)) return this.#object(type.name, place);
    switch ('name' in type ? type.name : '') {
      case 'Int':
        return (number % 2001) - 1000;
      case 'Float':
        return number % 3 === 0 ? number : (number % 10_000) / 7;
      case 'Boolean':
        return number % 2 === 0;
      case 'String':
        return `${SPECIAL[number % SPECIAL.length]}${number % 97}`;
      case 'ID':
        return String(number % 1000);
    }
    return [{ k: number % 9, l: [null, { 'm "n"': 1.5 }] }, number % 5, 'text', false, [], [[number % 3]]][number % 6];
  }

  #object(type: string, place: string): Thing {
    return /^[EM]/.test(type) ? entityOf(type, String(hash(`${place} which`) % ENTITIES)) : { __typename: type, $is: place };
  }
}

/** Whoever knows M as an object knows it as the same thing. */
function memberOf(id: string): string {
  return hash(id) % 2 === 0 ? 'M1' : 'M2';
}

function entityOf(type: string, id: string, reference?: Thing['$reference']): Thing {
  const number = Number(id);
  return {
    __typename: type,
    $is: `${type}:${id}`,
    id,
    code: `c${id}`,
    at: { x: number, y: number * 2 },
    ...(reference && { $reference: reference }),
  };
}

function* objectTypes(document: DocumentNode): Generator<ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode> {
  for (const definition of document.definitions)
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) yield definition;
}

/** The fields that each `@requires` names, by `Type.field`. */
function requirements(document: DocumentNode): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { name, fields = [] } of objectTypes(document))
    for (const field of fields)
      for (const directive of field.directives ?? []) {
        const selection = directive.arguments?.[0]?.value;
        if (directive.name.value !== 'requires' || selection?.kind !== Kind.STRING) continue;
        const [operation] = parse(`{${selection.value}}`).definitions;
        if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
        const names = operation.selectionSet.selections.flatMap((one) => (one.kind === Kind.FIELD ? one.name.value : []));
        found.set(`${name.value}.${field.name.value}`, names);
      }
  return found;
}

function reject(reference: object): never {
  throw new Error(`a representation without a key: ${JSON.stringify(reference)}`);
}
