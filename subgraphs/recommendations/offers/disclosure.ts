import type { Language } from '../languages.ts';
import { SERVICES, type Service, type Subject } from '../records.ts';
import { sinceOf } from '../representation.ts';
import { DISCLOSED_PURPOSES, DISCLOSURE_WORDS } from './disclosure-words.ts';
import { rankedOffers } from './offers.ts';
import { shownTo } from './shown-offer.ts';

/**
 * What a customer is told of how the recommendations come about, in the language that is wanted, else in their own. It is made of the very
 * subject that offers are made of, so it can't say anything else than what is done: what was not read is not in it.
 */
export function disclosure(subject: Subject, wanted: string | null) {
  const { language: locale } = shownTo(subject, wanted);
  const words = DISCLOSURE_WORDS[locale];
  const { personal, representation } = subject;
  const how = personal ? 'personal' : 'general';
  const known = Array.isArray(representation.permissions) ? representation.permissions : null;
  return {
    locale,
    personalized: personal,
    summary: words.summary[how],
    offers: rankedOffers(subject)
      .filter(({ personalized }) => personalized)
      .map(({ template }) => template),
    purposes: DISCLOSED_PURPOSES.map((purpose) => ({
      purpose,
      granted: known?.includes(purpose) ?? null,
      since: sinceOf(representation, known ?? [], purpose),
      text: words.purposes[purpose],
    })),
    sources: SERVICES.map((service) => {
      const source = subject.sources[service];
      const asOf = source.state === 'OK' ? source.asOf : null;
      return { service, state: source.state, asOf, facts: factsOf(subject, service, locale) };
    }),
    howToTurnOff: words.howToTurnOff[how],
    valueExchange: words.valueExchange[how],
  };
}

/** What one domain told, under the names that `Query.decision` gives its inputs; what says nothing is left out. */
function factsOf({ sources }: Subject, service: Service, language: Language) {
  const source = sources[service];
  if (source.state !== 'OK') return [];
  const texts: Readonly<Record<string, string>> = DISCLOSURE_WORDS[language].facts[service];
  return Object.entries(source.signals).flatMap(([name, value]) => (saysSomething(value) ? [{ name, text: texts[name] ?? name }] : []));
}

function saysSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== false && value !== 0;
}
