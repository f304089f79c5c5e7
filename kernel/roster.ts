import { digest } from './ids.ts';
import type { Collection, Doc, EpochMs, Spec, Store } from './storage/port.ts';
import { update } from './update.ts';

/** Whom the latest version of a kind of model learned from, as digests of their ids, in parts: its owner is the kind. */
interface RosterPart extends Doc {
  readonly at: EpochMs;
  /** Of 20 characters each, side by side, in order. */
  readonly digests: string;
}

export const rosterSpec: Spec<RosterPart> = { name: 'model_rosters', at: 'at' };

/** A part holds the digests that begin with one character, so that a million of them fit into documents. */
const PARTS = '0123456789abcdefghjkmnpqrstvwxyz';

/** What became of those whom the version before had learned from. */
export interface Leavers {
  /** They are known still and do not allow it any more. */
  readonly withdrawn: number;
  /** Nothing is known of them any more. */
  readonly erased: number;
}

/** Remembers, without keeping their ids, whom models learned from, so that a later version can say how many of them it has forgotten. */
export class Roster {
  readonly #parts: Collection<RosterPart>;

  constructor(store: Store) {
    this.#parts = store.collection(rosterSpec);
  }

  /** What became of those on the roster, given who is learnt from now and who refuses. */
  async leavers(kind: string, learntFrom: Iterable<string>, refusing: Iterable<string>): Promise<Leavers> {
    const [now, refused] = [digests(learntFrom), digests(refusing)];
    const before = (await this.#parts.getMany(keysOf(kind))).flatMap((part) => part?.digests.match(/.{20}/g) ?? []);
    const gone = before.filter((one) => !now.has(one));
    const withdrawn = gone.filter((one) => refused.has(one)).length;
    return { withdrawn, erased: gone.length - withdrawn };
  }

  /** These take the place of those on the roster. */
  async write(kind: string, learntFrom: Iterable<string>, at: EpochMs): Promise<void> {
    const keys = keysOf(kind);
    const byPart = new Map<string, string[]>(keys.map(({ id }) => [id, []]));
    for (const one of digests(learntFrom)) byPart.get(one.charAt(0))?.push(one);
    await update(this.#parts, keys, (_, index) => {
      const key = keys[index]!;
      return { ...key, version: 0, at, digests: (byPart.get(key.id) ?? []).sort().join('') };
    });
  }
}

const keysOf = (owner: string) => [...PARTS].map((id) => ({ owner, id }));

function digests(persons: Iterable<string>): ReadonlySet<string> {
  return new Set(Array.from(persons, (person) => digest('learnt from', person)));
}
