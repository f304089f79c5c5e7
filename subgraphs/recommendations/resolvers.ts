import { pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/recommendations.ts';
import { rankedOffers, selectOffers } from './offers.ts';
import { type OfferReason, type RankedOffer, SERVICES, type Subject } from './records.ts';
import { rfm } from './rfm.ts';
import { readCustomer } from './source.ts';
import { evidenceText, fill, type Language, languageOf, OFFER_WORDS, REASON_WORDS } from './wording.ts';

function showReason({ code, evidence }: OfferReason, language: Language, timeZone: string | null) {
  return {
    code,
    text: fill(REASON_WORDS[language][code], evidence, language, timeZone),
    evidence: Object.entries(evidence).map(([name, value]) => ({ name, value: evidenceText(value) })),
  };
}

function showOffer(offer: RankedOffer, subject: Subject, locale: string | null) {
  const { crm } = subject.sources;
  const timeZone = crm.state === 'OK' ? crm.signals.timeZone : null;
  const language = languageOf(locale ?? (crm.state === 'OK' ? crm.signals.locale : null));
  const words = OFFER_WORDS[language][offer.template];
  return {
    ...offer,
    title: fill(words.title, offer.values, language, timeZone),
    body: fill(words.body, offer.values, language, timeZone),
    locale: language,
    reasons: offer.reasons.map((reason) => showReason(reason, language, timeZone)),
    asOf: subject.now,
  };
}

export const resolvers: Resolvers = {
  Customer: {
    // async, so that one malformed representation rejects itself and not the whole _entities batch
    __resolveReference: async (reference) => reference,
    recommendations: (customer, _, { now }) => readCustomer(customer, now),
  },
  Recommendations: {
    asOf: (subject) => subject.now,
    sourceStatus: ({ sources }) =>
      SERVICES.map((service) => {
        const source = sources[service];
        return { service, state: source.state, asOf: source.state === 'OK' ? source.asOf : null };
      }),
    offers: (subject, { first, channel, templates, locale }) =>
      selectOffers(rankedOffers(subject), { first: pageSize(first), channel, templates }).map((offer) =>
        showOffer(offer, subject, locale ?? null),
      ),
    rfm,
  },
};
