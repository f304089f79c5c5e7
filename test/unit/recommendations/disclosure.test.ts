import { describe, expect, it } from 'vitest';
import type { ConsentPurpose } from '../../../kernel/intake.ts';
import { LANGUAGES } from '../../../subgraphs/recommendations/languages.ts';
import { disclosure } from '../../../subgraphs/recommendations/offers/disclosure.ts';
import { DISCLOSED_PURPOSES, DISCLOSURE_WORDS } from '../../../subgraphs/recommendations/offers/disclosure-words.ts';
import { readCustomer } from '../../../subgraphs/recommendations/source.ts';
import { DAY, NOW, subject } from './subjects.ts';

const GRANTED: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'];
const names = (of: Parameters<typeof subject>[0]) =>
  Object.fromEntries(disclosure(subject(of), null).sources.map(({ service, facts }) => [service, facts.map(({ name }) => name)]));

describe('the disclosure', () => {
  it('names what was told and can be used, and nothing else', () => {
    expect(names({})).toEqual({ crm: [], pos: [], loyalty: [], digital: [], feedback: [] });
    expect(
      names({
        crm: { birthDate: '1990-03-04', openCases: [] },
        pos: { orderCount: 2, latePaymentCount: 0 },
        loyalty: { member: true },
        digital: { touches: [{ channel: 'EMAIL', sentAt: NOW, arrivedAt: null, bouncedAt: null }] },
        lost: ['feedback'],
      }),
    ).toEqual({ crm: ['birthDate'], pos: ['orderCount'], loyalty: ['member'], digital: ['touches'], feedback: [] });
  });

  it('names the offers that rest on it', () => {
    const of = (known: Parameters<typeof subject>[0]) => disclosure(subject(known), null).offers;
    expect(of({ crm: { birthDate: '1990-03-04' } })).toEqual(['BIRTHDAY']);
    expect(of({})).toEqual([]);
  });

  it('says on which consent, and since when', () => {
    const permissionsSince = ['2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z'];
    const told = disclosure(readCustomer({ id: 'cus_1', permissions: GRANTED, permissionsSince }, NOW), null);
    expect(told.purposes).toEqual([
      { purpose: 'PERSONALIZATION', granted: true, since: Date.UTC(2025, 0, 1), text: 'Choosing what you are offered.' },
      { purpose: 'PROFILING', granted: true, since: Date.UTC(2025, 5, 1), text: expect.any(String) },
      { purpose: 'MARKETING', granted: false, since: null, text: expect.any(String) },
    ]);
    expect(told).toMatchObject({ personalized: true, howToTurnOff: expect.stringMatching(/^Withdraw your consent/) });
  });

  it('says without consent that nothing is used, whatever a domain sent all the same', () => {
    const crmSignals = { state: 'OK', asOf: '2026-03-01T00:00:00Z', birthDate: '1990-03-04' };
    const told = disclosure(readCustomer({ id: 'cus_1', permissions: ['PROFILING'], crmSignals }, NOW), 'ja');
    expect(told).toMatchObject({
      locale: 'ja',
      personalized: false,
      summary: 'ここでのご提案はすべてのお客様に共通で、お客様に関する情報は使っていません。',
      offers: [],
    });
    expect(told.sources.map(({ state, facts }) => [state, facts.length])).toEqual(Array(5).fill(['WITHHELD', 0]));
    expect(told.purposes.map(({ granted }) => granted)).toEqual([false, true, false]);
  });

  it('does not claim to know what could not be read', () => {
    const told = disclosure(readCustomer({ id: 'cus_1', permissions: null }, NOW), null);
    expect(told.personalized).toBe(false);
    expect(told.purposes.map(({ granted, since }) => [granted, since])).toEqual(Array(3).fill([null, null]));
  });
});

it.each(LANGUAGES)('has words in %s for everything that can be told', (language) => {
  const words = DISCLOSURE_WORDS[language];
  const told = disclosure(
    subject({
      crm: { birthDate: '1990-03-04', contactWindow: { from: 0, to: 60 }, channelOrder: ['EMAIL'], customerSince: NOW - DAY },
      digital: { error: { kind: 'OUTAGE', at: NOW }, unsubscribed: [{ channel: 'EMAIL', at: NOW }] },
    }),
    language,
  );
  const texts = [
    ...told.sources.flatMap(({ facts }) => facts.map(({ text }) => text)),
    ...DISCLOSED_PURPOSES.map((of) => words.purposes[of]),
  ];
  expect(texts).toHaveLength(9);
  for (const text of texts) expect(text).toMatch(language === 'ja' ? /[ぁ-んァ-ヶ一-龠]/ : /^[A-Z][a-z]+ /);
});
