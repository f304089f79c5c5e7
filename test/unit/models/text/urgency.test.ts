import { expect, it } from 'vitest';
import { normalForm } from '../../../../models/text/normal-form.ts';
import { type UrgencyFacts, urgencyOf } from '../../../../models/text/urgency.ts';

function urgency(text: string, language: string, facts: Partial<UrgencyFacts> = {}) {
  return urgencyOf(normalForm(text), language, { sentimentScore: null, earlierContacts: 0, ...facts });
}

it('takes danger to people for critical, in praise too', () => {
  const fire = { level: 'CRITICAL', reasons: [{ code: 'SAFETY', terms: ['caught fire'] }] };
  expect(urgency('Lovely lamp, but the plug caught fire', 'en', { sentimentScore: 0.9 })).toEqual(fire);
  expect(urgency('充電中に煙が出ました', 'ja').level).toBe('CRITICAL');
  expect(urgency('Levei choque ao ligar', 'pt').level).toBe('CRITICAL');
});

it('takes a legal threat for high, and with lost money for critical', () => {
  expect(urgency('My lawyer will write to you', 'en').level).toBe('HIGH');
  expect(urgency('My lawyer will write to you, I was charged twice', 'en')).toEqual({
    level: 'CRITICAL',
    reasons: [
      { code: 'LEGAL_THREAT', terms: ['lawyer'] },
      { code: 'MONEY_LOST', terms: ['charged twice'] },
    ],
  });
});

it('adds up what speaks for haste', () => {
  expect(urgency('O produto é ruim', 'pt', { sentimentScore: -0.7 })).toEqual({
    level: 'NORMAL',
    reasons: [{ code: 'NEGATIVE_SENTIMENT', terms: [] }],
  });
  expect(urgency('何度も連絡しています', 'ja', { sentimentScore: -0.7 })).toEqual({
    level: 'HIGH',
    reasons: [
      { code: 'NEGATIVE_SENTIMENT', terms: [] },
      { code: 'REPEATED_CONTACT', terms: ['何度も'] },
    ],
  });
});

it('counts earlier contacts that the text does not tell of', () => {
  expect(urgency('Where is my order?', 'en', { earlierContacts: 2 })).toEqual({
    level: 'NORMAL',
    reasons: [{ code: 'REPEATED_CONTACT', terms: [] }],
  });
});

it('does not take praise for a threat', () => {
  expect(urgency('I will never again buy from anybody else!', 'en', { sentimentScore: 0.95 })).toEqual({ level: 'LOW', reasons: [] });
});

it('is low without a sign', () => {
  expect(urgency('It is a shirt.', 'en', { sentimentScore: 0.1 })).toEqual({ level: 'LOW', reasons: [] });
});
