import type { OfferTemplate } from '../../../schema/generated/recommendations.ts';
import { translationFor } from '../content/records.ts';
import { type Language, languageOf } from '../languages.ts';
import type { Subject } from '../records.ts';
import { HOLD_WORDS } from './hold-words.ts';
import type { Action } from './next-best-actions.ts';
import { offerId } from './offers.ts';
import { REASON_WORDS } from './reason-words.ts';
import type { OfferReason, RankedOffer } from './records.ts';
import { evidenceText, fill, OFFER_WORDS } from './wording.ts';

/** An offer as it is answered, in one language. Words are made when they are asked for. */
export class ShownOffer {
  readonly decisionId: string | null;
  readonly #offer: RankedOffer;
  readonly #subject: Subject;
  readonly locale: Language;
  readonly #timeZone: string | null;

  constructor(offer: RankedOffer, subject: Subject, locale: Language, timeZone: string | null, decisionId: string | null) {
    this.#offer = offer;
    this.#subject = subject;
    this.locale = locale;
    this.#timeZone = timeZone;
    this.decisionId = decisionId;
  }

  id(): string {
    return offerId(this.#subject, this.#offer);
  }

  template(): OfferTemplate {
    return this.#offer.template;
  }

  title(): string {
    return this.#words('title');
  }

  body(): string {
    return this.#words('body');
  }

  reasons() {
    return shownReasons(this.#offer.reasons, this.locale, this.#timeZone);
  }

  score(): number {
    return this.#offer.score;
  }

  rank(): number {
    return this.#offer.rank;
  }

  product() {
    return this.#offer.product ? { sku: this.#offer.product.sku } : null;
  }

  content() {
    const [content, translation] = [this.#offer.content, this.#translation()];
    if (!content || !translation) return null;
    const { piece, store } = content;
    const { language: locale, title, link } = translation;
    const { id, kind, startsAt, endsAt } = piece;
    return { id, kind, title, locale, link, startsAt, endsAt, store: store === null ? null : { id: store } };
  }

  modelVersion(): string | null {
    return this.#offer.product?.model ?? null;
  }

  validUntil() {
    return this.#offer.validUntil;
  }

  channels() {
    return this.#offer.channels;
  }

  heldBack() {
    return this.#offer.heldBack.map(({ channel, code, until }) => ({ channel, code, until, text: HOLD_WORDS[this.locale][code] }));
  }

  personalized(): boolean {
    return this.#offer.personalized;
  }

  consentBasis() {
    return this.#offer.consentBasis;
  }

  asOf() {
    return this.#subject.now;
  }

  #words(part: 'title' | 'body'): string {
    return fill(OFFER_WORDS[this.locale][this.#offer.variant ?? this.#offer.template][part], this.#values(), this.locale, this.#timeZone);
  }

  #values() {
    const translation = this.#translation();
    return translation ? { ...this.#offer.values, title: translation.title } : this.#offer.values;
  }

  #translation() {
    return translationFor(this.#offer.content?.piece.translations ?? [], this.locale);
  }
}

function shownReasons(reasons: readonly OfferReason[], locale: Language, timeZone: string | null) {
  return reasons.map(({ code, evidence }) => ({
    code,
    text: fill(REASON_WORDS[locale][code], evidence, locale, timeZone),
    evidence: Object.entries(evidence).map(([name, value]) => ({ name, value: evidenceText(value) })),
  }));
}

/** Everything that an answer can show of an offer but its decision: equal exactly when the offers are. */
export function written(offer: ShownOffer): string {
  const [product, content] = [offer.product(), offer.content()];
  return JSON.stringify([
    offer.id(),
    offer.template(),
    offer.title(),
    offer.body(),
    offer.locale,
    offer.reasons(),
    offer.score(),
    offer.rank(),
    offer.validUntil(),
    offer.channels(),
    offer.heldBack(),
    offer.personalized(),
    offer.consentBasis(),
    offer.asOf(),
    // Offers of before there were any with products, or content, are written as they were.
    ...(product ? [product, offer.modelVersion()] : []),
    ...(content ? [content] : []),
  ]);
}

/** The offers in the language that is wanted, else in the customer's own. */
export function shownOffers(
  offers: readonly RankedOffer[],
  subject: Subject,
  wanted: string | null,
  decisionId: string | null = null,
): readonly ShownOffer[] {
  const { language, timeZone } = shownTo(subject, wanted);
  return offers.map((offer) => new ShownOffer(offer, subject, language, timeZone, decisionId));
}

/** The actions in the language that is wanted, else in the customer's own. */
export function shownActions(actions: readonly Action[], subject: Subject, wanted: string | null) {
  const { language, timeZone } = shownTo(subject, wanted);
  return actions.map(({ kind, actor, channel, dueBy, offer, reasons }, index) => ({
    kind,
    actor,
    channel,
    dueBy,
    priority: index + 1,
    offer: offer && new ShownOffer(offer, subject, language, timeZone, null),
    reasons: shownReasons(reasons, language, timeZone),
  }));
}

/** Whose words and days are shown. */
export function shownTo(
  { sources: { crm } }: Subject,
  wanted: string | null,
): { readonly language: Language; readonly timeZone: string | null } {
  const { timeZone, locale } = crm.state === 'OK' ? crm.signals : { timeZone: null, locale: null };
  return { language: languageOf(wanted ?? locale), timeZone };
}
