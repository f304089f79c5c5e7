/**
 * Every kind of model that can be trained, by its name on the shelf: what it is for, and the subgraph that uses it, whose store keeps it.
 * What trains them is in training.ts; who only names them does not load it.
 */
export const TRAINED_MODELS = {
  'customer-base': { about: 'how often customers come back, whether they still do, what they spend', subgraph: 'recommendations' },
  'next-basket': { about: 'what customers buy next', subgraph: 'recommendations' },
  sentiment: { about: 'how pleased somebody is who wrote something', subgraph: 'feedback' },
} as const;

/** The name of a kind of model. */
export type ModelKind = keyof typeof TRAINED_MODELS;
