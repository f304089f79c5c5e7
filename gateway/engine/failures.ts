import type { GraphQLFormattedError } from 'graphql';
import { isSamePath, type PlanPath } from './compile/targets.ts';
import { type FetchSite, fieldNames } from './fetch-site.ts';
import { type Path, type Renames, reportedErrors } from './reports.ts';
import type { Loss, Run } from './run.ts';

/**
 * The errors of a run, for the client. What resolvers reported (reports.ts); and one error for each field of
 * its answer that a lost fetch left null: the lost field itself, or, where the client can't see it, the fields that were derived
 * from it and came out null. Nothing is said of a loss that left no null: whoever computed without it says so.
 * `answer`: the client's data. `sites`: every fetch of the plan. `renames`: our response names for the client's.
 */
export function errorsOf(run: Run, answer: unknown, sites: readonly FetchSite[], renames: Renames): GraphQLFormattedError[] {
  const errors = reportedErrors(run, answer, sites, renames);
  const told = new Set(errors.map(({ path }) => (path ? path.join('\n') : '')));
  const tell = ({ site }: Loss, paths: readonly Path[]) => {
    for (const path of paths) {
      const key = path.join('\n');
      if (told.has(key)) continue;
      told.add(key);
      const { service } = site.operation;
      const message = lossMessage(service, site.shape.mutation);
      errors.push({ message, path, extensions: { code: 'SUBGRAPH_UNAVAILABLE', service } });
    }
  };
  const lost = run.losses.map((loss) => ({ loss, fields: lostFields(loss) }));
  for (const { loss, fields } of lost) tell(loss, nulls(answer, loss.site.path, fields, renames));
  for (const { loss, fields } of lost)
    for (const site of sites) {
      const { representations } = site;
      if (!representations || !isSamePath(site.path, loss.site.path)) continue;
      if (![...fields].some((field) => representations.given.has(field))) continue;
      const derived = new Set(allFields(site));
      tell(loss, nulls(answer, site.path, derived, renames));
    }
  return errors;
}

function lossMessage(service: string, mutation: boolean): string {
  const lost = `The ${service} service is unavailable.`;
  return mutation ? `${lost} Whether the change was made is not known; it is safe to repeat it with the same idempotencyKey.` : lost;
}

/** Response names. */
function lostFields({ site, targets }: Loss): Set<string> {
  const types = site.shape.entities ? new Set(targets.map((target) => String((target as { __typename?: unknown }).__typename))) : [''];
  return new Set([...types].flatMap((type) => fieldNames(site, type)).filter((name) => name !== '__typename'));
}

function allFields(site: FetchSite): string[] {
  return [...new Set(fieldNames(site, ''))].filter((name) => name !== '__typename' && !site.representations?.given.has(name));
}

/**
 * The paths of the client's answer that `at` and `fields` mean and that are null. When not one of the objects is left,
 * because a field that may not be null took them away, the places where they were.
 */
function nulls(answer: unknown, at: PlanPath, fields: ReadonlySet<string>, renames: Renames): Path[] {
  const found: Path[] = [];
  const ends: Path[] = [];
  let reached = false;
  const walk = (value: unknown, depth: number, path: Path) => {
    if (value === null) {
      // The client's answer as a whole has no path of its own.
      if (path.length > 0) ends.push([...path]);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, at[depth] === '@' ? depth + 1 : depth, [...path, index]);
    } else if (typeof value === 'object') {
      const object = value as Readonly<Record<string, unknown>>;
      const part = at[depth];
      if (part !== undefined) {
        const name = renames.get(part) ?? part;
        if (Object.hasOwn(object, name)) walk(object[name], depth + 1, [...path, name]);
        return;
      }
      reached = true;
      for (const field of fields) {
        const name = renames.get(field) ?? field;
        if (object[name] === null) found.push([...path, name]);
      }
    }
  };
  walk(answer, 0, []);
  return reached ? found : ends;
}
