import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { ChosenContent } from '../content/records.ts';
import { ADVICE_MS, EVENT_AHEAD_MS, INTEREST_MS } from './content-facts.ts';
import type { Candidate, OfferReason, Rule } from './records.ts';

function offered(
  template: 'ADVICE' | 'CONTENT' | 'LOCAL_EVENT',
  content: ChosenContent,
  reason: OfferReason,
  more: Pick<Candidate, 'urgency' | 'validUntil' | 'values'>,
): Candidate {
  return { template, variant: null, reasons: [reason], ...more, occasion: content.piece.id, content };
}

/** Until the end of the piece, or of the interest in it. */
function untilFirst(endsAt: EpochMs | null, until: EpochMs): EpochMs {
  return Math.min(endsAt ?? until, until);
}

/** Advice on what was bought last. */
export const advice: Rule = ({ content, now }) => {
  const found = content?.advice;
  if (!found || found.sku === null || found.at === null) return null;
  const { piece, sku, category, at } = found;
  const evidence = { sku, at: { at }, ...(category !== null && { category }) };
  return offered(
    'ADVICE',
    found,
    { code: 'BOUGHT_LATELY', evidence },
    {
      // The newer a thing is, the more its owner wants to know.
      urgency: 1 - (now - at) / ADVICE_MS,
      validUntil: untilFirst(piece.endsAt, at + ADVICE_MS),
      values: {},
    },
  );
};

/** An article on what was looked at or, failing that, on the category bought most. */
export const article: Rule = ({ content, now }) => {
  const found = content?.article;
  if (!found) return null;
  const { piece, sku, category, at } = found;
  if (sku !== null && at !== null) {
    const evidence = { sku, at: { at }, ...(category !== null && { category }) };
    const validUntil = untilFirst(piece.endsAt, at + INTEREST_MS);
    return offered(
      'CONTENT',
      found,
      { code: 'VIEWED_LATELY', evidence },
      { urgency: 1 - (now - at) / INTEREST_MS, validUntil, values: {} },
    );
  }
  if (category === null) return null;
  return offered(
    'CONTENT',
    found,
    { code: 'FAVOURITE_CATEGORY', evidence: { category } },
    { urgency: 0, validUntil: piece.endsAt, values: {} },
  );
};

/** The next event in the store that the customer buys in, or one that is on. */
export const localEvent: Rule = ({ content, sources: { pos }, now }) => {
  const found = content?.event;
  if (!found || found.store === null || found.piece.startsAt === null) return null;
  const { store, piece } = found;
  const [startsAt, endsAt] = [found.piece.startsAt, piece.endsAt];
  const timeZone = pos.state === 'OK' ? pos.signals.storeTimeZone : null;
  const begins = { at: startsAt, ...(timeZone !== null && { timeZone }) };
  const evidence = { store, startsAt: begins, ...(endsAt !== null && { endsAt: { at: endsAt } }) };
  return offered(
    'LOCAL_EVENT',
    found,
    { code: 'EVENT_IN_STORE', evidence },
    {
      urgency: 1 - Math.max(0, startsAt - now) / EVENT_AHEAD_MS,
      validUntil: endsAt,
      values: { date: begins },
    },
  );
};
