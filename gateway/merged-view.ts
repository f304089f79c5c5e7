import { randomUUID } from 'node:crypto';
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import type { MergedView } from '../kernel/merged-view.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import type { Engine } from './engine/engine.ts';
import { Client } from './transport/client.ts';

/** The graph of an engine, for those of this process who ask it without HTTP. Each question is a client request of its own. */
export function mergedView(engine: Engine, clock: () => EpochMs): { readonly view: () => MergedView | null; close(): void } {
  let view: MergedView | null = null;
  const close = engine.onLoad(({ schema }) => {
    view = { schema, ask: (query, variables) => ask(engine, schema, query, variables, clock()) };
  });
  return { view: () => view, close };
}

async function ask(
  engine: Engine,
  schema: GraphQLSchema,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  now: EpochMs,
): Promise<FormattedExecutionResult> {
  let operation = engine.prepared(query, undefined);
  if (!operation) {
    const document = parse(query, { noLocation: true });
    const [mistake] = validate(schema, document);
    // Its message may quote values, and this one is logged.
    if (mistake) throw new GraphQLError('The graph was asked for what it does not have.', { originalError: mistake });
    operation = await engine.prepare(document, query, undefined);
  }
  const { text } = await engine.execute(operation, variables, new Client(randomUUID(), now));
  return JSON.parse(text) as FormattedExecutionResult;
}
