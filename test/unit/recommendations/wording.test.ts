import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageOf } from '../../../subgraphs/recommendations/languages.ts';
import { HOLD_WORDS } from '../../../subgraphs/recommendations/offers/hold-words.ts';
import { REASON_PLACEHOLDERS, REASON_WORDS } from '../../../subgraphs/recommendations/offers/reason-words.ts';
import { HOLD_CODES, REASON_CODES } from '../../../subgraphs/recommendations/offers/records.ts';
import { TEMPLATES, VARIANTS } from '../../../subgraphs/recommendations/offers/templates.ts';
import { evidenceText, fill, OFFER_PLACEHOLDERS, OFFER_WORDS } from '../../../subgraphs/recommendations/offers/wording.ts';

const named = (words: string) => [...new Set([...words.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();

describe.each(LANGUAGES)('the wording in %s', (language) => {
  it.each([...TEMPLATES, ...VARIANTS])('of %s has each placeholder and no other', (template) => {
    const { title, body } = OFFER_WORDS[language][template];
    expect(named(title + body)).toEqual([...OFFER_PLACEHOLDERS[template]].sort());
  });

  it.each(REASON_CODES)('of %s has each placeholder and no other', (code) => {
    expect(named(REASON_WORDS[language][code])).toEqual([...REASON_PLACEHOLDERS[code]].sort());
  });
});

it.each(LANGUAGES)('the wording in %s has words for every channel that is held back', (language) => {
  for (const code of HOLD_CODES) expect(HOLD_WORDS[language][code]).toMatch(/^\S.*[.。]$/);
});

describe('filling in', () => {
  const at = Date.parse('2026-03-01T16:00:00Z');

  it('shows numbers and days as the language and the time zone have them', () => {
    expect(fill('{points} until {date}', { points: 12500, date: { at } }, 'en', 'Europe/Berlin')).toBe('12,500 until 1 March 2026');
    expect(fill('{points}を{date}まで', { points: 12500, date: { at } }, 'ja', 'Asia/Tokyo')).toBe('12,500を2026年3月2日まで');
    expect(fill('{date}', { date: { at } }, 'en', null)).toBe('1 March 2026');
    expect(fill('{date}', { date: { at } }, 'en', 'Mars/Olympus')).toBe('1 March 2026');
  });

  it('takes values literally', () => {
    expect(fill('{tier}', { tier: '$& {points}' }, 'en', null)).toBe('$& {points}');
  });

  it('refuses words that ask for a value that is not there', () => {
    expect(() => fill('{points}', {}, 'en', null)).toThrow('points');
  });
});

it('answers Japanese in Japanese and all else in English', () => {
  expect(['ja', 'ja-JP', 'de-DE', 'jam', null].map(languageOf)).toEqual(['ja', 'ja', 'en', 'en', 'en']);
});

it('gives evidence plainly', () => {
  expect([evidenceText(12500), evidenceText({ at: 0 }), evidenceText('GOLD')]).toEqual(['12500', '1970-01-01T00:00:00.000Z', 'GOLD']);
});
