/**
 * Constant text that generated code has still to write before the next value: the end of the last value, separators, names. Written
 * together with the value it is one piece of the answer instead of several. Where it depends on what was written last, there are
 * several texts, and the code's variable `d` says which one is due.
 */
export class Due {
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
  }

  /** After a comma, but for the first in an object or a list. */
  get next(): Due {
    return new Due(this.texts.map((text) => (text.endsWith('{') || text.endsWith('[') ? text : `${text},`)));
  }

  with(more: string): Due {
    return new Due(this.texts.map((text) => text + more));
  }

  /** All of these, at the same `d`, and those of `others` that are new. */
  or(others: Due): Due {
    return new Due([...new Set([...this.texts, ...others.texts])]);
  }

  /** The due text and `more`, as an expression. */
  code(more = ''): string {
    return byD(this.texts.map((text) => JSON.stringify(text + more)));
  }

  /** Code that writes all but what the next comma depends on, and what is due after it: at most three texts. */
  settled(): { readonly code: string; readonly due: Due } {
    const ends = this.texts.map((text) => (/[{[]$/.test(text) ? text.slice(-1) : ''));
    const due = new Due([...new Set(ends)]);
    const heads = byD(this.texts.map((text, at) => JSON.stringify(text.slice(0, text.length - (ends[at] ?? '').length))));
    return { code: `t+=${heads};d=${byD(ends.map((end) => String(due.texts.indexOf(end))))};`, due };
  }

  /** Code that sets `d` where it is not known to say which text is due. */
  get setup(): string {
    return this.texts.length === 1 ? 'd=0;' : '';
  }

  /** Code after which `d` says of `all`, which has these texts too, what it said of these. */
  among(all: Due): string {
    const places = this.texts.map((text) => all.texts.indexOf(text));
    return all.texts.length === 1 || places.every((place, d) => this.texts.length > 1 && place === d)
      ? ''
      : `d=${byD(places.map(String))};`;
  }
}

function byD(expressions: readonly string[]): string {
  const [first = "''", ...others] = expressions;
  if (others.every((other) => other === first)) return first;
  return `(${expressions.map((expression, d) => (d < others.length ? `d===${d}?${expression}:` : expression)).join('')})`;
}
