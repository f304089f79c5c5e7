/** The languages that there are words in. */
export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Whose words to use. Anything but Japanese is answered in English. */
export function languageOf(locale: string | null): Language {
  return locale !== null && /^ja\b/i.test(locale) ? 'ja' : 'en';
}
