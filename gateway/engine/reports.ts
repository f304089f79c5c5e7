import type { GraphQLFormattedError } from 'graphql';
import { isSamePath, locate } from './compile/targets.ts';
import { type FetchSite, fieldNames } from './fetch-site.ts';
import type { Plain, Report, Run } from './run.ts';

export type Path = readonly (string | number)[];
export type Renames = ReadonlyMap<string, string>;

/** A report of no field that the client asked for, at one of the objects that it belongs to. */
interface Hidden {
  readonly report: Report;
  /** Where the object is in the run's data. */
  readonly at: Path;
}

/**
 * What resolvers reported, as errors at each place where the client's answer has it. A field that only the gateway asked for
 * has no such place: who computed without it says so. But where nobody could go on without it, the fields that came out null
 * for want of it are told. `answer`: the client's data. `sites`: every fetch of the plan. `renames`: our response names for the client's.
 */
export function reportedErrors(run: Run, answer: unknown, sites: readonly FetchSite[], renames: Renames): GraphQLFormattedError[] {
  const errors: GraphQLFormattedError[] = [];
  const hidden: Hidden[] = [];
  const tell = ({ error: { message, extensions = {} } }: Report, path: Path) => errors.push({ message, path, extensions });
  const named = (parts: Path): Path => parts.map((part) => (typeof part === 'string' ? (renames.get(part) ?? part) : part));
  const placesIn = located(run);
  const seen = new Set<Path>();
  for (const report of run.reports) {
    const { site, error, targets, path } = report;
    const below = path?.map((part) => (typeof part === 'string' ? (site.aliases.get(part) ?? part) : part));
    if (targets)
      for (const at of [...new Set(targets)].flatMap((target) => placesIn(site).get(target) ?? [])) {
        const place = below && named([...at, ...below]);
        if (place && isVisible(answer, place)) tell(report, place);
        else if (!seen.has(at)) {
          // The first one is told at all the nulls, which leaves the next one none.
          seen.add(at);
          hidden.push({ report, at });
        }
      }
    else if (!below) errors.push(error);
    else {
      const place = [...site.path.filter((part) => part !== '@'), ...below];
      if (isVisible(answer, named(place))) tell(report, named(place));
      // A place that does not exist is as good as none.
      else if (!isVisible(run.data, place)) errors.push(error);
    }
  }
  const told = new Set(errors.map(({ path }) => path?.join('\n')));
  for (const { report, at } of hidden)
    for (const place of nullsFor(report.site, at, run, answer, sites, named)) {
      const key = place.join('\n');
      if (!told.has(key)) tell(report, place);
      told.add(key);
    }
  return errors;
}

/** Where the objects are that reports belong to, by their fetch: looked for once, since each of thousands may have a report. */
function located({ reports, data }: Run): (site: FetchSite) => ReadonlyMap<object, readonly Path[]> {
  const objects = new Map<FetchSite, Set<object>>();
  for (const { site, targets } of reports) {
    if (!targets) continue;
    const some = objects.get(site) ?? new Set();
    objects.set(site, some);
    for (const target of targets) some.add(target);
  }
  const found = new Map<FetchSite, ReadonlyMap<object, readonly Path[]>>();
  return (site) => {
    const places = found.get(site) ?? locate(data, site.path, objects.get(site) ?? new Set());
    found.set(site, places);
    return places;
  };
}

/** Where the client's answer is null for want of what `site` should have said of the object at `at`. */
function nullsFor(site: FetchSite, at: Path, run: Run, answer: unknown, sites: readonly FetchSite[], named: (parts: Path) => Path): Path[] {
  let [object, value]: unknown[] = [run.data, answer];
  for (const [depth, part] of at.entries()) {
    // A null that could not stay where it arose has taken the object with it, or the whole answer.
    if (value === null) return [named(at.slice(0, Math.max(1, depth)))];
    value = (value as Plain)[named([part])[0] as string];
    object = (object as Plain)[part];
    // Only the gateway knows this object: who required it was told that it is null.
    if (value === undefined) return [];
  }
  if (value === null) return [named(at)];
  const same = sites.filter(({ path }) => isSamePath(path, site.path));
  const wanting = named([...unanswered(object as Plain, site, same)]);
  return wanting.flatMap((name) => ((value as Plain)[name as string] === null ? [[...named(at), name]] : []));
}

/** The fields of an object that a fetch gave no answer for, and all that could not be asked for without them. */
function unanswered(target: Plain, site: FetchSite, sites: readonly FetchSite[]): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (from: FetchSite) => {
    for (const name of fieldNames(from, String(target.__typename))) if (name !== '__typename' && target[name] === undefined) all.add(name);
  };
  add(site);
  for (let known = -1; known < all.size; ) {
    known = all.size;
    for (const other of sites) if ([...(other.representations?.given ?? [])].some((name) => all.has(name))) add(other);
  }
  return all;
}

/** Whether an error's path leads to something that the client asked for, as far as the answer shows. */
function isVisible(answer: unknown, path: Path): boolean {
  let value: unknown = answer;
  for (const part of path) {
    if (value === null || value === undefined || typeof value !== 'object') return true;
    if (!Object.hasOwn(value, part)) return false;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return true;
}
