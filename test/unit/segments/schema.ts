import { buildSchema } from 'graphql';

/** Every shape that a path can meet. */
export const SCHEMA = buildSchema(`
  scalar DateTime
  scalar Date
  scalar Decimal
  enum State { OK WITHHELD UNAVAILABLE }
  enum Colour { RED GREEN BLUE }
  type Status { service: String! state: State! }
  type Plain { text: String }
  type Customer {
    id: ID!
    name: String
    born: Date
    since: DateTime
    active: Boolean
    colours: [Colour!]!
    grid: [[Int!]]
    purchases: Purchases
    offers(first: Int, colour: Colour, record: Boolean! = false, context: Context): [Offer!]
    mixed: Mixed
    named: Named
    friends: [Customer!]!
    segments(ids: [ID!]): [Plain!]
    wide: Wide
    ranked: Ranked
    deep: Deep
  }
  type Deep { deep: Deep text: String }
  type Ranked { sourceStatus: Status! sources: [Status!]! model: String others(of: ID!): [Status!]! plain: Plain }
  type Wide { a1: Int a2: Int a3: Int a4: Int a5: Int a6: Int a7: Int a8: Int a9: Int b1: Int b2: Int b3: Int b4: Int }
  type Purchases {
    sourceStatus: Status!
    summary(since: DateTime, until: DateTime): Summary
    on(day: Date!): Summary
    orders(first: Int = 20): Orders
  }
  type Summary { orderCount: Int! total: Decimal }
  type Orders { nodes: [Order!]! }
  type Order { number: String total: Decimal lines: [Line!]! buyer: Customer! }
  type Line { sku: String quantity: Int }
  input Context { store: String at: DateTime tags: [String] }
  type Offer { id: ID score: Float sourceStatus: [Status!]! title: String }
  union Mixed = Offer | Order
  interface Named { name: String }
  type Shop implements Named { name: String }
  type Query { customers(ids: [ID!]!): [Customer]! }
`);
