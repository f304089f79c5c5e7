import type { EpochMs } from '../kernel/storage/port.ts';
import { consentsOf } from './consents.ts';
import { digitalRecords, touchRecords } from './digital.ts';
import { feedbackRecords } from './feedback.ts';
import { loyaltyRecords } from './loyalty.ts';
import { orderRecords } from './orders.ts';
import type { Person } from './person.ts';
import { profileRecord } from './profile.ts';
import { purchasesOf } from './purchases.ts';
import type { DemoRecord } from './record.ts';
import { serviceRecords } from './service.ts';

/** Every row about one person; the first one joins the numbers under which the company's systems know them. */
export function* personRecords(seed: string, person: Person, now: EpochMs): Generator<DemoRecord> {
  const consents = consentsOf(seed, person, now);
  const purchases = purchasesOf(seed, person, now);
  yield profileRecord(seed, person, consents);
  yield* loyaltyRecords(seed, person, purchases, now);
  yield* orderRecords(person, purchases, now);
  yield* digitalRecords(seed, person, purchases, now);
  if (consents.some(({ purpose, status }) => purpose === 'MARKETING' && status === 'GRANTED')) yield* touchRecords(seed, person, now);
  yield* feedbackRecords(seed, person, purchases, now);
  yield* serviceRecords(seed, person, purchases, now);
}
