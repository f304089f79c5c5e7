import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { childScript, startChild } from '../support/children.ts';
import { temporaryFolders } from './sqlite-support.ts';
import { ORDERS, openContractStore } from './storage-fixtures.ts';

describe('a SQLite store of several processes', { timeout: 120_000 }, () => {
  const folder = temporaryFolders();
  const inserting = childScript(new URL('insert-child.ts', import.meta.url));

  it('can be created by several of them at the same moment', async () => {
    const storage = { kind: 'sqlite', dataDir: await folder() } as const;
    const commands = await Promise.all(
      Array.from({ length: 4 }, (_, i) => inserting({ storage, owner: `p${i}`, count: 5, lanes: 1, newShapes: false, close: true })),
    );
    const children = commands.map(startChild);
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    const store = await openContractStore(storage);
    const pages = await store.collection(ORDERS).latest([['p0', 'p1', 'p2', 'p3']], { first: 100 });
    expect(pages[0]?.items).toHaveLength(20);
    await store.close();
  });

  it('reads what others write in shapes that nobody had seen', async () => {
    const storage = { kind: 'sqlite', dataDir: await folder() } as const;
    const store = await openContractStore(storage);
    const orders = store.collection(ORDERS);
    const owners = ['a', 'b', 'c'];
    const commands = await Promise.all(
      owners.map((owner) => inserting({ storage, owner, count: 150, lanes: 5, newShapes: true, close: true })),
    );
    const children = commands.map(startChild);
    let ended = false;
    const all = Promise.all(children.map((child) => child.ended)).finally(() => {
      ended = true;
    });
    let reads = 0;
    while (!ended) {
      for (const { items } of await orders.latest(
        owners.map((owner) => [owner]),
        { first: 1000 },
      ))
        for (const { owner, placedAt, note } of items)
          expect(note).toEqual({ [`${owner}${placedAt}`]: placedAt, inner: [{ [`deep${placedAt % 50}${owner}`]: placedAt }] });
      reads += 1;
      await sleep(1);
    }
    expect(await all).toEqual([0, 0, 0]);
    expect(reads).toBeGreaterThan(5);
    const pages = await orders.latest(
      owners.map((owner) => [owner]),
      { first: 1000 },
    );
    expect(pages.map(({ items }) => items.length)).toEqual([150, 150, 150]);
    await store.close();
  });

  it('loses no acknowledged document when a writer is killed', async () => {
    const storage = { kind: 'sqlite', dataDir: await folder() } as const;
    let survivors = 0;
    for (const [round, delayMs] of [20, 90, 250, 400].entries()) {
      const owner = `killed${round}`;
      const child = startChild(await inserting({ storage, owner, count: 1e9, lanes: 8, newShapes: round % 2 === 1, close: true }));
      while (child.output() === '') await sleep(5);
      await sleep(delayMs);
      child.process.kill('SIGKILL');
      await child.ended;
      const acknowledged = child
        .output()
        .split('\n')
        .slice(0, -1)
        .map((id) => ({ owner, id }));
      const store = await openContractStore(storage);
      const found = await store.collection(ORDERS).getMany(acknowledged);
      expect(found.map((doc) => doc?.id)).toEqual(acknowledged.map(({ id }) => id));
      survivors += found.length;
      await store.close();
    }
    expect(survivors).toBeGreaterThan(20);
  });

  it('lets a process end that has not closed it', async () => {
    const storage = { kind: 'sqlite', dataDir: await folder() } as const;
    const child = startChild(await inserting({ storage, owner: 'open', count: 3, lanes: 1, newShapes: false, close: false }));
    expect(await child.ended).toBe(0);
    expect(child.output()).toBe('0\n1\n2\n');
  });
});
