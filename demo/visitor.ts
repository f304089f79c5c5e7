import type { EpochMs } from '../kernel/storage/port.ts';
import { COUNTRIES } from './countries.ts';
import { browse, deviceOf } from './digital.ts';
import { anonymousId } from './identifiers.ts';
import { Random } from './random.ts';
import { DAY, type DemoRecord, HOUR } from './record.ts';

/** Someone who looked around and never said who they are: known by the browser alone. */
export function* visitorRecords(seed: string, index: number, now: EpochMs): Generator<DemoRecord> {
  const random = new Random(seed, 'visitor', index);
  const visit = { country: random.pick(COUNTRIES), device: deviceOf(random, index), identifiers: [anonymousId(index)] };
  const visits = random.int(1, 3);
  for (let nth = 1; nth <= visits; nth++) {
    const at = now - nth * 9 * DAY + random.int(0, 8 * 24) * HOUR;
    yield* browse(random, { ...visit, id: `dv-${index}-${nth}`, at }, random.int(1, 3), nth === 1 && random.chance(0.4));
  }
}
