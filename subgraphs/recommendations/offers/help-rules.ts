import type { Rule } from './records.ts';
import type { Variant } from './templates.ts';

/** What went wrong longer ago was solved, given up or told to service. A judgement. */
const ERROR_MS = 2 * 86_400_000;

/** Digital's kinds of error with the case (crm's CaseType) that takes one up, and the words for it. */
const ERRORS: Readonly<Record<string, { readonly takenUpAs: string | null; readonly variant: Variant | null }>> = {
  ACCOUNT_LOCKED: { takenUpAs: 'ACCOUNT_LOCK', variant: 'ERROR_HELP_ACCOUNT' },
  PAYMENT_FAILED: { takenUpAs: null, variant: 'ERROR_HELP_PAYMENT' },
  OUTAGE: { takenUpAs: 'OUTAGE', variant: null },
};

/** Help with an error that the customer met on a screen, before they have to ask; none where it is in hand or was overcome. */
export const errorHelp: Rule = ({ sources: { crm, pos, digital }, now }) => {
  if (digital.state !== 'OK' || digital.signals.error === null) return null;
  const { kind, at } = digital.signals.error;
  const error = ERRORS[kind];
  if (!error || now < at || now - at > ERROR_MS) return null;
  if (crm.state === 'OK' && crm.signals.openCases.some(({ type }) => type === error.takenUpAs)) return null;
  // Who ordered after a payment failed found a way to pay.
  if (kind === 'PAYMENT_FAILED' && pos.state === 'OK' && (pos.signals.lastOrderAt ?? 0) > at) return null;
  return {
    template: 'ERROR_HELP',
    variant: error.variant,
    reasons: [{ code: 'ERROR_MET', evidence: { kind, at: { at } } }],
    urgency: 1 - (now - at) / ERROR_MS,
    validUntil: at + ERROR_MS,
    occasion: `${kind} ${at}`,
    values: {},
  };
};

/** A way to pay what is late. */
export const latePaymentHelp: Rule = ({ sources: { pos } }) => {
  if (pos.state !== 'OK' || pos.signals.latePaymentCount < 1) return null;
  const payments = pos.signals.latePaymentCount;
  return {
    template: 'LATE_PAYMENT_HELP',
    variant: null,
    reasons: [{ code: 'PAYMENT_LATE', evidence: { payments } }],
    urgency: 0,
    validUntil: null,
    occasion: '',
    values: { payments },
  };
};
