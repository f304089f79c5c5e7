import { readFileSync } from 'node:fs';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** A plan as text: steps in sequence one under the other, fetches of one step side by side. */
function steps(node: PlanNode | SubscriptionNode | undefined): string[] {
  if (!node) return [];
  if (node.kind === 'Sequence') return node.nodes.flatMap(steps);
  if (node.kind === 'Parallel') return [node.nodes.flatMap(steps).sort().join(', ')];
  if (node.kind === 'Flatten') return steps(node.node);
  if (node.kind === 'Fetch') return [node.serviceName];
  throw new Error(`A ${node.kind} is not expected here.`);
}

it('the profile query is planned as docs/query-plan.md says: seven fetches in three steps', () => {
  const supergraph = Supergraph.build(read('schema/supergraph.graphql'));
  const operation = operationFromDocument(supergraph.apiSchema(), parse(read('schema/operations/customer-profile.graphql')));
  const planned = steps(new QueryPlanner(supergraph).buildQueryPlan(operation).node);
  expect(planned).toEqual(['identity', 'crm, digital, feedback, loyalty, pos', 'recommendations']);
  const documented = [...read('docs/query-plan.md').matchAll(/^\d\. ([a-z, ]+):/gm)].map(([, services]) => services);
  expect(documented).toEqual(planned);
});
