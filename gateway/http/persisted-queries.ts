/** Apollo Server puts this before the hash. */
const PREFIX = 'apq:';

/**
 * The texts of automatic persisted queries by their SHA-256, the longest unused forgotten first. Apollo Server fills it, after it
 * has compared text and hash and validated the query.
 */
export class PersistedQueries {
  readonly #texts = new Map<string, string>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters = 16 * 1024 * 1024) {
    this.#maxCharacters = maxCharacters;
  }

  /** The query of this hash, when it is known. */
  known(hash: string): string | undefined {
    const key = PREFIX + hash;
    const text = this.#texts.get(key);
    if (text !== undefined) {
      this.#texts.delete(key);
      this.#texts.set(key, text);
    }
    return text;
  }

  async get(key: string): Promise<string | undefined> {
    return this.known(key.slice(PREFIX.length));
  }

  async set(key: string, text: string): Promise<void> {
    await this.delete(key);
    this.#texts.set(key, text);
    this.#characters += key.length + text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#characters <= this.#maxCharacters) break;
      this.#forget(oldest);
    }
  }

  async delete(key: string): Promise<boolean> {
    return this.#forget(key);
  }

  #forget(key: string): boolean {
    const text = this.#texts.get(key);
    if (text === undefined) return false;
    this.#characters -= key.length + text.length;
    return this.#texts.delete(key);
  }
}
