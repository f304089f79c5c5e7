import { randomUUID } from 'node:crypto';
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { inTime } from '../kernel/in-time.ts';
import type { MergedView } from '../kernel/merged-view.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import type { Engine } from './engine/engine.ts';
import { Client } from './transport/client.ts';

/**
 * The graph of an engine, for those of this process who ask it without HTTP. Each question is a client request of its own. `deadlineMs`: how
 * long one may take; as long as any client's when absent.
 */
export function mergedView(
  engine: Engine,
  clock: () => EpochMs,
  deadlineMs?: number,
): { readonly view: () => MergedView | null; close(): void } {
  let view: MergedView | null = null;
  const close = engine.onLoad(({ schema }) => {
    view = { schema, ask: (query, variables) => ask(engine, schema, query, variables, clock(), deadlineMs) };
  });
  return { view: () => view, close };
}

async function ask(
  engine: Engine,
  schema: GraphQLSchema,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  now: EpochMs,
  deadlineMs: number | undefined,
): Promise<FormattedExecutionResult> {
  let operation = engine.prepared(query, undefined);
  if (!operation) {
    const document = parse(query, { noLocation: true });
    const [mistake] = validate(schema, document);
    // Its message may quote values, and this one is logged.
    if (mistake) throw new GraphQLError('The graph was asked for what it does not have.', { originalError: mistake });
    operation = await engine.prepare(document, query, undefined);
  }
  const client = new Client(randomUUID(), now);
  const answered = engine.execute(operation, variables, client);
  const late = () => {
    // The engine need not go on for nobody.
    client.leave();
    return new Error(`The graph took longer than ${deadlineMs} ms.`);
  };
  const { text } = await (deadlineMs === undefined ? answered : inTime(answered, deadlineMs, late));
  return JSON.parse(text) as FormattedExecutionResult;
}
