import type { EpochMs } from '../kernel/storage/port.ts';
import { personAt } from './person.ts';
import { personRecords } from './person-records.ts';
import { personaRecords } from './personas.ts';
import type { DemoRecord } from './record.ts';
import { visitorRecords } from './visitor.ts';

/** Every row about the customer at `index` (from 0), the same for equal arguments, made without making any other customer. */
export function* customerRecords(seed: string, index: number, now: EpochMs): Generator<DemoRecord> {
  const persona = personaRecords(seed, index, now);
  if (persona) return yield* persona;
  const person = personAt(seed, index, now);
  yield* person ? personRecords(seed, person, now) : visitorRecords(seed, index, now);
}
