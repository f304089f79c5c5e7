import { OperatorError } from '../../kernel/errors.ts';
import { Rosters } from '../../kernel/roster.ts';
import type { ModelKind } from '../../training/kinds.ts';
import { chosen, described, type Shelves, storeOf, withShelves } from '../runtime/model-session.ts';
import type { OpenSubgraphs } from '../runtime/open-subgraphs.ts';
import { printJson } from '../runtime/output.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

/** `c360 models list [kind...]`: every version, the one in use marked. */
export function list(kinds: readonly ModelKind[], { json = false, config }: Flags): Promise<void> {
  return withShelves(config, (_, shelves) => printVersions(kinds, json, shelves));
}

/** `c360 models use <kind> <version>`. */
export function use(kind: ModelKind, version: string, { config }: Flags): Promise<void> {
  return withShelves(config, (opened, shelves) => useVersion(kind, version, shelves, opened));
}

/** `c360 models roll-back <kind>`: the version that was in use before. */
export function rollBack(kind: ModelKind, { config }: Flags): Promise<void> {
  return withShelves(config, (opened, shelves) => useBefore(kind, shelves, opened));
}

async function printVersions(kinds: readonly ModelKind[], json: boolean, shelves: Shelves): Promise<void> {
  for (const name of chosen(kinds)) {
    const { versions, used } = await shelves(name).list(name);
    if (versions.length === 0 && !json) console.log(`${name}: none yet. Train it: c360 train ${name}`);
    for (const version of versions) {
      if (json) printJson({ kind: name, ...version, used: version.id === used });
      else console.log(described(name, version, version.id === used));
    }
  }
}

async function useVersion(name: ModelKind, version: string, shelves: Shelves, opened: OpenSubgraphs): Promise<void> {
  if (!(await shelves(name).choose(name, version, Date.now())))
    throw new OperatorError('The model was not changed:', [`${name} has no version ${version}. See: c360 models list ${name}`]);
  console.log(`${name} ${version} is in use.`);
  await tellLeavers(name, version, opened);
}

async function useBefore(name: ModelKind, shelves: Shelves, opened: OpenSubgraphs): Promise<void> {
  const version = await shelves(name).rollBack(name, Date.now());
  if (version === null) throw new OperatorError(`There is nothing to go back to:`, [`No other version of ${name} was in use before.`]);
  console.log(`${name} ${version} is in use.`);
  await tellLeavers(name, version, opened);
}

/** An older version was learnt from some who allowed it then. They are counted once it is in use, because going back has to be quick. */
async function tellLeavers(name: ModelKind, version: string, opened: OpenSubgraphs): Promise<void> {
  const left = await new Rosters(storeOf(name, opened)).leavers(name, version, opened.directory);
  const again = `To leave them out, train again: c360 train ${name}`;
  if (left === null) console.log(`Whom it was learnt from was not kept; some may not allow it any more. ${again}`);
  else if (left.withdrawn + left.erased > 0)
    console.log(
      `Of ${left.learntFrom} customers it was learnt from, some do not allow it any more (withdrawn: ${left.withdrawn}, erased: ${left.erased}). ${again}`,
    );
}
