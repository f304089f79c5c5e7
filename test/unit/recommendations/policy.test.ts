import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../kernel/intake.ts';
import { OUTBOUND, policyOf } from '../../../subgraphs/recommendations/offers/policy.ts';
import type { Touch } from '../../../subgraphs/recommendations/records.ts';
import { DAY, NOW, subject } from './subjects.ts';

const HOUR = 3_600_000;
const EVERYWHERE: readonly Channel[] = ['STORE', 'WEB', ...OUTBOUND];

/** A message that was delivered so many days ago. */
const sent = (channel: Channel, days: number, more: Partial<Touch> = {}): Touch => {
  const sentAt = NOW - days * DAY;
  return { channel, sentAt, arrivedAt: sentAt + 1000, bouncedAt: null, ...more };
};
const selling = (of: Parameters<typeof subject>[0]) => policyOf(subject(of)).place(EVERYWHERE, true);
const serving = (of: Parameters<typeof subject>[0]) => policyOf(subject(of)).place(EVERYWHERE, false);
const all = { channels: EVERYWHERE, heldBack: [] };

it('holds nothing back from who may be sold to, at noon, and was sent nothing', () => {
  expect(selling({})).toEqual(all);
});

it('sells over no channel that goes out without consent to MARKETING, and serves there all the same', () => {
  expect(selling({ marketing: false })).toEqual({
    channels: ['STORE', 'WEB'],
    heldBack: OUTBOUND.map((channel) => ({ channel, code: 'NO_MARKETING_CONSENT', until: null })),
  });
  expect(serving({ marketing: false })).toEqual(all);
});

describe('frequency caps', () => {
  const held = (touches: readonly Touch[]) => selling({ digital: { touches } }).heldBack;

  it('allow three e-mails in 7 days, until the oldest of them is 7 days old', () => {
    expect(held([sent('EMAIL', 1), sent('EMAIL', 5)])).toEqual([]);
    expect(held([sent('EMAIL', 1), sent('EMAIL', 2), sent('EMAIL', 5)])).toEqual([
      { channel: 'EMAIL', code: 'FREQUENCY_CAP', until: NOW + 2 * DAY },
    ]);
    // A fourth of before changes nothing: it is gone from the window sooner.
    expect(held([sent('EMAIL', 1), sent('EMAIL', 2), sent('EMAIL', 5), sent('EMAIL', 6)])).toContainEqual({
      channel: 'EMAIL',
      code: 'FREQUENCY_CAP',
      until: NOW + 2 * DAY,
    });
    // Exactly 7 days old counts no more.
    expect(held([sent('EMAIL', 1), sent('EMAIL', 2), sent('EMAIL', 7)])).toEqual([]);
  });

  it('allow one text message in 7 days and four in 30', () => {
    expect(held([sent('SMS', 3)])).toEqual([{ channel: 'SMS', code: 'FREQUENCY_CAP', until: NOW + 4 * DAY }]);
    expect(held([sent('SMS', 8), sent('SMS', 15), sent('SMS', 22)])).toEqual([]);
    expect(held([sent('SMS', 8), sent('SMS', 15), sent('SMS', 22), sent('SMS', 29)])).toEqual([
      { channel: 'SMS', code: 'FREQUENCY_CAP', until: NOW + DAY },
    ]);
  });

  it('allow four messages in 7 days over all channels, whatever a channel has left', () => {
    const touches = [sent('EMAIL', 1), sent('EMAIL', 3), sent('PUSH', 4), sent('PUSH', 6)];
    expect(held(touches)).toEqual(OUTBOUND.map((channel) => ({ channel, code: 'FREQUENCY_CAP', until: NOW + DAY })));
    expect(serving({ digital: { touches } })).toEqual(all);
  });

  it('allow twelve messages in 30 days over all channels', () => {
    const touches = Array.from({ length: 12 }, (_, index) => sent(index % 2 ? 'EMAIL' : 'PUSH', 8 + index));
    expect(held(touches.slice(1))).toEqual([]);
    // The twelfth is 19 days old. Six by e-mail and by push are below 8 each.
    expect(held(touches)).toEqual(OUTBOUND.map((channel) => ({ channel, code: 'FREQUENCY_CAP', until: NOW + 11 * DAY })));
  });

  it('do not count what bounced, nor what is sent after the time that is decided for', () => {
    const bounced = { arrivedAt: null, bouncedAt: NOW - 40 * DAY };
    expect(held([sent('EMAIL', 1, bounced), sent('EMAIL', 2), sent('EMAIL', 3)])).toEqual([]);
    expect(held([sent('SMS', -1)])).toEqual([]);
  });
});

describe('quiet hours', () => {
  const at = (time: string) => Date.parse(`2026-03-01T${time}:00Z`);
  const until = (of: string, code = 'QUIET_HOURS') => ['SMS', 'PUSH', 'PHONE'].map((channel) => ({ channel, code, until: Date.parse(of) }));

  it('are from 21 to 8 o’clock by the customer’s clock, for what rings', () => {
    const tokyo = (time: string) => selling({ now: at(time), crm: { timeZone: 'Asia/Tokyo' } }).heldBack;
    expect(tokyo('11:59')).toEqual([]); // 20:59 in Tokyo
    expect(tokyo('12:00')).toEqual(until('2026-03-01T23:00:00Z')); // 21:00 there; over at 8:00 there
    expect(tokyo('22:59')).toEqual(until('2026-03-01T23:00:00Z'));
    expect(tokyo('23:00')).toEqual([]);
  });

  it('are UTC’s where the time zone is unknown, and hold for what serves as well', () => {
    expect(serving({ now: at('07:30') }).heldBack).toEqual(until('2026-03-01T08:00:00Z'));
    expect(serving({ now: at('07:30'), crm: { timeZone: 'Mars/Olympus' } }).heldBack).toEqual(until('2026-03-01T08:00:00Z'));
  });

  it('end by the clock on the wall on the day that clocks change', () => {
    // Berlin, 29 March 2026: at 2:00 it becomes 3:00, so 8:00 is 6:00 UTC and not 7:00.
    const berlin = selling({ now: Date.parse('2026-03-28T22:00:00Z'), crm: { timeZone: 'Europe/Berlin' } });
    expect(berlin.heldBack).toEqual(until('2026-03-29T06:00:00Z'));
  });

  it('are what the customer stated instead, on every channel that goes out', () => {
    const evenings = { from: 18 * 60, to: 20 * 60 + 30 };
    const stated = (time: string) => selling({ now: at(time), crm: { contactWindow: evenings } }).heldBack;
    expect(stated('12:00')).toEqual(OUTBOUND.map((channel) => ({ channel, code: 'QUIET_HOURS', until: at('18:00') })));
    expect(stated('18:00')).toEqual([]);
    expect(stated('20:30')).toHaveLength(4);
    const nights = { from: 22 * 60, to: 60 };
    expect(selling({ now: at('23:30'), crm: { contactWindow: nights } })).toEqual(all);
    expect(selling({ now: at('00:59'), crm: { contactWindow: nights } })).toEqual(all);
    expect(selling({ now: at('01:00'), crm: { contactWindow: nights } }).heldBack[0]?.until).toBe(at('22:00'));
  });
});

describe('a channel', () => {
  it('that the customer unsubscribed from sells nothing until MARKETING is consented to anew', () => {
    const unsubscribed = [{ channel: 'EMAIL' as const, at: NOW - 400 * DAY }];
    expect(selling({ digital: { unsubscribed } }).heldBack).toEqual([{ channel: 'EMAIL', code: 'UNSUBSCRIBED', until: null }]);
    expect(selling({ digital: { unsubscribed }, marketingSince: NOW - 401 * DAY }).channels).not.toContain('EMAIL');
    expect(selling({ digital: { unsubscribed }, marketingSince: NOW - 399 * DAY })).toEqual(all);
    expect(serving({ digital: { unsubscribed } })).toEqual(all);
  });

  it('that bounced is left alone for 30 days, or until something gets through', () => {
    const bounced = sent('EMAIL', 10, { arrivedAt: null, bouncedAt: NOW - 10 * DAY });
    const held = { channel: 'EMAIL', code: 'UNDELIVERABLE', until: NOW + 20 * DAY };
    expect(selling({ digital: { touches: [bounced] } }).heldBack).toEqual([held]);
    expect(serving({ digital: { touches: [bounced] } }).heldBack).toEqual([held]);
    expect(selling({ digital: { touches: [sent('EMAIL', 9), bounced] } })).toEqual(all);
    expect(selling({ digital: { touches: [bounced, sent('EMAIL', 11)] } }).heldBack).toEqual([held]);
  });

  it('is held back once for each cause', () => {
    const unsubscribed = [{ channel: 'SMS' as const, at: NOW - DAY }];
    const of = { now: NOW + 10 * HOUR, marketing: false, digital: { unsubscribed, touches: [sent('SMS', 1)] } };
    expect(selling(of).heldBack.filter(({ channel }) => channel === 'SMS')).toEqual([
      { channel: 'SMS', code: 'NO_MARKETING_CONSENT', until: null },
      { channel: 'SMS', code: 'UNSUBSCRIBED', until: null },
      { channel: 'SMS', code: 'FREQUENCY_CAP', until: NOW + 6 * DAY },
      { channel: 'SMS', code: 'QUIET_HOURS', until: NOW + 20 * HOUR },
    ]);
  });
});

describe('a domain that did not answer', () => {
  it('lets nothing be sold over what goes out, where it is digital', () => {
    expect(selling({ lost: ['digital'] }).heldBack).toEqual(OUTBOUND.map((channel) => ({ channel, code: 'UNCHECKED', until: null })));
    expect(serving({ lost: ['digital'] })).toEqual(all);
  });

  it('lets nothing ring, where it is crm', () => {
    const held = ['SMS', 'PUSH', 'PHONE'].map((channel) => ({ channel, code: 'UNCHECKED', until: null }));
    expect(serving({ lost: ['crm'] })).toEqual({ channels: ['STORE', 'WEB', 'EMAIL'], heldBack: held });
    expect(selling({ lost: ['crm'] }).heldBack).toEqual(held);
  });
});

it('puts channels in the customer’s order and leaves none out for it', () => {
  expect(selling({ crm: { channelOrder: ['PUSH', 'SOCIAL', 'WEB'] } }).channels).toEqual(['PUSH', 'WEB', 'STORE', 'EMAIL', 'SMS', 'PHONE']);
});
