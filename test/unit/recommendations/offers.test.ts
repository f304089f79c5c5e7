import { describe, expect, it } from 'vitest';
import { offerId, rankedOffers, selectOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import { DAY, NOW, subject } from './subjects.ts';

const everything = {
  crm: { birthDate: '1990-03-04', customerSince: NOW - 10 * DAY, openCases: [{ id: 'c', type: 'RETURN', openedAt: NOW }] },
  pos: { orderCount: 1, firstOrderAt: NOW - 10 * DAY, lastOrderAt: NOW - 5 * DAY },
  loyalty: { member: true, nextTierCode: 'GOLD', pointsToNextTier: 50, expiring: [{ points: 10, at: NOW + 30 * DAY }] },
  digital: { cart: [{ sku: 'mug', name: null, quantity: 1 }], cartUpdatedAt: NOW - DAY },
};

describe('ranked offers', () => {
  it('put what is wrong first, then what passes soonest', () => {
    const offers = rankedOffers(subject(everything));
    expect(offers.map(({ rank, template, score }) => [rank, template, score])).toEqual([
      [1, 'SERVICE_RECOVERY', 1], // .9 + .1
      [2, 'CART_REMINDER', 0.793], // .7 + .1 * 13/14
      [3, 'BIRTHDAY', 0.713], // .65 + .1 * 5/8
      [4, 'POINTS_EXPIRING', 0.6], // .55 + .1 * 30/60
      [5, 'TIER_UP', 0.525], // .45 + .1 * 150/200
      [6, 'ONBOARDING', 0.447], // .38 + .1 * 20/30
    ]);
  });

  it('let urgency put a birthday today before a cart that is nearly forgotten', () => {
    const offers = rankedOffers(
      subject({ crm: { birthDate: '1990-03-01' }, digital: { ...everything.digital, cartUpdatedAt: NOW - 13 * DAY } }),
    );
    expect(offers.map(({ template }) => template)).toEqual(['BIRTHDAY', 'CART_REMINDER']);
  });

  it('keep their ids while the facts hold, and take new ones when the facts are others', () => {
    const ids = (of: Parameters<typeof subject>[0]) => rankedOffers(subject(of)).map((offer) => offerId(subject(of), offer));
    expect(ids(everything)).toEqual(ids(everything));
    expect(new Set(ids(everything)).size).toBe(6);
    const another = { digital: { ...everything.digital, cartUpdatedAt: NOW - 2 * DAY } };
    expect(ids(another)).not.toEqual(ids({ digital: everything.digital }));
  });

  it('sell over no outbound channel without consent to MARKETING, but put right what is wrong', () => {
    const channels = (marketing: boolean) =>
      Object.fromEntries(
        rankedOffers(subject({ ...everything, marketing })).map((offer) => [offer.template, offer.channels.includes('EMAIL')]),
      );
    expect(channels(true)).toMatchObject({ SERVICE_RECOVERY: true, BIRTHDAY: true, CART_REMINDER: true });
    expect(channels(false)).toMatchObject({ SERVICE_RECOVERY: true, BIRTHDAY: false, CART_REMINDER: false });
  });
});

describe('a selection of offers', () => {
  const offers = rankedOffers(subject(everything));

  it('takes the best first and keeps their ranks', () => {
    expect(selectOffers(offers, { first: 2, channel: 'STORE' }).map(({ rank, template }) => [rank, template])).toEqual([
      [1, 'SERVICE_RECOVERY'],
      [3, 'BIRTHDAY'],
    ]);
    expect(selectOffers(offers, { first: 9, templates: ['TIER_UP', 'WIN_BACK'] }).map(({ template }) => template)).toEqual(['TIER_UP']);
  });
});
