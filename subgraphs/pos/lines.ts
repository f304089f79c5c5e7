import { digest } from '../../kernel/ids.ts';
import type { Kept, KeptLine } from './records.ts';
import type { LineRow } from './source.ts';

/** Adds versions of lines to those kept; a version that is kept already changes nothing. */
export class LineFold {
  readonly lines: KeptLine[];
  readonly #versions = new Map<string, KeptLine[]>();

  constructor(lines: readonly KeptLine[]) {
    this.lines = [...lines];
    for (const line of lines) this.#file(line);
  }

  #file(line: KeptLine): readonly KeptLine[] {
    const versions = this.#versions.get(line.id);
    if (versions) versions.push(line);
    else this.#versions.set(line.id, [line]);
    return versions ?? [];
  }

  add({ number, line }: LineRow, origin: string, occurrence: number): 'new' | 'stored' | 'duplicate' {
    const kept: KeptLine = {
      id: number === null ? digest(JSON.stringify(line), String(occurrence)) : `#${number}`,
      origin,
      ...line,
    };
    const same = this.#versions.get(kept.id)?.find((version) => sameStatement(version, kept));
    if (same) return same.origin === origin ? 'stored' : 'duplicate';
    this.#file(kept);
    this.lines.push(kept);
    return 'new';
  }
}

/** Equal in everything but who delivered it. */
export function sameStatement<T extends Kept<object>>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((field) => field === 'origin' || a[field] === b[field]);
}
