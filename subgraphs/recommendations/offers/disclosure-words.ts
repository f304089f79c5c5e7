import type { ConsentPurpose } from '../../../kernel/intake.ts';
import type { Language } from '../languages.ts';
import type { CrmSignals, DigitalSignals, FeedbackSignals, LoyaltySignals, PosSignals } from '../records.ts';

/** The purposes that recommendations ask for. */
export const DISCLOSED_PURPOSES = ['PERSONALIZATION', 'PROFILING', 'MARKETING'] as const satisfies readonly ConsentPurpose[];

/** Every signal there is has words, so that none is used that can't be told of. */
interface FactWords {
  readonly crm: Readonly<Record<keyof CrmSignals, string>>;
  readonly pos: Readonly<Record<keyof PosSignals, string>>;
  readonly loyalty: Readonly<Record<keyof LoyaltySignals, string>>;
  readonly digital: Readonly<Record<keyof DigitalSignals, string>>;
  readonly feedback: Readonly<Record<keyof FeedbackSignals, string>>;
}

/** What a customer is told of personalisation. */
interface DisclosureWords {
  readonly summary: { readonly personal: string; readonly general: string };
  readonly howToTurnOff: { readonly personal: string; readonly general: string };
  readonly valueExchange: { readonly personal: string; readonly general: string };
  readonly purposes: Readonly<Record<(typeof DISCLOSED_PURPOSES)[number], string>>;
  readonly facts: FactWords;
}

export const DISCLOSURE_WORDS: Readonly<Record<Language, DisclosureWords>> = {
  en: {
    summary: {
      personal: 'What you are offered here is chosen for you, from the data listed below.',
      general: 'What you are offered here is the same for everybody; nothing about you is used for it.',
    },
    howToTurnOff: {
      personal:
        'Withdraw your consent to personalisation or to profiling, in your settings or with any of our staff. From the next request on you are offered what everybody is.',
      general: 'Nothing has to be turned off. It stays like this until you consent to personalisation and to profiling both.',
    },
    valueExchange: {
      personal:
        'For this data you get offers that suit you, reminders before points expire, treats on your days, and help before you have to ask. We do not need it to serve you.',
      general:
        'With your consent you would get offers that suit you, reminders before points expire, treats on your days, and help before you have to ask. You are served without it, too.',
    },
    purposes: {
      PERSONALIZATION: 'Choosing what you are offered.',
      PROFILING: 'Evaluating what we know of you, for example how often you buy.',
      MARKETING: 'Sending you offers by e-mail, text message, push and telephone.',
    },
    facts: {
      crm: {
        birthDate: 'Your birthday',
        locale: 'Your language',
        timeZone: 'Your time zone',
        customerSince: 'Since when you have been our customer',
        contactWindow: 'When you like to be contacted',
        channelOrder: 'How you like to be contacted',
        openCases: 'What you told our service that is not settled yet',
      },
      pos: {
        orderCount: 'How many orders you placed',
        firstOrderAt: 'When you first ordered',
        lastOrderAt: 'When you last ordered',
        latePaymentCount: 'Payments that are late',
        rank: 'How recently, how often and for how much you buy, compared with other customers',
        baskets: 'What you bought and when, beside what other customers bought',
        store: 'The shop that you buy in most often',
        storeTimeZone: 'The time zone of that shop',
      },
      loyalty: {
        member: 'Your membership in our programme',
        nextTierCode: 'The next tier of the programme',
        pointsToNextTier: 'How many points you are away from it',
        expiring: 'Points that expire soon',
      },
      digital: {
        cart: 'What lies in your cart',
        cartSkus: 'All products in your cart',
        cartItems: 'How much lies in your cart',
        cartUpdatedAt: 'When you last changed your cart',
        viewed: 'What you looked at on our site or in our app',
        touches: 'Messages that we sent you, and whether they reached you',
        unsubscribed: 'Messages that you do not want',
        error: 'What did not work for you on our site or in our app',
      },
      feedback: {
        openDetractor: 'Feedback of yours that we have not answered',
        openDetractorAt: 'When you gave it',
        lastGivenAt: 'When you last gave feedback',
        urgentItem: 'What you wrote that is urgent',
      },
    },
  },
  ja: {
    summary: {
      personal: 'ここでのご提案は、下記の情報をもとにお客様に合わせて選んでいます。',
      general: 'ここでのご提案はすべてのお客様に共通で、お客様に関する情報は使っていません。',
    },
    howToTurnOff: {
      personal:
        'パーソナライズまたはプロファイリングへの同意を、設定画面または当社スタッフへのお申し出により撤回できます。次回のご利用から、すべてのお客様に共通のご提案になります。',
      general: '停止の手続きは必要ありません。パーソナライズとプロファイリングの両方に同意されるまで、このままです。',
    },
    valueExchange: {
      personal:
        'この情報により、お客様に合ったご提案、ポイント失効前のお知らせ、記念日の特典、お困りの際の先回りのご案内をお届けします。この情報がなくてもサービスはご利用いただけます。',
      general:
        '同意いただくと、お客様に合ったご提案、ポイント失効前のお知らせ、記念日の特典、お困りの際の先回りのご案内をお届けできます。同意がなくてもサービスはご利用いただけます。',
    },
    purposes: {
      PERSONALIZATION: 'お客様へのご提案を選ぶため。',
      PROFILING: 'ご購入の頻度など、お客様に関する情報を評価するため。',
      MARKETING: 'メール、SMS、プッシュ通知、お電話でご提案をお届けするため。',
    },
    facts: {
      crm: {
        birthDate: 'お誕生日',
        locale: 'ご利用の言語',
        timeZone: 'お住まいの地域の時間帯',
        customerSince: 'お客様になられた時期',
        contactWindow: 'ご連絡のご希望時間',
        channelOrder: 'ご連絡のご希望方法',
        openCases: 'お問い合わせのうち未解決のもの',
      },
      pos: {
        orderCount: 'ご注文の回数',
        firstOrderAt: '初めてのご注文の時期',
        lastOrderAt: '最近のご注文の時期',
        latePaymentCount: '遅れているお支払い',
        rank: 'ご購入の時期・頻度・金額を他のお客様と比べたもの',
        baskets: 'ご購入の商品と時期（他のお客様のご購入とあわせて）',
        store: 'よくご利用になる店舗',
        storeTimeZone: 'その店舗の時間帯',
      },
      loyalty: {
        member: '会員登録の有無',
        nextTierCode: '次の会員ランク',
        pointsToNextTier: '次の会員ランクまでのポイント',
        expiring: 'まもなく失効するポイント',
      },
      digital: {
        cart: 'カートの商品',
        cartSkus: 'カートのすべての商品',
        cartItems: 'カートの商品の点数',
        cartUpdatedAt: 'カートを最後に変更した時期',
        viewed: 'サイトやアプリでご覧になった商品',
        touches: '当社からお送りしたメッセージとその到達状況',
        unsubscribed: '配信停止のご希望',
        error: 'サイトやアプリでうまくいかなかったこと',
      },
      feedback: {
        openDetractor: 'まだお答えしていないご意見',
        openDetractorAt: 'そのご意見の時期',
        lastGivenAt: '最近のご意見の時期',
        urgentItem: '緊急のご意見',
      },
    },
  },
};
