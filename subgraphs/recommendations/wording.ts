import type { EpochMs } from '../../kernel/storage/port.ts';
import { dayFormat } from './local-day.ts';
import type { EvidenceValue, ReasonCode, Template, Variant } from './records.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

interface OfferWords {
  readonly title: string;
  readonly body: string;
}

/** The values that each template, or variant of one, has to name, in each language; `{name}` in the words. */
export const OFFER_PLACEHOLDERS: Readonly<Record<Template | Variant, readonly string[]>> = {
  SERVICE_RECOVERY: [],
  ERROR_HELP: [],
  ERROR_HELP_ACCOUNT: [],
  ERROR_HELP_PAYMENT: [],
  LATE_PAYMENT_HELP: ['payments'],
  CART_REMINDER: ['items'],
  REPLENISH: ['product'],
  REPLENISH_UNNAMED: [],
  CROSS_SELL: ['product'],
  CROSS_SELL_UNNAMED: [],
  BIRTHDAY: [],
  ANNIVERSARY: ['years'],
  POINTS_EXPIRING: ['points', 'date'],
  TIER_UP: ['tier', 'points'],
  VIP_RECOGNITION: [],
  ONBOARDING: [],
  ONBOARDING_JOIN: [],
  ONBOARDING_AGAIN: [],
  WELCOME: [],
  REVIEW_REQUEST: [],
  WIN_BACK: [],
  GENERAL: [],
};

export const OFFER_WORDS: Readonly<Record<Language, Readonly<Record<Template | Variant, OfferWords>>>> = {
  en: {
    SERVICE_RECOVERY: {
      title: 'We want to put this right',
      body: 'Something went wrong and is not settled yet. A colleague looks after it personally; answer this message or call us at any time.',
    },
    ERROR_HELP: {
      title: 'Sorry, that did not work',
      body: 'Something failed on our side while you were with us. We are looking into it; tell us what you wanted to do and we do it for you.',
    },
    ERROR_HELP_ACCOUNT: {
      title: 'Locked out of your account?',
      body: 'Your account was locked to keep it safe. We help you back in: reset your password, or call us.',
    },
    ERROR_HELP_PAYMENT: {
      title: 'Your payment did not go through',
      body: 'Nothing was ordered or charged. Try again or choose another way to pay; we gladly help.',
    },
    LATE_PAYMENT_HELP: {
      title: 'Shall we find a way together?',
      body: 'Payments still open: {payments}. If something is in the way, tell us; we find a date or a plan that suits you.',
    },
    CART_REMINDER: {
      title: 'Your cart is waiting',
      body: 'Items in your cart: {items}. They are still there; pick up where you left off.',
    },
    REPLENISH: {
      title: 'Time for more: {product}',
      body: 'You usually buy it again about now. Put it into your cart, or pick it up in one of our shops.',
    },
    REPLENISH_UNNAMED: {
      title: 'Running low?',
      body: 'You usually buy this again about now. Put it into your cart, or pick it up in one of our shops.',
    },
    CROSS_SELL: { title: 'You may like this: {product}', body: 'It goes with what you chose before. Have a look, in our shops or online.' },
    CROSS_SELL_UNNAMED: { title: 'You may like this', body: 'It goes with what you chose before. Have a look, in our shops or online.' },
    BIRTHDAY: { title: 'Happy birthday!', body: 'Celebrate with us: a birthday treat is waiting for you in every shop and online.' },
    ANNIVERSARY: {
      title: 'Thank you for being with us',
      body: 'Years that you have been our customer: {years}. We would like to celebrate that with you.',
    },
    POINTS_EXPIRING: {
      title: 'Your points are about to expire',
      body: '{points} points lapse from {date} on. Spend them on your next purchase.',
    },
    TIER_UP: { title: 'Nearly there: {tier}', body: 'Only {points} more points and {tier} is yours.' },
    VIP_RECOGNITION: {
      title: 'You are one of our best customers',
      body: 'Thank you for your loyalty. We have set something aside for you; ask for it in our shops or look online.',
    },
    ONBOARDING: {
      title: 'Making the most of your first order',
      body: 'Here is how to care for what you bought, follow your order and send something back if need be.',
    },
    ONBOARDING_JOIN: {
      title: 'Collect points from now on',
      body: 'Join our programme: it is free, and every order counts.',
    },
    ONBOARDING_AGAIN: {
      title: 'What goes with your first order',
      body: 'See what others chose next, and take something off your second order.',
    },
    WELCOME: {
      title: 'Welcome!',
      body: 'Good to have you with us. Here is how to find your way around, and something for your next order.',
    },
    REVIEW_REQUEST: {
      title: 'How do you like it?',
      body: 'You have had your order for a while. Tell us and others what you think of it; it takes a minute.',
    },
    WIN_BACK: { title: 'We have missed you', body: 'It has been a while. See what is new, and take something off your next order.' },
    GENERAL: { title: 'New this season', body: 'Have a look at what has just arrived, in our shops and online.' },
  },
  ja: {
    SERVICE_RECOVERY: {
      title: 'このたびはご迷惑をおかけしております',
      body: '未解決の件につきまして、担当者が責任をもって対応いたします。いつでもご返信またはお電話ください。',
    },
    ERROR_HELP: {
      title: 'ご不便をおかけしました',
      body: 'ご利用中に当社側で問題が発生しました。現在確認しております。ご希望のお手続きをお知らせいただければ、代わりに承ります。',
    },
    ERROR_HELP_ACCOUNT: {
      title: 'アカウントにログインできませんか',
      body: '安全のためアカウントをロックしました。パスワードの再設定、またはお電話で再開のお手伝いをいたします。',
    },
    ERROR_HELP_PAYMENT: {
      title: 'お支払いが完了していません',
      body: 'ご注文もご請求も発生していません。もう一度お試しいただくか、別のお支払い方法をお選びください。お手伝いいたします。',
    },
    LATE_PAYMENT_HELP: {
      title: 'お支払いについてご相談ください',
      body: '未払いのお支払いが{payments}件あります。ご事情がありましたら、ご都合に合う日程や方法をご一緒に考えます。',
    },
    CART_REMINDER: { title: 'カートに商品が残っています', body: 'カートの商品：{items}点。続きからお買い物いただけます。' },
    REPLENISH: {
      title: 'そろそろ{product}はいかがですか',
      body: 'いつもご購入いただいている時期です。オンラインまたは店舗でお求めいただけます。',
    },
    REPLENISH_UNNAMED: {
      title: 'そろそろなくなる頃ではありませんか',
      body: 'いつもご購入いただいている時期です。オンラインまたは店舗でお求めいただけます。',
    },
    CROSS_SELL: {
      title: '{product}はいかがですか',
      body: 'これまでお選びいただいた商品によく合います。店舗またはオンラインでご覧ください。',
    },
    CROSS_SELL_UNNAMED: {
      title: 'こちらの商品はいかがですか',
      body: 'これまでお選びいただいた商品によく合います。店舗またはオンラインでご覧ください。',
    },
    BIRTHDAY: { title: 'お誕生日おめでとうございます', body: '店舗でもオンラインでもお使いいただけるお誕生日特典をご用意しました。' },
    ANNIVERSARY: { title: 'いつもありがとうございます', body: 'お客様になっていただいて{years}年です。感謝の気持ちをお届けします。' },
    POINTS_EXPIRING: {
      title: 'ポイントの有効期限が近づいています',
      body: '{points}ポイントが{date}から順に失効します。次のお買い物でぜひお使いください。',
    },
    TIER_UP: { title: 'まもなく{tier}会員です', body: 'あと{points}ポイントで{tier}会員になれます。' },
    VIP_RECOGNITION: {
      title: '特別なお客様へ',
      body: '日頃のご愛顧に感謝し、特別なご用意をいたしました。店舗またはオンラインでご確認ください。',
    },
    ONBOARDING: {
      title: '初めてのご注文をもっと便利に',
      body: '商品のお手入れ、配送状況の確認、返品の方法をご案内します。',
    },
    ONBOARDING_JOIN: { title: 'ポイントを貯めませんか', body: '会員登録は無料です。次のご注文からポイントが貯まります。' },
    ONBOARDING_AGAIN: {
      title: '初めてのご注文に合う商品',
      body: 'ほかのお客様が次に選んだ商品と、2回目のご注文で使える特典をご覧ください。',
    },
    WELCOME: { title: 'ようこそ', body: 'ご登録ありがとうございます。ご利用案内と、次のご注文で使える特典をお届けします。' },
    REVIEW_REQUEST: {
      title: '商品はいかがでしたか',
      body: 'お届けした商品のご感想をお聞かせください。1分ほどで終わります。',
    },
    WIN_BACK: { title: 'お久しぶりです', body: '新商品が続々入荷しています。次のご注文で使える特典をご用意しました。' },
    GENERAL: { title: '今シーズンの新着商品', body: '店舗とオンラインに届いたばかりの商品をご覧ください。' },
  },
};

/** The evidence that each reason has to name, in each language. */
export const REASON_PLACEHOLDERS: Readonly<Record<ReasonCode, readonly string[]>> = {
  NEW_CUSTOMER: ['since'],
  ONBOARDING_STEP: ['step', 'firstOrderAt'],
  BIRTHDAY_NEAR: ['daysUntil'],
  ANNIVERSARY_NEAR: ['since', 'daysUntil'],
  POINTS_EXPIRE: ['points', 'at'],
  TIER_NEAR: ['tier', 'pointsMissing'],
  TOP_CUSTOMER: ['recency', 'frequency'],
  NOTHING_SAID_OF_ORDER: ['lastOrderAt'],
  NO_RECENT_ORDER: ['lastOrderAt', 'orderCount'],
  OPEN_CASE: ['type', 'openedAt'],
  OPEN_DETRACTOR: [],
  URGENT_FEEDBACK: ['level', 'reasons', 'at'],
  ERROR_MET: ['kind', 'at'],
  PAYMENT_LATE: ['payments'],
  CART_LEFT: ['items', 'at'],
  DUE_AGAIN: ['sku', 'times', 'days', 'lastAt'],
  GOES_WITH: ['sku', 'like'],
  LOOKED_AT: ['sku'],
  SELLING_SUPPRESSED: ['templates'],
  SENDING_HELD_BACK: ['codes'],
  COMPLAINTS_UNCHECKED: ['services'],
  NOT_PERSONALIZED: [],
  SEEN_BY_OTHERS: [],
  NO_EVIDENCE: [],
};

export const REASON_WORDS: Readonly<Record<Language, Readonly<Record<ReasonCode, string>>>> = {
  en: {
    NEW_CUSTOMER: 'A customer since {since}.',
    ONBOARDING_STEP: 'Onboarding is at the step {step}; the first order was placed on {firstOrderAt}.',
    ANNIVERSARY_NEAR: 'A customer since {since}; days until the anniversary: {daysUntil}.',
    BIRTHDAY_NEAR: 'Days until the birthday: {daysUntil}.',
    POINTS_EXPIRE: 'Points that lapse within 60 days: {points}, the first on {at}.',
    TIER_NEAR: 'Points missing for {tier}: {pointsMissing}.',
    TOP_CUSTOMER: 'Among the best fifth of all customers: recency {recency}, frequency {frequency} of 5.',
    NOTHING_SAID_OF_ORDER: 'No feedback since the order of {lastOrderAt}.',
    NO_RECENT_ORDER: 'Orders so far: {orderCount}, the last on {lastOrderAt}.',
    OPEN_CASE: 'A case of type {type} is open since {openedAt}.',
    OPEN_DETRACTOR: 'Bad feedback has not been followed up.',
    URGENT_FEEDBACK: 'What was written on {at} is urgent ({level}: {reasons}) and has not been answered.',
    ERROR_MET: 'An error of kind {kind} was met on {at} and is not known to be solved.',
    PAYMENT_LATE: 'Payments that are late: {payments}.',
    CART_LEFT: 'Items left in the cart: {items}, on {at}.',
    DUE_AGAIN: '{sku} was bought on {times} days, usually every {days} days, and last on {lastAt}.',
    GOES_WITH: '{sku} was never bought; customers who bought {like}, as this one did, bought it, too.',
    LOOKED_AT: '{sku} was never bought, and was looked at within 30 days.',
    SELLING_SUPPRESSED: 'Held back until this is settled: {templates}.',
    SENDING_HELD_BACK: 'Nothing that sells can be sent to the customer now: {codes}.',
    COMPLAINTS_UNCHECKED: 'An open complaint could not be ruled out; no answer from: {services}.',
    NOT_PERSONALIZED: 'Nothing personal was used: consent to personalisation and profiling is missing.',
    SEEN_BY_OTHERS: 'Others can see the screen, so nothing personal is shown.',
    NO_EVIDENCE: 'Nothing known of the customer speaks for a particular offer.',
  },
  ja: {
    NEW_CUSTOMER: '{since}からのお客様です。',
    ONBOARDING_STEP: '初回注文（{firstOrderAt}）後のご案内は{step}の段階です。',
    ANNIVERSARY_NEAR: '{since}からのお客様です。記念日まであと{daysUntil}日です。',
    BIRTHDAY_NEAR: '誕生日まであと{daysUntil}日です。',
    POINTS_EXPIRE: '60日以内に{points}ポイントが失効します（最初の失効日：{at}）。',
    TIER_NEAR: '{tier}まであと{pointsMissing}ポイントです。',
    TOP_CUSTOMER: '全顧客の上位5分の1に入っています（最新度{recency}、頻度{frequency}／5）。',
    NOTHING_SAID_OF_ORDER: '{lastOrderAt}の注文以降、ご意見をいただいていません。',
    NO_RECENT_ORDER: 'これまでの注文は{orderCount}件、最後の注文は{lastOrderAt}です。',
    OPEN_CASE: '{openedAt}から未解決の案件（{type}）があります。',
    OPEN_DETRACTOR: '低い評価にまだ対応していません。',
    URGENT_FEEDBACK: '{at}に届いた緊急のご意見（{level}：{reasons}）にまだ対応していません。',
    ERROR_MET: '{at}に{kind}のエラーが発生し、解決を確認できていません。',
    PAYMENT_LATE: '支払いが遅れている件数：{payments}件。',
    CART_LEFT: '{at}からカートに{items}点残っています。',
    DUE_AGAIN: '{sku}はこれまで{times}日購入され、間隔はおよそ{days}日、最後の購入は{lastAt}です。',
    GOES_WITH: '{sku}は未購入です。このお客様と同じく{like}を購入した方が、あわせて購入しています。',
    LOOKED_AT: '{sku}は未購入で、30日以内に閲覧されています。',
    SELLING_SUPPRESSED: '解決するまで見合わせる提案：{templates}。',
    SENDING_HELD_BACK: '現在、販促の連絡は送信できません（{codes}）。',
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
