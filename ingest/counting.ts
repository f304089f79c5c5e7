import type { Outcome } from '../kernel/intake.ts';
import { type Counts, NOTHING_COUNTED } from './records.ts';

/** Counts after these outcomes, one per row. */
export function counted(counts: Counts, outcomes: readonly Outcome[]): Counts {
  let { read, stored, duplicates, quarantined } = counts;
  const reasons = { ...counts.reasons };
  for (const outcome of outcomes) {
    read++;
    if (outcome === 'stored') stored++;
    else if (outcome === 'duplicate') duplicates++;
    else {
      quarantined++;
      reasons[outcome.code] = (reasons[outcome.code] ?? 0) + 1;
    }
  }
  return { read, stored, duplicates, quarantined, reasons };
}

/** The counts of several files together. */
export function summed(all: readonly Counts[]): Counts {
  return all.reduce((sum, one) => {
    const reasons = { ...sum.reasons };
    for (const [code, count] of Object.entries(one.reasons)) reasons[code] = (reasons[code] ?? 0) + count;
    return {
      read: sum.read + one.read,
      stored: sum.stored + one.stored,
      duplicates: sum.duplicates + one.duplicates,
      quarantined: sum.quarantined + one.quarantined,
      reasons,
    };
  }, NOTHING_COUNTED);
}
