import { digest, entityId } from '../../kernel/ids.ts';
import { CHANNELS, type Channel } from '../../kernel/intake.ts';
import type { Cursor, EpochMs, GroupTotal, Page } from '../../kernel/storage/port.ts';
import type { EventRow } from './records.ts';

/** A pause longer than this ends a visit where the source has no sessions; the customary length since the first web analytics. */
const INACTIVITY_MS = 30 * 60_000;

/**
 * What an event's visit is found by, from the event alone: `=channel:session` where the source names the session, else
 * `~channel:slot`, the half hour of UTC that it falls into. Events of one half hour are never a pause apart, so a slot lies
 * in one visit, and slots join to visits by their first and last events: exactly, whatever order the events came in.
 */
export function sessionKey({ channel, sessionId, happenedAt }: EventRow): string {
  return sessionId === null ? `~${channel}:${Math.floor(happenedAt / INACTIVITY_MS)}` : `=${channel}:${digest(sessionId)}`;
}

export interface Visit {
  /** Made of the owner and the first session key. */
  readonly id: string;
  readonly owner: string;
  /** The session keys of its events, the first one first; any of them leads to it. */
  readonly keys: readonly string[];
  readonly channel: Channel;
  readonly startedAt: EpochMs;
  readonly lastEventAt: EpochMs;
  readonly eventCount: number;
}

export const SESSION_PREFIX = 'ses';

function channelOf(key: string): Channel {
  const name = key.slice(1, key.indexOf(':'));
  return CHANNELS.find((channel) => channel === name) ?? 'UNKNOWN';
}

/** The visits of one owner, from the totals of the owner's events by session key; newest first by (startedAt, id). */
export function visitsOf(owner: string, groups: readonly GroupTotal[]): readonly Visit[] {
  type Building = { -readonly [Field in keyof Visit]: Visit[Field] } & { keys: string[] };
  const visits: Building[] = [];
  const open = new Map<Channel, Building>();
  for (const { group, count, first, last } of groups.toSorted((a, b) => a.first - b.first)) {
    const channel = channelOf(group);
    const inferred = group.startsWith('~');
    const before = inferred ? open.get(channel) : undefined;
    if (before && first - before.lastEventAt <= INACTIVITY_MS) {
      before.keys.push(group);
      before.lastEventAt = last;
      before.eventCount += count;
      continue;
    }
    const id = entityId(SESSION_PREFIX, { owner, id: group });
    const visit: Building = { id, owner, keys: [group], channel, startedAt: first, lastEventAt: last, eventCount: count };
    if (inferred) open.set(channel, visit);
    visits.push(visit);
  }
  return visits.sort(newestFirst);
}

/** A visit's place in its list. */
export function visitPosition({ startedAt, id }: Visit): Cursor {
  return { at: startedAt, id };
}

function newestFirst(a: Visit, b: Visit): number {
  return isAfter(visitPosition(a), visitPosition(b)) ? 1 : -1;
}

/** Whether `a` stands after `b` in a list that is newest first. */
function isAfter(a: Cursor, b: Cursor): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

/** One page of one person's visits, given those of each of the person's ids. */
export function visitPage(visits: readonly Visit[], first: number, after: Cursor | undefined): Page<Visit> {
  const following = visits.toSorted(newestFirst).filter((visit) => after === undefined || isAfter(visitPosition(visit), after));
  const items = following.slice(0, first);
  const last = items.at(-1);
  return { items, next: last && following.length > items.length ? visitPosition(last) : null };
}
