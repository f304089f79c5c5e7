import { hash } from 'node:crypto';
import { Packr } from 'msgpackr';
import { OperatorError } from './errors.ts';
import { base32 } from './ids.ts';
import { rosterSpec } from './roster.ts';
import type { AnySpec, Collection, Doc, EpochMs, Spec, Store } from './storage/port.ts';
import { update } from './update.ts';

/** What a model was made from, and how good it is. Nothing in it is personal. */
export interface ModelVersion extends Doc {
  /** The kind of model, such as `next-basket`, is its `owner`; the version is its `id`: when it was trained and a digest. */
  readonly trainedAt: EpochMs;
  /** SHA-256 of the packed model, in hexadecimal. */
  readonly hash: string;
  readonly bytes: number;
  readonly parts: number;
  /** The earliest and the latest fact that it learned from; null when it learned from none. */
  readonly from: EpochMs | null;
  readonly to: EpochMs | null;
  /** Counts of what it learned from and of what was left out, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why a part of what it could have learned from was left out, by name; absent where nothing was. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** How good it was on facts held back, by name; empty where nothing can be held back. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A piece of a packed model, filed under `kind/version`. */
interface ModelPart extends Doc {
  readonly at: EpochMs;
  /** Base64. */
  readonly data: string;
}

/** Which version of a kind is used. */
interface ModelChoice extends Doc {
  readonly at: EpochMs;
  /** Newest first; the first one is used. */
  readonly chosen: readonly { readonly version: string; readonly at: EpochMs }[];
}

const versionSpec: Spec<ModelVersion> = { name: 'models', at: 'trainedAt' };
const partSpec: Spec<ModelPart> = { name: 'model_parts', at: 'at' };
const choiceSpec: Spec<ModelChoice> = { name: 'model_choices', at: 'at' };

/** What a subgraph that uses models has to store. */
export const modelSpecs: readonly AnySpec[] = [versionSpec, partSpec, choiceSpec, rosterSpec];

/** A MongoDB document holds 16 MB, and SQLite's writer should not be held by one write. */
const PART_BYTES = 512 * 1024;
/** How many choices are remembered, and so how far can be gone back. */
const MOST_CHOICES = 20;

// Typed arrays stay typed arrays.
const packr = new Packr({ moreTypes: true, useRecords: false });

const choiceKey = (kind: string) => ({ owner: kind, id: 'current' });

/** A model as it is used. */
export interface ShelvedModel<M> {
  readonly version: ModelVersion;
  readonly model: M;
}

/**
 * The models of one store: every version that was trained, and which is used. A version is there as a whole before it is chosen,
 * and a choice is one write; so a reader has the old model or the new one, and a training that was killed changes nothing.
 */
export class ModelShelf {
  readonly #versions: Collection<ModelVersion>;
  readonly #parts: Collection<ModelPart>;
  readonly #choices: Collection<ModelChoice>;
  readonly #current = new Map<string, ShelvedModel<unknown>>();

  constructor(store: Store) {
    this.#versions = store.collection(versionSpec);
    this.#parts = store.collection(partSpec);
    this.#choices = store.collection(choiceSpec);
  }

  /** Files a model as a version of its own, which is not used yet. */
  async add(
    kind: string,
    model: object,
    about: Pick<ModelVersion, 'trainedAt' | 'from' | 'to' | 'counts' | 'leftOut' | 'metrics'>,
  ): Promise<ModelVersion> {
    const packed = packr.pack(model);
    const sha256 = hash('sha256', packed, 'buffer');
    const id = `${new Date(about.trainedAt).toISOString().replaceAll(/[-:]|\..*/g, '')}-${base32(sha256).slice(0, 8)}`;
    const parts = Array.from({ length: Math.ceil(packed.length / PART_BYTES) }, (_, index) => ({
      owner: `${kind}/${id}`,
      id: String(index).padStart(5, '0'),
      version: 0,
      at: about.trainedAt,
      data: packed.subarray(index * PART_BYTES, (index + 1) * PART_BYTES).toString('base64'),
    }));
    for (const part of parts) await this.#parts.insertOnce([part]);
    const version = { owner: kind, id, version: 0, ...about, parts: parts.length, bytes: packed.length, hash: sha256.toString('hex') };
    await this.#versions.insertOnce([version]);
    return version;
  }

  /**
   * Has a version used from now on, by every process once it has looked. False when there is no such version, or when `unlessSince` is given and
   * another was chosen after it: two trainings at once shall not end with what was learnt first. Throws when it can't be read.
   */
  async choose(kind: string, id: string, at: EpochMs, { unlessSince }: { readonly unlessSince?: EpochMs } = {}): Promise<boolean> {
    const [version] = await this.#versions.getMany([{ owner: kind, id }]);
    if (!version) return false;
    await this.read(kind, id);
    let overtaken = false;
    await update(this.#choices, [choiceKey(kind)], (known) => {
      overtaken = unlessSince !== undefined && (known?.chosen[0]?.at ?? 0) > unlessSince && known?.chosen[0]?.version !== id;
      if (overtaken) return null;
      const chosen = [{ version: id, at }, ...(known?.chosen ?? [])].slice(0, MOST_CHOICES);
      return known?.chosen[0]?.version === id ? null : { ...choiceKey(kind), version: 0, at, chosen };
    });
    return !overtaken;
  }

  /**
   * Takes the last choice back, so that the one before counts again; done twice, it goes back by two. The version that is used then, or null
   * when no other was used before. Throws when that can't be read.
   */
  async rollBack(kind: string, at: EpochMs): Promise<string | null> {
    const last = (await this.#choice(kind))?.chosen ?? [];
    const chosen = last.slice(1);
    const [before] = chosen;
    if (!before) return null;
    await this.read(kind, before.version);
    const [outcome] = await update(this.#choices, [choiceKey(kind)], (known) =>
      known && known.chosen[0]?.version === last[0]?.version ? { ...known, at, chosen } : null,
    );
    if (outcome !== 'written')
      throw new OperatorError('The model was not changed:', [`Another version of ${kind} was chosen meanwhile. Try again.`]);
    return before.version;
  }

  /** Every version of a kind, newest first, and which of them is used. */
  async list(
    kind: string,
  ): Promise<{ readonly versions: readonly ModelVersion[]; readonly used: string | null; readonly before: string | null }> {
    const [page] = await this.#versions.latest([[kind]], { first: 1000 });
    const chosen = (await this.#choice(kind))?.chosen ?? [];
    const used = chosen[0]?.version ?? null;
    return { versions: page?.items ?? [], used, before: chosen.find(({ version }) => version !== used)?.version ?? null };
  }

  /** The version in use, as the store has it now; null when there is none. */
  async used(kind: string): Promise<string | null> {
    return (await this.#choice(kind))?.chosen[0]?.version ?? null;
  }

  /** The version in use as last looked at; null when there is none. Costs nothing. */
  current<M>(kind: string): ShelvedModel<M> | null {
    return (this.#current.get(kind) as ShelvedModel<M> | undefined) ?? null;
  }

  /** Looks which versions are used, and reads those that are new. A version that can't be read leaves the one before in use, and rejects. */
  async look(kinds: readonly string[]): Promise<void> {
    const choices = await this.#choices.getMany(kinds.map(choiceKey));
    // Each for itself: one that is damaged keeps none of the others from being used.
    const looked = await Promise.allSettled(
      kinds.map(async (kind, index) => {
        const id = choices[index]?.chosen[0]?.version;
        if (id !== undefined && this.#current.get(kind)?.version.id !== id) this.#current.set(kind, await this.read(kind, id));
      }),
    );
    const failed = looked.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Throws when a part is missing or differs from what was filed. */
  async read<M>(kind: string, id: string): Promise<ShelvedModel<M>> {
    const [version] = await this.#versions.getMany([{ owner: kind, id }]);
    if (!version) throw new Error(`There is no version ${id} of the model ${kind}.`);
    const keys = Array.from({ length: version.parts }, (_, index) => ({ owner: `${kind}/${id}`, id: String(index).padStart(5, '0') }));
    const parts = await this.#parts.getMany(keys);
    const packed = Buffer.concat(parts.map((part) => Buffer.from(part?.data ?? '', 'base64')));
    if (hash('sha256', packed, 'hex') !== version.hash)
      throw new OperatorError('A model can not be read:', [
        `Version ${id} of ${kind} is damaged in the store. Use another one (c360 models list ${kind}), or train it again.`,
      ]);
    return { version, model: packr.unpack(packed) as M };
  }

  async #choice(kind: string): Promise<ModelChoice | null> {
    const [choice] = await this.#choices.getMany([choiceKey(kind)]);
    return choice ?? null;
  }
}
