import { update } from '../../kernel/update.ts';
import { permits } from './judge.ts';
import { type Counting, changed, type Membership } from './membership.ts';
import type { PageOptions } from './page.ts';

/** Somebody who is like the members of a segment. */
interface Alike {
  readonly person: string;
  readonly likeness: number;
  readonly features: readonly string[];
}

export interface LookalikeOptions extends Omit<PageOptions, 'judge'> {
  /** All but the given ones, the most alike first, or why nothing can be said. */
  readonly alike: (seeds: ReadonlySet<string>) => Promise<readonly Alike[] | string>;
}

const MOST_AT_ONCE = 1000;
const OUT: Membership = { member: false, because: null, likeness: null, listedElsewhere: false };

/** Ranks who is like the members of other segments, and takes the first ones in. Says of which nothing can be said. */
export async function countLookalikes(options: LookalikeOptions, chosen: readonly Counting[]): Promise<Readonly<Record<string, string>>> {
  const refused: Record<string, string> = {};
  for (const segment of chosen) {
    if (segment.making.kind !== 'LOOKALIKE') continue;
    const { seeds, most } = segment.making;
    if (!chosen.some(({ id }) => id === seeds)) {
      refused[segment.id] = `its seeds, ${seeds}, are not counted`;
      continue;
    }
    const ranked = await options.alike(await options.segments.memberIds(seeds));
    if (typeof ranked === 'string') refused[segment.id] = ranked;
    else await takeIn(options, segment, most, ranked);
  }
  return refused;
}

async function takeIn(
  { segments, directory, clock }: LookalikeOptions,
  segment: Counting,
  most: number,
  ranked: readonly Alike[],
): Promise<void> {
  const now = clock();
  const before = await segments.memberIds(segment.id);
  const store = (found: readonly (Membership & { readonly owner: string })[]) =>
    update(
      segments.memberships,
      found.map(({ owner }) => ({ owner, id: segment.id })),
      (current, index) => {
        const { owner, ...membership } = found[index]!;
        return changed(current, owner, segment, membership, now);
      },
    );
  let taken = 0;
  for (let from = 0; from < ranked.length && taken < most; from += MOST_AT_ONCE) {
    const some = ranked.slice(from, from + MOST_AT_ONCE);
    const permissions = await directory.permissions(some.map(({ person }) => person));
    const permitted = some.filter(({ person }, index) => permits({ id: person, permissions: permissions[index] ?? null }, segment));
    const members = permitted.slice(0, most - taken);
    taken += members.length;
    for (const { person } of members) before.delete(person);
    await store(
      members.map(({ person, likeness, features }) => ({ ...OUT, owner: person, member: true, because: { features }, likeness })),
    );
  }
  const gone = [...before];
  for (let from = 0; from < gone.length; from += MOST_AT_ONCE)
    await store(gone.slice(from, from + MOST_AT_ONCE).map((owner) => ({ ...OUT, owner })));
}
