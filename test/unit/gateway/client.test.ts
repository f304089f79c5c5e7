import { describe, expect, it } from 'vitest';
import type { Leaver } from '../../../gateway/transport/client.ts';
import { clientOf } from '../../support/fetches.ts';

describe('a client that goes away', () => {
  it('has everybody told, though some of them fail, and what failed thrown to who said that it went', () => {
    const client = clientOf();
    const told: string[] = [];
    const leaver = (name: string, fault?: Error): Leaver => ({
      leave(why) {
        told.push(`${name}: ${why}`);
        if (fault) throw fault;
      },
    });
    const [first, second] = [new Error('first'), new Error('second')];
    for (const each of [leaver('a', first), leaver('b'), leaver('c', second), leaver('d')]) client.tell(each);

    let thrown: unknown;
    try {
      client.leave();
    } catch (error) {
      thrown = error;
    }
    expect(told).toEqual(['a: CLIENT_GONE', 'b: CLIENT_GONE', 'c: CLIENT_GONE', 'd: CLIENT_GONE']);
    expect(thrown).toBeInstanceOf(AggregateError);
    expect((thrown as AggregateError).errors).toEqual([first, second]);
  });

  it('has nobody told who forgot it', () => {
    const client = clientOf();
    const told: string[] = [];
    const leaver: Leaver = { leave: (why) => told.push(why) };
    client.tell(leaver);
    client.forget(leaver);
    client.leave();
    expect(told).toEqual([]);
  });
});
