import { gzipSync } from 'node:zlib';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestFile } from '../../ingest/ingest.ts';
import type { LoadedMapping } from '../../ingest/mapping.ts';
import { counts, type Ingesting, openIngesting } from '../support/ingest.ts';

let world: Ingesting;
beforeAll(async () => {
  world = await openIngesting(['identity', 'pos']);
});
afterAll(() => world.close());

const HEADER = 'customer,order,sku,quantity,price,at\n';

/** Tills of a source of its own, so that tests do not meet. */
function tills(source: string, format = 'type: csv', extra = ''): LoadedMapping {
  return world.mapping(
    `
source: ${source}
format:
  ${format}
timeZone: Europe/London
identify:
  - namespace: ${source.toUpperCase()}_ID
    value: $customer
${extra}
records:
  - kind: order
    fields:
      number: $order
      sku: $sku
      quantity: $quantity
      unit_price: $price
      currency: GBP
      placed_at: { column: at, date: yyyy-MM-dd HH:mm }
`,
    `${source}.yaml`,
  );
}

const line = (customer: string, order: string, sku = 'mug', quantity = '1') =>
  `${customer},${order},${sku},${quantity},2.50,2026-02-01 10:00\n`;

describe('ingest', () => {
  it('stores rows, and nothing of the same file again', async () => {
    const path = world.file('plain.csv', HEADER + line('ada', '1') + line('ada', '2') + line('ben', '3'));
    const mapping = tills('plain');
    expect(counts(await world.ingest(path, mapping))).toEqual({ read: 3, stored: 3, duplicates: 0, quarantined: 0, reasons: {} });
    expect(counts(await world.ingest(path, mapping))).toEqual({ read: 3, stored: 0, duplicates: 3, quarantined: 0, reasons: {} });
    const [ada, ben] = await world.company.directory.find([
      { namespace: 'PLAIN_ID', value: 'ada' },
      { namespace: 'PLAIN_ID', value: 'ben' },
    ]);
    expect(ada).not.toBeNull();
    expect(ben).not.toBe(ada);
  });

  it('counts equal lines of one file each, and an overlapping file only for what is new', async () => {
    const mapping = tills('equal');
    const first = world.file('equal-1.csv', HEADER + line('ada', '1') + line('ada', '1') + line('ada', '1', 'cup'));
    const second = world.file('equal-2.csv', HEADER + line('ada', '1') + line('ada', '1') + line('ada', '1') + line('ada', '1', 'cup'));
    expect(counts(await world.ingest(first, mapping))).toMatchObject({ stored: 3, duplicates: 0 });
    expect(counts(await world.ingest(second, mapping))).toMatchObject({ stored: 1, duplicates: 3 });
  });

  it('puts the lines of an order together from several files, whichever comes first', async () => {
    const mapping = tills('parts');
    const rows = [line('ada', '1', 'a'), line('ben', '2', 'b'), line('ada', '1', 'c', '3')];
    for (const [index, row] of rows.entries()) await world.ingest(world.file(`parts-${index}.csv`, HEADER + row), mapping);
    const [ada] = await world.company.directory.find([{ namespace: 'PARTS_ID', value: 'ada' }]);
    const { data } = (await world.company.subgraphs
      .get('pos')!
      .execute(
        (
          await import('graphql')
        ).parse(
          'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { purchases { summary { orderCount totalSpent { amount } } } } } }',
        ),
        { r: [{ __typename: 'Customer', id: ada, members: [ada], permissions: [] }] },
        world.company.subgraphs.get('pos')!.context({ requestId: 'test', now: world.company.time.now }),
      )) as { data: unknown };
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      _entities: [{ purchases: { summary: { orderCount: 1, totalSpent: [{ amount: '10.00' }] } } }],
    });
  });

  it.each([
    ['gzipped, by content and not by name', 'type: csv', 'gz.csv', (text: string) => gzipSync(text)],
    ['with a byte order mark and CRLF', 'type: csv', 'bom.csv', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['in UTF-16', 'type: csv\n  encoding: utf-16le', 'utf16.csv', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['tab-separated', 'type: tsv', 'tabs.tsv', (text: string) => text.replaceAll(',', '\t')],
    [
      'as JSON Lines',
      'type: jsonl',
      'lines.jsonl',
      (text: string) =>
        `${objects(text)
          .map((row) => JSON.stringify(row))
          .join('\n')}\n`,
    ],
    ['as a JSON array', 'type: json', 'array.json', (text: string) => JSON.stringify(objects(text), null, 1)],
  ])('reads files %s', async (_, format, name, write) => {
    const source = name.replace(/\W.*/, '');
    const path = world.file(name, write(HEADER + line('ada', '1') + line('ben', '2')));
    expect(counts(await world.ingest(path, tills(source, format)))).toMatchObject({ read: 2, stored: 2 });
  });

  it('reads names in Shift_JIS, and refuses their bytes under another encoding', async () => {
    // 山田 in Shift_JIS.
    const name = Buffer.from([0x8e, 0x52, 0x93, 0x63]);
    const path = world.file(
      'sjis.csv',
      Buffer.concat([Buffer.from(HEADER), Buffer.from('ada,1,'), name, Buffer.from(',1,2.50,2026-02-01 10:00\n')]),
    );
    expect(counts(await world.ingest(path, tills('sjis', 'type: csv\n  encoding: shift_jis')))).toMatchObject({ stored: 1 });
    const [ada] = await world.company.directory.find([{ namespace: 'SJIS_ID', value: 'ada' }]);
    expect(ada).not.toBeNull();
    expect(counts(await world.ingest(path, tills('sjis')))).toMatchObject({ quarantined: 1, reasons: { ENCODING_INVALID: 1 } });
  });

  it('stores nothing of a row of which one record can not be read', async () => {
    const mapping = world.mapping(
      `
source: pair
format: { type: csv }
identify: [{ namespace: PAIR_ID, value: $customer }]
records:
  - kind: order
    fields: { number: $order, total: $total, currency: EUR }
  - kind: payment
    fields: { number: $order, amount: $paid, currency: EUR }
`,
      'pair.yaml',
    );
    const path = world.file('pair.csv', 'customer,order,total,paid\nada,1,5,5\nben,2,5,five\n');
    expect(counts(await world.ingest(path, mapping))).toEqual({
      read: 2,
      stored: 1,
      duplicates: 0,
      quarantined: 1,
      reasons: { FIELD_INVALID: 1 },
    });
    expect(await world.company.directory.find([{ namespace: 'PAIR_ID', value: 'ben' }])).toEqual([null]);
  });

  it('records the consents under which the data came, and no second time', async () => {
    const mapping = tills(
      'agreed',
      'type: csv',
      `consents:
  - { purpose: PERSONALIZATION, status: GRANTED, lawfulBasis: CONSENT, policyVersion: "3", recordedAt: 2026-01-01T00:00:00Z }
  - { purpose: MARKETING, channel: EMAIL, status: DENIED, lawfulBasis: CONSENT, recordedAt: 2026-01-01T00:00:00Z, when: { column: sku, equals: mug } }`,
    );
    const path = world.file('agreed.csv', HEADER + line('ada', '1') + line('ben', '2', 'cup'));
    await world.ingest(path, mapping);
    await world.ingest(path, mapping);
    const people = await world.company.directory.find(['ada', 'ben'].map((value) => ({ namespace: 'AGREED_ID', value })));
    const identity = world.company.subgraphs.get('identity')!;
    const answer = await identity.execute(
      parse('query ($ids: [ID!]!) { customers(ids: $ids) { consents { purpose channel status source } } }'),
      { ids: people },
      identity.context({ requestId: 'test', now: world.company.time.now }),
    );
    expect(answer.errors).toBeUndefined();
    const granted = { purpose: 'PERSONALIZATION', channel: null, status: 'GRANTED', source: 'agreed' };
    const denied = { purpose: 'MARKETING', channel: 'EMAIL', status: 'DENIED', source: 'agreed' };
    const asked = JSON.parse(JSON.stringify(answer.data?.customers)) as { consents: { source: string | null }[] }[];
    const [ada, ben] = asked.map(({ consents }) => consents.filter(({ source }) => source === 'agreed'));
    expect(ada).toEqual(expect.arrayContaining([granted, denied]));
    expect(ada).toHaveLength(2);
    expect(ben).toEqual([granted]);
  });

  it('refuses a file that is none, with the remedy', async () => {
    const mapping = tills('files');
    await expect(world.ingest('/nowhere/at-all.csv', mapping)).rejects.toThrow(/can't be opened \(ENOENT\)/);
    await expect(world.ingest(world.file('book.xlsx', 'PK\x03\x04'), mapping)).rejects.toThrow(/export the sheet as CSV/);
    await expect(world.ingest(world.file('wide.csv', Buffer.from('\uFEFFa,b\n', 'utf16le')), mapping)).rejects.toThrow(
      /encoding to utf-16le/,
    );
    await expect(world.ingest(world.file('other.csv', 'a,b\n1,2\n'), mapping)).rejects.toThrow(
      /files\.yaml:\d+: column "customer" is not in the file/,
    );
  });

  it('stores nothing of a compressed file that is cut or damaged, whose rows may be other rows', async () => {
    const mapping = tills('damaged');
    const rows = Array.from({ length: 5000 }, (_, number) => line(`c${number}`, `${number}`));
    const whole = gzipSync(HEADER + rows.join(''));
    const damaged = Buffer.from(whole);
    damaged.fill(0x55, damaged.length - 600, damaged.length - 500);
    await expect(world.ingest(world.file('cut.csv.gz', whole.subarray(0, -20)), mapping)).rejects.toThrow(
      /ends inside its compressed data/,
    );
    await expect(world.ingest(world.file('damaged.csv.gz', damaged), mapping)).rejects.toThrow(/has damaged compressed data/);
    expect(counts(await world.ingest(world.file('whole.csv.gz', whole), mapping))).toMatchObject({ read: 5000, stored: 5000 });
  });

  it('does not take a file for done that was changed while it was read', async () => {
    const mapping = tills('changing');
    const rows = Array.from({ length: 3000 }, (_, number) => line('ada', `${number}`));
    const path = world.file('changing.csv', HEADER + rows.join(''));
    let changed = false;
    const onProgress = () => {
      if (!changed) world.file('changing.csv', HEADER + rows.slice(0, 10).join(''));
      changed = true;
    };
    await expect(world.ingest(path, mapping, { onProgress })).rejects.toThrow(/changing\.csv: changed while it was read\. .*run again/);
    expect(counts(await world.ingest(world.file('changing.csv', HEADER + rows.join('')), mapping))).toMatchObject({ read: 3000 });
  });

  it('keeps the same customer for identifiers of one row', async () => {
    const mapping = world.mapping(
      `
source: linked
format: { type: csv }
identify:
  - { namespace: LINKED_ID, value: $person }
  - { namespace: LINKED_ID, value: $visit }
records:
  - kind: customer
    fields: { name: $name }
`,
      'linked.yaml',
    );
    await world.ingest(world.file('linked.csv', 'person,visit,name\np1,v1,Ada\np1,v2,Ada\n'), mapping);
    const found = await world.company.directory.find(['p1', 'v1', 'v2'].map((value) => ({ namespace: 'LINKED_ID', value })));
    expect(new Set(found).size).toBe(1);
    expect(found[0]).not.toBeNull();
  });

  it('asks for the owner and stores once per batch, not per row', async () => {
    const path = world.file('batch.csv', HEADER + Array.from({ length: 900 }, (_, i) => line(`c${i % 30}`, `${i % 60}`, `s${i}`)).join(''));
    const collections: string[] = [];
    const { directory } = world.deps;
    const counting = new Proxy(directory, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          collections.push(String(name));
          return method.apply(target, args);
        };
      },
    });
    const report = await ingestFile(path, tills('batch'), { ...world.deps, directory: counting });
    expect(report.stored).toBe(900);
    expect(collections).toEqual(['resolve', 'refer']);
  });
});

function objects(csv: string): readonly Record<string, string>[] {
  const [header = '', ...rows] = csv.trim().split('\n');
  const names = header.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, index) => [names[index]!, value])));
}
