import { describe, expect, it } from 'vitest';
import { emptyProfile, fileProfile, state } from '../../../subgraphs/crm/ingest.ts';
import type { CaseRecord, Name, ProfileRecord, ProfileValues } from '../../../subgraphs/crm/records.ts';
import { composeProfile, displayName, slaState } from '../../../subgraphs/crm/rules.ts';
import { readProfile } from '../../../subgraphs/crm/source.ts';

const profile = (source: string, at: number, values: ProfileValues, owner = 'ada') => state(emptyProfile(owner, source, 0), values, at);
const compose = (...records: ProfileRecord[]) => {
  const composed = composeProfile(['ada', 'anon'], records);
  if (!composed) throw new Error('no profile');
  return composed;
};
const named = (parts: Partial<Name>): Name => ({
  given: null,
  family: null,
  givenKana: null,
  familyKana: null,
  preferred: null,
  full: null,
  ...parts,
});

describe('composing a profile', () => {
  it('is nothing without records', () => {
    expect(composeProfile(['ada'], [])).toBeNull();
  });

  it('takes each field from the latest statement about it, not from the latest record', () => {
    const api = state(profile('api', 10, { locale: 'en', country: 'GB' }), { gender: 'FEMALE' }, 30);
    const crm = profile('crm', 20, { locale: 'de' });
    expect(compose(api, crm).value('locale')).toBe('de');
    expect(compose(api, crm).value('gender')).toBe('FEMALE');
    expect(compose(crm, api).value('country')).toBe('GB');
    expect(compose(api, crm).updatedAt).toBe(30);
  });

  it('takes a field back that was stated as null, until it is stated again', () => {
    const crm = profile('crm', 10, { birthDate: '1815-12-10' });
    expect(compose(crm, profile('api', 20, { birthDate: null })).value('birthDate')).toBeNull();
    expect(compose(profile('crm', 30, { birthDate: '1815-12-10' }), profile('api', 20, { birthDate: null })).value('birthDate')).toBe(
      '1815-12-10',
    );
  });

  it('does not mix the names of two sources', () => {
    const composed = compose(
      profile('crm', 20, { name: named({ given: 'Ada' }) }),
      profile('pos', 10, { name: named({ given: 'A.', family: 'Byron' }) }),
    );
    expect(composed.value('name')).toEqual(named({ given: 'Ada' }));
  });

  it('joins contact points of all members, each once, the latest of a type first to use', () => {
    const email = (value: string) => ({ type: 'EMAIL' as const, value, verified: false });
    const composed = compose(
      profile('crm', 10, { contactPoints: [email('Old@x.org'), email('both@x.org')] }),
      profile('web', 20, { contactPoints: [email('both@x.org')] }, 'anon'),
    );
    expect(composed.contactPoints.map(({ value, primary }) => [value, primary])).toEqual([
      ['both@x.org', true],
      ['Old@x.org', false],
    ]);
  });

  it('counts a customer from the earliest that any source states', () => {
    expect(compose(profile('crm', 20, { customerSince: 7 }), profile('pos', 10, { customerSince: 5 })).customerSince).toBe(5);
    expect(compose(profile('crm', 20, {})).customerSince).toBeNull();
  });

  it('lets older news of the same source not replace newer', () => {
    expect(state(profile('crm', 20, { locale: 'de' }), { locale: 'fr', country: 'FR' }, 10).statements).toMatchObject({
      locale: { value: 'de', at: 20 },
      country: { value: 'FR', at: 10 },
    });
  });
});

describe('filing rows', () => {
  const read = (city: string, more: object = {}) => {
    const result = readProfile({ source: 'olist', city, ...more });
    if (!result.ok) throw new Error(result.reason.message);
    return result.record;
  };

  it('changes nothing when rows come again, even those that later rows replaced', () => {
    const first = fileProfile(null, 'ada', read('Rio'), 'run1/1', 1).record;
    const second = fileProfile(first, 'ada', read('Recife'), 'run1/2', 2).record;
    expect(second?.statements.addresses?.value?.[0]?.city).toBe('Recife');
    expect(fileProfile(second, 'ada', read('Rio'), 'run2/1', 3)).toEqual({ record: null, outcome: 'duplicate' });
    expect(fileProfile(second, 'ada', read('Rio'), 'run1/1', 3)).toEqual({ record: null, outcome: 'stored' });
  });

  it('keeps columns without a field of their own as attributes', () => {
    // The first row of the Complete Journey's demographics.
    const row = {
      source: 'cj',
      age_band: '65+',
      income_band: '35-49K',
      home_ownership: 'Homeowner',
      household_size: '2',
      attributes: 'segment=A=1|tone=warm',
    };
    const result = readProfile(row);
    expect(result.ok && result.record.values).toEqual({
      household: { number: null, size: 2 },
      attributes: [
        { name: 'age_band', value: '65+' },
        { name: 'income_band', value: '35-49K' },
        { name: 'home_ownership', value: 'Homeowner' },
        { name: 'segment', value: 'A=1' },
        { name: 'tone', value: 'warm' },
      ],
    });
  });

  it.each([
    ['locale', 'no locale!'],
    ['time_zone', 'Mars/Olympus'],
    ['birth_date', '2023-02-29'],
    ['household_size', '0'],
    ['email', 'no-address'],
    ['attributes', 'nameless'],
    ['channel_order', 'EMAIL|PIGEON'],
    ['gender', 'X'],
  ])('quarantines a bad %s without repeating it', (field, value) => {
    const result = readProfile({ source: 'crm', [field]: value });
    expect(result).toMatchObject({ ok: false, reason: { code: 'FIELD_INVALID', field } });
    expect(JSON.stringify(result)).not.toContain(value === '0' ? '"0"' : value);
  });
});

describe('the name shown', () => {
  // Orders as in Unicode CLDR's person name formatting: surnameFirst for ja, zh, ko, hu; givenFirst for en, de.
  it.each([
    [{ given: '花子', family: '山田' }, null, '山田 花子'],
    [{ given: 'Hanako', family: 'Yamada' }, 'ja-JP', 'Yamada Hanako'],
    [{ given: 'Hanako', family: 'Yamada' }, 'en-GB', 'Hanako Yamada'],
    [{ given: 'Ada', family: 'Lovelace' }, null, 'Ada Lovelace'],
    [{ given: 'Béla', family: 'Bartók' }, 'hu', 'Bartók Béla'],
    [{ full: 'Ada, Countess of Lovelace', preferred: 'Ada' }, null, 'Ada, Countess of Lovelace'],
    [{ preferred: 'Ada' }, null, 'Ada'],
    [{ familyKana: 'やまだ' }, 'ja', 'やまだ'],
  ])('of %j in %s is %s', (parts, locale, shown) => {
    expect(displayName(named(parts), locale)).toBe(shown);
  });
});

it('says of a promise whether it is kept', () => {
  const promise = (dueAt: number | null, closedAt: number | null) => slaState({ dueAt, closedAt } as CaseRecord, 100);
  expect([promise(null, null), promise(100, null), promise(99, null), promise(50, 50), promise(50, 51)]).toEqual([
    null,
    'RUNNING',
    'BREACHED',
    'MET',
    'BREACHED',
  ]);
});
