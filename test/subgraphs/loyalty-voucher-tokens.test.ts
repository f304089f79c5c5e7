import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openSubgraphs } from '../../cli/runtime/open-subgraphs.ts';
import { openStore } from '../../kernel/storage/open.ts';
import { openSubgraph } from '../../kernel/subgraph.ts';
import { loyalty } from '../../subgraphs/loyalty/module.ts';
import { keysSpec } from '../../subgraphs/loyalty/records.ts';
import { signingSecrets } from '../../subgraphs/loyalty/signing-keys.ts';
import { VoucherTokens } from '../../subgraphs/loyalty/voucher-tokens.ts';
import { ada, codes, domain, ingest, loyaltyOf, mutate, NOW, openClub, someone } from '../support/club.ts';
import { emptyStorage } from '../support/company.ts';
import type { Domain } from '../support/domain.ts';
import { mutation } from '../support/domain-calls.ts';
import { modulesOf, textOf } from '../support/qr-reader.ts';

openClub();

const SHOWN = 'voucher { id status validUntil token qr bearerAuth }';
const issue = (more: object = {}) => mutate('voucherIssue', { customer: ada, occasion: 'BIRTHDAY', benefit: '10 % off', ...more }, SHOWN);
const use = (token: string | null, more: object = {}) => mutate('voucherRedeem', { customer: ada, token, ...more }, SHOWN);

describe("a voucher's QR code", () => {
  it('holds the token, which redeems it once', async () => {
    const { voucher } = await issue({ validUntil: '2026-04-01T00:00:00Z' });
    expect(voucher).toMatchObject({ bearerAuth: 'NONE', token: expect.stringMatching(/^V1[0-9A-Z]{70}$/) });
    expect(textOf(modulesOf(voucher.qr, 4))).toBe(voucher.token);
    const redeemed = await use(voucher.token, { idempotencyKey: `use-${ada}` });
    expect(redeemed).toMatchObject({ voucher: { id: voucher.id, status: 'REDEEMED', token: null, qr: null }, userErrors: [] });
    expect(codes(await use(voucher.token))).toEqual(['VOUCHER_REDEEMED']);
    expect(await use(voucher.token, { idempotencyKey: `use-${ada}` })).toEqual(redeemed);
  });

  it('is redeemed once of a thousand parallel requests, half by token and half by code', async () => {
    const { voucher } = await mutate('voucherIssue', { customer: ada, occasion: 'TIER', benefit: 'Gift' }, 'voucher { token code }');
    const answers = await Promise.all(
      // The stand-in for MongoDB takes a minute for a thousand, and loyalty-vouchers.test.ts asks it that already.
      Array.from({ length: process.env.MONGODB_URI ? 200 : 1000 }, (_, i) =>
        i % 2 === 0 ? use(voucher.token) : use(null, { code: voucher.code }),
      ),
    );
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(codes))).toEqual(new Set(['VOUCHER_REDEEMED']));
  });

  it('belongs to vouchers from files too, while they can be redeemed', async () => {
    await ingest('voucher', ada, [
      { number: '1', code: 'THANKS', benefit: 'Gift', issued_at: '2026-02-01T00:00:00Z' },
      { number: '2', code: 'PAST', valid_until: '2026-02-01T00:00:00Z' },
      { number: '3', code: 'USED', redeemed_at: '2026-02-01T00:00:00Z' },
      { number: '4', code: 'VAGUE', status: 'UNKNOWN' },
    ]);
    const { nodes } = (await loyaltyOf(ada, '{ vouchers { nodes { code token bearerAuth } } }')).vouchers;
    const tokens = new Map(nodes.map(({ code, token }: { code: string; token: string }) => [code, token]));
    expect([tokens.get('PAST'), tokens.get('USED'), tokens.get('VAGUE')]).toEqual([null, null, null]);
    expect((await use(tokens.get('THANKS') as string)).voucher.status).toBe('REDEEMED');
  });

  it('says nothing of the customer, and is read back with the customer whom the bearer became', async () => {
    const visitor = await domain.visitor(`cookie-of-${ada}`);
    const { voucher } = await issue({ customer: visitor });
    expect(voucher.token.toLowerCase()).not.toContain(visitor.slice('cus_'.length));
    const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
    expect((await use(voucher.token, { customer: person })).voucher.status).toBe('REDEEMED');
  });

  it('is refused in one and the same way when altered, forged, of nobody or of another customer', async () => {
    const { voucher } = await issue();
    const { voucher: second } = await issue();
    const { token } = voucher;
    const other = token.endsWith('0') ? '1' : '0';
    const wrong = [
      '',
      'THANKS-1',
      token.slice(0, -1) + other,
      token.toLowerCase(),
      // the parts of two good ones: another voucher, another customer's digest, another time
      token.slice(0, 2) + second.token.slice(2, 22) + token.slice(22),
      token.slice(0, 22) + second.token.slice(22, 38) + token.slice(38),
      `${token.slice(0, 38)}00ZZZZZZ${token.slice(46)}`,
      'x'.repeat(10_000),
    ];
    const attempts = [...wrong.map((each) => ({ customer: ada, token: each })), { customer: await someone(), token }];
    const answers = await Promise.all(
      attempts.map((input) => mutate('voucherRedeem', input, 'voucher { id } messages: userErrors { message }')),
    );
    expect(answers).toEqual(
      Array(attempts.length).fill({
        voucher: null,
        messages: [{ message: 'The code that was scanned is none of a voucher of this customer.' }],
        userErrors: [{ code: 'VOUCHER_TOKEN_INVALID', field: ['input', 'token'] }],
      }),
    );
    expect((await use(token)).voucher.status).toBe('REDEEMED');
  });

  it('of an erased customer is refused like any other that never was', async () => {
    const { voucher } = await issue();
    await domain.store.erase(ada);
    expect(codes(await use(voucher.token))).toEqual(['VOUCHER_TOKEN_INVALID']);
  });

  it('is good until the earlier of what it says and what the voucher says now', async () => {
    const row = (until: string, updated: string) => ({ number: ada, code: 'SPRING', valid_until: until, updated_at: updated });
    const token = async () => (await loyaltyOf(ada, '{ vouchers { nodes { token } } }')).vouchers.nodes[0].token;
    await ingest('voucher', ada, [row('2026-03-02T00:00:00Z', '2026-01-01T00:00:00Z')]);
    const printed = await token();
    await ingest('voucher', ada, [row('2026-03-09T00:00:00Z', '2026-01-02T00:00:00Z')]);
    const longer = await token();
    domain.time.now = Date.UTC(2026, 2, 3);
    expect(codes(await use(printed))).toEqual(['VOUCHER_EXPIRED']);
    await ingest('voucher', ada, [row('2026-03-02T00:00:00Z', '2026-01-03T00:00:00Z')]);
    expect(codes(await use(longer))).toEqual(['VOUCHER_EXPIRED']);
    await ingest('voucher', ada, [row('2026-03-09T00:00:00Z', '2026-01-04T00:00:00Z')]);
    expect((await use(longer)).voucher.status).toBe('REDEEMED');
  });

  it('or its code is given, not both and not neither', async () => {
    const { voucher } = await issue();
    expect(codes(await use(null))).toEqual(['VOUCHER_UNSPECIFIED']);
    expect(codes(await use(voucher.token, { code: 'X' }))).toEqual(['VOUCHER_UNSPECIFIED']);
  });

  it('can not be redeemed after its time by a key that was used before it', async () => {
    const { voucher } = await issue({ validUntil: '2026-03-02T00:00:00Z', bearerAuth: 'PIN', pin: '4711' });
    const early = { idempotencyKey: `early-${ada}`, pin: '0000' };
    expect(codes(await use(voucher.token, early))).toEqual(['VOUCHER_PIN_WRONG']);
    domain.time.now = Date.UTC(2026, 2, 2);
    expect(codes(await use(voucher.token, { ...early, pin: '4711' }))).toEqual(['VOUCHER_EXPIRED']);
  });
});

describe('the signing key', () => {
  const KEPT = { owner: 'installation', id: 'vouchers' };
  const [OLD, YOUNG] = ['o'.repeat(32), 'y'.repeat(32)] as const;

  it('is made once where none is configured, whoever comes first', async () => {
    const { storage, remove } = emptyStorage();
    const store = await openStore(storage, 'loyalty', loyalty.specs);
    try {
      const deps = { store, clock: () => NOW };
      const all = await Promise.all(Array.from({ length: 20 }, () => signingSecrets(deps)));
      expect(new Set(all.map(([secret]) => secret)).size).toBe(1);
      const [kept] = await store.collection(keysSpec).getMany([KEPT]);
      expect(Buffer.from(kept?.secret ?? '', 'base64')).toHaveLength(32);
      expect(await signingSecrets({ ...deps, signingKeys: [OLD] })).toEqual([OLD, kept?.secret]);
    } finally {
      await store.close();
      await remove();
    }
  });

  /** The subgraph as a process has it that was started with those keys. */
  const startedWith = (signingKeys: readonly string[]) => {
    const { store, directory } = domain;
    const subgraph = openSubgraph(loyalty, { store, directory, clock: () => NOW, log: pino({ enabled: false }), signingKeys });
    const ask: Domain['ask'] = async (query, variables) =>
      subgraph.execute(parse(query), variables, subgraph.context({ requestId: 'test', now: NOW }));
    const call = (field: string, more: object) =>
      mutation({ ask }, field, { idempotencyKey: randomUUID(), customer: ada, ...more }, 'voucher { token }');
    return {
      signed: async () => (await call('voucherIssue', { occasion: 'TIER', benefit: 'Gift' })).voucher.token as string,
      refusals: async (token: string) => codes(await call('voucherRedeem', { token })),
    };
  };
  it('survives restarts, and still verifies when keys are configured later', async () => {
    const before = startedWith([]);
    const tokens = [await before.signed(), await before.signed()];
    expect(await startedWith([]).refusals(tokens[0]!)).toEqual([]);
    expect(await startedWith([OLD]).refusals(tokens[1]!)).toEqual([]);
  });

  it('is changed by putting another in front, and what the old one signed is good for as long as that is configured', async () => {
    const before = startedWith([OLD]);
    const tokens = [await before.signed(), await before.signed()];
    expect(await startedWith([YOUNG]).refusals(tokens[0]!)).toEqual(['VOUCHER_TOKEN_INVALID']);
    expect(await startedWith([]).refusals(tokens[0]!)).toEqual(['VOUCHER_TOKEN_INVALID']);
    const rotated = startedWith([YOUNG, OLD]);
    expect(await rotated.refusals(tokens[0]!)).toEqual([]);
    expect(await startedWith([YOUNG]).refusals(await rotated.signed())).toEqual([]);
  });

  it('is not made where one is configured for the company', async () => {
    const { storage, remove } = emptyStorage();
    const log = pino({ enabled: false });
    const company = await openSubgraphs({ storage, names: ['loyalty'], clock: () => NOW, log, signingKeys: [OLD] });
    try {
      const claim = { identifiers: [{ namespace: 'USER_ID', value: 'ada' }], source: 'test', seenAt: null };
      const [customer] = await company.directory.resolve([claim]);
      const subgraph = company.subgraphs.get('loyalty')!;
      const ask: Domain['ask'] = async (query, variables) =>
        subgraph.execute(parse(query), variables, subgraph.context({ requestId: 'test', now: NOW }));
      const input = { idempotencyKey: 'one', customer, occasion: 'TIER', benefit: 'Gift' };
      const { voucher } = await mutation({ ask }, 'voucherIssue', input, 'voucher { token }');
      expect(new VoucherTokens([OLD]).read(voucher.token)?.isFor(String(customer))).toBe(true);
      expect(await company.stores.get('loyalty')!.collection(keysSpec).getMany([KEPT])).toEqual([null]);
    } finally {
      await company.close();
      await remove();
    }
  });
});
