import { describe, expect, it } from 'vitest';
import { isLink } from '../../../kernel/links.ts';
import { scalars } from '../../../kernel/scalars.ts';

describe('a link', () => {
  it.each([
    'https://example.com',
    'HTTP://example.com:8080/a/b?c=d&e=f#g',
    'https://example.com/@tea',
    'https://例え.jp/お茶',
    'http://[::1]/',
  ])('is %s', (text) => {
    expect(isLink(text)).toBe(true);
    expect(scalars.URL.parseValue(text)).toBe(text);
  });

  it.each([
    ['of another scheme', 'javascript:alert(1)'],
    ['without slashes', 'https:example.com'],
    ['with too many', 'https:///example.com'],
    ['with backslashes', 'http:\\\\example.com'],
    ['with a backslash in its path', 'https://example.com\\@evil.example'],
    ['with a user', 'https://example.com@evil.example'],
    ['with a user and a password', 'https://a:b@example.com/'],
    ['with a blank before it', ' https://example.com'],
    ['with a blank in it', 'https://example.com/a b'],
    ['with a line break', 'https://example.com/a\r\nb'],
    ['with a tab', 'ht\ttps://example.com'],
    ['with an override of its direction', 'https://example.com/\u202egnp.exe'],
    ['with a character of no width', 'https://exam\u200bple.com'],
    ['with half a surrogate pair', 'https://example.com/\ud800'],
    ['without a host', 'https://'],
    ['with a host that is none', 'https://exa<mple.com'],
  ])('is none %s', (_, text) => {
    expect(isLink(text)).toBe(false);
    expect(() => scalars.URL.parseValue(text)).toThrow('URL must be an http or https URL');
  });
});
