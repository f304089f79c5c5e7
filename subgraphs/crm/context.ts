import { documentsOf, keyText, membersText, pagesOf } from '../../kernel/batches.ts';
import { type Loader, loader, loaderByArguments } from '../../kernel/loader.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { Cursor, EpochMs, Key, Members, Page } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type Commands, commands } from './commands.ts';
import { type CaseRecord, caseSpec, type InteractionRecord, interactionSpec, type Name, profileSpec } from './records.ts';
import { composeProfile, isOpen, type Profile } from './rules.ts';

/** Which page of a list. */
export interface PageOf {
  readonly first: number;
  readonly after: Cursor | undefined;
}

/** A name with the form in which it is shown. */
export interface DisplayedName extends Name {
  readonly display: string;
}

type ByMembers<V> = Loader<Members, V>;

/** One request's loaders; each batch of up to 100 customers is one read of its collection. */
export interface Context {
  readonly now: EpochMs;
  readonly commands: () => Commands;
  /** null: the CRM knows nothing of the person. */
  readonly profiles: ByMembers<Profile | null>;
  readonly interactions: (page: PageOf) => ByMembers<Page<InteractionRecord>>;
  readonly cases: (page: PageOf) => ByMembers<Page<CaseRecord>>;
  /** Cases that are not closed, newest first, among the person's 1,000 latest. */
  readonly openCases: ByMembers<readonly CaseRecord[]>;
  readonly interaction: Loader<Key, InteractionRecord | null>;
  readonly caseAt: Loader<Key, CaseRecord | null>;
}

/** More sources than a company has, and more cases than a person opens. */
const ALL = 1000;

export function context({ store, directory }: SubgraphDeps): (scope: RequestScope) => Context {
  const profiles = store.collection(profileSpec);
  const interactions = store.collection(interactionSpec);
  const cases = store.collection(caseSpec);

  const readProfiles = async (persons: readonly Members[]) => {
    const pages = await profiles.latest(persons, { first: ALL });
    return persons.map((members, i) => composeProfile(members, pages[i]?.items ?? []));
  };
  const readInteractions = pagesOf(interactions);
  const readCases = pagesOf(cases);
  const readOpenCases = async (persons: readonly Members[]) => {
    const pages = await cases.latest(persons, { first: ALL });
    return pages.map(({ items }) => items.filter(isOpen));
  };
  const getInteractions = documentsOf(interactions);
  const getCases = documentsOf(cases);

  return ({ now }) => ({
    now,
    commands: () => commands({ profiles, interactions, cases, requests: store.collection(requestSpec), directory, now }),
    profiles: loader(readProfiles, membersText),
    interactions: loaderByArguments(readInteractions, membersText),
    cases: loaderByArguments(readCases, membersText),
    openCases: loader(readOpenCases, membersText),
    interaction: loader(getInteractions, keyText),
    caseAt: loader(getCases, keyText),
  });
}
