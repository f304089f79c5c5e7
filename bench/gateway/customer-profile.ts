/**
 * Workload B: a customer profile in five fetches, identity's and then crm, pos, loyalty and feedback at once; the answer has about 1 KB.
 * B asks for many customers in turn, so that concurrent requests have no fetch in common; B1 for the same one every time, so that all have.
 * The graph is a small one of the product's kind, so that the figures do not move whenever the product's schema does.
 */

import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { Workload } from './workload.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const MONEY = 'type Money @shareable { amount: String! currencyCode: String! }';

const SDL = {
  identity: `type Query { customer(id: ID!): Customer }
    enum CustomerStatus { ACTIVE MERGED ERASED }
    type Customer @key(fields: "id") { id: ID! status: CustomerStatus! createdAt: String! }`,
  crm: `type Customer @key(fields: "id") { id: ID! profile: Profile }
    type Profile { name: PersonName birthDate: String locale: String email: String segments: [String!]! }
    type PersonName { display: String! given: String family: String }`,
  pos: `${MONEY}
    type Customer @key(fields: "id") { id: ID! purchases: Purchases }
    type Purchases { orderCount: Int! totalSpent: Money! orders(first: Int = 3): [Order!]! }
    type Order { number: String! placedAt: String! channel: String! total: Money! }`,
  loyalty: `type Customer @key(fields: "id") { id: ID! loyalty: LoyaltyAccount }
    type LoyaltyAccount { number: String! tier: Tier! points: Points! }
    type Tier { code: String! name: String! }
    type Points { available: Int! pending: Int! expiringNext: Int! expiringNextAt: String }`,
  feedback: `type Customer @key(fields: "id") { id: ID! nps: Nps satisfaction: Float }
    type Nps { score: Int! category: NpsCategory! answeredAt: String! }
    enum NpsCategory { PROMOTER PASSIVE DETRACTOR }`,
};

const QUERY = `query CustomerProfile($id: ID!) {
  customer(id: $id) {
    id status createdAt
    profile { name { display given family } birthDate locale email segments }
    purchases { orderCount totalSpent { ...Amount } orders(first: 3) { number placedAt channel total { ...Amount } } }
    loyalty { number tier { code name } points { available pending expiringNext expiringNextAt } }
    nps { score category answeredAt }
    satisfaction
  }
}
fragment Amount on Money { amount currencyCode }`;

/** The whole of what customer number `i` answers, in the order of the query's fields. */
function customer(i: number) {
  const money = (minor: number) => ({ amount: (minor / 100).toFixed(2), currencyCode: 'EUR' });
  const order = (n: number) => ({
    number: `S-2026-${1000 * i + n}`,
    placedAt: `2026-0${n}-1${i % 10}T10:00:00.000Z`,
    channel: n % 2 ? 'STORE' : 'ONLINE',
    total: money(1999 + 731 * n + i),
  });
  return {
    id: `cus_${100_000 + i}`,
    status: 'ACTIVE',
    createdAt: '2024-05-02T08:30:00.000Z',
    profile: {
      name: { display: `Ada Example ${i}`, given: 'Ada', family: `Example ${i}` },
      birthDate: '1985-12-10',
      locale: 'de-DE',
      email: `ada.${i}@example.com`,
      segments: ['NEWSLETTER', 'HOME_DELIVERY', 'EARLY_ACCESS'],
    },
    purchases: { orderCount: 17 + i, totalSpent: money(248_350 + i), orders: [order(3), order(2), order(1)] },
    loyalty: {
      number: `L-${700_000 + i}`,
      tier: { code: 'GOLD', name: 'Gold member' },
      points: { available: 2480 + i, pending: 120, expiringNext: 300, expiringNextAt: '2026-12-31T23:59:59.000Z' },
    },
    nps: { score: 9, category: 'PROMOTER', answeredAt: '2026-03-14T16:20:00.000Z' },
    satisfaction: 4.5,
  };
}

export function customerProfile(name: 'B' | 'B1'): Workload {
  const count = name === 'B' ? 50 : 1;
  const customers = new Map(Array.from({ length: count }, (_, i) => [customer(i).id, customer(i)]));
  const resolvers = {
    Customer: { __resolveReference: ({ id }: { id: string }) => customers.get(id) },
    Query: { customer: (_: unknown, { id }: { id: string }) => customers.get(id) },
  };
  const documents = Object.entries(SDL).map(([name, sdl]) => ({ name, typeDefs: parse(`${LINK}\n${sdl}`) }));
  return {
    name,
    about: `a customer profile, five fetches, 1 KB answer, ${count === 1 ? 'one customer' : `${count} customers in turn`}`,
    supergraph: (base) => {
      const { errors, supergraphSdl } = composeServices(
        documents.map(({ name, typeDefs }) => ({ name, typeDefs, url: `${base}/${name}` })),
      );
      if (!supergraphSdl) throw new AggregateError(errors ?? [], 'The profile graph does not compose.');
      return supergraphSdl;
    },
    asked: [...customers].map(([id, answer]) => ({
      body: JSON.stringify({ query: QUERY, operationName: 'CustomerProfile', variables: { id } }),
      answer: { data: { customer: answer } },
    })),
    schemas: Object.fromEntries(
      documents.map(({ name, typeDefs }) => {
        const { Customer, Query } = resolvers;
        return [name, buildSubgraphSchema({ typeDefs, resolvers: name === 'identity' ? { Customer, Query } : { Customer } })];
      }),
    ),
  };
}
