import type { EpochMs } from '../kernel/storage/port.ts';
import { crmId } from './identifiers.ts';
import type { Person } from './person.ts';
import type { Purchase } from './purchases.ts';
import { Random } from './random.ts';
import { DAY, DEMO_SOURCE, type DemoRecord, HOUR, instant, row } from './record.ts';

/** What cases are about, and the words of those who took them. */
const CASES = {
  COMPLAINT: { subject: 'Goods arrived damaged', summary: 'Customer reports damage on arrival and asks for a replacement.' },
  RETURN: { subject: 'Return of an order', summary: 'Customer asks how to send goods back.' },
  LATE_PAYMENT: { subject: 'Invoice not settled', summary: 'Customer was reminded of an invoice that is past due.' },
  ENQUIRY: { subject: 'Question about an order', summary: 'Customer asks when an order will arrive.' },
} as const;
type CaseType = keyof typeof CASES;

const AGENTS = ['agent-07', 'agent-12', 'agent-21', 'agent-33'];

/** Cases and what was said about them; an open complaint for whose story has one. */
export function* serviceRecords(seed: string, person: Person, purchases: readonly Purchase[], now: EpochMs): Generator<DemoRecord> {
  const { index, story, joinedAt } = person;
  const random = new Random(seed, 'service', index);
  const since = Math.max(joinedAt, now - 400 * DAY);
  let nth = 0;
  const number = () => `DK-${index}-${++nth}`;
  const past = () => since + Math.floor((now - since) * random.next());
  if (story.complaint) yield* caseRecords(random, person, number(), 'COMPLAINT', Math.max(joinedAt, now - random.int(2, 20) * DAY), null);
  if (purchases.some(({ late }) => late)) yield* caseRecords(random, person, number(), 'LATE_PAYMENT', now - random.int(1, 4) * DAY, null);
  if (random.chance(0.12)) {
    const openedAt = past();
    const type = random.pick(['ENQUIRY', 'ENQUIRY', 'RETURN', 'COMPLAINT'] as const);
    const closedAt = openedAt + random.int(4, 90) * HOUR;
    yield* caseRecords(random, person, number(), type, openedAt, closedAt < now ? closedAt : null);
  }
  if (story.vip || random.chance(0.15)) {
    const startedAt = past();
    yield interaction(person, `DI-${index}-0`, startedAt, {
      channel: random.pick(['CHAT', 'STORE', 'PHONE'] as const),
      direction: 'INBOUND',
      agent: random.pick(AGENTS),
      summary: 'Customer asked for advice on a gift.',
      topics: ['advice'],
    });
  }
}

function* caseRecords(
  random: Random,
  person: Person,
  number: string,
  type: CaseType,
  openedAt: EpochMs,
  closedAt: EpochMs | null,
): Generator<DemoRecord> {
  const { subject, summary } = CASES[type];
  yield {
    kind: 'case',
    identifiers: [crmId(person.index)],
    seenAt: openedAt,
    row: row({
      source: DEMO_SOURCE,
      number,
      type,
      status: closedAt === null ? 'OPEN' : 'CLOSED',
      priority: type === 'COMPLAINT' ? 'HIGH' : 'NORMAL',
      subject,
      opened_at: instant(openedAt),
      closed_at: closedAt === null ? null : instant(closedAt),
    }),
  };
  yield interaction(person, `${number}-1`, openedAt, {
    channel: random.pick(['PHONE', 'EMAIL', 'CHAT'] as const),
    direction: type === 'LATE_PAYMENT' ? 'OUTBOUND' : 'INBOUND',
    agent: random.pick(AGENTS),
    summary,
    topics: [type.toLowerCase().replace('_', ' ')],
    case_number: number,
  });
}

function interaction({ index }: Person, number: string, startedAt: EpochMs, fields: Parameters<typeof row>[0]): DemoRecord {
  return {
    kind: 'interaction',
    identifiers: [crmId(index)],
    seenAt: startedAt,
    row: row({ source: DEMO_SOURCE, number, started_at: instant(startedAt), ...fields }),
  };
}
