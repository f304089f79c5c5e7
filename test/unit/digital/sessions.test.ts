import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupTotal } from '../../../kernel/storage/port.ts';
import type { EventRow } from '../../../subgraphs/digital/records.ts';
import { sessionKey, visitPage, visitPosition, visitsOf } from '../../../subgraphs/digital/sessions.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 2, 1, 12);

type Click = Pick<EventRow, 'channel' | 'sessionId' | 'happenedAt'>;

function click(minutes: number, more: Partial<Click> = {}): Click {
  return { channel: 'WEB', sessionId: null, happenedAt: NOON + minutes * MINUTE, ...more };
}

/** What a store answers for `totals(..., { by: 'session' })`. */
function totals(clicks: readonly Click[]): GroupTotal[] {
  const groups = new Map<string, number[]>();
  for (const each of clicks) {
    const key = sessionKey(each as EventRow);
    groups.set(key, [...(groups.get(key) ?? []), each.happenedAt]);
  }
  return [...groups]
    .map(([group, times]) => ({ group, count: times.length, sum: 0, first: Math.min(...times), last: Math.max(...times) }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

function shown(clicks: readonly Click[]) {
  return visitsOf('cus_1', totals(clicks)).map(({ startedAt, lastEventAt, eventCount }) => [
    (startedAt - NOON) / MINUTE,
    (lastEventAt - NOON) / MINUTE,
    eventCount,
  ]);
}

describe('visitsOf', () => {
  it('ends a visit after a pause of more than 30 minutes, not of 30', () => {
    expect(shown([click(0), click(29), click(59), click(90)])).toEqual([
      [90, 90, 1],
      [0, 59, 3],
    ]);
    expect(shown([click(5), click(35)])).toEqual([[5, 35, 2]]);
    expect(shown([click(5), click(36)])).toHaveLength(2);
  });

  it('takes the source’s session where it names one, however long the pause', () => {
    const session = { sessionId: 's1' };
    expect(shown([click(0, session), click(600, session), click(10)])).toEqual([
      [10, 10, 1],
      [0, 600, 2],
    ]);
  });

  it('keeps the app and the web apart', () => {
    expect(shown([click(0), click(1, { channel: 'APP' })])).toHaveLength(2);
  });

  it('joins two visits when an event that came late closes the gap, and both ids lead to the one', () => {
    const early = visitsOf('cus_1', totals([click(0), click(50)]));
    const [joined, ...others] = visitsOf('cus_1', totals([click(0), click(50), click(25)]));
    expect(others).toEqual([]);
    expect(joined?.eventCount).toBe(3);
    for (const { keys } of early) expect(joined?.keys).toEqual(expect.arrayContaining([...keys]));
  });

  it('agrees with walking through the events in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 40 }), (minutes) => {
        const walked: number[][] = [];
        for (const minute of minutes.toSorted((a, b) => a - b)) {
          const last = walked.at(-1);
          if (last && minute - last[1]! <= 30) {
            last[1] = minute;
            last[2]! += 1;
          } else walked.push([minute, minute, 1]);
        }
        expect(shown(minutes.map((minute) => click(minute)))).toEqual(walked.reverse());
      }),
    );
  });
});

describe('visitPage', () => {
  it('pages through the visits of several ids of one person, newest first, without gap or repeat', () => {
    const visits = ['cus_1', 'cus_2'].flatMap((owner) => visitsOf(owner, totals([click(0), click(100), click(200)])));
    const seen: unknown[] = [];
    let after: ReturnType<typeof visitPosition> | undefined;
    for (;;) {
      const page = visitPage(visits, 4, after);
      seen.push(...page.items.map(visitPosition));
      if (!page.next) break;
      after = page.next;
    }
    expect(seen).toHaveLength(6);
    expect(new Set(seen.map((position) => JSON.stringify(position))).size).toBe(6);
    expect(seen.map((position) => (position as { at: number }).at)).toEqual([200, 200, 100, 100, 0, 0].map((m) => NOON + m * MINUTE));
  });
});
