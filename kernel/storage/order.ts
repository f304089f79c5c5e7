/**
 * Orders texts by code point, as SQLite and MongoDB order UTF-8. JavaScript's `<` compares UTF-16 units, which puts
 * characters beyond U+FFFF (rare kanji, emoji) before U+E000 to U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    const leftIsPair = left >= 0xd800 && left <= 0xdfff;
    const rightIsPair = right >= 0xd800 && right <= 0xdfff;
    return leftIsPair === rightIsPair ? left - right : leftIsPair ? 1 : -1;
  }
  return a.length - b.length;
}
