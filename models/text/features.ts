/**
 * Hashed n-grams: what a linear model sees of a text (feature hashing: Weinberger et al. 2009). Words and pairs of words where a script has
 * spaces, and character n-grams of every script, so that Japanese needs no dictionary of words.
 */
import { characterClasses, SPACE, UNSPACED, WORD } from './normal-form.ts';

/** Buckets into which n-grams are hashed: 2^18. */
export const BUCKETS = 262_144;

/** Lengths of character n-grams. A single character says something only where characters stand for words or syllables. */
const SHORTEST = 2;
const LONGEST = 4;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const CHARACTERS_SEED = 0x5bd1e995;

/** Texts as rows of a sparse matrix: row i has the buckets `indices[offsets[i]..offsets[i + 1])` and their values. */
export interface FeatureMatrix {
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Reads one text after another into buffers of its own; a row holds until the next is read. */
export class FeatureReader {
  readonly #counts = new Uint16Array(BUCKETS);
  #length = 0;
  /** Buckets of the text read last; the first `length` count. A bucket may stand twice, once for words and once for characters. */
  readonly indices = new Int32Array(16_384);
  /** Sublinear term frequencies (1 + ln tf); words and characters each have an l2 norm of sqrt(1/2), so that neither drowns the other. */
  readonly values = new Float32Array(16_384);

  /** How many entries the text read last has; 0 where it has no letter or digit. */
  get length(): number {
    return this.#length;
  }

  /** Reads a text in its normal form. */
  read(form: string): void {
    this.#length = 0;
    this.#readWords(form);
    const words = this.#length;
    const wordNorm = this.#weigh(0);
    this.#readCharacters(form);
    const characterNorm = this.#weigh(words);
    const share = words > 0 && this.#length > words ? Math.SQRT1_2 : 1;
    for (let entry = 0; entry < this.#length; entry++) this.values[entry]! *= share / (entry < words ? wordNorm : characterNorm);
  }

  #readWords(form: string): void {
    const classes = characterClasses();
    let previous = 0;
    let hash = FNV_OFFSET;
    let open = false;
    for (let at = 0; at < form.length; at++) {
      const unit = form.charCodeAt(at);
      if (classes[unit] === WORD || (unit === 39 && open)) {
        hash = Math.imul(hash ^ unit, FNV_PRIME);
        open = true;
      } else if (open) {
        this.#count(hash);
        if (previous !== 0) this.#count(Math.imul(previous, 31) ^ Math.imul(hash, FNV_PRIME));
        previous = hash;
        hash = FNV_OFFSET;
        open = false;
      }
    }
  }

  #readCharacters(form: string): void {
    const classes = characterClasses();
    for (let at = 0; at < form.length; at++) {
      let hash = CHARACTERS_SEED;
      let letters = false;
      const end = Math.min(form.length, at + LONGEST);
      for (let next = at; next < end; next++) {
        const unit = form.charCodeAt(next);
        hash = Math.imul(hash ^ unit, FNV_PRIME);
        const kind = classes[unit];
        letters ||= kind !== SPACE;
        if (letters && (next - at + 1 >= SHORTEST || kind === UNSPACED)) this.#count(hash + (next - at));
      }
    }
  }

  #count(hash: number): void {
    const bucket = mixed(hash) & (BUCKETS - 1);
    if (this.#counts[bucket]!++ === 0) this.indices[this.#length++] = bucket;
  }

  /** Turns the counts of the entries from `start` on into weights, leaves no count behind, and gives the weights' l2 norm. */
  #weigh(start: number): number {
    let squares = 0;
    for (let entry = start; entry < this.#length; entry++) {
      const bucket = this.indices[entry]!;
      const count = this.#counts[bucket]!;
      const weight = count === 1 ? 1 : 1 + Math.log(count);
      this.values[entry] = weight;
      squares += weight * weight;
      this.#counts[bucket] = 0;
    }
    return Math.sqrt(squares);
  }
}

/** MurmurHash3's last step (Appleby, public domain): every bit of the hash moves every bit of the bucket. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** The features of texts in their normal form, a row each. */
export function featureMatrix(forms: readonly string[]): FeatureMatrix {
  const reader = new FeatureReader();
  const offsets = new Int32Array(forms.length + 1);
  let indices = new Int32Array(Math.max(1, forms.length) * 512);
  let values = new Float32Array(indices.length);
  let filled = 0;
  for (const [row, form] of forms.entries()) {
    reader.read(form);
    if (filled + reader.length > indices.length) {
      const room = Math.max(filled + reader.length, Math.ceil(indices.length * 1.5));
      indices = enlarged(indices, new Int32Array(room));
      values = enlarged(values, new Float32Array(room));
    }
    indices.set(reader.indices.subarray(0, reader.length), filled);
    values.set(reader.values.subarray(0, reader.length), filled);
    filled += reader.length;
    offsets[row + 1] = filled;
  }
  return { offsets, indices: indices.slice(0, filled), values: values.slice(0, filled) };
}

function enlarged<T extends Int32Array | Float32Array>(held: T, room: T): T {
  room.set(held);
  return room;
}
