import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Reason } from '../../kernel/errors.ts';
import type { Identifier } from '../../kernel/intake.ts';

const MAX_VALUE = 256;
const NAMESPACE = /^[A-Z][A-Z0-9_]{0,63}$/;
// One address of RFC 5321's lengths; quoted local parts and address literals are not used by people.
const EMAIL = /^[^\s@<>()[\],;:\\"]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;
// Values that systems write for "nobody". Each would fuse every customer that lacks the identifier into one.
const NOBODY = new Set(['null', 'nil', 'none', 'n/a', 'na', 'nan', 'undefined', 'unknown', 'anonymous', 'guest', '?']);
const ZEROS = /^[0.\s-]+$/;

/** An identifier in the form under which it is filed, or why it can't identify anyone. The reason never repeats the value. */
export type Normalised =
  | { readonly ok: true; readonly identifier: Identifier }
  | { readonly ok: false; readonly reason: Reason<'IDENTIFIER_INVALID'> };

function invalid(field: 'namespace' | 'value', message: string): Normalised {
  return { ok: false, reason: { code: 'IDENTIFIER_INVALID', field, message } };
}

/**
 * EMAIL: NFKC, trimmed, lower case; providers' own rules (dots, plus tags) are not applied, because two people may rely on the
 * difference. PHONE: E.164; a national number needs its country in front ("JP:090-1234-5678"). Anything else is kept as
 * the source has it, leading zeros included, but for surrounding space.
 */
export function normaliseIdentifier({ namespace, value }: Identifier): Normalised {
  if (!NAMESPACE.test(namespace))
    return invalid('namespace', 'A namespace is up to 64 capitals, digits and underscores, such as EMAIL or POS_ID.');
  if (/\p{Cc}|\p{Cs}/u.test(value)) return invalid('value', `The ${namespace} holds control characters; send plain text.`);
  const trimmed = value.trim();
  if (trimmed.length > MAX_VALUE) return invalid('value', `The ${namespace} is longer than ${MAX_VALUE} characters.`);
  if (trimmed === '' || NOBODY.has(trimmed.toLowerCase()) || ZEROS.test(trimmed))
    return invalid('value', `The ${namespace} is a placeholder that stands for nobody; leave the identifier out instead.`);
  if (namespace === 'EMAIL') {
    const address = normaliseEmail(trimmed);
    return address === null
      ? invalid('value', 'The EMAIL is not an e-mail address, such as ada@example.com.')
      : { ok: true, identifier: { namespace, value: address } };
  }
  if (namespace === 'PHONE') {
    const number = normalisePhone(trimmed);
    return number === null
      ? invalid('value', 'The PHONE is not a telephone number; use +81312345678, or JP:03-1234-5678 for a national form.')
      : { ok: true, identifier: { namespace, value: number } };
  }
  return { ok: true, identifier: { namespace, value: trimmed } };
}

/** The address as it is filed, or null when it is not one. */
function normaliseEmail(text: string): string | null {
  const address = text.normalize('NFKC').trim().toLowerCase();
  return EMAIL.test(address) && address.length <= 254 && !/\.\.|^\.|\.@/.test(address) ? address : null;
}

/** The number in E.164, or null when it is not one. */
export function normalisePhone(text: string): string | null {
  const [, country, number = text] = /^([A-Z]{2}):(.*)$/s.exec(text) ?? [];
  if (country !== undefined && !isSupportedCountry(country)) return null;
  const parsed = parsePhoneNumberFromString(number.normalize('NFKC'), {
    ...(country && { defaultCountry: country as CountryCode }),
    extract: false,
  });
  return parsed?.isPossible() ? parsed.number : null;
}

// Identifiers of a browser, a device or a visit: several people may use it, and one person uses several.
const ANONYMOUS = /(^|_)(ANONYMOUS_ID|DEVICE_ID|SESSION|SESSION_ID|COOKIE|COOKIE_ID)$/;

/** True for namespaces that name a browser, device or visit, and not a person. */
export function isAnonymous(namespace: string): boolean {
  return ANONYMOUS.test(namespace);
}

/** The text under which an identifier is filed; a namespace holds no colon. */
export function identifierKey({ namespace, value }: Identifier): string {
  return `${namespace}:${value}`;
}

/** A claim's identifiers: normalised, without repeats, ordered by key; or the first one's reason. */
export type NormalisedClaim =
  | { readonly ok: true; readonly identifiers: readonly Identifier[] }
  | { readonly ok: false; readonly reason: Reason<'IDENTIFIER_INVALID'> };

/** Normalises claims of one batch; rows repeat the same identifiers, so each is worked out once. */
export function normaliser(): (identifiers: readonly Identifier[]) => NormalisedClaim {
  const memo = new Map<string, Normalised>();
  const one = (identifier: Identifier) => {
    const key = identifierKey(identifier);
    const found = memo.get(key) ?? normaliseIdentifier(identifier);
    memo.set(key, found);
    return found;
  };
  return (identifiers) => {
    const read = new Map<string, Identifier>();
    for (const [index, identifier] of identifiers.entries()) {
      const normalised = one(identifier);
      if (!normalised.ok) return { ok: false, reason: { ...normalised.reason, field: `identifiers.${index}.${normalised.reason.field}` } };
      read.set(identifierKey(normalised.identifier), normalised.identifier);
    }
    if (read.size === 0)
      return {
        ok: false,
        reason: { code: 'IDENTIFIER_INVALID', field: 'identifiers', message: 'There is no identifier; give at least one.' },
      };
    return { ok: true, identifiers: [...read].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, identifier]) => identifier) };
  };
}
