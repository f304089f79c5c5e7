import type { Service, Subject } from '../records.ts';
import { advice, article, localEvent } from './content-rules.ts';
import { isSeenByOthers, suits } from './decision-context.ts';
import { errorHelp, latePaymentHelp } from './help-rules.ts';
import { crossSell, replenish } from './product-rules.ts';
import type { Candidate, OfferReason, Rule } from './records.ts';
import { anniversary, birthday, onboarding, reviewRequest, vipRecognition, welcome } from './relationship-rules.ts';
import { cartReminder, pointsExpiring, tierUp, winBack } from './selling-rules.ts';

/** Kinds of open case (crm's CaseType) that call for recovery; the others (an enquiry, a late payment) are the customer's turn. */
const RECOVERY_CASES: readonly string[] = ['COMPLAINT', 'OUTAGE', 'ACCOUNT_LOCK', 'RETURN'];
/** Open cases during which nothing is sold. A return alone is everyday business. */
const SILENCING_CASES: readonly string[] = ['COMPLAINT', 'OUTAGE', 'ACCOUNT_LOCK'];

/** Every rule that sells; SERVICE_RECOVERY stands apart, because it can silence these. */
const SELLING: readonly Rule[] = [
  cartReminder,
  replenish,
  crossSell,
  birthday,
  anniversary,
  pointsExpiring,
  tierUp,
  vipRecognition,
  onboarding,
  welcome,
  reviewRequest,
  winBack,
  // Useful, but unasked for: what it is called does not make it welcome.
  advice,
  localEvent,
  article,
];
/** Every rule that helps before the customer has to ask. */
const HELPING: readonly Rule[] = [errorHelp, latePaymentHelp];

function recoveryReasons({ sources: { crm, feedback } }: Subject): readonly OfferReason[] {
  const cases = crm.state === 'OK' ? crm.signals.openCases.filter(({ type }) => RECOVERY_CASES.includes(type)) : [];
  const reasons: OfferReason[] = cases
    .toSorted((a, b) => RECOVERY_CASES.indexOf(a.type) - RECOVERY_CASES.indexOf(b.type) || b.openedAt - a.openedAt)
    .map(({ id, type, openedAt }) => ({ code: 'OPEN_CASE', evidence: { case: id, type, openedAt: { at: openedAt } } }));
  if (feedback.state === 'OK' && feedback.signals.urgentItem !== null) {
    const { id, level, reasons: signs, at } = feedback.signals.urgentItem;
    reasons.push({ code: 'URGENT_FEEDBACK', evidence: { feedback: id, level, reasons: signs.join(' '), at: { at } } });
  }
  if (feedback.state === 'OK' && feedback.signals.openDetractor !== null) {
    const { openDetractor, openDetractorAt } = feedback.signals;
    const at = openDetractorAt === null ? {} : { at: { at: openDetractorAt } };
    reasons.push({ code: 'OPEN_DETRACTOR', evidence: { feedback: openDetractor, ...at } });
  }
  return reasons;
}

const silences = ({ code, evidence }: OfferReason) =>
  code === 'OPEN_DETRACTOR' || code === 'URGENT_FEEDBACK' || SILENCING_CASES.includes(String(evidence.type));

/** The domains that could have told of a complaint and did not answer. */
function unheard({ sources: { crm, feedback } }: Subject): readonly Service[] {
  return [...(crm.state === 'UNAVAILABLE' ? (['crm'] as const) : []), ...(feedback.state === 'UNAVAILABLE' ? (['feedback'] as const) : [])];
}

/** What everybody is offered. */
function general(reason: 'NOT_PERSONALIZED' | 'SEEN_BY_OTHERS' | 'NO_EVIDENCE', { context }: Subject): readonly Candidate[] {
  if (!suits('GENERAL', context)) return [];
  return [
    {
      template: 'GENERAL',
      variant: null,
      reasons: [{ code: reason, evidence: {} }],
      urgency: 0,
      validUntil: null,
      occasion: '',
      values: {},
    },
  ];
}

/**
 * Everything that can be offered to a customer at the time that is decided for, in no particular order; empty only where the occasion
 * leaves nothing to say.
 * - Without consent, and where others read along: the general offer alone.
 * - With an open complaint, outage or locked account, an open detractor or an urgent text: recovery and help alone; the reasons of recovery
 *   name what is held back.
 * - Otherwise what the rules find; when they find nothing, the general offer.
 */
export function candidates(subject: Subject): readonly Candidate[] {
  if (!subject.personal) return general('NOT_PERSONALIZED', subject);
  if (isSeenByOthers(subject.context)) return general('SEEN_BY_OTHERS', subject);
  const selling = SELLING.map((rule) => rule(subject))
    .filter((offer) => offer !== null)
    .filter(({ template }) => suits(template, subject.context));
  const wrongs = recoveryReasons(subject);
  const heldBack = wrongs.some(silences) ? selling.map((offer) => offer.template) : null;
  const suppressed: readonly OfferReason[] = heldBack?.length
    ? [{ code: 'SELLING_SUPPRESSED', evidence: { templates: heldBack.join(' ') } }]
    : [];
  const recovery: readonly Candidate[] = wrongs[0]
    ? [
        {
          template: 'SERVICE_RECOVERY',
          variant: null,
          reasons: [...wrongs, ...suppressed],
          urgency: 1,
          validUntil: null,
          occasion: String(wrongs[0].evidence.case ?? wrongs[0].evidence.feedback),
          values: {},
        },
      ]
    : [];
  const help = HELPING.map((rule) => rule(subject)).filter((offer) => offer !== null);
  const service = [...recovery, ...help];
  if (heldBack) return service;
  const services = unheard(subject);
  const caveat: readonly OfferReason[] =
    services.length > 0 ? [{ code: 'COMPLAINTS_UNCHECKED', evidence: { services: services.join(' ') } }] : [];
  const cautious = caveat.length === 0 ? selling : selling.map((offer) => ({ ...offer, reasons: [...offer.reasons, ...caveat] }));
  const offers = [...service, ...cautious];
  return offers.length > 0 ? offers : general('NO_EVIDENCE', subject);
}
