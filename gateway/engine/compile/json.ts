// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Up to here looking at each character beats the regular expression's start. */
const SHORT = 40;

/** From here on remembering a text pays: answers of graphs say the same thing in many places. */
const LONG = 100;

/** What stands between the quotes in the JSON of a string. `known`: the long ones of the same answer. */
export function escaped(text: string, known?: Map<string, string>): string {
  const { length } = text;
  if (length <= SHORT) {
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return withEscapes(text);
    }
    return text;
  }
  if (!known || length < LONG) return ESCAPED.test(text) ? withEscapes(text) : text;
  let written = known.get(text);
  if (written === undefined) {
    written = ESCAPED.test(text) ? withEscapes(text) : text;
    known.set(text, written);
  }
  return written;
}

function withEscapes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The JSON text of any value that JSON has; `null` for another. */
export function json(value: unknown): string {
  if (typeof value === 'string') return `"${escaped(value)}"`;
  return JSON.stringify(value) ?? 'null';
}
