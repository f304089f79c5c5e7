/**
 * Workload A: the one query of the public federation-gateways benchmark, which answers 87,599 bytes. Supergraph, query and
 * expected answer are read from `../shared/data/gateways-benchmark`, which is no part of this repository; the four subgraphs
 * here answer from what the expected answer says about each user, product and review.
 */
import { existsSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { Workload } from './workload.ts';

const FOLDER = new URL('../../../shared/data/gateways-benchmark/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

/** An object of the answer, or what is known of one: scalars as they are, other objects by their keys. */
type Fields = Readonly<Record<string, unknown>>;

interface Known {
  readonly users: ReadonlyMap<string, Fields>;
  readonly products: ReadonlyMap<string, Fields>;
  readonly reviews: ReadonlyMap<string, Fields>;
  /** Keys, in the order of the answer. */
  readonly allUsers: readonly string[];
  readonly topProducts: readonly string[];
}

/** Collects what an answer says, in all the places where it says it, about each entity. Throws when two places contradict each other. */
function collect(data: { users: readonly Fields[]; topProducts: readonly Fields[] }): Known {
  const users = new Map<string, Fields>();
  const products = new Map<string, Fields>();
  const reviews = new Map<string, Fields>();

  const keyOf = (entity: Fields): string => {
    const [kind, key] = 'upc' in entity ? [products, entity.upc] : 'username' in entity ? [users, entity.id] : [reviews, entity.id];
    const known = kind.get(String(key)) ?? {};
    const said = Object.fromEntries(Object.entries(entity).map(([field, value]) => [field, flat(value)]));
    for (const [field, value] of Object.entries(said))
      if (field in known && JSON.stringify(known[field]) !== JSON.stringify(value))
        throw new Error(`expected.json says two things about ${field} of ${key}.`);
    kind.set(String(key), { ...known, ...said });
    return String(key);
  };
  const flat = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(flat);
    return value !== null && typeof value === 'object' ? keyOf(value as Fields) : value;
  };
  return { allUsers: data.users.map(keyOf), topProducts: data.topProducts.map(keyOf), users, products, reviews };
}

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides"])';

const SDL = {
  accounts: `type Query { me: User user(id: ID!): User users: [User] }
    type User @key(fields: "id") { id: ID! name: String username: String birthday: Int }`,
  inventory: `type Product @key(fields: "upc") {
      upc: String! weight: Int @external price: Int @external inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }`,
  products: `type Query { topProducts(first: Int = 5): [Product] }
    type Product @key(fields: "upc") { upc: String! weight: Int price: Int name: String }`,
  reviews: `type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "username") }
    type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
    type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
};

function resolversOf({ users, products, reviews, allUsers, topProducts }: Known) {
  const ofUser = { __resolveReference: ({ id }: Fields) => users.get(String(id)) };
  const ofProduct = { __resolveReference: ({ upc }: Fields) => products.get(String(upc)) };
  const list = (from: ReadonlyMap<string, Fields>, keys: unknown) => (keys as readonly string[]).map((key) => from.get(key));
  const ofReviewed = { reviews: (entity: Fields) => list(reviews, entity.reviews) };
  return {
    accounts: {
      Query: {
        me: () => users.get(allUsers[0] ?? ''),
        user: (_: unknown, { id }: { id: string }) => users.get(id),
        users: () => list(users, allUsers),
      },
      User: ofUser,
    },
    inventory: { Product: ofProduct },
    products: {
      Query: { topProducts: (_: unknown, { first }: { first: number }) => list(products, topProducts.slice(0, first)) },
      Product: ofProduct,
    },
    reviews: {
      User: { ...ofUser, ...ofReviewed },
      Product: { ...ofProduct, ...ofReviewed },
      Review: {
        __resolveReference: ({ id }: Fields) => reviews.get(String(id)),
        product: (review: Fields) => products.get(String(review.product)),
        author: (review: Fields) => users.get(String(review.author)),
      },
    },
  };
}

/** Undefined when the data is absent. */
export function publicBenchmark(): Workload | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const answer = JSON.parse(read('expected.json'));
  const resolvers = resolversOf(collect(answer.data));
  const schemas = Object.fromEntries(
    Object.entries(SDL).map(([name, sdl]) => [
      name,
      buildSubgraphSchema({ typeDefs: parse(`${LINK}\n${sdl}`), resolvers: resolvers[name as keyof typeof SDL] }),
    ]),
  );
  return {
    name: 'A',
    about: "the public benchmark's query, 87 KB answer",
    supergraph: (base) => read('supergraph.graphql').replaceAll('http://127.0.0.1:14200', base),
    asked: [{ body: JSON.stringify({ query: read('query.graphql') }), answer }],
    schemas,
  };
}
