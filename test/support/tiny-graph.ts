import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, GraphQLError, parse } from 'graphql';
import type { Subgraph } from '../../kernel/subgraph.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';

/**
 * Four subgraphs in miniature that stand to each other as the real ones do: identity has the edges to Customer, pos and
 * crm answer domain fields and signals, recommendations requires the signals. For tests of the gateway alone.
 */
const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@inaccessible", "@shareable"])
scalar DateTime
`;

interface Part {
  readonly sdl: string;
  readonly resolvers: Parameters<typeof buildSubgraphSchema>[0] extends infer T ? (T extends { resolvers?: infer R } ? R : never) : never;
}

export const CANARY = 'mallory.canary@example.com';

const orders = [
  { id: 'o1', number: '1001', owner: 'ada' },
  { id: 'o2', number: '1002', owner: 'ben' },
  { id: 'o3', number: '1003', owner: null },
];
const people = new Map([
  ['ada', { id: 'ada', members: ['ada'], permissions: ['PERSONALIZATION'] }],
  ['ben', { id: 'ben', members: ['ben', 'benny'], permissions: [] }],
]);

const parts: Readonly<Record<string, Part>> = {
  identity: {
    sdl: `
type Query { customer(id: ID!): Customer customers(ids: [ID!]!): [Customer] since(at: DateTime!): Boolean }
type Customer @key(fields: "id") { id: ID! members: [ID!] @inaccessible permissions: [String!] @inaccessible }
type Order @key(fields: "id") { id: ID! owner: ID @external customer: Customer @requires(fields: "owner") }
`,
    resolvers: {
      Query: {
        customer: (_: unknown, { id }: { id: string }) => people.get(id) ?? null,
        customers: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => people.get(id) ?? null),
        since: () => true,
      },
      Customer: { __resolveReference: async ({ id }: { id: string }) => people.get(id) ?? null },
      Order: {
        __resolveReference: async (order: object) => order,
        customer: ({ owner }: { owner: string | null }) => (owner ? (people.get(owner) ?? null) : null),
      },
    },
  },
  crm: {
    sdl: `
type Query { cases: [Case!] }
type Case { id: ID! order: Order }
type Order @key(fields: "id", resolvable: false) { id: ID! }
type Customer @key(fields: "id") { id: ID! members: [ID!] @external profile: Profile @requires(fields: "members") crmSignals: CrmSignals @requires(fields: "members") @inaccessible }
type Profile { display: String notes(first: Int): [String!] broken: String leaky: String }
type CrmSignals @inaccessible { known: Boolean! }
`,
    resolvers: {
      Query: { cases: () => [{ id: 'c1', order: { id: 'o1' } }] },
      Customer: {
        __resolveReference: async (reference: object) => reference,
        profile: ({ id, members }: { id: string; members: string[] | null }) => ({ display: `${id}/${(members ?? []).length}` }),
        crmSignals: () => ({ known: true }),
      },
      Profile: {
        notes: (_: unknown, { first }: { first?: number }) => {
          if (first && first > 2)
            throw new GraphQLError('Argument "first" must be at most 2.', { extensions: { code: 'BAD_USER_INPUT', argument: 'first' } });
          return ['a', 'b'];
        },
        broken: () => {
          throw new Error(`E11000 duplicate key: { email: "${CANARY}" } at mongodb://user:secret@10.0.0.7`);
        },
      },
    },
  },
  pos: {
    sdl: `
type Query { order(id: ID!): Order orders: [Order!] }
type Mutation { orderRecord(number: String!): OrderPayload }
type OrderPayload { order: Order }
type Order @key(fields: "id") { id: ID! number: String owner: ID @inaccessible }
type Customer @key(fields: "id") { id: ID! members: [ID!] @external purchases: Purchases @requires(fields: "members") posSignals: PosSignals @requires(fields: "members") @inaccessible }
type Purchases { count: Int! orders: [Order!]! }
type PosSignals @inaccessible { orderCount: Int! }
`,
    resolvers: {
      Query: { order: (_: unknown, { id }: { id: string }) => orders.find((order) => order.id === id) ?? null, orders: () => orders },
      Mutation: { orderRecord: (_: unknown, { number }: { number: string }) => ({ order: { id: 'o9', number, owner: 'ada' } }) },
      Order: { __resolveReference: async ({ id }: { id: string }) => orders.find((order) => order.id === id) ?? null },
      Customer: {
        __resolveReference: async (reference: object) => reference,
        purchases: ({ id }: { id: string }) => {
          const own = orders.filter((order) => order.owner === id);
          return { count: own.length, orders: own };
        },
        posSignals: ({ id }: { id: string }) => ({ orderCount: orders.filter((order) => order.owner === id).length }),
      },
    },
  },
  recommendations: {
    sdl: `
type Query { ping: Boolean }
type Customer @key(fields: "id") { id: ID! permissions: [String!] @external crmSignals: CrmSignals @external posSignals: PosSignals @external
  recommendations: Recommendations @requires(fields: "permissions crmSignals { known } posSignals { orderCount }") }
type CrmSignals @inaccessible { known: Boolean! @external }
type PosSignals @inaccessible { orderCount: Int! @external }
type Recommendations { from: [String!]! }
`,
    resolvers: {
      Customer: {
        __resolveReference: async (reference: object) => reference,
        recommendations: (seen: { permissions: unknown; crmSignals: unknown; posSignals: unknown }) => ({
          from: (['permissions', 'crmSignals', 'posSignals'] as const).filter((name) => seen[name]),
        }),
      },
    },
  },
};

export type TinyName = 'identity' | 'crm' | 'pos' | 'recommendations';
const TINY_NAMES: readonly TinyName[] = ['identity', 'crm', 'pos', 'recommendations'];

export interface TinyGraph {
  readonly supergraphSdl: string;
  readonly subgraphs: ReadonlyMap<SubgraphName, Subgraph>;
  /** How many contexts each subgraph made. */
  readonly contexts: Map<string, number>;
}

export function tinyGraph(): TinyGraph {
  const composed = composeServices(
    TINY_NAMES.map((name) => ({ name, url: `http://127.0.0.1:1/${name}`, typeDefs: parse(HEAD + parts[name]?.sdl) })),
  );
  if (composed.errors) throw new Error(composed.errors.map((error) => error.message).join('\n'));
  const contexts = new Map<string, number>();
  const subgraphs = new Map<SubgraphName, Subgraph>(
    TINY_NAMES.map((name) => {
      const part = parts[name];
      if (!part) throw new Error(name);
      const schema = buildSubgraphSchema({ typeDefs: parse(HEAD + part.sdl), resolvers: part.resolvers ?? {} });
      return [
        name,
        {
          name,
          schema,
          intakes: [],
          jobs: [],
          facts: {},
          context: () => {
            contexts.set(name, (contexts.get(name) ?? 0) + 1);
            return {};
          },
          execute: async (document, variables, contextValue, operationName) =>
            execute({ schema, document, variableValues: variables, contextValue, operationName }),
        } satisfies Subgraph,
      ];
    }),
  );
  return { supergraphSdl: composed.supergraphSdl, subgraphs, contexts };
}
