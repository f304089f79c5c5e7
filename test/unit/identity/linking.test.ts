import { describe, expect, it } from 'vitest';
import type { Identifier } from '../../../kernel/intake.ts';
import { type Known, type LinkClaim, planLinks } from '../../../subgraphs/identity/linking.ts';
import { identifierKey } from '../../../subgraphs/identity/normalise.ts';
import type { CustomerRecord } from '../../../subgraphs/identity/records.ts';

const parse = (key: string): Identifier => ({ namespace: key.split(':')[0] ?? '', value: key.split(':')[1] ?? '' });
const claim = (...keys: string[]): LinkClaim => ({ identifiers: keys.toSorted().map(parse), source: 'shop', seenAt: null });
const idOf = (identifier: Identifier) => `new(${identifierKey(identifier)})`;

function customer(id: string, status: CustomerRecord['status'], into: string | null = null): [string, CustomerRecord] {
  const mergedInto = into === null ? null : { customer: into, at: 0, source: 'web', by: 'EMAIL' };
  return [id, { owner: id, id, version: 1, status, createdAt: 0, mergedInto, joined: [] }];
}
function known(index: Record<string, string>, ...customers: [string, CustomerRecord][]): Known {
  return { index: new Map(Object.entries(index)), customers: new Map(customers) };
}
const NOTHING = known({});

describe('planning links', () => {
  it('makes one customer for unknown identifiers and links them all', () => {
    const plan = planLinks([claim('EMAIL:ada@x.org', 'POS_ID:7')], NOTHING, idOf);
    expect(plan.outcomes).toEqual(['new(EMAIL:ada@x.org)']);
    expect(plan.creations).toEqual([{ customer: 'new(EMAIL:ada@x.org)', status: 'ACTIVE', claim: 0 }]);
    expect(plan.links.map(({ identifier, anchor }) => [identifierKey(identifier), anchor])).toEqual([
      ['EMAIL:ada@x.org', null],
      ['POS_ID:7', 'EMAIL'],
    ]);
  });

  it('takes the claims of a batch one after another', () => {
    const plan = planLinks([claim('POS_ID:7'), claim('POS_ID:7', 'EMAIL:ada@x.org'), claim('EMAIL:ada@x.org')], NOTHING, idOf);
    expect(plan.outcomes).toEqual(['new(POS_ID:7)', 'new(POS_ID:7)', 'new(POS_ID:7)']);
    expect(plan.creations).toHaveLength(1);
  });

  it('links an unknown identifier to the customer of the known one', () => {
    const plan = planLinks([claim('EMAIL:ada@x.org', 'POS_ID:7')], known({ 'POS_ID:7': 'ada' }, customer('ada', 'ACTIVE')), idOf);
    expect(plan.outcomes).toEqual(['ada']);
    expect(plan.links).toEqual([{ identifier: parse('EMAIL:ada@x.org'), customer: 'ada', source: 'shop', anchor: 'POS_ID' }]);
  });

  it('refuses identifiers of two known people and links nothing', () => {
    const two = known({ 'POS_ID:7': 'ada', 'EMAIL:ben@x.org': 'ben' }, customer('ada', 'ACTIVE'), customer('ben', 'ACTIVE'));
    const plan = planLinks([claim('POS_ID:7', 'EMAIL:ben@x.org', 'PHONE:+81312345678')], two, idOf);
    expect(plan.outcomes).toMatchObject([{ code: 'IDENTITY_CONFLICT' }]);
    expect(plan.links).toEqual([]);
    expect(plan.joinings).toEqual([]);
  });

  it('makes an anonymous customer of a visit, and joins it to the person who is identified', () => {
    const plan = planLinks([claim('ANONYMOUS_ID:a'), claim('ANONYMOUS_ID:a', 'USER_ID:u')], NOTHING, idOf);
    expect(plan.creations.map(({ status }) => status)).toEqual(['ANONYMOUS', 'ACTIVE']);
    expect(plan.joinings).toEqual([{ from: 'new(ANONYMOUS_ID:a)', into: 'new(USER_ID:u)', source: 'shop', by: 'USER_ID' }]);
    expect(plan.outcomes).toEqual(['new(USER_ID:u)', 'new(USER_ID:u)']);
  });

  it('files later anonymous records of that browser under the person', () => {
    const joined = known({ 'ANONYMOUS_ID:a': 'anon' }, customer('anon', 'MERGED', 'ada'), customer('ada', 'ACTIVE'));
    expect(planLinks([claim('ANONYMOUS_ID:a')], joined, idOf).outcomes).toEqual(['ada']);
  });

  it('leaves a browser with its person when another person logs in on it', () => {
    const joined = known({ 'ANONYMOUS_ID:a': 'anon' }, customer('anon', 'MERGED', 'ada'), customer('ada', 'ACTIVE'));
    const plan = planLinks([claim('ANONYMOUS_ID:a', 'USER_ID:ben')], joined, idOf);
    expect(plan.outcomes).toEqual(['new(USER_ID:ben)']);
    expect(plan.joinings).toEqual([]);
    expect(plan.links.map(({ identifier }) => identifierKey(identifier))).toEqual(['USER_ID:ben']);
  });

  it('does not join two anonymous customers', () => {
    const two = known({ 'ANONYMOUS_ID:a': 'a', 'DEVICE_ID:d': 'd' }, customer('a', 'ANONYMOUS'), customer('d', 'ANONYMOUS'));
    const plan = planLinks([claim('ANONYMOUS_ID:a', 'DEVICE_ID:d')], two, idOf);
    expect(plan.outcomes).toEqual(['a']);
    expect(plan.joinings).toEqual([]);
  });

  it('refuses identifiers of an erased customer', () => {
    expect(planLinks([claim('POS_ID:7')], known({ 'POS_ID:7': 'gone' }), idOf).outcomes).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
  });

  it('lets a customer that this very record made join the one that another process made of the same record meanwhile', () => {
    const raced: Known = {
      ...known({ 'EMAIL:a@x.org': 'mine', 'POS_ID:7': 'theirs' }, customer('mine', 'ACTIVE'), customer('theirs', 'ACTIVE')),
      madeBy: new Map([['mine', 0]]),
    };
    const plan = planLinks([claim('EMAIL:a@x.org', 'POS_ID:7')], raced, idOf);
    expect(plan.outcomes).toEqual(['theirs']);
    expect(plan.joinings).toMatchObject([{ from: 'mine', into: 'theirs' }]);
  });
});
