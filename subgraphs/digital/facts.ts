import type { ViewFact } from '../../kernel/facts.ts';
import type { EventRecord } from './records.ts';
import { viewedIn } from './summary.ts';

/** What models learn of events: the products that were looked at. */
export async function* viewFacts(events: AsyncIterable<EventRecord>): AsyncIterable<ViewFact> {
  for await (const event of events) {
    const sku = viewedIn(event);
    if (sku !== null) yield { owner: event.owner, at: event.happenedAt, sku };
  }
}
