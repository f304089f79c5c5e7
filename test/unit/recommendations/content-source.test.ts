import { describe, expect, it } from 'vitest';
import { contentId, contentKey, foldContent } from '../../../subgraphs/recommendations/content/intake.ts';
import { type ContentRecord, type ContentRow, translationFor } from '../../../subgraphs/recommendations/content/records.ts';
import { readContent } from '../../../subgraphs/recommendations/content/source.ts';
import { NOW } from './subjects.ts';

const ADVICE = { source: 'cms', number: '7', kind: 'ADVICE', language: 'en', title: 'Brewing sencha', skus: 'tea' };
const EVENT = {
  ...ADVICE,
  kind: 'EVENT',
  stores: 'TYO1|TYO2',
  starts_at: '2026-03-05T10:00:00Z',
  ends_at: '2026-03-05T12:00:00Z',
};

const without = (row: Record<string, string>, field: string) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
function problem(row: Record<string, string>) {
  const read = readContent(row);
  return read.ok ? null : [read.reason.code, read.reason.field];
}
function rowOf(row: Record<string, string>): ContentRow {
  const read = readContent(row);
  if (!read.ok) throw new Error(read.reason.message);
  return read.record;
}

describe('a row of content', () => {
  it('is read as it says', () => {
    expect(
      rowOf({ ...EVENT, language: 'en-gb', link: 'https://example.com/7', categories: 'Tea', updated_at: '2026-02-01T00:00:00Z' }),
    ).toEqual({
      system: 'cms',
      number: '7',
      kind: 'EVENT',
      language: 'en-GB',
      title: 'Brewing sencha',
      link: 'https://example.com/7',
      skus: ['tea'],
      categories: ['Tea'],
      stores: ['TYO1', 'TYO2'],
      startsAt: Date.UTC(2026, 2, 5, 10),
      endsAt: Date.UTC(2026, 2, 5, 12),
      withdrawn: false,
      updatedAt: Date.UTC(2026, 1, 1),
    });
  });

  it.each(['source', 'number', 'kind', 'language', 'title'])('needs %s', (field) => {
    expect(problem(without(ADVICE, field))).toEqual(['FIELD_MISSING', field]);
  });

  it('needs what it is to be found by', () => {
    expect(problem(without(ADVICE, 'skus'))).toEqual(['FIELD_MISSING', 'skus']);
    expect(problem({ ...without(ADVICE, 'skus'), categories: 'Tea' })).toBeNull();
    for (const field of ['stores', 'starts_at', 'ends_at']) expect(problem(without(EVENT, field))).toEqual(['FIELD_MISSING', field]);
    expect(problem({ ...without(ADVICE, 'skus'), withdrawn: 'true' })).toBeNull();
  });

  it.each(['𠮷'.repeat(200), 'نصائح', '👩‍👩‍👧🏽', '煎茶の淹れ方', 'می‌خواهم'])('may be titled %s', (title) => {
    expect(problem({ ...ADVICE, title })).toBeNull();
  });

  it.each([
    ['source', 'x'.repeat(201)],
    ['number', 'x'.repeat(201)],
    ['number', 'two\nlines'],
    ['language', 'english!'],
    ['language', `en-x-${'abc-'.repeat(60)}d`],
    ['link', 'javascript:alert(1)'],
    ['link', `https://example.com/${'x'.repeat(1000)}`],
    ['title', 'x'.repeat(201)],
    ['title', 'two\nlines'],
    ['title', 'two\u2028lines'],
    ['title', 'Tea \u202egnirb'],
    ['title', '\u200b\u3164\u2800'],
    ['link', 'https:example.com'],
    ['link', 'https://example.com@evil.example/'],
    ['skus', Array.from({ length: 51 }, (_, index) => `sku-${index}`).join('|')],
    ['categories', 'x'.repeat(201)],
    ['kind', 'NEWS'],
    ['ends_at', '2026-03-05T10:00:00Z'],
  ])('is refused with such a %s', (field, value) => {
    expect(problem({ ...EVENT, [field]: value })).toEqual(['FIELD_INVALID', field]);
  });
});

describe('translations', () => {
  it('of one number are one piece', () => {
    const [en, ja] = [rowOf(ADVICE), rowOf({ ...ADVICE, language: 'ja', title: '煎茶の淹れ方' })];
    expect(contentId(en)).toBe(contentId(ja));
    expect(contentId(en)).not.toBe(contentId({ ...en, system: 'other' }));
  });

  it('fit a language to the letter, then in another form of it; else the first is shown', () => {
    const languages = (...tags: string[]) => tags.map((language) => ({ language }));
    expect(translationFor(languages('de', 'en-GB', 'en'), 'en')?.language).toBe('en');
    expect(translationFor(languages('de', 'en-GB'), 'en')?.language).toBe('en-GB');
    expect(translationFor(languages('de', 'fr'), 'en')?.language).toBe('de');
    expect(translationFor([], 'en')).toBeUndefined();
  });
});

describe('rows of a piece', () => {
  const arrival = (row: Record<string, string>, origin: string) => ({ record: rowOf(row), owner: '', origin, occurrence: 1 });
  const fold = (current: ContentRecord | null, now: number, ...rows: Record<string, string>[]) => {
    const key = contentKey(rowOf(ADVICE));
    const { doc, outcomes } = foldContent(
      current,
      key,
      rows.map((row, index) => arrival(row, `run ${now}/${index}`)),
      now,
    );
    return { doc: doc ?? current!, outcomes };
  };
  const dated = (day: number, more: Record<string, string> = {}) => ({ ...ADVICE, updated_at: `2026-02-0${day}T00:00:00Z`, ...more });
  const titles = ({ translations }: ContentRecord) => translations.map(({ title }) => title);

  it('of one language are the newest as a whole', () => {
    const { doc } = fold(null, NOW, dated(2, { link: 'https://example.com/old' }));
    const after = fold(doc, NOW + 1000, dated(3, { title: 'Brewing' }), dated(1, { title: 'Older news' }));
    expect(after.outcomes).toEqual(['stored', 'stored']);
    expect(after.doc).toMatchObject({ translations: [{ title: 'Brewing', link: null }], storedAt: NOW + 1000 });
  });

  it('that were heard before change nothing', () => {
    for (const row of [dated(2), ADVICE]) {
      const { doc } = fold(null, NOW, row);
      expect(fold(doc, NOW + 1000, row).outcomes).toEqual(['duplicate']);
      expect(fold(doc, NOW + 1000, row).doc).toBe(doc);
    }
  });

  it('that do not say when they were changed were changed when they came in, so that they correct what came before', () => {
    const { doc } = fold(null, NOW, dated(2));
    const corrected = fold(doc, NOW + 1000, { ...ADVICE, title: 'Corrected' }).doc;
    expect(corrected.translations).toMatchObject([{ title: 'Corrected', updatedAt: NOW + 1000 }]);
    expect(titles(fold(corrected, NOW + 2000, dated(5, { title: 'Older news' })).doc)).toEqual(['Corrected']);
    expect(titles(fold(corrected, NOW + 2000, { ...ADVICE, title: 'Again' }).doc)).toEqual(['Again']);
  });

  it('that were changed in the future were changed now, so that they can be corrected', () => {
    const { doc } = fold(null, NOW, { ...ADVICE, updated_at: '2099-01-01T00:00:00Z', title: 'From the future' });
    expect(doc.translations).toMatchObject([{ updatedAt: NOW }]);
    expect(titles(fold(doc, NOW + 1000, { ...ADVICE, title: 'Corrected' }).doc)).toEqual(['Corrected']);
  });

  it('of several languages keep the order in which those first came', () => {
    const inFrench = { ...ADVICE, language: 'fr', title: 'Infuser' };
    const { doc } = fold(null, NOW, inFrench, ADVICE, { ...ADVICE, language: 'de', title: 'Aufgießen' });
    expect(titles(doc)).toEqual(['Infuser', 'Brewing sencha', 'Aufgießen']);
    expect(titles(fold(doc, NOW + 1000, { ...inFrench, title: 'Le thé' }).doc)).toEqual(['Le thé', 'Brewing sencha', 'Aufgießen']);
  });

  it('are of 100 languages at most', () => {
    const inRegion = (nth: number) => ({ ...ADVICE, language: `en-x-${nth}` });
    const { doc, outcomes } = fold(null, NOW, ...Array.from({ length: 101 }, (_, nth) => inRegion(nth)));
    expect(doc.translations).toHaveLength(100);
    expect(outcomes.at(-1)).toMatchObject({ code: 'LANGUAGES_TOO_MANY' });
    expect(fold(doc, NOW + 1000, { ...inRegion(7), title: 'Corrected' }).outcomes).toEqual(['stored']);
  });
});
