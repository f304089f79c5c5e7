import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentClaim, ConsentPurpose } from '../../kernel/intake.ts';
import { CONSENT_PURPOSES } from '../../kernel/intake.ts';
import type { ModelVersion } from '../../kernel/model-shelf.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { KINDS, type Material, train } from '../../training/training.ts';
import { TEST_NOW, type TestCompany, testCompany } from '../support/company.ts';

const DAY = 86_400_000;
const CUSTOMERS = 120;
const PRAISE = ['wonderful quality', 'we love it', 'excellent value', 'perfect gift'];
const BLAME = ['terrible quality', 'it broke at once', 'awful value', 'never again'];
/** In the place of `ada`'s, it leaves everything as it is: she is the one whose permission is looked at. */
const NOBODY = 'nobody at all';

let company: TestCompany;
let ada: string;
let said = 0;

const at = (days: number) => new Date(TEST_NOW - days * DAY).toISOString();

async function someone(name: string, purposes: readonly ConsentPurpose[], status: ConsentClaim['status'] = 'GRANTED'): Promise<string> {
  const consents = purposes.map((purpose) => ({
    purpose,
    channel: null,
    status,
    lawfulBasis: 'CONSENT',
    policyVersion: null,
    recordedAt: TEST_NOW - 500 * DAY + ++said,
    expiresAt: null,
    proof: null,
  }));
  const identifiers = [{ namespace: 'USER_ID', value: name }];
  const [found] = await company.directory.resolve([{ identifiers, source: 'test', seenAt: null, consents }]);
  return String(found);
}

async function file(kind: string, rows: readonly (readonly [owner: string, row: SourceRow])[]): Promise<void> {
  const intake = [...company.subgraphs.values()].flatMap(({ intakes }) => intakes).find((each) => each.kind === kind);
  if (!intake) throw new Error(`Nobody takes in records of kind ${kind}.`);
  for (let from = 0; from < rows.length; from += 200) {
    const arrivals = rows.slice(from, from + 200).map(([owner, row], index) => {
      const read = intake.read({ source: 'shop', ...row });
      if (!read.ok) throw new Error(read.reason.message);
      return { record: read.record, owner, origin: `${kind}/${from + index}`, occurrence: 1 };
    });
    expect(new Set(await intake.store(arrivals))).toEqual(new Set(['stored']));
  }
}

/** Orders, views and texts of one customer; no two customers' are alike. */
function lifeOf(owner: string, i: number) {
  const orders = Array.from({ length: 1 + (i % 4) }, (_, n): readonly [string, SourceRow] => [
    owner,
    {
      order_number: `${i}-${n}`,
      placed_at: at(300 - i - n * (10 + (i % 17))),
      currency: 'EUR',
      sku: `sku-${(i + n) % 7}`,
      quantity: '1',
      unit_price: `${10 + (i % 7)}.00`,
    },
  ]);
  const views = Array.from({ length: 3 }, (_, n): readonly [string, SourceRow] => [
    owner,
    {
      message_id: `${i}-${n}`,
      name: 'Product Viewed',
      happened_at: at(300 - i - (i % 4) * (10 + (i % 17)) + 2 + n),
      sku: `sku-${(i + n) % 5}`,
    },
  ]);
  const texts = Array.from({ length: 4 }, (_, n): readonly [string, SourceRow] => {
    const liked = n % 2 === 0;
    const parts = liked ? PRAISE : BLAME;
    const text = `The parcel came, and ${parts[(i + n) % 4]}, said customer ${i}; ${parts[(i * 3 + n) % 4]}.`;
    return [owner, { number: `${i}-${n}`, kind: 'REVIEW', metric: 'STARS', rating: liked ? '5' : '1', text, submitted_at: at(100 + n) }];
  });
  return { orders, views, texts };
}

beforeAll(async () => {
  company = await testCompany();
  const owners = await Promise.all(Array.from({ length: CUSTOMERS }, (_, i) => someone(`person-${i}`, ['MODEL_TRAINING'])));
  ada = await someone(
    'ada',
    CONSENT_PURPOSES.filter((purpose) => purpose !== 'MODEL_TRAINING'),
  );
  const lives = [...owners.map((owner, i) => lifeOf(owner, i)), lifeOf(ada, CUSTOMERS + 3)];
  await file(
    'order',
    lives.flatMap(({ orders }) => orders),
  );
  await file(
    'event',
    lives.flatMap(({ views }) => views),
  );
  await file(
    'feedback',
    lives.flatMap(({ texts }) => texts),
  );
}, 60_000);
afterAll(() => company.close());

/** What there is to learn from, without the facts of one customer. */
function materialWithout(left: string): Material {
  const facts = Object.assign({}, ...[...company.subgraphs.values()].map((subgraph) => subgraph.facts)) as Record<
    string,
    () => AsyncIterable<object>
  >;
  const others = Object.entries(facts).map(([name, read]) => [
    name,
    async function* () {
      for await (const fact of read()) if ((fact as { owner?: string }).owner !== left) yield fact;
    },
  ]);
  return Object.fromEntries(others) as Material;
}

let trainings = 0;

/** Trained at the same time of day, so that what it says of when is no difference. */
async function trained(kind: string, without = NOBODY): Promise<ModelVersion> {
  const store = company.stores.get(KINDS[kind]!.subgraph)!;
  const version = await train(kind, store, {
    material: materialWithout(without),
    directory: company.directory,
    now: TEST_NOW + ++trainings * 1000,
    onRead: () => {},
    signal: new AbortController().signal,
  });
  if ('refused' in version) throw new Error(version.refused);
  return version;
}

describe.each(Object.keys(KINDS))('the model %s', (kind) => {
  it('is to the bit what it would be without the facts of who denies MODEL_TRAINING, whatever else they grant', async () => {
    const [with_, without] = [await trained(kind), await trained(kind, ada)];
    expect(with_.hash).toBe(without.hash);
    expect(with_.counts).toMatchObject({ 'customers learnt from': CUSTOMERS, 'left out without permission': 1 });
  });
});

describe('who was learnt from', () => {
  it('changes every model while they allow it, so that the others can tell; and is out of the next once erased, which it records', async () => {
    const without = new Map<string, string>();
    for (const kind of Object.keys(KINDS)) without.set(kind, (await trained(kind)).hash);
    await someone('ada', ['MODEL_TRAINING']);
    for (const kind of Object.keys(KINDS)) {
      const version = await trained(kind);
      expect(version.hash, kind).not.toBe(without.get(kind));
      expect(version.counts, kind).toMatchObject({ 'customers learnt from': CUSTOMERS + 1, 'left out without permission': 0 });
    }
    for (const store of company.stores.values()) await store.erase(ada);
    for (const kind of Object.keys(KINDS)) {
      const version = await trained(kind);
      expect(version.hash, kind).toBe(without.get(kind));
      expect(version.counts, kind).toMatchObject({
        'customers learnt from': CUSTOMERS,
        'left out without permission': 0,
        'forgotten since the version before: withdrawn': 0,
        'forgotten since the version before: erased': 1,
      });
    }
  });
});
