/**
 * Decisions read from a tape of numbers: 0, which is also what comes after its end, is always the simplest one. A tape is
 * what fast-check makes and shrinks, so that whatever is generated from it shrinks as well.
 */
export class Choices {
  readonly #tape: readonly number[];
  #at = 0;

  constructor(tape: readonly number[]) {
    this.#tape = tape;
  }

  /** A number in [0, count). */
  upTo(count: number): number {
    return count <= 1 ? 0 : (this.#tape[this.#at++] ?? 0) % count;
  }

  /** True once in `count` times; false is the simpler one. */
  once(count: number): boolean {
    return this.upTo(count) === count - 1;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.upTo(from.length)] ?? from[0];
  }

  /** Some of them, in their order; at least one. */
  some<T>(from: readonly T[]): T[] {
    const chosen = from.filter(() => this.once(2));
    return chosen.length > 0 ? chosen : from.slice(0, 1);
  }

  get spent(): boolean {
    return this.#at >= this.#tape.length;
  }
}

/** FNV-1a: 32 bits that depend on the whole text. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  // FNV's low bits are weak.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
