import type { Logger } from 'pino';
import { SIGNAL_PURPOSES } from '../../kernel/customer.ts';
import type { ConsentPurpose } from '../../kernel/intake.ts';
import type { MergedView } from '../../kernel/merged-view.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { SegmentRecord } from './records.ts';
import { Lost } from './rules/answer.ts';
import { conditionsOf, type Rule } from './rules/rule.ts';
import { type Judgement, type Reason, ruleProblems, SegmentRules } from './rules/segment-rules.ts';

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

/** How many sets of segments that are asked for together are kept compiled. */
const MOST_COMPILED = 20;
/** An outage is told once a minute, not for each page. */
const TELL_EVERY_MS = 60_000;

/** Conditions that are asked for in one question: more would go beyond what a gateway and its subgraphs take in one request. */
const MOST_ASKED = 200;

/** Rules in one question. */
interface Compiled {
  readonly rules: SegmentRules;
  /** What asks them. */
  readonly text: string;
  /** By the place of a segment its rule's index. */
  readonly indices: ReadonlyMap<number, number>;
}

type Ask = (person: number, segment: number) => Judgement | null;

/** Whether a segment may be asked of a person at all. */
export function permits({ permissions }: Person, { purposes }: Pick<SegmentRecord, 'purposes'>): boolean {
  return permissions !== null && [...SIGNAL_PURPOSES, ...purposes].every((purpose) => permissions.includes(purpose));
}

/** Judges rules of segments over the merged view, all of them for up to 100 persons with one question, or some more where rules are many. */
export class SegmentJudge {
  readonly #view: () => MergedView | null;
  readonly #clock: () => EpochMs;
  readonly #log: Logger | undefined;
  #schema: MergedView['schema'] | undefined;
  readonly #compiled = new Map<string, readonly Compiled[]>();
  #told = Number.NEGATIVE_INFINITY;

  /** `view`: null while nobody can be asked; everything is UNKNOWN then. `log` is told why the graph gave no answer. */
  constructor(view: () => MergedView | null, clock: () => EpochMs, log?: Logger) {
    this.#view = view;
    this.#clock = clock;
    this.#log = log;
  }

  /** What clients see of the graph; null while nobody can be asked. */
  get schema(): MergedView['schema'] | null {
    return this.#view()?.schema ?? null;
  }

  /** For each person a verdict for each segment. A rule that the schema does not allow any more is UNKNOWN. Never rejects for what can't be asked. */
  async judge(persons: readonly Person[], segments: readonly Ruled[]): Promise<readonly (readonly Verdict[])[]> {
    const asked = persons.filter((person) => segments.some((segment) => permits(person, segment)));
    const view = this.#view();
    const judgements = view && asked.length > 0 ? await this.#askAll(view, asked, this.#kept(view, segments)) : null;
    const places = new Map(asked.map(({ id }, index) => [id, index]));
    return persons.map((person) => {
      const place = places.get(person.id) ?? -1;
      return segments.map((segment, index) => (permits(person, segment) ? verdictOf(judgements?.(place, index)) : WITHHELD));
    });
  }

  /** For each person what a rule says that belongs to no segment yet. */
  async preview(persons: readonly Person[], rule: Rule): Promise<readonly Verdict[]> {
    const asked = persons.filter((person) => permits(person, { purposes: [] }));
    const view = this.#view();
    const judgements = view && asked.length > 0 ? await this.#askAll(view, asked, compiled([rule], view.schema)) : null;
    const places = new Map(asked.map(({ id }, index) => [id, index]));
    return persons.map(({ id }) => {
      const place = places.get(id);
      return place === undefined ? WITHHELD : verdictOf(judgements?.(place, 0));
    });
  }

  /** Asks about persons. Of one person and segment null when that could not be asked, or was not answered. */
  async #askAll(view: MergedView, persons: readonly Person[], questions: readonly Compiled[]): Promise<Ask> {
    const answers = await Promise.all(questions.map((question) => this.#ask(view, persons, question)));
    return (person, segment) => {
      const question = questions.findIndex(({ indices }) => indices.has(segment));
      return answers[question]?.(person, segment) ?? null;
    };
  }

  /** Null without an answer. */
  async #ask(view: MergedView, persons: readonly Person[], { rules, text, indices }: Compiled): Promise<Ask | null> {
    const now = this.#clock();
    const ids = persons.map(({ id }) => id);
    const answer = await view.ask(text, { ...rules.question.variables(now), ids }).catch((fault: unknown) => {
      this.#tell(fault, now);
      return null;
    });
    const customers = answer?.data?.customers;
    if (!answer || !Array.isArray(customers) || customers.length !== ids.length) {
      if (answer) this.#tell(new Error('The answer has no customers.'), now);
      return null;
    }
    const lost = new Lost(answer.errors);
    return (person, segment) => {
      const fields: unknown = customers[person];
      const place = `customers/${person}`;
      const rule = indices.get(segment);
      if (rule === undefined) return null;
      // Merged or erased in this very moment, unless an error took the customer away.
      if (fields === null || fields === undefined) return lost.has(place) ? null : { verdict: 'OUT', reasons: [] };
      return rules.judge(rule, { fields, lost }, place, now);
    };
  }

  /** Compiled once for as long as the segments and the schema stay. */
  #kept({ schema }: MergedView, segments: readonly Ruled[]): readonly Compiled[] {
    if (this.#schema !== schema) this.#compiled.clear();
    this.#schema = schema;
    const key = segments.map(({ id, revision }) => `${id}:${revision}`).join(' ');
    const known = this.#compiled.get(key);
    if (known) return known;
    const made = compiled(
      segments.map(({ rule }) => rule),
      schema,
    );
    const [oldest] = this.#compiled.keys();
    if (oldest !== undefined && this.#compiled.size >= MOST_COMPILED) this.#compiled.delete(oldest);
    this.#compiled.set(key, made);
    return made;
  }

  /** Without what was asked, which holds the values of rules. */
  #tell(fault: unknown, now: EpochMs): void {
    if (now - this.#told < TELL_EVERY_MS) return;
    this.#told = now;
    const { message, cause } = fault instanceof Error ? fault : new Error('unknown');
    const because = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
    this.#log?.warn({ event: 'segments-unknown', reason: message, because }, 'the graph gave no answer, so segments are not known');
  }
}

/** The questions that ask these rules, without those that the schema does not allow. */
function compiled(all: readonly Rule[], schema: MergedView['schema']): readonly Compiled[] {
  const groups: { readonly rules: Map<number, Rule>; conditions: number }[] = [];
  for (const [place, rule] of all.entries()) {
    if (ruleProblems(rule, schema).length > 0) continue;
    const conditions = [...conditionsOf(rule)].length;
    const last = groups.at(-1);
    if (last && last.conditions + conditions <= MOST_ASKED) {
      last.rules.set(place, rule);
      last.conditions += conditions;
    } else groups.push({ rules: new Map([[place, rule]]), conditions });
  }
  return groups.map(({ rules: group }) => {
    const rules = new SegmentRules([...group.values()], schema);
    return { rules, text: rules.question.text(), indices: new Map([...group.keys()].map((place, index) => [place, index])) };
  });
}

function verdictOf(judgement: Judgement | null | undefined): Verdict {
  return judgement ? { verdict: VERDICTS[judgement.verdict], reasons: judgement.reasons } : UNKNOWN;
}
