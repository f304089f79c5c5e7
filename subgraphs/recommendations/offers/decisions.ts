import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { digest, entityId, parseEntityId } from '../../../kernel/ids.ts';
import type { Channel } from '../../../kernel/intake.ts';
import type { Collection, Doc, EpochMs, Spec } from '../../../kernel/storage/port.ts';
import type { Subject } from '../records.ts';
import type { CustomerRepresentation } from '../representation.ts';
import { readCustomer } from '../source.ts';
import type { DecisionContext } from './decision-context.ts';
import { rankedOffers, selectOffers } from './offers.ts';
import { type ShownOffer, shownOffers, written } from './shown-offer.ts';
import type { Template } from './templates.ts';

/** What was asked for. */
export interface Asked {
  readonly first: number;
  readonly channel: Channel | null;
  readonly templates: readonly Template[] | null;
  readonly locale: string | null;
  /** Absent when none was given. */
  readonly context?: DecisionContext;
}

/** A decision with everything that it was made from, under its customer, so that it is erased with the rest. */
export interface DecisionRecord extends Doc {
  readonly at: EpochMs;
  readonly asked: Asked;
  /** The customer as the domains told of it; without consent its id and permissions alone. */
  readonly customer: CustomerRepresentation;
  /** SHA-256 of what was answered, in hexadecimal. */
  readonly answer: string;
}

export const decisionSpec: Spec<DecisionRecord> = { name: 'decisions', at: 'at' };

/** A decision shown again. */
export interface ExplainedDecision {
  readonly id: string;
  readonly at: EpochMs;
  readonly asked: Asked;
  readonly subject: Subject;
  readonly offers: readonly ShownOffer[];
  readonly reproduced: boolean;
}

/** What to offer, as it was asked for. */
export function offersOf(customer: Subject, asked: Asked, decisionId: string | null): readonly ShownOffer[] {
  const { context } = asked;
  const subject = context ? { ...customer, context, now: context.at ?? customer.now } : customer;
  return shownOffers(selectOffers(rankedOffers(subject), asked), subject, asked.locale, decisionId);
}

/**
 * Digest of all that a decision was made from. Stores give fields back in their order and leave out undefined ones, as JSON does, so that what
 * was kept has the text that it was kept with.
 */
const digestOf = ({ owner, at, asked, customer }: Pick<DecisionRecord, 'owner' | 'at' | 'asked' | 'customer'>) =>
  digest('decision', owner, String(at), JSON.stringify([asked, customer]));

const answerOf = (offers: readonly ShownOffer[]) => hash('sha256', offers.map(written).join('\n'), 'hex');

/** How many decisions are written together, and how many may wait for it. */
const BATCH = 200;
const MOST_WAITING = 10_000;
/** An answer waits this long for its decision to be kept. */
const LONGEST_MS = 250;

interface Waiting {
  readonly doc: DecisionRecord;
  readonly kept: (kept: boolean) => void;
}

/** Keeps decisions: those that are made at the same time share a write. */
export class DecisionLog {
  readonly #decisions: Collection<DecisionRecord>;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(decisions: Collection<DecisionRecord>, log: Logger) {
    this.#decisions = decisions;
    this.#log = log;
  }

  /**
   * Decides and keeps it. The offers carry the decision's id when it is kept for good; they are the same without one when it was not
   * in time, when too many wait, or when the customer was erased: an answer is worth more than its record.
   */
  async record(subject: Subject, asked: Asked): Promise<readonly ShownOffer[]> {
    const { customer: owner, now: at, representation: customer } = subject;
    const id = digestOf({ owner, at, asked, customer });
    const decisionId = entityId('dec', { owner, id });
    const offers = offersOf(subject, asked, decisionId);
    const kept = await this.#keep({ owner, id, version: 0, at, asked, customer, answer: answerOf(offers) });
    return kept ? offers : offersOf(subject, asked, null);
  }

  /**
   * The decision of that id, decided again from what is kept of it; null when it is not known, or was erased. Not called reproduced where what is
   * kept is not what the id was made of.
   */
  async explain(decisionId: string): Promise<ExplainedDecision | null> {
    const key = parseEntityId('dec', decisionId);
    const [doc] = key ? await this.#decisions.getMany([key]) : [];
    if (!doc) return null;
    const subject = readCustomer(doc.customer, doc.at);
    const offers = offersOf(subject, doc.asked, decisionId);
    const reproduced = digestOf(doc) === doc.id && answerOf(offers) === doc.answer;
    return { id: decisionId, at: doc.at, asked: doc.asked, subject, offers, reproduced };
  }

  #keep(doc: DecisionRecord): Promise<boolean> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LONGEST_MS, false);
      const kept = (is: boolean) => {
        clearTimeout(timer);
        resolve(is);
      };
      this.#waiting.push({ doc, kept });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    // Whatever is decided in this turn of the event loop goes into the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        const outcomes = await this.#decisions.insertOnce(batch.map(({ doc }) => doc));
        for (const [index, { kept }] of batch.entries()) kept(outcomes[index] !== 'erased');
      } catch (err) {
        this.#log.error({ err, decisions: batch.length }, 'decisions were not kept');
        for (const { kept } of batch) kept(false);
      }
    }
    this.#writing = false;
  }
}
