import { Packr, pack, Unpackr, unpack } from 'msgpackr';

/**
 * Documents as msgpackr records: field names are kept once per shape, in a list that a collection shares, and a
 * document refers to its shape by position. The list is only ever appended to, by whoever holds the store's write lock
 * and in the transaction that stores the first document of the shape; so whoever can read a document can read its shape.
 */
type Shapes = readonly (readonly string[])[];

/** Beyond this many shapes (documents with free-form keys), a document carries its field names itself. */
const MAX_SHARED_SHAPES = 256;

/** The encoder of a collection's writer. Use it inside a write transaction only. */
export class DocumentEncoder {
  readonly #load: () => Uint8Array | null;
  readonly #save: (shapes: Uint8Array) => void;
  #packr: Packr | undefined;

  constructor(load: () => Uint8Array | null, save: (shapes: Uint8Array) => void) {
    this.#load = load;
    this.#save = save;
  }

  #current(): Packr {
    this.#packr ??= new Packr({
      maxSharedStructures: MAX_SHARED_SHAPES,
      useToJSON: false,
      copyBuffers: true,
      getStructures: () => parseShapes(this.#load()) as object[],
      saveStructures: (shapes) => this.#save(pack(shapes)),
    });
    return this.#packr;
  }

  /** The bytes are the caller's until the next `encode`. */
  encode(doc: object): Uint8Array {
    return this.#current().pack(doc);
  }

  decode(bytes: Uint8Array): unknown {
    return this.#current().unpack(bytes);
  }

  /** Forgets the shapes: after a rollback, and when another process wrote, what is known may differ from what is stored. */
  reload(): void {
    this.#packr = undefined;
  }
}

/** A reader's decoder; it loads the list again when it meets a shape that it does not know. */
export class DocumentDecoder {
  readonly #load: () => Uint8Array | null;
  #known = 0;
  #unpackr: Unpackr | undefined;

  constructor(load: () => Uint8Array | null) {
    this.#load = load;
  }

  #shapes(): object[] {
    const shapes = parseShapes(this.#load());
    // msgpackr reads a reference to a shape that is missing as an integer; that must never pass for data
    if (shapes.length <= this.#known)
      throw new Error('A stored document refers to a shape that the store does not hold: the file is damaged.');
    this.#known = shapes.length;
    return shapes as object[];
  }

  decode(bytes: Uint8Array): unknown {
    this.#unpackr ??= new Unpackr({ maxSharedStructures: MAX_SHARED_SHAPES, copyBuffers: true, getStructures: () => this.#shapes() });
    try {
      return this.#unpackr.unpack(bytes);
    } catch (error) {
      this.#unpackr = undefined;
      this.#known = 0;
      throw error;
    }
  }
}

function parseShapes(bytes: Uint8Array | null): Shapes {
  return bytes === null ? [] : (unpack(bytes) as Shapes);
}
