import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { SourceRow } from '../../kernel/record.ts';
import { loyalty } from '../../subgraphs/loyalty/module.ts';
import { accountsSpec, pointsSpec } from '../../subgraphs/loyalty/records.ts';
import { type Domain, openDomain } from './domain.ts';
import { customersOf, ingestRows, mutation } from './domain-calls.ts';

export const NOW = Date.UTC(2026, 2, 1, 12);
export const DAY = 86_400_000;
export let domain: Domain;
/** Somebody whom no test has met before. */
export let ada: string;
let people = 0;
let keys = 0;

/** The loyalty programme over a store of its own for the tests of the file that calls this; each test has customers of its own. */
export function openClub(): void {
  beforeAll(async () => {
    domain = await openDomain(loyalty);
  });
  beforeEach(async () => {
    domain.time.now = NOW;
    ada = await someone();
    domain.calls.clear();
  });
  afterAll(() => domain.close());
}

export const someone = () => domain.customer(`someone-${people++}`);

const fromClub = (row: SourceRow) => ({ source: 'club', ...row });
export const ingest = (kind: string, owner: string, rows: readonly SourceRow[], run?: string) =>
  ingestRows(domain, kind, owner, rows.map(fromClub), run);
export const customers = (persons: Parameters<typeof customersOf>[1], selection: string) => customersOf(domain, persons, selection);
/** A mutation with an idempotency key of its own, unless the input has one. */
export const mutate = (field: string, input: object, selection: string) =>
  mutation(domain, field, { idempotencyKey: `key-${keys++}`, ...input }, selection);

export async function loyaltyOf(customer: string | readonly string[], selection: string) {
  return (await customers([{ members: [customer].flat() }], `{ loyalty ${selection} }`))[0].loyalty;
}

export const enroll = (customer: string, more: object = {}) =>
  mutate('loyaltyEnroll', { customer, ...more }, 'account { number status enrolledAt points { available } tier { code } }');
export const accrue = (customer: string, points: number, more: object = {}) =>
  mutate(
    'pointsAccrue',
    { customer, points, ...more },
    'transaction { id kind points availableAt expiresAt } account { points { available pending } }',
  );
export const redeem = (customer: string, points: number, more: object = {}) =>
  mutate('pointsRedeem', { customer, points, ...more }, 'transaction { id kind points } account { points { available } }');
export const reverse = (transaction: string, more: object = {}) =>
  mutate('pointsReverse', { transaction, ...more }, 'transaction { kind points } account { points { available pending lifetime } }');
export const codes = ({ userErrors }: { userErrors: readonly { code: string }[] }) => userErrors.map(({ code }) => code);
export const POINTS = '{ points { available pending expiring { amount at } lifetime } }';

/** The account's balance as stored, and the sum of its ledger. */
export async function books(customer: string): Promise<{ balance: number; ledger: number }> {
  const [accounts] = await domain.store.collection(accountsSpec).latest([[customer]], { first: 10 });
  const [entries] = await domain.store.collection(pointsSpec).latest([[customer]], { first: 1000 });
  return { balance: accounts?.items[0]?.balance ?? 0, ledger: (entries?.items ?? []).reduce((sum, { points }) => sum + points, 0) };
}
