import type { Language } from '../languages.ts';
import type { HoldCode } from './records.ts';

/** Why a channel is held back, for staff. */
export const HOLD_WORDS: Readonly<Record<Language, Readonly<Record<HoldCode, string>>>> = {
  en: {
    NO_MARKETING_CONSENT: 'The customer has not consented to marketing.',
    UNSUBSCRIBED: 'The customer wants no more campaigns on this channel.',
    UNDELIVERABLE: 'A message could not be delivered on this channel, and none has got through since.',
    UNCHECKED: 'Whether the customer may be reached on this channel could not be read.',
    FREQUENCY_CAP: 'Enough was sent to the customer of late.',
    QUIET_HOURS: 'The customer is not to be disturbed at this time of day.',
    IN_STORE: 'The customer is in a store and can be told there.',
  },
  ja: {
    NO_MARKETING_CONSENT: 'マーケティングへの同意がありません。',
    UNSUBSCRIBED: 'このチャネルでの配信は停止されています。',
    UNDELIVERABLE: 'このチャネルで配信できなかったメッセージがあり、その後も届いていません。',
    UNCHECKED: 'このチャネルで連絡してよいか確認できませんでした。',
    FREQUENCY_CAP: '最近の配信回数が上限に達しています。',
    QUIET_HOURS: 'お客様への連絡を控える時間帯です。',
    IN_STORE: 'お客様は店舗にいらっしゃるため、その場でご案内できます。',
  },
};
