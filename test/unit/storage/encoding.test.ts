import { describe, expect, it } from 'vitest';
import { DocumentDecoder, DocumentEncoder } from '../../../kernel/storage/encoding.ts';

/** Where a collection's shapes would be stored. */
function shelf() {
  const stored: { shapes: Uint8Array | null; loads: number } = { shapes: null, loads: 0 };
  const load = () => {
    stored.loads += 1;
    return stored.shapes;
  };
  const encoder = () =>
    new DocumentEncoder(load, (shapes) => {
      stored.shapes = Buffer.from(shapes);
    });
  return { stored, encoder, decoder: () => new DocumentDecoder(load) };
}
const copy = (bytes: Uint8Array) => Buffer.from(bytes);

describe('documents as records', () => {
  it('keeps field names once per shape, not in every document', () => {
    const { encoder, decoder } = shelf();
    const writer = encoder();
    const doc = { aRatherLongFieldName: 1, lines: [{ anotherLongFieldName: 2 }] };
    const [first, second] = [copy(writer.encode(doc)), copy(writer.encode(doc))];
    expect(second.length).toBeLessThan(12);
    expect(decoder().decode(first)).toEqual(doc);
    expect(decoder().decode(second)).toEqual(doc);
  });

  it('lets a reader go on that had loaded the shapes before there were more', () => {
    const { stored, encoder, decoder } = shelf();
    const writer = encoder();
    const reader = decoder();
    expect(reader.decode(copy(writer.encode({ a: 1 })))).toEqual({ a: 1 });
    const later = copy(writer.encode({ b: { c: 2 } }));
    expect(reader.decode(later)).toEqual({ b: { c: 2 } });
    const { loads } = stored;
    expect(reader.decode(later)).toEqual({ b: { c: 2 } });
    expect(stored.loads).toBe(loads);
  });

  it('lets writers that take turns add shapes, when each loads anew what the other added', () => {
    const { encoder, decoder } = shelf();
    const [left, right, reader] = [encoder(), encoder(), decoder()];
    const bytes: [Buffer, object][] = [];
    for (let i = 0; i < 100; i++) {
      const writer = i % 2 ? left : right;
      writer.reload();
      for (const doc of [{ [`field${i}`]: i }, { [`field${i >> 1}`]: i * 1000, [`x${i}`]: 'x' }])
        bytes.push([copy(writer.encode(doc)), doc]);
    }
    for (const [encoded, doc] of bytes) {
      expect(reader.decode(encoded)).toEqual(doc);
      expect(decoder().decode(encoded)).toEqual(doc);
    }
  });

  it('uses no shape that a rollback took back', () => {
    const { stored, encoder, decoder } = shelf();
    const writer = encoder();
    const reader = decoder();
    const kept = copy(writer.encode({ kept: 1 }));
    const shapes = stored.shapes;
    writer.encode({ rolledBack: 1 });
    stored.shapes = shapes;
    writer.reload();
    const after = copy(writer.encode({ other: 2, kept: 3 }));
    expect([kept, after].map((bytes) => reader.decode(bytes))).toEqual([{ kept: 1 }, { other: 2, kept: 3 }]);
  });

  it('stores any number of shapes', () => {
    const { encoder, decoder } = shelf();
    const writer = encoder();
    const docs = Array.from({ length: 1000 }, (_, i) => ({ [`f${i}`]: { [`g${i}`]: [i, 64, 127] } }));
    const encoded = docs.map((doc) => copy(writer.encode(doc)));
    const reader = decoder();
    expect(encoded.map((bytes) => reader.decode(bytes))).toEqual(docs);
    expect(docs.map((doc) => decoder().decode(copy(writer.encode(doc))))).toEqual(docs);
  });

  it('refuses a document whose shape is lost rather than giving wrong data', () => {
    const { stored, encoder, decoder } = shelf();
    const writer = encoder();
    const bytes = copy(writer.encode({ list: [{ a: 1 }] }));
    stored.shapes = null;
    expect(() => decoder().decode(bytes)).toThrow(/damaged/);
  });
});
