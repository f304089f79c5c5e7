import { buildSchema, findBreakingChanges } from 'graphql';

/** One sentence per change from `baseline` to `current` (API schemas as SDL) that breaks a client's operation; empty when none does. */
export function breakingChanges(baseline: string, current: string): readonly string[] {
  return findBreakingChanges(buildSchema(baseline), buildSchema(current)).map((change) => change.description);
}
