import { describe, expect, it } from 'vitest';
import { NO_CONTEXT, readContext } from '../../../subgraphs/recommendations/offers/decision-context.ts';
import { offersOf } from '../../../subgraphs/recommendations/offers/decisions.ts';
import { rankedOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import { candidates } from '../../../subgraphs/recommendations/offers/rules.ts';
import { DAY, NOW, subject } from './subjects.ts';

const known = {
  crm: { birthDate: '1990-03-04' },
  pos: { orderCount: 4, firstOrderAt: NOW - 900 * DAY, lastOrderAt: NOW - 600 * DAY },
  loyalty: { member: true, expiring: [{ points: 10, at: NOW + 30 * DAY }] },
  digital: { cart: [{ sku: 'mug', name: null, quantity: 1 }], cartUpdatedAt: NOW - DAY },
} as const;
const templates = (of: Parameters<typeof subject>[0]) => candidates(subject(of)).map(({ template }) => template);

describe('an occasion', () => {
  const on = (occasion: 'BIRTHDAY' | 'ANNIVERSARY' | 'CHECKOUT' | 'SERVICE_CONTACT') => templates({ ...known, context: { occasion } });

  it('leaves what suits it', () => {
    expect(templates(known)).toEqual(['CART_REMINDER', 'BIRTHDAY', 'POINTS_EXPIRING', 'WIN_BACK']);
    expect(on('BIRTHDAY')).toEqual(['BIRTHDAY']);
    expect(on('CHECKOUT')).toEqual(['BIRTHDAY', 'POINTS_EXPIRING']);
    expect(on('SERVICE_CONTACT')).toEqual([]);
  });

  it('leaves nothing where nothing suits, consent or not', () => {
    expect(templates({ context: { occasion: 'BIRTHDAY' } })).toEqual([]);
    expect(candidates({ ...subject({ context: { occasion: 'SERVICE_CONTACT' } }), personal: false })).toEqual([]);
    expect(templates({ context: { occasion: 'CHECKOUT' } })).toEqual(['GENERAL']);
  });

  it('never keeps from putting right what is wrong', () => {
    const crm = { openCases: [{ id: 'c', type: 'COMPLAINT', openedAt: NOW }] };
    expect(templates({ ...known, crm, context: { occasion: 'SERVICE_CONTACT' } })).toEqual(['SERVICE_RECOVERY']);
  });
});

describe('the context', () => {
  it('has what sells said in the store that the customer is in', () => {
    const [cart] = rankedOffers(subject({ ...known, context: { store: 'tokyo-1' } }));
    expect(cart).toMatchObject({ template: 'CART_REMINDER', channels: ['WEB', 'APP'] });
    expect(cart?.heldBack.map(({ channel, code }) => [channel, code])).toEqual([
      ['EMAIL', 'IN_STORE'],
      ['PUSH', 'IN_STORE'],
    ]);
  });

  it('names the store last in weather in which nobody is sent out, unless the customer is there', () => {
    const storm = [{ name: 'weather', value: 'storm' }];
    const inStorm = (store: string | null) =>
      rankedOffers(subject({ crm: known.crm, context: { attributes: storm, store } }))[0]?.channels.indexOf('STORE');
    expect(inStorm(null)).toBe(6); // of WEB, APP, CHAT, EMAIL, SMS, PUSH and STORE
    expect(inStorm('tokyo-1')).toBe(0);
  });

  it('keeps what is personal from a screen that others see', () => {
    const attributes = [{ name: 'screen', value: 'SHARED' }];
    expect(candidates(subject({ ...known, context: { attributes } }))).toEqual([
      expect.objectContaining({ template: 'GENERAL', reasons: [{ code: 'SEEN_BY_OTHERS', evidence: {} }] }),
    ]);
  });

  it('knows its names and values by any case, because a screen that others see is one however that is spelt', () => {
    const attributes = [{ name: 'Screen', value: ' shared ' }];
    expect(templates({ ...known, context: { attributes } })).toEqual(['GENERAL']);
  });

  it('may be of another time, for which everything is computed', () => {
    const asked = { first: 20, channel: null, templates: null, locale: null };
    const at = (time: number | null) =>
      offersOf(subject({ crm: { birthDate: '1990-03-12' } }), { ...asked, context: { ...NO_CONTEXT, at: time } }, null);
    expect(at(null).map((offer) => offer.template())).toEqual(['GENERAL']);
    expect(at(NOW + 5 * DAY).map((offer) => [offer.template(), offer.asOf()])).toEqual([['BIRTHDAY', NOW + 5 * DAY]]);
  });
});

describe('a context that is read', () => {
  const refused = (input: Parameters<typeof readContext>[0]) => {
    try {
      readContext(input, NOW);
      return null;
    } catch (error) {
      return (error as { extensions?: { argument?: string } }).extensions?.argument;
    }
  };
  const attributes = (count: number, length = 5) =>
    Array.from({ length: count }, (_, index) => ({ name: `key-${index}`, value: 'x'.repeat(length) }));

  it('is of a day ago at the earliest and of 30 days ahead at the latest', () => {
    expect([NOW - DAY, NOW + 30 * DAY].map((at) => refused({ at }))).toEqual([null, null]);
    expect([NOW - DAY - 1, NOW + 30 * DAY + 1].map((at) => refused({ at }))).toEqual(['context.at', 'context.at']);
  });

  it('has at most 20 attributes of 64 characters, each once', () => {
    expect(refused({ attributes: attributes(20, 64) })).toBeNull();
    expect(refused({ attributes: attributes(21) })).toBe('context.attributes');
    expect(refused({ attributes: [...attributes(1), ...attributes(1)] })).toBe('context.attributes');
    expect([attributes(1, 65), attributes(1, 0)].map((of) => refused({ attributes: of }))).toEqual(['context', 'context']);
    expect(refused({ store: 'x'.repeat(65) })).toBe('context');
  });

  it('holds nothing that a store can not keep, because others wait for the same write', () => {
    expect(['\0', '\ud800', 'two\nlines'].map((store) => refused({ store }))).toEqual(['context', 'context', 'context']);
    expect(refused({ attributes: [{ name: 'no\0te', value: 'x' }] })).toBe('context');
    expect(refused({ store: '東京駅 😀' })).toBeNull();
  });

  it('says nothing of what it was not given', () => {
    expect(readContext({}, NOW)).toEqual({ at: null, occasion: null, store: null, attributes: [] });
  });
});
