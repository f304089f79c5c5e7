import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRows, readCorrections } from '../../ingest/corrections.ts';
import type { LoadedMapping } from '../../ingest/mapping.ts';
import { compile } from '../../ingest/plan.ts';
import { retryCorrected, retryRows } from '../../ingest/retry.ts';
import { counts, type Ingesting, openIngesting } from '../support/ingest.ts';

let world: Ingesting;
beforeAll(async () => {
  world = await openIngesting(['identity', 'pos']);
});
afterAll(() => world.close());

const orders = (source: string) =>
  world.mapping(
    `
source: ${source}
format: { type: csv }
timeZone: Europe/London
identify: [{ namespace: ${source.toUpperCase()}_ID, value: $customer }]
records:
  - kind: order
    fields: { number: $order, placed_at: { column: at, date: yyyy-MM-dd } }
`,
    'orders.yaml',
  );
const lines = (source: string) =>
  world.mapping(
    `
source: ${source}
format: { type: csv }
owner: { through: order, number: $order }
records:
  - kind: order
    fields: { number: $order, sku: $sku, quantity: $quantity, unit_price: 2, currency: GBP }
`,
    'lines.yaml',
  );

async function exported(mapping: LoadedMapping, group: string, format: 'csv' | 'jsonl'): Promise<string> {
  const columns = compile(mapping, world.deps.intakes).wanted.map(({ name }) => name);
  let text = '';
  for await (const piece of exportRows(world.quarantine, group, { format, columns })) text += piece;
  return text;
}

describe('quarantine', () => {
  it('keeps each refused row with reason, file and line: counted again by a re-run, listed once', async () => {
    const path = world.file('once.csv', 'order,sku,quantity\n1,mug,1\n1,mug,1\n1,cup,none\n\n1,"mug,1\n');
    for (let run = 0; run < 3; run++) {
      const report = await world.ingest(path, lines('once'));
      expect(counts(report)).toEqual({
        read: 4,
        stored: 0,
        duplicates: 0,
        quarantined: 4,
        reasons: { ORDER_UNKNOWN: 2, FIELD_INVALID: 1, ROW_MALFORMED: 1 },
      });
      const rows = await world.waiting('once/lines');
      expect(rows.map(({ code, field, file, line, raw }) => [code, field, file, line, raw])).toEqual([
        ['ORDER_UNKNOWN', 'owner', 'once.csv', 2, '{"order":"1","sku":"mug","quantity":"1"}'],
        ['ORDER_UNKNOWN', 'owner', 'once.csv', 3, '{"order":"1","sku":"mug","quantity":"1"}'],
        ['FIELD_INVALID', 'quantity', 'once.csv', 4, '{"order":"1","sku":"cup","quantity":"none"}'],
        ['ROW_MALFORMED', null, 'once.csv', 6, '1,"mug,1'],
      ]);
    }
    expect(await world.quarantine.summary('once/lines')).toEqual([
      { code: 'FIELD_INVALID', count: 1 },
      { code: 'ORDER_UNKNOWN', count: 2 },
      { code: 'ROW_MALFORMED', count: 1 },
    ]);
  });

  it('lists a row once that a longer file brings again', async () => {
    const head = 'order,sku,quantity\n9,mug,1\n';
    await world.ingest(world.file('longer-1.csv', head), lines('longer'));
    await world.ingest(world.file('longer-2.csv', `${head}9,mug,1\n`), lines('longer'));
    expect(await world.waiting('longer/lines')).toHaveLength(2);
  });

  it('gives up rows of unknown orders once the orders are loaded: every equal line counts, and none twice', async () => {
    const path = world.file('late.csv', 'order,sku,quantity\n1,mug,1\n1,mug,1\n2,cup,1\n');
    await world.ingest(path, lines('late'));
    await world.ingest(world.file('late-orders.csv', 'customer,order,at\nada,1,2026-02-01\n'), orders('late'));
    expect(await retryRows(lines('late'), world.deps, { code: 'ORDER_UNKNOWN' })).toEqual({
      read: 3,
      stored: 2,
      duplicates: 0,
      quarantined: 1,
      reasons: { ORDER_UNKNOWN: 1 },
    });
    expect((await world.waiting('late/lines')).map(({ line }) => line)).toEqual([4]);
    // The file again: what the retry stored is known.
    expect(counts(await world.ingest(path, lines('late')))).toMatchObject({ stored: 0, duplicates: 2, quarantined: 1 });
    expect(await retryRows(lines('late'), world.deps)).toMatchObject({ read: 1, quarantined: 1 });
  });

  it('releases as a duplicate what the file, run again, has stored meanwhile', async () => {
    const path = world.file('again.csv', 'order,sku,quantity\n1,mug,1\n');
    await world.ingest(path, lines('again'));
    await world.ingest(world.file('again-orders.csv', 'customer,order,at\nada,1,2026-02-01\n'), orders('again'));
    await world.ingest(path, lines('again'));
    expect(await retryRows(lines('again'), world.deps)).toMatchObject({ read: 1, stored: 0, duplicates: 1 });
    expect(await world.waiting('again/lines')).toEqual([]);
  });

  it.each(['csv', 'jsonl'] as const)('takes corrected rows back from an export as %s', async (format) => {
    const source = `mended${format}`;
    await world.ingest(world.file(`${source}-orders.csv`, 'customer,order,at\nada,1,2026-02-01\n'), orders(source));
    await world.ingest(world.file(`${source}.csv`, 'order,sku,quantity\n1,"mug, ""big""",one\n1,cup,two\n1,"pot,3\n'), lines(source));
    const text = await exported(lines(source), `${source}/lines`, format);
    // The row that could not be cut into fields is filled in by hand; the other one stays wrong.
    const corrected =
      format === 'csv'
        ? text.replace(',one\n', ',1\n').replace(/("1,""pot,3"),,,/, '$1,1,pot,3')
        : text.replace('"quantity":"one"', '"quantity":"1"').replace('"row":{}', '"row":{"order":"1","sku":"pot","quantity":"3"}');
    expect(corrected).not.toBe(text);
    const path = world.file(`${source}-corrected.${format}`, corrected);
    expect(await retryCorrected(lines(source), readCorrections(path), world.deps)).toEqual({
      read: 3,
      stored: 2,
      duplicates: 0,
      quarantined: 1,
      reasons: { FIELD_INVALID: 1 },
    });
    expect((await world.waiting(`${source}/lines`)).map(({ line }) => line)).toEqual([3]);
    // The same corrections again change nothing.
    expect(await retryCorrected(lines(source), readCorrections(path), world.deps)).toMatchObject({
      stored: 0,
      duplicates: 2,
      quarantined: 1,
    });
  });

  it('refuses corrections of rows that it does not hold, and files that are no export', async () => {
    const unknown = world.file('unknown.csv', 'quarantine_id,order,sku,quantity\nnothing,1,mug,1\n');
    expect(await retryCorrected(lines('unknown'), readCorrections(unknown), world.deps)).toMatchObject({
      reasons: { NOT_IN_QUARANTINE: 1 },
    });
    const plain = world.file('plain.csv', 'order,sku,quantity\n1,mug,1\n');
    await expect(retryCorrected(lines('unknown'), readCorrections(plain), world.deps)).rejects.toThrow(
      /column "quarantine_id" is not in the file/,
    );
  });

  it('forgets what discarded rows held', async () => {
    await world.ingest(world.file('gone.csv', 'order,sku,quantity\n1,mug,1\n2,cup,none\n'), lines('gone'));
    const [unknown] = await world.waiting('gone/lines');
    expect(await world.quarantine.discard('gone/lines', 'ORDER_UNKNOWN')).toBe(1);
    expect((await world.waiting('gone/lines')).map(({ code }) => code)).toEqual(['FIELD_INVALID']);
    const [kept] = await world.quarantine.find('gone/lines', [unknown!.id]);
    expect(kept).toMatchObject({ raw: null, order: 0 });
  });

  it('is paged, the latest first, also by reason', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},mug,${i % 3 === 0 ? 'none' : 1}\n`).join('');
    await world.ingest(world.file('paged.csv', `order,sku,quantity\n${rows}`), lines('paged'));
    const first = await world.quarantine.page('paged/lines', { first: 4, code: 'FIELD_INVALID' });
    expect(first.items.map(({ line }) => line)).toEqual([29, 26, 23, 20]);
    const second = await world.quarantine.page('paged/lines', { first: 10, code: 'FIELD_INVALID', after: first.next! });
    expect(second.items.map(({ line }) => line)).toEqual([17, 14, 11, 8, 5, 2]);
    expect(second.next).toBeNull();
  });

  it('files rows again after a kill as the rows they were', async () => {
    const reason = { code: 'X', message: 'x' };
    const run = { runId: 'r1', startedAt: 1_000_000, group: 'killed/lines', file: 'f.csv' };
    const row = (number: number) => ({
      number,
      line: number + 1,
      raw: 'same',
      faulty: true,
      reason,
      origin: `r1:${number}`,
      occurrences: [],
    });
    await world.quarantine.file(run, [row(1), row(2)]);
    // Rows 2 and 3 come again: 2 was filed before the kill.
    await world.quarantine.file(run, [row(2), row(3)]);
    await world.quarantine.file({ ...run, runId: 'r2' }, [row(1), row(2), row(3)]);
    expect((await world.waiting('killed/lines')).map(({ nth }) => nth)).toEqual([1, 2, 3]);
  });
});
