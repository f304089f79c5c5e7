import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { base32 } from '../../kernel/ids.ts';
import type { Claim, ClaimRefusal, Identifier } from '../../kernel/intake.ts';
import type { Collection, EpochMs, Key } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { consentRecord, listed, type Seen } from './ingest.ts';
import { finishJoin, joinCustomer, unfinishedJoins } from './join.ts';
import { CONFLICT, ERASED, type Known, type Link, type LinkClaim, type Plan, planLinks } from './linking.ts';
import { identifierKey, normaliser } from './normalise.ts';
import { readCustomers, survivorOf } from './persons.ts';
import type { ConsentRecord, CustomerRecord, IdentifierRecord, IndexRecord } from './records.ts';
import { identified, type SearchRecord } from './search.ts';

const MAX_ATTEMPTS = 20;
/** How long a conflict may take to settle that other processes are still joining: 1 + 2 + 4 + ... + 128 ms. */
const MAX_WAITS = 8;

/** The collections that say who a customer is. */
export interface IdentityCollections {
  readonly customers: Collection<CustomerRecord>;
  readonly index: Collection<IndexRecord>;
  readonly identifiers: Collection<IdentifierRecord>;
  readonly search: Collection<SearchRecord>;
  readonly consents: Collection<ConsentRecord>;
}

/** The id that an identifier makes: the same on every process and at every repetition, and without the secret it tells nothing. */
function customerIdOf(secret: Buffer, { namespace, value }: Identifier): string {
  return `cus_${base32(createHmac('sha256', secret).update(`${namespace}\n${value}`).digest())}`;
}

const unique = <T>(items: Iterable<T>): T[] => [...new Set(items)];
const own = (id: string): Key => ({ owner: id, id });

/**
 * Finds or makes the customers of a batch of claims with a handful of store calls.
 *
 * Order of writes: customer, index entries, search words, listed identifiers. An index entry is never without its customer,
 * and what a crash leaves out is written when any claim brings the identifier again, because the list entry is missing.
 */
export async function resolveClaims(
  collections: IdentityCollections,
  secret: Buffer,
  claims: readonly Claim[],
  now: EpochMs,
): Promise<readonly (string | ClaimRefusal)[]> {
  const normalise = normaliser();
  const outcomes: (string | ClaimRefusal)[] = [];
  const accepted: { readonly position: number; readonly claim: LinkClaim }[] = [];
  for (const [position, { identifiers, source, seenAt }] of claims.entries()) {
    const read = normalise(identifiers);
    if (read.ok) accepted.push({ position, claim: { identifiers: read.identifiers, source, seenAt } });
    else outcomes[position] = read.reason;
  }
  const links = accepted.map(({ claim }) => claim);
  const settled = await settle(collections, links, (identifier) => customerIdOf(secret, identifier), now);
  for (const [i, { position }] of accepted.entries()) outcomes[position] = settled.outcomes[i] as string | ClaimRefusal;
  await list(collections, links, settled, now);
  await recordConsents(collections, claims, outcomes);
  return outcomes;
}

/** What is decided: each claim's outcome and the index entries of all their identifiers. */
interface Settled {
  readonly outcomes: readonly (string | ClaimRefusal)[];
  readonly index: ReadonlyMap<string, IndexRecord>;
  readonly customers: ReadonlyMap<string, CustomerRecord>;
}

async function settle(
  collections: IdentityCollections,
  claims: readonly LinkClaim[],
  idOf: (identifier: Identifier) => string,
  now: EpochMs,
): Promise<Settled> {
  const keys = unique(claims.flatMap(({ identifiers }) => identifiers.map(identifierKey)));
  const madeBy = new Map<string, number>();
  const erased = new Set<string>();
  let waits = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS + waits; attempt++) {
    const entries = keys.length > 0 ? await collections.index.getMany(keys.map(own)) : [];
    const index = new Map(entries.flatMap((entry) => (entry ? [[entry.id, entry] as const] : [])));
    const customers = await readCustomers(
      collections.customers,
      [...index.values()].map((entry) => entry.customer),
    );
    for (const from of unfinishedJoins(customers)) await finishJoin(collections, from, now);
    const known: Known = { index: new Map([...index].map(([key, { customer }]) => [key, customer])), customers, madeBy };
    const plan = planLinks(claims, known, idOf);
    // After a race for identifiers, what looks like two people may be one whom another process has not finished joining.
    if (attempt > waits && waits < MAX_WAITS && plan.outcomes.includes(CONFLICT)) {
      await wait(2 ** waits++);
      continue;
    }
    const written = await carryOut(collections, plan, madeBy, erased, now);
    if (written === null) continue;
    for (const entry of written) index.set(entry.id, entry);
    const outcomes = plan.outcomes.map((outcome) => (typeof outcome === 'string' && erased.has(outcome) ? ERASED : outcome));
    // Read again after joining, so that what was just joined is listed under the customer that answers for it.
    const settled =
      plan.joinings.length > 0
        ? await readCustomers(
            collections.customers,
            [...index.values()].map((entry) => entry.customer),
          )
        : customers;
    return { outcomes, index, customers: settled };
  }
  throw new Error(`Identifiers are still contended after ${MAX_ATTEMPTS} attempts.`);
}

/** Writes the plan; the index entries written, or null when another process came first and the claims must be planned anew. */
async function carryOut(
  collections: IdentityCollections,
  { creations, links, joinings }: Plan,
  madeBy: Map<string, number>,
  erased: Set<string>,
  now: EpochMs,
): Promise<readonly IndexRecord[] | null> {
  if (creations.length > 0) {
    const made = await collections.customers.insertOnce(
      creations.map(({ customer, status }) => ({ ...own(customer), version: 0, status, createdAt: now, mergedInto: null, joined: [] })),
    );
    for (const [i, { customer, claim }] of creations.entries()) {
      if (made[i] === 'inserted') madeBy.set(customer, claim);
      if (made[i] === 'erased') erased.add(customer);
    }
  }
  const written: IndexRecord[] = [];
  for (const round of rounds(links.filter(({ customer }) => !erased.has(customer)))) {
    const entries = round.map((link) => indexEntry(link, now));
    const outcomes = await collections.index.insertOnce(entries);
    if (outcomes.some((outcome) => outcome === 'duplicate')) return null;
    written.push(...entries);
  }
  for (const joining of joinings) {
    if (!(await joinCustomer(collections, joining, now))) return null;
    await finishJoin(collections, joining.from, now);
  }
  return written;
}

function indexEntry({ identifier, customer, source, anchor }: Link, now: EpochMs): IndexRecord {
  const { namespace, value } = identifier;
  return { ...own(identifierKey(identifier)), version: 0, customer, namespace, value, source, anchor, linkedAt: now };
}

/**
 * One new identifier per customer and round, in key order. As every process takes identifiers in the same order and stops at
 * the first that another took, customers made at the same time from overlapping records can join each other in one direction only.
 */
function rounds(links: readonly Link[]): readonly (readonly Link[])[] {
  const taken = new Map<string, number>();
  const rounds: Link[][] = [];
  const ordered = links.map((link) => ({ link, key: identifierKey(link.identifier) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { link } of ordered) {
    const round = taken.get(link.customer) ?? 0;
    taken.set(link.customer, round + 1);
    rounds[round] = [...(rounds[round] ?? []), link];
  }
  return rounds;
}

/** Lists what was seen under its customers, and makes new identifiers searchable. */
async function list(
  { identifiers, search }: IdentityCollections,
  claims: readonly LinkClaim[],
  { outcomes, index, customers }: Settled,
  now: EpochMs,
): Promise<void> {
  const seen = new Map<IndexRecord, Seen>();
  for (const [i, claim] of claims.entries()) {
    const outcome = outcomes[i];
    if (typeof outcome !== 'string') continue;
    for (const identifier of claim.identifiers) {
      const entry = index.get(identifierKey(identifier));
      if (!entry) continue;
      // A device that belongs to somebody else: that this person used it is not the other's business.
      const owner = survivorOf(customers, entry.customer)?.owner ?? entry.customer;
      if (owner !== outcome && entry.customer !== outcome) continue;
      const before = seen.get(entry);
      const at = claim.seenAt;
      seen.set(entry, { first: least(before?.first ?? null, at), last: greatest(before?.last ?? null, at) });
    }
  }
  if (seen.size === 0) return;
  const entries = [...seen];
  const keys = entries.map(([{ customer, id }]): Key => ({ owner: customer, id }));
  const stored = await identifiers.getMany(keys);
  const due = entries.flatMap(([entry, times], i) =>
    listed(stored[i] ?? null, entry, times, now) ? [{ entry, times, fresh: !stored[i] }] : [],
  );
  const fresh = new Map<string, IndexRecord[]>();
  for (const { entry } of due.filter((item) => item.fresh)) {
    const owner = survivorOf(customers, entry.customer)?.owner ?? entry.customer;
    fresh.set(owner, [...(fresh.get(owner) ?? []), entry]);
  }
  const owners = [...fresh];
  await update(
    search,
    owners.map(([owner]) => own(owner)),
    (current, i) => {
      const [owner, added] = owners[i] as (typeof owners)[number];
      return identified(current, owner, added, now);
    },
  );
  await update(
    identifiers,
    due.map(({ entry }) => ({ owner: entry.customer, id: entry.id })),
    (current, i) => {
      const { entry, times } = due[i] as (typeof due)[number];
      return listed(current, entry, times, now);
    },
  );
}

async function recordConsents(
  { consents }: IdentityCollections,
  claims: readonly Claim[],
  outcomes: readonly (string | ClaimRefusal)[],
): Promise<void> {
  const said = new Map<string, ConsentRecord>();
  for (const [i, { consents: statements = [], source }] of claims.entries()) {
    const customer = outcomes[i];
    if (typeof customer !== 'string') continue;
    for (const statement of statements) {
      const key = `${customer} ${source} ${statement.purpose} ${statement.channel} ${statement.recordedAt}`;
      if (!said.has(key)) said.set(key, consentRecord(customer, source, statement));
    }
  }
  if (said.size === 0) return;
  // Read first: rows of one customer repeat the same consent, and a read costs less than a write that changes nothing.
  const records = [...said.values()];
  const stored = await consents.getMany(records);
  const missing = records.filter((_, i) => !stored[i]);
  if (missing.length > 0) await consents.insertOnce(missing);
}

function least(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function greatest(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
