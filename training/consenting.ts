import type { Directory } from '../kernel/intake.ts';
import { together } from '../kernel/together.ts';

/** How many facts wait for their owners to be asked about together. */
const ASKED_TOGETHER = 500;

/** A fact of a person who allows models to learn from it. */
export type Learnt<F> = F & { readonly person: string };

/**
 * Who may be learnt from. Asked once for each owner and training, so that one who withdraws meanwhile is in the whole of it or in
 * none, and who is linked with whom is asked once too.
 */
export class Consenting {
  readonly #directory: Directory;
  /** By owner; null for one who was erased. */
  readonly #verdicts = new Map<string, { readonly person: string; readonly allows: boolean } | null>();

  /** Owners of what `only` was given. */
  readonly #owners = new Set<string>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** The facts of those who grant MODEL_TRAINING, and of nobody in particular where `anonymous` says that an owner is nobody. */
  async *only<F extends { readonly owner: string }>(
    facts: AsyncIterable<F>,
    anonymous: (owner: string) => boolean = () => false,
  ): AsyncIterable<Learnt<F>> {
    for await (const some of together(facts, ASKED_TOGETHER)) {
      for (const { owner } of some) if (!anonymous(owner)) this.#owners.add(owner);
      yield* await this.#sorted(some, anonymous);
    }
  }

  /** Further facts of those whom `only` found to grant it. Who has nothing but these is not learnt from, and is in neither of `persons`. */
  async *alsoOf<F extends { readonly owner: string }>(facts: AsyncIterable<F>): AsyncIterable<Learnt<F>> {
    const { allowing } = this.persons();
    for await (const some of together(facts, ASKED_TOGETHER))
      for (const fact of await this.#sorted(some, () => false)) if (allowing.has(fact.person)) yield fact;
  }

  /** The persons who allow it, and those who do not; of whom nothing is known but facts that came too late is in neither. */
  persons(): { readonly allowing: ReadonlySet<string>; readonly refusing: ReadonlySet<string> } {
    const [allowing, refusing] = [new Set<string>(), new Set<string>()];
    for (const owner of this.#owners) {
      const verdict = this.#verdicts.get(owner);
      if (verdict) (verdict.allows ? allowing : refusing).add(verdict.person);
    }
    return { allowing, refusing };
  }

  async #sorted<F extends { readonly owner: string }>(facts: readonly F[], anonymous: (owner: string) => boolean): Promise<Learnt<F>[]> {
    const unknown = [...new Set(facts.map(({ owner }) => owner))].filter((owner) => !this.#verdicts.has(owner) && !anonymous(owner));
    if (unknown.length > 0) {
      const [members, permissions] = await Promise.all([this.#directory.members(unknown), this.#directory.permissions(unknown)]);
      for (const [index, owner] of unknown.entries()) {
        const person = members[index]?.[0];
        const allows = permissions[index]?.includes('MODEL_TRAINING') ?? false;
        this.#verdicts.set(owner, person === undefined ? null : { person, allows });
      }
    }
    return facts.flatMap((fact) => {
      if (anonymous(fact.owner)) return [{ ...fact, person: fact.owner }];
      const verdict = this.#verdicts.get(fact.owner);
      return verdict?.allows ? [{ ...fact, person: verdict.person }] : [];
    });
  }
}
