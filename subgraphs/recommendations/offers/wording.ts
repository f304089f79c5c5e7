import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { Language } from '../languages.ts';
import { dayFormat } from './local-day.ts';
import type { EvidenceValue } from './records.ts';
import type { Template, Variant } from './templates.ts';

interface OfferWords {
  readonly title: string;
  readonly body: string;
}

/**
 * The values that each template, or variant of one, has to name, in each language; `{name}` in the words. `title` is that of the content, in the
 * language that fits.
 */
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
  ADVICE: ['title'],
  VIP_RECOGNITION: [],
  ONBOARDING: [],
  ONBOARDING_JOIN: [],
  ONBOARDING_AGAIN: [],
  WELCOME: [],
  LOCAL_EVENT: ['title', 'date'],
  REVIEW_REQUEST: [],
  WIN_BACK: [],
  CONTENT: ['title'],
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
    ADVICE: { title: '{title}', body: 'Good to know about something that you bought. Have a look whenever it suits you.' },
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
    LOCAL_EVENT: { title: '{title}', body: 'In the shop that you know, from {date} on. Come by; we look forward to seeing you.' },
    REVIEW_REQUEST: {
      title: 'How do you like it?',
      body: 'You have had your order for a while. Tell us and others what you think of it; it takes a minute.',
    },
    WIN_BACK: { title: 'We have missed you', body: 'It has been a while. See what is new, and take something off your next order.' },
    CONTENT: { title: '{title}', body: 'We thought of you when we wrote this. Have a look whenever it suits you.' },
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
    ADVICE: { title: '{title}', body: 'ご購入いただいた商品に役立つ情報です。お時間のあるときにご覧ください。' },
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
    LOCAL_EVENT: { title: '{title}', body: 'いつもご利用の店舗で{date}から開催します。ご来店をお待ちしております。' },
    REVIEW_REQUEST: {
      title: '商品はいかがでしたか',
      body: 'お届けした商品のご感想をお聞かせください。1分ほどで終わります。',
    },
    WIN_BACK: { title: 'お久しぶりです', body: '新商品が続々入荷しています。次のご注文で使える特典をご用意しました。' },
    CONTENT: { title: '{title}', body: 'お客様のご関心に合わせてお選びした読み物です。ぜひご覧ください。' },
    GENERAL: { title: '今シーズンの新着商品', body: '店舗とオンラインに届いたばかりの商品をご覧ください。' },
  },
};

/** One offer's or reason's words with their values; an instant is shown as the day it has in its own time zone, else in `timeZone`. */
export function fill(words: string, values: Readonly<Record<string, EvidenceValue>>, language: Language, timeZone: string | null): string {
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`wording names "${name}", for which there is no value`);
    if (typeof value === 'object') return dayText(value.at, language, value.timeZone ?? timeZone);
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
