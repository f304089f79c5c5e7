import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fillDemoStore } from '../../demo/fill.ts';
import type { Collection, Doc, Spec, Store } from '../../kernel/storage/port.ts';
import type { Json } from '../support/graph-client.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

/** Calls of the storage port with what they ask beside whom, such as `orders.latest {"first":5}`. */
const calls: string[] = [];

// A spy on every store that the company opens; what it opens is real.
vi.mock('../../kernel/storage/open.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../kernel/storage/open.ts')>();
  return { ...original, openStore: async (...args: Parameters<typeof original.openStore>) => counted(await original.openStore(...args)) };
});

function counted(store: Store): Store {
  return {
    erase: (owner) => store.erase(owner),
    close: () => store.close(),
    collection<T extends Doc>(spec: Spec<T>): Collection<T> {
      return new Proxy(store.collection(spec), {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            calls.push(`${spec.name}.${String(property)} ${JSON.stringify(args[1] ?? {})}`);
            return value.apply(target, args);
          };
        },
      });
    },
  };
}

const CUSTOMER = `
  id
  profile { name { display } }
  purchases { summary { orderCount totalSpent { amount currencyCode } } orders(first: 5) { nodes { number } } }
  loyalty { number }
  digital { lastSeenAt }
  feedback { nps { score } }
  recommendations { offers(first: 3) { template reasons { code } } }
`;

describe.each(SHAPES)('a page of 100 customers, in %s', (shape) => {
  let stack: Stack;
  let ids: string[];

  beforeAll(async () => {
    stack = await openStack(shape);
    const { storage, directory, subgraphs, time } = stack.company;
    const intakes = [...subgraphs.values()].flatMap((subgraph) => subgraph.intakes);
    await fillDemoStore({ storage, directory, intakes, customers: 150, seed: 'page', now: time.now });
    ids = [];
    for (const text of 'aeiouksmtn') {
      const { data } = await stack.ask('query ($text: String!) { customerSearch(text: $text, first: 100) { nodes { id } } }', { text });
      ids = [...new Set([...ids, ...data.customerSearch.nodes.map((node: Json) => node.id)])];
      if (ids.length >= 100) break;
    }
    ids = ids.slice(0, 100);
  }, 120_000);
  afterAll(() => stack.close());

  it('costs one call of each collection', async () => {
    expect(ids).toHaveLength(100);
    calls.length = 0;
    const { data, errors } = await stack.ask(`query ($ids: [ID!]!) { customers(ids: $ids) { ${CUSTOMER} } }`, { ids });
    expect(errors).toBeUndefined();
    expect(data.customers.map((customer: Json) => customer.id)).toEqual(ids);
    const counts = tally(calls);
    expect(counts).toEqual(Object.fromEntries(Object.keys(counts).map((call) => [call, 1])));
    // Every domain was read, so that this could have failed.
    for (const collection of ['customers', 'profiles', 'orders', 'digital_summaries', 'feedback_items'])
      expect(Object.keys(counts).some((call) => call.startsWith(`${collection}.`))).toBe(true);
    expect(calls.length).toBeLessThan(20);
  });
});

function tally(list: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of list) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}
