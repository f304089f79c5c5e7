import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText } from '../../../kernel/storage/order.ts';

it('orders texts as their UTF-8 bytes are ordered', () => {
  expect(['b', '😀', '\uffee', 'a', '', 'ab', '山'].sort(compareText)).toEqual(['', 'a', 'ab', 'b', '山', '\uffee', '😀']);
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '山', '\ue000', '\uffff', '😀', '𠮷'), maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
