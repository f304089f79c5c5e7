import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AdjustResult } from '../../kernel/storage/port.ts';
import { childScript } from '../support/children.ts';
import { bench, type Entry, key, type StorageUnderTest } from './storage-fixtures.ts';

const run = promisify(execFile);

const entry = (owner: string, id: string, points: number): Entry => ({ owner, id, version: 0, at: 1000, points });

/** Balances and their ledgers. */
export function ledgerContract(adapter: StorageUnderTest): void {
  describe('ledger', () => {
    const b = bench(adapter);
    const redeeming = childScript(new URL('redeem-child.ts', import.meta.url));
    const open = (owner: string, points: number) => b.accounts.putMany([{ owner, id: 'main', version: 0, openedAt: 1, points }]);
    const adjust = (owner: string, id: string, by: number, min = 0) =>
      b.accounts.adjust(key(owner, 'main'), { by, min, entry: entry(owner, id, by) });
    const balance = async (owner: string) => (await b.accounts.getMany([key(owner, 'main')]))[0]?.points;
    const entries = async (owner: string) => (await b.entries.latest([[owner]], { first: 1000 }))[0]?.items ?? [];

    it('MUST move the balance and file the entry, as given but for its version', async () => {
      await open('ada', 10);
      expect(await adjust('ada', 'e-1', 5)).toEqual({ status: 'applied', value: 15 });
      expect(await adjust('ada', 'e-2', -15)).toEqual({ status: 'applied', value: 0 });
      expect(await b.entries.getMany([key('ada', 'e-1')])).toEqual([{ owner: 'ada', id: 'e-1', version: 1, at: 1000, points: 5 }]);
      expect(await b.accounts.getMany([key('ada', 'main')])).toEqual([{ owner: 'ada', id: 'main', version: 3, openedAt: 1, points: 0 }]);
      expect(await b.entries.totals([['ada']])).toEqual([[{ group: '', count: 2, sum: -10, first: 1000, last: 1000 }]]);
    });

    it('MUST apply an entry once, and answer its repetition with the balance of now', async () => {
      await open('ben', 10);
      await adjust('ben', 'e-1', -4);
      await adjust('ben', 'e-2', -1);
      expect(await adjust('ben', 'e-1', -4)).toEqual({ status: 'duplicate', value: 5 });
      expect(await adjust('ben', 'e-1', -100)).toEqual({ status: 'duplicate', value: 5 });
      expect(await balance('ben')).toBe(5);
      expect(await entries('ben')).toHaveLength(2);
    });

    it('MUST not let the balance pass the minimum, and MUST file nothing then', async () => {
      await open('cat', 10);
      expect(await adjust('cat', 'e-1', -11)).toEqual({ status: 'insufficient', value: 10 });
      expect(await adjust('cat', 'e-2', -6, 5)).toEqual({ status: 'insufficient', value: 10 });
      expect(await adjust('cat', 'e-3', -5, 5)).toEqual({ status: 'applied', value: 5 });
      expect(await entries('cat')).toHaveLength(1);
      await adjust('cat', 'e-4', 6);
      expect(await adjust('cat', 'e-1', -11)).toEqual({ status: 'applied', value: 0 });
    });

    it('MUST take an addition also where the balance is below the minimum', async () => {
      await open('dan', -5);
      expect(await adjust('dan', 'e-1', 3)).toEqual({ status: 'applied', value: -2 });
    });

    it('MUST answer `missing` where there is no balance', async () => {
      expect(await adjust('eve', 'e-1', 3)).toEqual({ status: 'missing', value: 0 });
      expect(await entries('eve')).toEqual([]);
    });

    it('MUST refuse a collection that is no balance, and amounts that are no integers', async () => {
      await open('fay', 1);
      await expect(b.orders.adjust(key('fay', 'main'), { by: 1, min: 0, entry: entry('fay', 'e', 1) })).rejects.toThrow(/"orders"/);
      await expect(adjust('fay', 'e-1', 0.5)).rejects.toThrow(/"accounts"/);
      await expect(adjust('fay', 'e-2', Number.MAX_SAFE_INTEGER)).rejects.toThrow(/"accounts"/);
      expect(await balance('fay')).toBe(1);
      expect(await entries('fay')).toEqual([]);
    });

    it('MUST make a writer of the balance who read it before lose', async () => {
      await open('gus', 10);
      await adjust('gus', 'e-1', -4);
      expect(await b.accounts.putMany([{ owner: 'gus', id: 'main', version: 1, openedAt: 1, points: 99 }])).toEqual(['conflict']);
      expect(await balance('gus')).toBe(6);
    });

    it('MUST grant exactly 50 of 200 parallel redemptions that the balance allows, and nothing more when each is repeated three times', async () => {
      await open('hal', 500);
      const all = () => Promise.all(Array.from({ length: 200 }, (_, i) => adjust('hal', `redeem-${i}`, -10)));
      const first = await all();
      expect(counts(first)).toEqual({ applied: 50, insufficient: 150 });
      for (let repeat = 0; repeat < 3; repeat++) expect(counts(await all())).toEqual({ duplicate: 50, insufficient: 150 });
      expect(await balance('hal')).toBe(0);
      expect(await b.entries.totals([['hal']])).toMatchObject([[{ count: 50, sum: -500 }]]);
    });

    it('MUST grant exactly 50 of 200 redemptions of two processes, each request repeated three times', async () => {
      await open('ivy', 500);
      const child = async (from: number): Promise<readonly AdjustResult['status'][]> => {
        const job = { storage: b.storage, key: key('ivy', 'main'), by: -10, from, count: 100, repeats: 4 };
        const [command = '', ...rest] = await redeeming(job);
        const { stdout } = await run(command, rest);
        return JSON.parse(stdout);
      };
      const statuses = (await Promise.all([child(0), child(100)])).flat();
      expect(statuses).toHaveLength(800);
      expect(statuses.filter((status) => status === 'applied')).toHaveLength(50);
      expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(150);
      expect(statuses.filter((status) => status === 'insufficient')).toHaveLength(600);
      expect(await balance('ivy')).toBe(0);
      expect(await b.entries.totals([['ivy']])).toMatchObject([[{ count: 50, sum: -500 }]]);
    });
  });
}

function counts(results: readonly AdjustResult[]): Record<string, number> {
  const byStatus: Record<string, number> = {};
  for (const { status } of results) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return byStatus;
}
