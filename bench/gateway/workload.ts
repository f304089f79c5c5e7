import type { GraphQLSchema } from 'graphql';

/** One client request and the one right answer to it. */
export interface Asked {
  /** The HTTP body, JSON. */
  readonly body: string;
  /** The whole GraphQL response: `{ data }`. */
  readonly answer: unknown;
}

/** What every gateway is asked, over which graph. */
export interface Workload {
  readonly name: 'A' | 'B' | 'B1';
  /** One line for the head of the table. */
  readonly about: string;
  /** The supergraph, with each subgraph at `<base>/<name>`. */
  supergraph(base: string): string;
  /** Sent in turn. */
  readonly asked: readonly Asked[];
  /** Executable, by subgraph name; every resolver answers at once. */
  readonly schemas: Readonly<Record<string, GraphQLSchema>>;
}
