import { hash } from 'node:crypto';
import type { Collection, Doc, Spec, Store } from '../kernel/storage/port.ts';
import { update } from '../kernel/update.ts';

/** How often a content was met, where memory no longer counts it. */
interface Tally extends Doc {
  readonly at: number;
  readonly count: number;
}

const tallySpec: Spec<Tally> = { name: 'tallies', at: 'at' };

/** The collections of the scratch store that `Occurrences` spills to. */
export const scratchSpecs = [tallySpec];

/** 96 bits of SHA-256, so that even a billion contents have no two alike, and a count. */
const WORDS = 4;
const FIRST_SLOTS = 1 << 14;

/** Contents that are counted in memory: 16 bytes each, at most three quarters of 2^23 slots, so 128 MiB. */
const MAX_IN_MEMORY = 6_291_456;

/**
 * Counts equal contents: the first, second, third... of a file. Exact whatever the file's size: what goes beyond
 * `maxInMemory` different contents is counted in a scratch store, opened when it is first needed.
 */
export class Occurrences {
  #slots = new Uint32Array(FIRST_SLOTS * WORDS);
  #used = 0;
  readonly #maxInMemory: number;
  readonly #openScratch: () => Promise<Store>;
  #spilled: Collection<Tally> | null = null;

  constructor(openScratch: () => Promise<Store>, maxInMemory = MAX_IN_MEMORY) {
    this.#openScratch = openScratch;
    this.#maxInMemory = maxInMemory;
  }

  /** For each content, in order: 1 when it is met for the first time, 2 for the second... */
  async next(contents: readonly string[]): Promise<readonly number[]> {
    const counts: number[] = [];
    const beyond: { place: number; key: string }[] = [];
    for (const [place, content] of contents.entries()) {
      const digest = hash('sha256', content, 'buffer');
      const count = this.#count(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8));
      counts.push(count);
      if (count === 0) beyond.push({ place, key: digest.toString('base64url', 0, 12) });
    }
    if (beyond.length > 0) await this.#countBeyond(beyond, counts);
    return counts;
  }

  /** Adds one in memory and gives the count; 0 when memory is full and does not hold the content. */
  #count(a: number, b: number, c: number): number {
    const mask = this.#slots.length / WORDS - 1;
    let slot = a & mask;
    for (;;) {
      const at = slot * WORDS;
      const count = this.#slots[at + 3]!;
      if (count === 0) break;
      if (this.#slots[at] === a && this.#slots[at + 1] === b && this.#slots[at + 2] === c) {
        this.#slots[at + 3] = count + 1;
        return count + 1;
      }
      slot = (slot + 1) & mask;
    }
    if (this.#used >= this.#maxInMemory) return 0;
    this.#slots.set([a, b, c, 1], slot * WORDS);
    this.#used++;
    if (this.#used * 4 > (mask + 1) * 3) this.#grow();
    return 1;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = this.#slots.length / WORDS - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 3] === 0) continue;
      let slot = old[at]! & mask;
      while (this.#slots[slot * WORDS + 3] !== 0) slot = (slot + 1) & mask;
      this.#slots.set(old.subarray(at, at + WORDS), slot * WORDS);
    }
  }

  async #countBeyond(met: readonly { place: number; key: string }[], counts: number[]): Promise<void> {
    this.#spilled ??= (await this.#openScratch()).collection(tallySpec);
    const keys = [...new Set(met.map(({ key }) => key))];
    const before = new Map<string, number>();
    await update(
      this.#spilled,
      keys.map((key) => ({ owner: key, id: key })),
      (current, index) => {
        const key = keys[index]!;
        before.set(key, current?.count ?? 0);
        const count = (current?.count ?? 0) + met.filter((one) => one.key === key).length;
        return { owner: key, id: key, version: current?.version ?? 0, at: 0, count };
      },
    );
    for (const { place, key } of met) {
      const count = before.get(key)! + 1;
      before.set(key, count);
      counts[place] = count;
    }
  }
}
