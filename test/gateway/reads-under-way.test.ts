import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Client } from '../../gateway/transport/client.ts';
import { type Read, ReadsUnderWay } from '../../gateway/transport/reads-under-way.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (kind: { type: 'minor' | 'major' }) => void;

const clientOf = (principal: string | undefined) => new Client('one', 0 as never, principal);

describe('the reads of a subgraph that are under way', () => {
  it.each([
    ['of nobody', () => undefined],
    ['of one principal', () => 'ada'],
    ['each of another principal', (turn: number) => `principal ${turn}`],
  ])('are found until they are removed, however many there were before: %s', (_, principalOf) => {
    const reads = new ReadsUnderWay<Read>();
    const underWay: Read[] = [];
    for (let turn = 0; turn < 1000; turn++) {
      const read = { client: clientOf(principalOf(turn)), body: `{"turn":${turn}}` };
      expect(reads.find(read.client.principal, read.body)).toBeUndefined();
      reads.add(read);
      underWay.push(read);
      // Between 1 and 120 at a time: more and less than fit one table.
      const most = turn % 300 < 150 ? 120 : 1;
      for (let i = underWay.length; i > most; i--) {
        const ended = underWay.splice((turn * 7) % i, 1)[0] as Read;
        reads.remove(ended);
        expect(reads.find(ended.client.principal, ended.body)).toBeUndefined();
      }
      for (const other of underWay) expect(reads.find(other.client.principal, other.body)).toBe(other);
    }
  });

  it.each([
    ['of nobody', () => undefined],
    ['each of another principal', (turn: number) => `principal ${turn}`],
  ])('are not kept after they ended: %s', (_, principalOf) => {
    const reads = new ReadsUnderWay<Read & { ballast: number[] }>();
    const underWay: (Read & { ballast: number[] })[] = [];
    const go = (from: number, to: number) => {
      for (let turn = from; turn < to; turn++) {
        const read = { client: clientOf(principalOf(turn)), body: `{"turn":${turn}}`, ballast: new Array<number>(1000).fill(turn) };
        reads.add(read);
        underWay.push(read);
        if (underWay.length > 8) reads.remove(underWay.shift() as Read & { ballast: number[] });
        if (turn % 50 === 0) collect({ type: 'minor' });
      }
    };
    go(0, 500);
    collect({ type: 'major' });
    const before = process.memoryUsage().heapUsed;
    go(500, 5500);
    // 5,000 times 8 KB are 40 MB.
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(4);
  });
});
