import type { Reason } from '../../kernel/errors.ts';
import { storeArrivals } from '../../kernel/fold.ts';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { Store } from '../../kernel/storage/port.ts';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import { accountId, foldAccount, foldVoucher, impliedAccount, pointsEntry, voucherId } from './ingest.ts';
import { ledger } from './ledger.ts';
import { accountsSpec, type PointsRecord, vouchersSpec } from './records.ts';
import {
  ACCOUNT_FIELDS,
  type AccountRow,
  POINTS_FIELDS,
  type PointsRow,
  pointsContent,
  readAccount,
  readPoints,
  readVoucher,
  VOUCHER_FIELDS,
  type VoucherRow,
  voucherContent,
} from './source.ts';

const INSUFFICIENT: Reason = {
  code: 'POINTS_INSUFFICIENT',
  field: 'points',
  message: 'The balance would fall below zero; ingest the accruals before it and retry the row.',
};

const ERASED: Reason = { code: 'CUSTOMER_ERASED', message: 'The customer asked for erasure; nothing about them is taken in again.' };

/** Posts transactions, those of one account in the order of their time, so that a batch that runs backwards is none the worse. */
async function storePoints(store: Store, arrivals: readonly Arrival<PointsRow>[], now: number): Promise<readonly Outcome[]> {
  const accounts = new Map(arrivals.map((arrival) => [`${arrival.owner}\n${arrival.record.account}`, impliedAccount(arrival)]));
  await store.collection(accountsSpec).insertOnce([...accounts.values()]);
  const outcomes: Outcome[] = arrivals.map(() => 'duplicate');
  const entries = arrivals.map((arrival, place) => ({ place, entry: pointsEntry(arrival) }));
  entries.sort((a, b) => a.entry.availableAt - b.entry.availableAt || b.entry.points - a.entry.points);
  const byAccount = new Map<string, typeof entries>();
  for (const item of entries) {
    const name = `${item.entry.owner}\n${item.entry.account}`;
    byAccount.set(name, [...(byAccount.get(name) ?? []), item]);
  }
  const books = ledger(store);
  await Promise.all(
    [...byAccount.values()].map(async (own) => {
      for (const { place, entry } of own) outcomes[place] = await storeEntry(books, entry, now);
    }),
  );
  return outcomes;
}

async function storeEntry(books: ReturnType<typeof ledger>, entry: PointsRecord, now: number): Promise<Outcome> {
  const moved = await books.add(entry, now);
  if (moved === 'applied') return 'stored';
  if (moved === 'insufficient') return INSUFFICIENT;
  if (moved !== 'duplicate') return ERASED;
  const known = await books.entry(entry);
  return known?.entry.origin === entry.origin ? 'stored' : 'duplicate';
}

/** The kinds of record that the loyalty programme sends. */
export function loyaltyIntakes({ store, clock }: Pick<SubgraphDeps, 'store' | 'clock'>) {
  const accounts: Intake<AccountRow> = {
    kind: 'account',
    description: 'A membership in the loyalty programme, by its number.',
    fields: ACCOUNT_FIELDS,
    ownership: 'customer',
    read: readAccount,
    happenedAt: ({ enrolledAt }) => enrolledAt,
    store: (arrivals) =>
      storeArrivals(
        store.collection(accountsSpec),
        arrivals,
        ({ owner, record }) => ({ owner, id: accountId(record.program, record.number) }),
        foldAccount,
      ),
  };
  const points: Intake<PointsRow> = {
    kind: 'points',
    description: 'A transaction that moved points: earned, spent, lapsed or corrected.',
    fields: POINTS_FIELDS,
    ownership: 'customer',
    read: readPoints,
    contentOf: pointsContent,
    happenedAt: ({ at }) => at,
    store: (arrivals) => storePoints(store, arrivals, clock()),
  };
  const vouchers: Intake<VoucherRow> = {
    kind: 'voucher',
    description: 'A voucher or coupon that was issued or redeemed.',
    fields: VOUCHER_FIELDS,
    ownership: 'customer',
    read: readVoucher,
    contentOf: voucherContent,
    happenedAt: ({ redeemedAt, issuedAt }) => redeemedAt ?? issuedAt,
    store: (arrivals) =>
      storeArrivals(store.collection(vouchersSpec), arrivals, (arrival) => ({ owner: arrival.owner, id: voucherId(arrival) }), foldVoucher),
  };
  return { accounts, points, vouchers };
}
