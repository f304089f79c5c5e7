import type { EpochMs } from '../../kernel/storage/port.ts';
import { dayFormat } from './local-day.ts';
import type { EvidenceValue, ReasonCode, Template } from './records.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

interface OfferWords {
  readonly title: string;
  readonly body: string;
}

/** The values that each template has to name, in each language; `{name}` in the words. */
export const OFFER_PLACEHOLDERS: Readonly<Record<Template, readonly string[]>> = {
  SERVICE_RECOVERY: [],
  CART_REMINDER: ['items'],
  BIRTHDAY: [],
  POINTS_EXPIRING: ['points', 'date'],
  TIER_UP: ['tier', 'points'],
  WELCOME: [],
  WIN_BACK: [],
  GENERAL: [],
};

export const OFFER_WORDS: Readonly<Record<Language, Readonly<Record<Template, OfferWords>>>> = {
  en: {
    SERVICE_RECOVERY: {
      title: 'We want to put this right',
      body: 'Something went wrong and is not settled yet. A colleague looks after it personally; answer this message or call us at any time.',
    },
    CART_REMINDER: {
      title: 'Your cart is waiting',
      body: 'Items in your cart: {items}. They are still there; pick up where you left off.',
    },
    BIRTHDAY: { title: 'Happy birthday!', body: 'Celebrate with us: a birthday treat is waiting for you in every shop and online.' },
    POINTS_EXPIRING: {
      title: 'Your points are about to expire',
      body: '{points} points lapse from {date} on. Spend them on your next purchase.',
    },
    TIER_UP: { title: 'Nearly there: {tier}', body: 'Only {points} more points and {tier} is yours.' },
    WELCOME: {
      title: 'Welcome!',
      body: 'Good to have you with us. Here is how to find your way around, and something for your next order.',
    },
    WIN_BACK: { title: 'We have missed you', body: 'It has been a while. See what is new, and take something off your next order.' },
    GENERAL: { title: 'New this season', body: 'Have a look at what has just arrived, in our shops and online.' },
  },
  ja: {
    SERVICE_RECOVERY: {
      title: 'このたびはご迷惑をおかけしております',
      body: '未解決の件につきまして、担当者が責任をもって対応いたします。いつでもご返信またはお電話ください。',
    },
    CART_REMINDER: { title: 'カートに商品が残っています', body: 'カートの商品：{items}点。続きからお買い物いただけます。' },
    BIRTHDAY: { title: 'お誕生日おめでとうございます', body: '店舗でもオンラインでもお使いいただけるお誕生日特典をご用意しました。' },
    POINTS_EXPIRING: {
      title: 'ポイントの有効期限が近づいています',
      body: '{points}ポイントが{date}から順に失効します。次のお買い物でぜひお使いください。',
    },
    TIER_UP: { title: 'まもなく{tier}会員です', body: 'あと{points}ポイントで{tier}会員になれます。' },
    WELCOME: { title: 'ようこそ', body: 'ご登録ありがとうございます。ご利用案内と、次のご注文で使える特典をお届けします。' },
    WIN_BACK: { title: 'お久しぶりです', body: '新商品が続々入荷しています。次のご注文で使える特典をご用意しました。' },
    GENERAL: { title: '今シーズンの新着商品', body: '店舗とオンラインに届いたばかりの商品をご覧ください。' },
  },
};

/** The evidence that each reason has to name, in each language. */
export const REASON_PLACEHOLDERS: Readonly<Record<ReasonCode, readonly string[]>> = {
  NEW_CUSTOMER: ['since'],
  BIRTHDAY_NEAR: ['daysUntil'],
  POINTS_EXPIRE: ['points', 'at'],
  TIER_NEAR: ['tier', 'pointsMissing'],
  NO_RECENT_ORDER: ['lastOrderAt', 'orderCount'],
  OPEN_CASE: ['type', 'openedAt'],
  OPEN_DETRACTOR: [],
  URGENT_FEEDBACK: ['level', 'reasons', 'at'],
  CART_LEFT: ['items', 'at'],
  SELLING_SUPPRESSED: ['templates'],
  COMPLAINTS_UNCHECKED: ['services'],
  NOT_PERSONALIZED: [],
  SEEN_BY_OTHERS: [],
  NO_EVIDENCE: [],
};

export const REASON_WORDS: Readonly<Record<Language, Readonly<Record<ReasonCode, string>>>> = {
  en: {
    NEW_CUSTOMER: 'A customer since {since}.',
    BIRTHDAY_NEAR: 'Days until the birthday: {daysUntil}.',
    POINTS_EXPIRE: 'Points that lapse within 60 days: {points}, the first on {at}.',
    TIER_NEAR: 'Points missing for {tier}: {pointsMissing}.',
    NO_RECENT_ORDER: 'Orders so far: {orderCount}, the last on {lastOrderAt}.',
    OPEN_CASE: 'A case of type {type} is open since {openedAt}.',
    OPEN_DETRACTOR: 'Bad feedback has not been followed up.',
    URGENT_FEEDBACK: 'What was written on {at} is urgent ({level}: {reasons}) and has not been answered.',
    CART_LEFT: 'Items left in the cart: {items}, on {at}.',
    SELLING_SUPPRESSED: 'Held back until this is settled: {templates}.',
    COMPLAINTS_UNCHECKED: 'An open complaint could not be ruled out; no answer from: {services}.',
    NOT_PERSONALIZED: 'Nothing personal was used: consent to personalisation and profiling is missing.',
    SEEN_BY_OTHERS: 'Others can see the screen, so nothing personal is shown.',
    NO_EVIDENCE: 'Nothing known of the customer speaks for a particular offer.',
  },
  ja: {
    NEW_CUSTOMER: '{since}からのお客様です。',
    BIRTHDAY_NEAR: '誕生日まであと{daysUntil}日です。',
    POINTS_EXPIRE: '60日以内に{points}ポイントが失効します（最初の失効日：{at}）。',
    TIER_NEAR: '{tier}まであと{pointsMissing}ポイントです。',
    NO_RECENT_ORDER: 'これまでの注文は{orderCount}件、最後の注文は{lastOrderAt}です。',
    OPEN_CASE: '{openedAt}から未解決の案件（{type}）があります。',
    OPEN_DETRACTOR: '低い評価にまだ対応していません。',
    URGENT_FEEDBACK: '{at}に届いた緊急のご意見（{level}：{reasons}）にまだ対応していません。',
    CART_LEFT: '{at}からカートに{items}点残っています。',
    SELLING_SUPPRESSED: '解決するまで見合わせる提案：{templates}。',
    COMPLAINTS_UNCHECKED: '未解決の苦情がないことを確認できませんでした（応答なし：{services}）。',
    NOT_PERSONALIZED: 'パーソナライズとプロファイリングへの同意がないため、個人の情報は使っていません。',
    SEEN_BY_OTHERS: '画面がほかの方にも見えるため、個人に関わる内容は表示していません。',
    NO_EVIDENCE: '特定の提案を裏づける情報がありません。',
  },
};

/** Whose words to use. Anything but Japanese is answered in English. */
export function languageOf(locale: string | null): Language {
  return locale !== null && /^ja\b/i.test(locale) ? 'ja' : 'en';
}

/** One offer's or reason's words with their values; an instant is shown as the day it has in `timeZone`. */
export function fill(words: string, values: Readonly<Record<string, EvidenceValue>>, language: Language, timeZone: string | null): string {
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`wording names "${name}", for which there is no value`);
    if (typeof value === 'object') return dayText(value.at, language, timeZone);
    return typeof value === 'number' ? numberFormats[language].format(value) : value;
  });
}

const numberFormats = { en: new Intl.NumberFormat('en'), ja: new Intl.NumberFormat('ja') };

function dayText(at: EpochMs, language: Language, timeZone: string | null): string {
  return dayFormat(language === 'ja' ? 'ja-JP' : 'en-GB', timeZone, { dateStyle: 'long' }).format(at);
}

/** Evidence as a client reads it: instants in ISO 8601, whole numbers plain. */
export function evidenceText(value: EvidenceValue): string {
  return typeof value === 'object' ? new Date(value.at).toISOString() : String(value);
}
