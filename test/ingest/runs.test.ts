import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunRecord, runsSpec } from '../../ingest/records.ts';
import { claimRun, RunHeld } from '../../ingest/runs.ts';
import type { Collection } from '../../kernel/storage/port.ts';
import { type Ingesting, openIngesting } from '../support/ingest.ts';

let world: Ingesting;
let runs: Collection<RunRecord>;
beforeAll(async () => {
  world = await openIngesting(['identity']);
  runs = world.deps.store.collection(runsSpec);
});
afterAll(() => world.close());

const facts = (file: string) => ({ mappingHash: 'm', fingerprint: file, group: 'test/test', file });
const COUNTS = { read: 5, stored: 3, duplicates: 1, quarantined: 1, reasons: { X: 1 } };
let now = Date.UTC(2026, 2, 1);
const clock = () => now;

describe('a run', () => {
  it('is continued from its checkpoint when it was released unfinished', async () => {
    const first = await claimRun(runs, facts('released'), clock);
    await first.checkpoint(5, COUNTS);
    await first.release();
    const second = await claimRun(runs, facts('released'), clock);
    expect(second.resumed).toBe(true);
    expect(second.record).toMatchObject({ runId: first.record.runId, rows: 5, counts: COUNTS });
    await second.release();
  });

  it('begins anew when the file was finished, or is another one', async () => {
    const first = await claimRun(runs, facts('finished'), clock);
    await first.finish(5, COUNTS);
    const second = await claimRun(runs, facts('finished'), clock);
    expect(second.resumed).toBe(false);
    expect(second.record.rows).toBe(0);
    expect(second.record.runId).not.toBe(first.record.runId);
    const other = await claimRun(runs, facts('other'), clock);
    expect(other.record.rows).toBe(0);
    await Promise.all([second.release(), other.release()]);
  });

  it('is refused to a second process, which is told who holds it', async () => {
    const first = await claimRun(runs, facts('held'), clock);
    const refusal = claimRun(runs, facts('held'), clock);
    await expect(refusal).rejects.toThrow(RunHeld);
    await expect(refusal).rejects.toThrow(new RegExp(`held: process ${process.pid} on ${hostname()} is at row 0`));
    await first.release();
  });

  it('is taken over from a holder that was not heard of for 20 seconds, which then stops', async () => {
    const first = await claimRun(runs, facts('silent'), clock);
    await first.checkpoint(5, COUNTS);
    now += 20_001;
    const second = await claimRun(runs, facts('silent'), clock);
    expect(second.record).toMatchObject({ runId: first.record.runId, rows: 5 });
    await expect(first.checkpoint(6, COUNTS)).rejects.toThrow(/taken over/);
    await second.finish(9, COUNTS);
  });

  it('is taken over at once from a process of this machine that died', async () => {
    const first = await claimRun(runs, facts('died'), clock);
    await first.checkpoint(5, COUNTS);
    // 2^22 is the most that Linux numbers processes with.
    const dead = { ...first.record, holder: { ...first.record.holder!, pid: 4_194_305 } };
    expect(await runs.putMany([dead])).toEqual(['ok']);
    const second = await claimRun(runs, facts('died'), clock);
    expect(second.record.rows).toBe(5);
    await second.release();
  });
});
