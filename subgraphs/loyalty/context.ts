import { documentsOf, keyText, membersText, pagesOf } from '../../kernel/batches.ts';
import { everything } from '../../kernel/everything.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader, loaderByArguments } from '../../kernel/loader.ts';
import type { Cursor, EpochMs, Key, Members, Page, Store } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type Position, position } from './lots.ts';
import { type Turns, turns } from './pins.ts';
import { PROGRAM } from './program.ts';
import {
  type AccountRecord,
  accountsSpec,
  type PointsRecord,
  pendingSpec,
  pointsSpec,
  type VoucherRecord,
  vouchersSpec,
} from './records.ts';
import { primaryAccount, type Standing, standing } from './rules.ts';
import { signingSecrets } from './signing-keys.ts';
import { VoucherTokens } from './voucher-tokens.ts';

export interface PageArguments {
  readonly first: number;
  readonly after?: Cursor;
}

/** What an account's ledger says at the time of the request. */
export interface AccountState {
  readonly position: Position;
  readonly standing: Standing;
}

/** What one request reads with: each batch is one store call per collection. */
export interface Context {
  readonly now: EpochMs;
  readonly store: Store;
  readonly directory: Directory;
  /** The membership that is shown of a person; null without one. */
  readonly primary: Loader<Members, AccountRecord | null>;
  readonly state: (account: AccountRecord) => Promise<AccountState>;
  readonly transactions: (page: PageArguments) => Loader<Members, Page<PointsRecord>>;
  readonly vouchers: (page: PageArguments) => Loader<Members, Page<VoucherRecord>>;
  readonly account: Loader<Key, AccountRecord | null>;
  /** A transaction, posted or pending. */
  readonly transaction: Loader<Key, PointsRecord | null>;
  readonly voucher: Loader<Key, VoucherRecord | null>;
  /** What makes and reads the texts of QR codes. */
  readonly tokens: () => Promise<VoucherTokens>;
  readonly inTurn: Turns;
  /** Forgets the ledger of an owner for whom a mutation booked. */
  readonly forget: (owner: string) => void;
}

/** More memberships than this nobody has. */
const MAX_ACCOUNTS = 100;

/** What an owner's accounts have booked, newest first. */
interface Ledger {
  readonly entries: readonly PointsRecord[];
  readonly pending: readonly PointsRecord[];
}

function stateOf(account: AccountRecord, { entries, pending }: Ledger, now: EpochMs): AccountState {
  const own = entries.filter((entry) => entry.account === account.id);
  const waiting = pending.filter((entry) => entry.account === account.id);
  const found = position(own, waiting, now);
  return { position: found, standing: standing(PROGRAM, account, [...own, ...found.matured], now) };
}

export function context(deps: SubgraphDeps): (scope: RequestScope) => Context {
  const { store, directory } = deps;
  const accounts = store.collection(accountsSpec);
  const points = store.collection(pointsSpec);
  const pending = store.collection(pendingSpec);
  const vouchers = store.collection(vouchersSpec);

  const readLedgers = async (owners: readonly string[]): Promise<readonly Ledger[]> => {
    const persons = owners.map((owner) => [owner]);
    const [entries, waiting] = await Promise.all([everything(points, persons), everything(pending, persons)]);
    return owners.map((_, index) => ({ entries: entries[index] ?? [], pending: waiting[index] ?? [] }));
  };
  const readPrimary = async (persons: readonly Members[]) => {
    const pages = await accounts.latest(persons, { first: MAX_ACCOUNTS });
    return pages.map(({ items }) => primaryAccount(items));
  };
  const readTransactions = pagesOf(points);
  const readVouchers = pagesOf(vouchers);
  const getAccounts = documentsOf(accounts);
  const getTransactions = async (keys: readonly Key[]) => {
    const [posted, waiting] = await Promise.all([points.getMany(keys), pending.getMany(keys)]);
    return keys.map((_, index) => posted[index] ?? waiting[index] ?? null);
  };
  const getVouchers = documentsOf(vouchers);

  let made: Promise<VoucherTokens> | undefined;
  const tokens = () => {
    made ??= signingSecrets(deps).then(
      (secrets) => new VoucherTokens(secrets),
      (error: unknown) => {
        // The next request tries again.
        made = undefined;
        throw error;
      },
    );
    return made;
  };
  const inTurn = turns();

  return ({ now }) => {
    const ledgers = loader(readLedgers);
    // A ledger is replayed once, however many fields are read off it.
    const states = new Map<AccountRecord, Promise<AccountState>>();
    return {
      now,
      store,
      directory,
      primary: loader(readPrimary, membersText),
      state: (account) => {
        const state = states.get(account) ?? ledgers.load(account.owner).then((ledger) => stateOf(account, ledger, now));
        states.set(account, state);
        return state;
      },
      transactions: loaderByArguments(readTransactions, membersText),
      vouchers: loaderByArguments(readVouchers, membersText),
      account: loader(getAccounts, keyText),
      transaction: loader(getTransactions, keyText),
      voucher: loader(getVouchers, keyText),
      tokens,
      inTurn,
      forget: (owner) => {
        ledgers.clear(owner);
        states.clear();
      },
    };
  };
}
