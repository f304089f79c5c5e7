/** How soon somebody has to look at a text, and why: declared signs, each with the words that it was read from. */
import { LanguageMatchers, longest, termsOf } from './terms.ts';
import { URGENCY_TERMS, type UrgencyReasonCode } from './urgency-terms.ts';

export type UrgencyLevel = 'LOW' | 'NORMAL' | 'HIGH' | 'CRITICAL';

export interface UrgencyReason {
  readonly code: UrgencyReasonCode;
  /** The words in normal form; none for NEGATIVE_SENTIMENT. */
  readonly terms: readonly string[];
}

export interface Urgency {
  readonly level: UrgencyLevel;
  /** The gravest first. */
  readonly reasons: readonly UrgencyReason[];
}

/** What is known beside the words. */
export interface UrgencyFacts {
  /** The sentiment's score, from -1 to 1; null where it is not known. */
  readonly sentimentScore: number | null;
  /** How often the customer has written about the matter before this text. */
  readonly earlierContacts: number;
}

export const URGENCY_RULES_VERSION = '1';

/**
 * What each sign counts: from 1 on a text is NORMAL, from 2 HIGH, from 4 CRITICAL. Danger to people is critical alone; a threat of law is high
 * alone, and critical with lost money or fraud beside it.
 */
const POINTS: Readonly<Record<UrgencyReasonCode, number>> = {
  SAFETY: 4,
  LEGAL_THREAT: 3,
  FRAUD: 2,
  MONEY_LOST: 2,
  CANCELLATION_THREAT: 2,
  PUBLICITY_THREAT: 1,
  REPEATED_CONTACT: 1,
  TIME_PRESSURE: 1,
  NEGATIVE_SENTIMENT: 1,
};
const LEVELS: readonly (readonly [from: number, level: UrgencyLevel])[] = [
  [4, 'CRITICAL'],
  [2, 'HIGH'],
  [1, 'NORMAL'],
];
/** At or below it a text is a complaint. */
const NEGATIVE = -0.2;
/** Above it words such as "never again" or "return" stand in praise, and only danger counts. */
const POSITIVE = 0.5;

const matchers = new LanguageMatchers(
  Object.entries(URGENCY_TERMS).flatMap(([code, lists]) =>
    Object.entries(lists).flatMap(([language, list]) =>
      termsOf(list).map((term) => [language, term, code as keyof typeof URGENCY_TERMS] as const),
    ),
  ),
);

/** Urgency of a text in its normal form. Where the sentiment is clearly positive only danger and earlier contacts count. */
export function urgencyOf(form: string, language: string | null, { sentimentScore, earlierContacts }: UrgencyFacts): Urgency {
  const found = new Map<UrgencyReasonCode, Set<string>>();
  for (const { term, value } of longest(matchers.match(form, language))) {
    const terms = found.get(value);
    if (terms) terms.add(term);
    else found.set(value, new Set([term]));
  }
  if (sentimentScore !== null && sentimentScore >= POSITIVE)
    for (const code of [...found.keys()]) if (code !== 'SAFETY') found.delete(code);
  if (earlierContacts > 0 && !found.has('REPEATED_CONTACT')) found.set('REPEATED_CONTACT', new Set());
  if (sentimentScore !== null && sentimentScore <= NEGATIVE) found.set('NEGATIVE_SENTIMENT', new Set());

  const reasons = [...found]
    .map(([code, terms]) => ({ code, terms: [...terms] }))
    .sort((a, b) => POINTS[b.code] - POINTS[a.code] || (a.code < b.code ? -1 : 1));
  const points = reasons.reduce((sum, { code }) => sum + POINTS[code], 0);
  return { level: LEVELS.find(([from]) => points >= from)?.[1] ?? 'LOW', reasons };
}
