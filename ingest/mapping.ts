import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { closest } from '../kernel/closest.ts';
import { OperatorError } from '../kernel/errors.ts';
import { digest } from '../kernel/ids.ts';
import { fitProblems, type Intakes, kindProblems, type Problem } from './mapping-fit.ts';
import { type Mapping, mappingSchema } from './mapping-schema.ts';
import { lineOf } from './yaml-places.ts';

/** A mapping that fits the intakes. */
export interface LoadedMapping {
  readonly mapping: Mapping;
  /** What the operator calls it: the file's name. */
  readonly name: string;
  /** Depends on what the mapping says, not on comments and layout. */
  readonly hash: string;
  /** Where a part of it stands: `online-retail.yaml:12`. */
  place(path: readonly PropertyKey[]): string;
}

const KEYS = [
  'source description format timeZone numbers identify owner consents reject records type encoding delimiter quote header columns',
  'skipLines shortRows empty namespace value through number purpose channel status lawfulBasis policyVersion recordedAt expiresAt proof',
  'when code message kind fields column constant template first sum join normalise map otherwise date boolean separator default is',
  'equals in startsWith endsWith contains matches greaterThan atLeast lessThan atMost all any not point group sign',
].flatMap((line) => line.split(' '));

/** Reads a mapping's YAML. Throws one OperatorError that lists every problem by line: what is wrong and what to do. */
export function readMapping(yaml: string, name: string, intakes: Intakes): LoadedMapping {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const place = (path: readonly PropertyKey[]) => `${name}:${lineOf(document, lines, path)}`;
  const fail = (problems: readonly string[]): never => {
    throw new OperatorError(`The mapping ${name} is wrong:`, problems);
  };
  if (document.errors.length > 0)
    fail(
      document.errors.map(
        ({ pos, message }) => `${name}:${lines.linePos(pos[0]).line}: is not valid YAML: ${message}. Mind indentation and quotes.`,
      ),
    );

  const content: unknown = document.toJS() ?? {};
  const read = mappingSchema.safeParse(content);
  const problems: Problem[] = read.success ? [] : read.error.issues.flatMap((issue) => issueProblems(issue, content));
  problems.push(...kindProblems(content, intakes));
  if (read.success) problems.push(...fitProblems(read.data, intakes));
  if (problems.length > 0) {
    const sorted = problems.map((problem) => ({ ...problem, line: lineOf(document, lines, problem.path) })).sort((a, b) => a.line - b.line);
    fail(sorted.map(({ path, line, message }) => `${name}:${line}: ${pathText(path)}${message}.`));
  }
  if (!read.success) throw new TypeError('a mapping without problems was refused');
  return { mapping: read.data, name, hash: digest(JSON.stringify(content)), place };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? '' : `${text.slice(1)} `;
}

function issueProblems(issue: z.core.$ZodIssue, content: unknown): readonly Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const meant = closest(key, KEYS, 3);
      return {
        path: [...path, key],
        message: `is not a key of a mapping${meant === null ? '' : `; did you mean "${meant}"?`} Correct or remove it`,
      };
    });
  const missing = valueAt(content, path) === undefined;
  return [{ path, message: missing ? `is missing; it ${issue.message}` : issue.message }];
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined),
    content,
  );
}
