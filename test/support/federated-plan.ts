import { composeServices } from '@apollo/composition';
import type { QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import { type FederatedPlan, federatedPlanner } from '../../gateway/engine/planning/federated-planner.ts';

/** What every SDL of a test begins with. */
export const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject", "@inaccessible"])
`;

/** The supergraph of these subgraphs, by name. */
export function supergraphOf(subgraphs: Readonly<Record<string, string>>): string {
  const composed = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: `http://127.0.0.1:1/${name}`, typeDefs: parse(HEAD + sdl) })),
  );
  if (composed.errors) throw new Error(composed.errors.map((error) => error.message).join('\n'));
  return composed.supergraphSdl;
}

export function planned(supergraph: string, query: string): FederatedPlan {
  return federatedPlanner(supergraph).plan(parse(query), undefined);
}

/** A plan in short: `service @path {what is known of each object} operation`; fetches side by side are in one list. */
export function inShort(node: QueryPlan['node'], at = ''): unknown {
  switch (node?.kind) {
    case 'Fetch': {
      const [, entities] = /^query.*?{_entities\(representations:\$representations\)(.*)}$/.exec(node.operation) ?? [];
      return `${node.serviceName}${at}${node.requires ? ` ${known(node.requires)}` : ''} ${entities ?? node.operation}`;
    }
    case 'Flatten':
      return inShort(node.node, ` @${node.path.join('.')}`);
    case 'Sequence':
      return node.nodes.map((inner) => inShort(inner));
    case 'Parallel':
      return { together: node.nodes.map((inner) => inShort(inner)) };
  }
  throw new Error(`A ${node?.kind} node, which this does not tell in short.`);
}

function known(selections: readonly QueryPlanSelectionNode[]): string {
  const told = selections.map((selection) => {
    const inner = selection.selections ? known(selection.selections) : '';
    if (selection.kind === 'InlineFragment') return `...on ${selection.typeCondition}${inner}`;
    return `${selection.alias ? `${selection.alias}:` : ''}${selection.name}${inner}`;
  });
  return `{${told.join(' ')}}`;
}
