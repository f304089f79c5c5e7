import { expect } from 'vitest';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { SourceRow } from '../../kernel/record.ts';
import type { Domain } from './domain.ts';

/** Answers are compared with literals, so their shape is not spelt out. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Answer = any;

let runs = 0;

/** What a run of the pipeline does with rows of one customer; `run` names it, another one each time unless given. */
export async function ingestRows(
  { subgraph }: Domain,
  kind: string,
  owner: string,
  rows: readonly SourceRow[],
  run = `run-${runs++}`,
): Promise<readonly Outcome[]> {
  const intake = subgraph.intakes.find((each) => each.kind === kind) as Intake;
  const seen = new Map<string, number>();
  const arrivals = rows.map((row, index): Arrival<unknown> => {
    const read = intake.read(row);
    if (!read.ok) throw new Error(read.reason.message);
    const content = intake.contentOf?.(read.record) ?? null;
    const occurrence = content === null ? 1 : (seen.get(content) ?? 0) + 1;
    if (content !== null) seen.set(content, occurrence);
    return { record: read.record, owner, origin: `${run}/${index + 1}`, occurrence };
  });
  return intake.store(arrivals);
}

interface Person {
  readonly members: readonly string[];
  /** Everything that signals need when absent. */
  readonly permissions?: readonly string[];
}

/** `selection` of customers, as the gateway asks for them; fails on any error. */
export async function customersOf(domain: Domain, persons: readonly Person[], selection: string): Promise<Answer[]> {
  const { data, errors } = await domain.entities(
    'Customer',
    persons.map(({ members, permissions = ['PERSONALIZATION', 'PROFILING'] }) => ({ id: members[0], members, permissions })),
    selection,
  );
  expect(errors).toBeUndefined();
  return (data as Answer)._entities;
}

/** A mutation's payload with its userErrors; fails on any error. */
export async function mutation(domain: Pick<Domain, 'ask'>, field: string, input: object, selection: string): Promise<Answer> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code field } } }`;
  const { data, errors } = await domain.ask(document, { input });
  expect(errors).toBeUndefined();
  return (data as Answer)[field];
}
