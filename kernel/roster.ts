import { digest } from './ids.ts';
import type { Directory } from './intake.ts';
import type { Collection, Doc, EpochMs, Spec, Store } from './storage/port.ts';
import { together } from './together.ts';

/** Whom a version of a model learned from, as digests of their ids, in parts. Filed under `kind/version`, as the parts of the model are. */
interface RosterPart extends Doc {
  readonly at: EpochMs;
  /** Of DIGEST characters each, side by side, in order. */
  readonly digests: string;
}

export const rosterSpec: Spec<RosterPart> = { name: 'model_rosters', at: 'at' };

/** A part holds the digests that begin with one character, so that those of fifty million persons fit into documents. */
const PARTS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 50 bits: beside ten million persons, one of the million on a roster is taken for another in one roster of a hundred. */
const DIGEST = 10;
const LISTED = new RegExp(`.{${DIGEST}}`, 'g');
/** How many persons are asked about together. */
const ASKED_TOGETHER = 500;

/** What became of those whom a version learned from. */
export interface Leavers {
  readonly learntFrom: number;
  /** They are known still and do not allow it any more. */
  readonly withdrawn: number;
  /** Nothing is known of them any more. */
  readonly erased: number;
}

/**
 * Remembers, without keeping their ids, whom each version of a model learned from, so that it can be said how many of them a later one has
 * forgotten, or an earlier one has not. It takes 10 bytes a person and version, and stays as long as the version.
 */
export class Rosters {
  readonly #parts: Collection<RosterPart>;

  constructor(store: Store) {
    this.#parts = store.collection(rosterSpec);
  }

  async write(kind: string, version: string, learntFrom: Iterable<string>, at: EpochMs): Promise<void> {
    const byPart = new Map<string, string[]>([...PARTS].map((id) => [id, []]));
    for (const one of new Set(Array.from(learntFrom, digestOf))) byPart.get(one.charAt(0))?.push(one);
    const parts = [...byPart].map(([id, digests]) => ({ ...keyOf(kind, version, id), version: 0, at, digests: digests.sort().join('') }));
    await this.#parts.insertOnce(parts);
  }

  /**
   * What became of those whom a version learned from; null where that was not kept. Unless all of them are `staying`, who grant it as is known
   * already, every customer of the directory is read.
   */
  async leavers(kind: string, version: string, directory: Directory, staying: Iterable<string> = []): Promise<Leavers | null> {
    const parts = await this.#parts.getMany([...PARTS].map((id) => keyOf(kind, version, id)));
    if (parts.every((part) => part === null)) return null;
    const missing = new Set(parts.flatMap((part) => part?.digests.match(LISTED) ?? []));
    const learntFrom = missing.size;
    for (const person of staying) missing.delete(digestOf(person));
    if (missing.size === 0) return { learntFrom, withdrawn: 0, erased: 0 };
    let withdrawn = 0;
    for await (const persons of together(directory.persons(''), ASKED_TOGETHER)) {
      // Whom it learned from may have been merged with another since.
      const members = await directory.members(persons);
      const found = persons.flatMap((person, index) =>
        (members[index] ?? []).filter((member) => missing.delete(digestOf(member))).map(() => person),
      );
      const permissions = await directory.permissions(found);
      withdrawn += permissions.filter((granted) => !granted?.includes('MODEL_TRAINING')).length;
      if (missing.size === 0) break;
    }
    return { learntFrom, withdrawn, erased: missing.size };
  }
}

const keyOf = (kind: string, version: string, id: string) => ({ owner: `${kind}/${version}`, id });

const digestOf = (person: string) => digest('learnt from', person).slice(0, DIGEST);
