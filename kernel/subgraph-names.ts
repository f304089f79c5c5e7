export const SUBGRAPH_NAMES = [
  'identity',
  'crm',
  'pos',
  'loyalty',
  'digital',
  'feedback',
  'recommendations',
  'experiments',
  'segments',
] as const;
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

/** Where a subgraph listens when nothing else is configured: 4001 for identity, then one port each in the order of SUBGRAPH_NAMES. */
export function defaultPort(name: SubgraphName): number {
  return 4001 + SUBGRAPH_NAMES.indexOf(name);
}
