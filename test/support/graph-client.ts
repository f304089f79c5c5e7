import type { ApolloServer } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import type { GraphContext } from '../../gateway/http/plugins.ts';
import { Client } from '../../gateway/transport/client.ts';

/** Any JSON, as a test looks into it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read into answers whose shape the query beside them says.
export type Json = any;

/** What a client gets, in plain objects. */
export interface Answer {
  readonly data: Json;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: Json }[];
  readonly extensions?: Json;
}

/** Executes on an open graph without HTTP, as one client request. */
export async function ask(
  { apollo }: { readonly apollo: ApolloServer<GraphContext> },
  query: string,
  variables: Record<string, unknown> = {},
  now = 0,
): Promise<Answer> {
  const client = new Client('00000000-0000-4000-8000-000000000000', now);
  const response = await apollo.executeOperation({ query, variables }, { contextValue: { client } });
  if (response.body.kind !== 'single') throw new Error('An answer in parts.');
  return JSON.parse(JSON.stringify(response.body.singleResult satisfies FormattedExecutionResult)) as Answer;
}

/** Asks a running gateway over HTTP. */
export async function post(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer & { readonly status: number }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return { ...((await response.json()) as Answer), status: response.status };
}
