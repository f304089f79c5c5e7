import type { Channel } from '../../../kernel/intake.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { Subject, TimeWindow, Touch } from '../records.ts';
import { lastChannels } from './decision-context.ts';
import { minuteOfDay, nextMinuteOfDay } from './local-day.ts';
import type { HeldBack, HoldCode } from './records.ts';

const DAY_MS = 86_400_000;

/** Where we go to the customer. */
export const OUTBOUND: readonly Channel[] = ['EMAIL', 'SMS', 'PUSH', 'PHONE'];
/** What rings or buzzes, wherever the customer is. */
const INTERRUPTING: readonly Channel[] = ['SMS', 'PUSH', 'PHONE'];

/**
 * When interrupting is all right where nothing else was agreed: 8 to 21 o'clock by the customer's clock, the hours of 47 CFR 64.1200(c)(1)
 * (USA) for calls that sell.
 */
const CIVIL_HOURS: TimeWindow = { from: 8 * 60, to: 21 * 60 };

interface Cap {
  readonly days: number;
  readonly most: number;
}

/** Messages of campaigns, all channels together. These and the next are a judgement: no law or study gives numbers. */
const CAPS: readonly Cap[] = [
  { days: 7, most: 4 },
  { days: 30, most: 12 },
];
/** On one channel; the more a channel interrupts, the fewer. */
const CHANNEL_CAPS: Readonly<Partial<Record<Channel, readonly Cap[]>>> = {
  EMAIL: [
    { days: 7, most: 3 },
    { days: 30, most: 8 },
  ],
  PUSH: [
    { days: 7, most: 3 },
    { days: 30, most: 8 },
  ],
  SMS: [
    { days: 7, most: 1 },
    { days: 30, most: 4 },
  ],
  PHONE: [
    { days: 7, most: 1 },
    { days: 30, most: 2 },
  ],
};
/** A channel on which a message bounced is tried again after this time: full mailboxes are emptied. A judgement. */
const BOUNCE_MS = 30 * DAY_MS;

/** What may go out to a customer now. */
export interface Policy {
  /** Those of `channels` that may be used, in the customer's order of preference, and why the others may not. */
  place(channels: readonly Channel[], selling: boolean): { readonly channels: readonly Channel[]; readonly heldBack: readonly HeldBack[] };
}

/**
 * The policy for one customer. Outbound channels alone are ever held back:
 * - for what sells: without consent to MARKETING, while the customer is in a store and can be told there, where they unsubscribed (and
 *   did not consent anew since), where enough was sent of late, and everywhere when digital, which knows of the two, did not answer;
 * - for everything: where messages bounce, at quiet hours, and on what interrupts when crm, which knows the hours, did not answer.
 * A channel is held back once for each cause.
 */
export function policyOf(subject: Subject): Policy {
  const { crm } = subject.sources;
  const preferred = crm.state === 'OK' ? crm.signals.channelOrder : [];
  const last = lastChannels(subject.context);
  const place = (channel: Channel) => {
    if (last.includes(channel)) return preferred.length + 1;
    return preferred.includes(channel) ? preferred.indexOf(channel) : preferred.length;
  };
  const holds = new Map<string, readonly HeldBack[]>();
  const holdsOf = (channel: Channel, selling: boolean) => {
    const key = `${channel} ${selling}`;
    const found = holds.get(key) ?? heldBack(subject, channel, selling);
    holds.set(key, found);
    return found;
  };
  return {
    place(channels, selling) {
      const allowed = channels.filter((channel) => !OUTBOUND.includes(channel) || holdsOf(channel, selling).length === 0);
      return {
        channels: preferred.length === 0 && last.length === 0 ? allowed : allowed.toSorted((a, b) => place(a) - place(b)),
        heldBack: channels.filter((channel) => OUTBOUND.includes(channel)).flatMap((channel) => holdsOf(channel, selling)),
      };
    },
  };
}

function heldBack(subject: Subject, channel: Channel, selling: boolean): readonly HeldBack[] {
  const { sources, marketing, marketingSince, now, context } = subject;
  const { crm, digital } = sources;
  const holds: HeldBack[] = [];
  const hold = (code: HoldCode, until: EpochMs | null = null) => holds.push({ channel, code, until });

  if (selling && !marketing) hold('NO_MARKETING_CONSENT');
  if (selling && context.store !== null) hold('IN_STORE');
  if (digital.state === 'OK') {
    const { touches, unsubscribed } = digital.signals;
    const refused = unsubscribed.find((one) => one.channel === channel);
    if (selling && refused && !(marketingSince !== null && marketingSince > refused.at)) hold('UNSUBSCRIBED');
    const bounced = bounceUntil(touches, channel, now);
    if (bounced !== null) hold('UNDELIVERABLE', bounced);
    const capped = selling ? cappedUntil(touches, channel, now) : null;
    if (capped !== null) hold('FREQUENCY_CAP', capped);
  } else if (selling) hold('UNCHECKED');
  if (crm.state === 'OK') {
    const { contactWindow, timeZone } = crm.signals;
    // What the customer asked for holds for everything; without, nobody is woken.
    const window = contactWindow ?? (INTERRUPTING.includes(channel) ? CIVIL_HOURS : null);
    if (window && !within(minuteOfDay(now, timeZone), window)) hold('QUIET_HOURS', nextMinuteOfDay(now, timeZone, window.from));
  } else if (INTERRUPTING.includes(channel) && !holds.some(({ code }) => code === 'UNCHECKED')) hold('UNCHECKED');
  return holds;
}

/** `from` is inclusive, `to` exclusive. */
function within(minute: number, { from, to }: TimeWindow): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Until when a channel counts as broken; null when it does not: nothing bounced of late, or something got through since. */
function bounceUntil(touches: readonly Touch[], channel: Channel, now: EpochMs): EpochMs | null {
  if (touches.length === 0) return null;
  const own = touches.filter((touch) => touch.channel === channel);
  const bouncedAt = Math.max(...own.map((touch) => touch.bouncedAt ?? Number.NEGATIVE_INFINITY));
  const arrived = own.some(({ arrivedAt }) => arrivedAt !== null && arrivedAt > bouncedAt);
  return !arrived && bouncedAt + BOUNCE_MS > now ? bouncedAt + BOUNCE_MS : null;
}

/** Until when enough was sent; null when one more is all right. What bounced and never got through was not received, and does not count. */
function cappedUntil(touches: readonly Touch[], channel: Channel, now: EpochMs): EpochMs | null {
  if (touches.length === 0) return null;
  const received = touches.filter(({ sentAt, arrivedAt, bouncedAt }) => sentAt <= now && (bouncedAt === null || arrivedAt !== null));
  const own = received.filter((touch) => touch.channel === channel);
  const ends = [
    ...CAPS.map((cap) => capUntil(received, cap, now)),
    ...(CHANNEL_CAPS[channel] ?? []).map((cap) => capUntil(own, cap, now)),
  ].filter((until) => until !== null);
  return ends.length > 0 ? Math.max(...ends) : null;
}

/** When the oldest of the `most` newest messages, which come first, is `days` old; null when that is past, or there are fewer. */
function capUntil(touches: readonly Touch[], { days, most }: Cap, now: EpochMs): EpochMs | null {
  const oldest = touches[most - 1]?.sentAt;
  return oldest !== undefined && oldest + days * DAY_MS > now ? oldest + days * DAY_MS : null;
}
