import type { Directory } from '../kernel/intake.ts';

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
  /** By owner: the person, or why nothing of theirs is used. */
  readonly #verdicts = new Map<string, { readonly person: string } | 'withoutPermission' | 'erased'>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** The facts of those who grant MODEL_TRAINING, and of nobody in particular where `anonymous` says that an owner is nobody. */
  async *only<F extends { readonly owner: string }>(
    facts: AsyncIterable<F>,
    anonymous: (owner: string) => boolean = () => false,
  ): AsyncIterable<Learnt<F>> {
    let waiting: F[] = [];
    for await (const fact of facts) {
      waiting.push(fact);
      if (waiting.length < ASKED_TOGETHER) continue;
      yield* await this.#sorted(waiting, anonymous);
      waiting = [];
    }
    yield* await this.#sorted(waiting, anonymous);
  }

  /** How many owners were asked about, and how many of them are left out and why. */
  get counts(): { readonly owners: number; readonly withoutPermission: number; readonly erased: number } {
    const verdicts = [...this.#verdicts.values()];
    const count = (verdict: string) => verdicts.filter((given) => given === verdict).length;
    return { owners: verdicts.length, withoutPermission: count('withoutPermission'), erased: count('erased') };
  }

  async #sorted<F extends { readonly owner: string }>(facts: readonly F[], anonymous: (owner: string) => boolean): Promise<Learnt<F>[]> {
    const unknown = [...new Set(facts.map(({ owner }) => owner))].filter((owner) => !this.#verdicts.has(owner) && !anonymous(owner));
    if (unknown.length > 0) {
      const [members, permissions] = await Promise.all([this.#directory.members(unknown), this.#directory.permissions(unknown)]);
      for (const [index, owner] of unknown.entries()) {
        const person = members[index]?.[0];
        const allowed = permissions[index]?.includes('MODEL_TRAINING');
        this.#verdicts.set(owner, person === undefined ? 'erased' : allowed ? { person } : 'withoutPermission');
      }
    }
    return facts.flatMap((fact) => {
      if (anonymous(fact.owner)) return [{ ...fact, person: fact.owner }];
      const verdict = this.#verdicts.get(fact.owner);
      return typeof verdict === 'object' ? [{ ...fact, person: verdict.person }] : [];
    });
  }
}
