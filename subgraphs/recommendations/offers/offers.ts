import { SIGNAL_PURPOSES } from '../../../kernel/customer.ts';
import { digest } from '../../../kernel/ids.ts';
import type { Channel } from '../../../kernel/intake.ts';
import type { Subject } from '../records.ts';
import { OUTBOUND, type Policy, policyOf } from './policy.ts';
import type { Candidate, RankedOffer } from './records.ts';
import { candidates } from './rules.ts';
import { SERVICE_TEMPLATES, type Template } from './templates.ts';

/** Where a customer comes to us. */
const INBOUND: readonly Channel[] = ['STORE', 'WEB', 'APP', 'CHAT'];
interface Placement {
  /** The score without urgency, which adds up to URGENCY_WEIGHT. */
  readonly base: number;
  readonly inbound: readonly Channel[];
  readonly outbound: readonly Channel[];
}

/** What goes first: what is wrong, then what passes soonest, then what can wait. The order is a judgement, not a measurement. */
const PLACEMENTS: Readonly<Record<Template, Placement>> = {
  SERVICE_RECOVERY: { base: 0.9, inbound: INBOUND, outbound: OUTBOUND },
  ERROR_HELP: { base: 0.86, inbound: INBOUND, outbound: ['EMAIL', 'SMS', 'PUSH'] },
  LATE_PAYMENT_HELP: { base: 0.82, inbound: INBOUND, outbound: ['EMAIL', 'PHONE'] },
  CART_REMINDER: { base: 0.7, inbound: ['WEB', 'APP'], outbound: ['EMAIL', 'PUSH'] },
  REPLENISH: { base: 0.5, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  BIRTHDAY: { base: 0.65, inbound: INBOUND, outbound: ['EMAIL', 'SMS', 'PUSH'] },
  ANNIVERSARY: { base: 0.6, inbound: INBOUND, outbound: ['EMAIL', 'SMS', 'PUSH'] },
  POINTS_EXPIRING: { base: 0.55, inbound: INBOUND, outbound: ['EMAIL', 'SMS', 'PUSH'] },
  TIER_UP: { base: 0.45, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  ADVICE: { base: 0.42, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  VIP_RECOGNITION: { base: 0.4, inbound: INBOUND, outbound: ['EMAIL', 'PHONE'] },
  ONBOARDING: { base: 0.38, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  WELCOME: { base: 0.35, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  LOCAL_EVENT: { base: 0.32, inbound: INBOUND, outbound: ['EMAIL', 'PUSH'] },
  // A request for an opinion is advertising, too (Bundesgerichtshof, 10 July 2018, VI ZR 225/17).
  REVIEW_REQUEST: { base: 0.3, inbound: ['WEB', 'APP'], outbound: ['EMAIL', 'PUSH'] },
  CROSS_SELL: { base: 0.28, inbound: INBOUND, outbound: ['EMAIL'] },
  WIN_BACK: { base: 0.25, inbound: INBOUND, outbound: OUTBOUND },
  // Reading takes a screen and time.
  CONTENT: { base: 0.2, inbound: ['WEB', 'APP'], outbound: ['EMAIL'] },
  // Only where everybody sees the same anyway.
  GENERAL: { base: 0.1, inbound: ['STORE', 'WEB', 'APP'], outbound: [] },
};
const URGENCY_WEIGHT = 0.1;

/** Whether a template puts right or helps, and sells nothing. */
export function serves(template: Template): boolean {
  return (SERVICE_TEMPLATES as readonly Template[]).includes(template);
}

function scoreOf({ template, urgency }: Candidate): number {
  const { base } = PLACEMENTS[template];
  return Math.round((base + URGENCY_WEIGHT * Math.min(Math.max(urgency, 0), 1)) * 1000) / 1000;
}

function ranked(policy: Policy, candidate: Candidate, score: number, rank: number): RankedOffer {
  const { template } = candidate;
  const { inbound, outbound } = PLACEMENTS[template];
  const personalized = template !== 'GENERAL';
  const { channels, heldBack } = policy.place([...inbound, ...outbound], !serves(template));
  return {
    // Not by spread: rules make candidates of many hidden classes, and for such a spread makes another class for each object.
    template,
    variant: candidate.variant,
    reasons: candidate.reasons,
    urgency: candidate.urgency,
    validUntil: candidate.validUntil,
    occasion: candidate.occasion,
    values: candidate.values,
    product: candidate.product,
    content: candidate.content,
    score,
    rank,
    channels,
    heldBack,
    personalized,
    consentBasis: personalized ? SIGNAL_PURPOSES : [],
  };
}

/** An offer's id: the same while the same facts hold, and for everybody where it rests on no data of the customer. */
export function offerId({ customer }: Subject, { template, occasion, personalized }: RankedOffer): string {
  return `off_${personalized ? digest('offer', customer, template, occasion) : digest('offer', template)}`;
}

/** Every offer of a customer, best first. Equal subjects give equal answers: ties are broken by the template's name. */
export function rankedOffers(subject: Subject): readonly RankedOffer[] {
  const policy = policyOf(subject);
  return candidates(subject)
    .map((candidate) => ({ candidate, score: scoreOf(candidate) }))
    .sort((a, b) => b.score - a.score || (a.candidate.template < b.candidate.template ? -1 : 1))
    .map(({ candidate, score }, index) => ranked(policy, candidate, score, index + 1));
}

/** Absent filters let everything through; ranks are kept. */
export function selectOffers(
  offers: readonly RankedOffer[],
  filter: {
    readonly first: number;
    readonly channel?: Channel | null | undefined;
    readonly templates?: readonly Template[] | null | undefined;
  },
): readonly RankedOffer[] {
  return offers
    .filter((offer) => !filter.channel || offer.channels.includes(filter.channel))
    .filter((offer) => !filter.templates || filter.templates.includes(offer.template))
    .slice(0, filter.first);
}
