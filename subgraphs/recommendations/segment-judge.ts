import { SIGNAL_PURPOSES } from '../../kernel/customer.ts';
import type { ConsentPurpose } from '../../kernel/intake.ts';
import type { MergedView } from '../../kernel/merged-view.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { Lost } from '../../segments/answer.ts';
import type { Rule } from '../../segments/rule.ts';
import { type Judgement, type Reason, ruleProblems, SegmentRules } from '../../segments/segment-rules.ts';
import type { SegmentRecord } from './segment-records.ts';

/** A person to judge. */
export interface Person {
  readonly id: string;
  /** Null: not known, which counts as none. */
  readonly permissions: readonly ConsentPurpose[] | null;
}

/** What a rule needs of a segment. */
type Ruled = Pick<SegmentRecord, 'id' | 'revision' | 'purposes'> & { readonly rule: Rule };

export type SegmentVerdict = 'MEMBER' | 'NO_MEMBER' | 'UNKNOWN' | 'WITHHELD';

export interface Verdict {
  readonly verdict: SegmentVerdict;
  readonly reasons: readonly Reason[];
}

const VERDICTS = { IN: 'MEMBER', OUT: 'NO_MEMBER', UNKNOWN: 'UNKNOWN' } as const;
const WITHHELD: Verdict = { verdict: 'WITHHELD', reasons: [] };
const UNKNOWN: Verdict = { verdict: 'UNKNOWN', reasons: [] };

/** Whether a segment may be asked of a person at all. */
export function permits({ permissions }: Person, { purposes }: Pick<SegmentRecord, 'purposes'>): boolean {
  return permissions !== null && [...SIGNAL_PURPOSES, ...purposes].every((purpose) => permissions.includes(purpose));
}

/** Judges rules of segments over the merged view, all of them for up to 100 persons with one question. */
export class SegmentJudge {
  readonly #view: () => MergedView | null;
  readonly #clock: () => EpochMs;
  #compiled: { readonly key: string; readonly schema: MergedView['schema']; readonly rules: SegmentRules } | undefined;

  /** `view`: null while nobody can be asked; everything is UNKNOWN then. */
  constructor(view: () => MergedView | null, clock: () => EpochMs) {
    this.#view = view;
    this.#clock = clock;
  }

  /** What clients see of the graph; null while nobody can be asked. */
  get schema(): MergedView['schema'] | null {
    return this.#view()?.schema ?? null;
  }

  /** For each person a verdict for each segment. A rule that the schema does not allow any more is UNKNOWN. Never rejects for what can't be asked. */
  async judge(persons: readonly Person[], segments: readonly Ruled[]): Promise<readonly (readonly Verdict[])[]> {
    const view = this.#view();
    const asked = persons.filter((person) => segments.some((segment) => permits(person, segment)));
    const usable = view ? segments.filter(({ rule }) => ruleProblems(rule, view.schema).length === 0) : [];
    const judgements = view && asked.length > 0 && usable.length > 0 ? await this.#ask(view, asked, usable) : null;
    const places = new Map(asked.map(({ id }, index) => [id, index]));
    return persons.map((person) =>
      segments.map((segment) => {
        if (!permits(person, segment)) return WITHHELD;
        const judgement = judgements?.(places.get(person.id) ?? -1, segment);
        return judgement ? { verdict: VERDICTS[judgement.verdict], reasons: judgement.reasons } : UNKNOWN;
      }),
    );
  }

  async #ask(
    view: MergedView,
    persons: readonly Person[],
    segments: readonly Ruled[],
  ): Promise<((index: number, segment: Ruled) => Judgement | null) | null> {
    const rules = this.#rules(view, segments);
    const now = this.#clock();
    const variables = { ...rules.question.variables(now), ids: persons.map(({ id }) => id) };
    const { data, errors } = await view.ask(rules.question.text(), variables).catch(() => ({ data: null, errors: undefined }));
    const customers = data?.customers;
    if (!Array.isArray(customers)) return null;
    const lost = new Lost(errors);
    return (index, segment) => {
      const fields: unknown = customers[index];
      const place = `customers/${index}`;
      // Merged or erased in this very moment, unless an error took the customer away.
      if (fields === null || fields === undefined) return lost.has(place) ? null : { verdict: 'OUT', reasons: [] };
      const rule = segments.indexOf(segment);
      return rule === -1 ? null : rules.judge(rule, { fields, lost }, place, now);
    };
  }

  /** Compiled once for as long as the segments and the schema stay. */
  #rules(view: MergedView, segments: readonly Ruled[]): SegmentRules {
    const key = segments.map(({ id, revision }) => `${id}:${revision}`).join(' ');
    if (this.#compiled?.key !== key || this.#compiled.schema !== view.schema) {
      const rules = segments.map(({ rule }) => rule);
      this.#compiled = { key, schema: view.schema, rules: new SegmentRules(rules, view.schema) };
    }
    return this.#compiled.rules;
  }
}
