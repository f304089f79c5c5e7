import type { EpochMs } from '../kernel/storage/port.ts';
import { COUNTRY_FACTS } from './countries.ts';
import { type Mood, TEXTS } from './feedback-texts.ts';
import type { Person } from './person.ts';
import type { Purchase } from './purchases.ts';
import { Random } from './random.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, HOUR, instant, row } from './record.ts';

const moodOf = (nps: number): Mood => (nps >= 9 ? 'GOOD' : nps >= 7 ? 'FAIR' : 'BAD');

/** CSAT and stars that go with a likelihood to recommend: 9 and 10 are a five, 0 and 1 a one. */
const outOfFive = (nps: number) => Math.max(1, Math.ceil(nps / 2));

/** Answers to surveys after orders, and reviews of what was bought, in the customer's own language. */
export function* feedbackRecords(seed: string, person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  const { index, country, email, story } = person;
  const random = new Random(seed, 'feedback', index);
  const texts = TEXTS[COUNTRY_FACTS[country].language];
  const said = (nth: string, at: EpochMs, fields: Parameters<typeof row>[0]): DemoRecord => ({
    kind: 'feedback',
    identifiers: [{ namespace: 'EMAIL', value: email }],
    seenAt: at,
    row: row({ source: DEMO_SOURCE, number: `DF-${index}-${nth}`, submitted_at: instant(at), ...fields }),
  });
  const asked = purchases.filter(({ at, cancelled }) => !cancelled && at < now - 10 * DAY).slice(-2);
  for (const [nth, { number, at, lines }] of asked.entries()) {
    const answeredAt = at + 5 * DAY + random.int(0, 60) * HOUR;
    const text = random.pick(texts[moodOf(story.nps)]);
    const about = { order_number: number, order_source: DEMO_SOURCE };
    if (story.vip || random.chance(0.35))
      yield said(`n${nth}`, answeredAt, {
        kind: 'SURVEY',
        channel: 'EMAIL',
        metric: 'NPS',
        // People do not answer the same every time, but nobody turns from a promoter to a detractor by chance.
        rating: story.nps >= 7 ? random.int(7, 10) : Math.max(0, story.nps - random.int(0, 1)),
        text: random.chance(0.5) ? text : null,
        ...about,
      });
    if (random.chance(0.2))
      yield said(`c${nth}`, answeredAt + 60_000, {
        kind: 'SURVEY',
        channel: 'WEB',
        metric: 'CSAT',
        rating: outOfFive(story.nps),
        ...about,
      });
    if (random.chance(0.15))
      yield said(`r${nth}`, answeredAt + 2 * DAY, {
        kind: 'REVIEW',
        channel: 'WEB',
        metric: 'STARS',
        rating: outOfFive(story.nps),
        text,
        sku: lines[0]!.product.sku,
        helpful_count: random.int(0, 12),
      });
  }
}
