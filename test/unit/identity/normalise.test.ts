import { describe, expect, it } from 'vitest';
import { identifierKey, isAnonymous, normaliseIdentifier, normaliser } from '../../../subgraphs/identity/normalise.ts';

const normal = (namespace: string, value: string) => {
  const read = normaliseIdentifier({ namespace, value });
  return read.ok ? read.identifier.value : read.reason.code;
};

describe('normalising e-mail addresses', () => {
  it.each([
    [' Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
    ['ａｄａ@example.com', 'ada@example.com'], // NFKC: full-width letters, as Japanese keyboards type them
    ['a.d.a+shop@gmail.com', 'a.d.a+shop@gmail.com'], // no provider's own rules
    ['pelé@example.com', 'pelé@example.com'], // RFC 6531
    ['user@пример.рф', 'user@пример.рф'],
  ])('reads %s as %s', (written, filed) => {
    expect(normal('EMAIL', written)).toBe(filed);
  });

  // From the list of invalid addresses in RFC 3696's errata and common typing mistakes.
  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@@example.com',
    'ada lovelace@example.com',
    '.ada@example.com',
    'a..b@example.com',
    'ada@-example.com',
  ])('refuses %s', (written) => {
    expect(normal('EMAIL', written)).toBe('IDENTIFIER_INVALID');
  });
});

describe('normalising telephone numbers', () => {
  // Published examples: ITU-T E.123's, Ofcom's numbers for drama, Japan's emergency-free test block.
  it.each([
    ['+81 90-1234-5678', '+819012345678'],
    ['JP:090-1234-5678', '+819012345678'],
    ['JP:０３－１２３４－５６７８', '+81312345678'],
    ['GB:020 7946 0958', '+442079460958'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['DE:030 123456', '+4930123456'],
  ])('reads %s as %s', (written, filed) => {
    expect(normal('PHONE', written)).toBe(filed);
  });

  it.each(['090-1234-5678', '+81', 'ZZ:123456', 'call me', '+1 555'])('refuses %s', (written) => {
    expect(normal('PHONE', written)).toBe('IDENTIFIER_INVALID');
  });
});

describe('normalising other identifiers', () => {
  it('keeps case and leading zeros', () => {
    expect(normal('POS_ID', ' 00017850 ')).toBe('00017850');
    expect(normal('USER_ID', 'aBc')).toBe('aBc');
  });

  it.each(['', '  ', 'null', 'NULL', 'None', 'n/a', 'unknown', '0', '000', '-', 'anonymous', 'undefined'])(
    'refuses the placeholder "%s"',
    (value) => {
      expect(normal('USER_ID', value)).toBe('IDENTIFIER_INVALID');
    },
  );

  it.each(['a\u0000b', 'a\nb', '\ud800', 'x'.repeat(257)])('refuses what is no plain short text (%#)', (value) => {
    expect(normal('USER_ID', value)).toBe('IDENTIFIER_INVALID');
  });

  it.each(['', 'email', 'POS-ID', '1POS', 'X'.repeat(65)])('refuses the namespace "%s"', (namespace) => {
    expect(normal(namespace, '1')).toBe('IDENTIFIER_INVALID');
  });

  it('never repeats the value in a reason', () => {
    const read = normaliseIdentifier({ namespace: 'EMAIL', value: 'secret-person' });
    expect(JSON.stringify(read)).not.toContain('secret-person');
  });
});

it('takes a claim as a set: repeats fall away, the order is that of the keys', () => {
  const read = normaliser()([
    { namespace: 'USER_ID', value: 'u1' },
    { namespace: 'EMAIL', value: 'ADA@example.com' },
    { namespace: 'EMAIL', value: 'ada@example.com' },
  ]);
  expect(read.ok && read.identifiers.map(identifierKey)).toEqual(['EMAIL:ada@example.com', 'USER_ID:u1']);
});

it('tells browsers, devices and visits from people', () => {
  expect(['ANONYMOUS_ID', 'DEVICE_ID', 'YOOCHOOSE_SESSION', 'SESSION_ID'].map(isAnonymous)).toEqual([true, true, true, true]);
  expect(['EMAIL', 'USER_ID', 'POS_ID', 'OLIST_CUSTOMER'].map(isAnonymous)).toEqual([false, false, false, false]);
});
