import { pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/recommendations.ts';
import { offerId, rankedOffers, selectOffers } from './offers.ts';
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

/** An offer and what its words depend on. */
export interface ShownOffer {
  readonly offer: RankedOffer;
  readonly subject: Subject;
  readonly locale: Language;
  readonly timeZone: string | null;
}

function shown(offers: readonly RankedOffer[], subject: Subject, wanted: string | null): readonly ShownOffer[] {
  const { crm } = subject.sources;
  const { timeZone, locale } = crm.state === 'OK' ? crm.signals : { timeZone: null, locale: null };
  const language = languageOf(wanted ?? locale);
  return offers.map((offer) => ({ offer, subject, locale: language, timeZone }));
}

const wordsOf = ({ locale, offer }: ShownOffer) => OFFER_WORDS[locale][offer.template];

export const resolvers: Resolvers = {
  Customer: {
    __resolveReference: (reference) => reference,
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
      shown(selectOffers(rankedOffers(subject), { first: pageSize(first), channel, templates }), subject, locale ?? null),
    rfm,
  },
  Offer: {
    id: ({ subject, offer }) => offerId(subject, offer),
    template: ({ offer }) => offer.template,
    title: (shown) => fill(wordsOf(shown).title, shown.offer.values, shown.locale, shown.timeZone),
    body: (shown) => fill(wordsOf(shown).body, shown.offer.values, shown.locale, shown.timeZone),
    reasons: ({ offer, locale, timeZone }) => offer.reasons.map((reason) => showReason(reason, locale, timeZone)),
    score: ({ offer }) => offer.score,
    rank: ({ offer }) => offer.rank,
    validUntil: ({ offer }) => offer.validUntil,
    channels: ({ offer }) => offer.channels,
    personalized: ({ offer }) => offer.personalized,
    consentBasis: ({ offer }) => offer.consentBasis,
    asOf: ({ subject }) => subject.now,
  },
};
