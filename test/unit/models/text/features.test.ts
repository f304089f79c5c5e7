import { expect, it } from 'vitest';
import { BUCKETS, FeatureReader, featureMatrix } from '../../../../models/text/features.ts';
import { normalForm } from '../../../../models/text/normal-form.ts';

function read(text: string): Map<number, number> {
  const reader = new FeatureReader();
  reader.read(normalForm(text));
  const features = new Map<number, number>();
  for (let entry = 0; entry < reader.length; entry++) {
    const bucket = reader.indices[entry]!;
    features.set(bucket, (features.get(bucket) ?? 0) + reader.values[entry]!);
  }
  return features;
}

it('counts words, pairs of words and characters by two to four', () => {
  // " ab cd ": words ab, cd, the pair; characters: 6 pairs, 5 triples, 4 quadruples.
  expect(read('ab cd').size).toBe(3 + 15);
});

it('counts characters from one to four, and no words, in Japanese', () => {
  // " 良い ": singles 良, い; pairs " 良", 良い, "い "; triples " 良い", "良い "; the quadruple.
  expect(read('良い').size).toBe(2 + 3 + 2 + 1);
});

it('gives every text the length 1, words and characters half of the square each', () => {
  const reader = new FeatureReader();
  for (const text of ['Great dress, great price, fits well', '届くのが遅い', 'ok']) {
    reader.read(normalForm(text));
    const squares = reader.values.subarray(0, reader.length).reduce((sum, value) => sum + value * value, 0);
    expect(squares).toBeCloseTo(1, 5);
  }
});

it('weighs a word that stands three times by 1 + ln 3', () => {
  const reader = new FeatureReader();
  reader.read(normalForm('a b a c a'));
  // The words come first: a, b, the pairs a b, b a, then c, a c, c a. Those that stand once weigh the same.
  const [a, b] = reader.values;
  expect(a! / b!).toBeCloseTo(1 + Math.log(3), 5);
});

it('reads the same text the same way whatever was read before', () => {
  const reader = new FeatureReader();
  reader.read(normalForm('something else entirely'));
  reader.read(normalForm('fits well'));
  const { indices, values, offsets } = featureMatrix([normalForm('fits well')]);
  expect([...reader.indices.subarray(0, reader.length)]).toEqual([...indices]);
  expect([...reader.values.subarray(0, reader.length)]).toEqual([...values]);
  expect([...offsets]).toEqual([0, reader.length]);
});

it('stays within its buckets and buffers for the longest text', () => {
  const long = Array.from({ length: 3_000 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7_919) % 20_000))).join('');
  const features = read(long);
  expect(features.size).toBeGreaterThan(5_000);
  for (const bucket of features.keys()) expect(bucket >= 0 && bucket < BUCKETS).toBe(true);
});

it('finds nothing in an empty text', () => {
  expect(read('   ').size).toBe(0);
});
