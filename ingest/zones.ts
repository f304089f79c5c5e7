import { IANAZone } from 'luxon';
import type { EpochMs } from '../kernel/storage/port.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MAX_KNOWN = 50_000;

/**
 * Turns wall-clock times of a zone (as if they were UTC) into instants. A time that a zone's clocks skip counts with the
 * offset before the change, so 01:30 on London's spring Sunday is 02:30 summer time; one that they show twice is the first.
 */
export function instantIn(timeZone: string): (wallClock: EpochMs) => EpochMs {
  const zone = IANAZone.create(timeZone);
  const ask = (at: EpochMs) => zone.offset(at) * 60_000;
  // Asking costs more than the rest of a row, so an hour in which the offset does not change is asked for once; null: it changes.
  const known = new Map<number, number | null>();
  const offsetMs = (at: EpochMs): number => {
    const hour = Math.floor(at / HOUR_MS);
    let offset = known.get(hour);
    if (offset === undefined) {
      if (known.size >= MAX_KNOWN) known.clear();
      const first = ask(hour * HOUR_MS);
      offset = first === ask((hour + 1) * HOUR_MS - 1) ? first : null;
      known.set(hour, offset);
    }
    return offset ?? ask(at);
  };
  return (wallClock) => {
    const before = offsetMs(wallClock - DAY_MS);
    const after = offsetMs(wallClock + DAY_MS);
    const early = wallClock - Math.max(before, after);
    const late = wallClock - Math.min(before, after);
    if (offsetMs(early) === Math.max(before, after)) return early;
    if (offsetMs(late) === Math.min(before, after)) return late;
    return wallClock - before;
  };
}
