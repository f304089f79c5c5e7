import { parse } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openSubgraph } from '../../kernel/subgraph.ts';
import { loyalty } from '../../subgraphs/loyalty/module.ts';
import { vouchersSpec } from '../../subgraphs/loyalty/records.ts';
import { ada, codes, domain, mutate, NOW, openClub, someone } from '../support/club.ts';
import type { Domain } from '../support/domain.ts';
import { mutation } from '../support/domain-calls.ts';

openClub();

const MINUTE = 60_000;
const issue = (more: object = {}) =>
  mutate('voucherIssue', { customer: ada, occasion: 'RECOVERY', benefit: 'Gift', ...more }, 'voucher { code token status bearerAuth }');
const use = (code: string, more: object = {}) => mutate('voucherRedeem', { customer: ada, code, ...more }, 'voucher { status }');
const stored = async () => (await domain.store.collection(vouchersSpec).latest([[ada]], { first: 10 }))[0]!.items[0]!;

describe('a voucher with a PIN', () => {
  const withPin = async (more: object = {}) => (await issue({ bearerAuth: 'PIN', pin: '4711', ...more })).voucher;

  it('is redeemed with it, by code or token, and not without', async () => {
    const { code, token, bearerAuth } = await withPin();
    expect(bearerAuth).toBe('PIN');
    expect(codes(await use(code))).toEqual(['VOUCHER_PIN_REQUIRED']);
    expect(codes(await mutate('voucherRedeem', { customer: ada, token }, 'voucher { status }'))).toEqual(['VOUCHER_PIN_REQUIRED']);
    expect(await use(code, { pin: '4711' })).toEqual({ voucher: { status: 'REDEEMED' }, userErrors: [] });
  });

  it('keeps a hash of it, until it is redeemed', async () => {
    const { code } = await withPin();
    const { pin } = await stored();
    expect(Buffer.from(pin?.hash ?? '', 'base64')).toHaveLength(32);
    expect(JSON.stringify(await stored())).not.toContain('4711');
    await use(code, { pin: '4711' });
    expect((await stored()).pin).toBeNull();
  });

  it('is tried again under the same key after a mistake, and a repeat of what succeeded answers the same', async () => {
    const { code } = await withPin();
    const key = { idempotencyKey: `try-${ada}` };
    expect(codes(await use(code, { ...key, pin: '4712' }))).toEqual(['VOUCHER_PIN_WRONG']);
    const redeemed = await use(code, { ...key, pin: '４７１１' });
    expect(redeemed.voucher.status).toBe('REDEEMED');
    expect(await use(code, key)).toEqual(redeemed);
    expect(codes(await use(code, { pin: '4711' }))).toEqual(['VOUCHER_REDEEMED']);
  });

  it('is issued once by a key, and not with another PIN', async () => {
    const input = { idempotencyKey: `pin-${ada}` };
    const { code } = await withPin(input);
    expect((await withPin(input)).code).toBe(code);
    expect(codes(await issue({ ...input, bearerAuth: 'PIN', pin: '4712' }))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  it('needs one that is a PIN, and nothing else has any', async () => {
    const wrong = [{ bearerAuth: 'PIN' }, { bearerAuth: 'PIN', pin: '123' }, { bearerAuth: 'PIN', pin: 'abcd' }, { pin: '4711' }];
    for (const input of [...wrong, { bearerAuth: 'LOGIN', pin: '4711' }]) expect(codes(await issue(input))).toEqual(['PIN_INVALID']);
  });

  it('is locked by five wrong ones in a row of a thousand at once, for a while and then for longer', async () => {
    const { code } = await withPin();
    const guess = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => use(code, { pin: String(1000 + i) })));
    const refusals = (await guess(1000)).flatMap(codes);
    expect(refusals.filter((refusal) => refusal === 'VOUCHER_PIN_WRONG')).toHaveLength(5);
    expect(refusals.filter((refusal) => refusal === 'VOUCHER_PIN_LOCKED')).toHaveLength(995);
    domain.time.now = NOW + 15 * MINUTE - 1;
    expect(codes(await use(code, { pin: '4711' }))).toEqual(['VOUCHER_PIN_LOCKED']);
    domain.time.now = NOW + 15 * MINUTE;
    await guess(5);
    domain.time.now = NOW + 45 * MINUTE - 1;
    expect(codes(await use(code, { pin: '4711' }))).toEqual(['VOUCHER_PIN_LOCKED']);
    domain.time.now = NOW + 45 * MINUTE;
    expect((await use(code, { pin: '4711' })).voucher.status).toBe('REDEEMED');
  });

  it('is locked by five wrong ones in a row wherever they are tried, and redeemed once', async () => {
    const { code } = await withPin();
    const { store, directory, time } = domain;
    const other = openSubgraph(loyalty, { store, directory, clock: () => time.now, log: pino({ enabled: false }) });
    const elsewhere: Pick<Domain, 'ask'> = {
      ask: async (query, variables) => other.execute(parse(query), variables, other.context({ requestId: 'test', now: time.now })),
    };
    const attempts = (pin: (nth: number) => string) =>
      Promise.all(
        Array.from({ length: 60 }, (_, i) => {
          const input = { idempotencyKey: `${code}-${pin(i)}-${i}`, customer: ada, code, pin: pin(i) };
          return mutation(i % 2 === 0 ? domain : elsewhere, 'voucherRedeem', input, 'voucher { status }');
        }),
      );
    const refusals = (await attempts((i) => String(1000 + i))).flatMap(codes);
    expect(refusals.filter((refusal) => refusal === 'VOUCHER_PIN_WRONG')).toHaveLength(5);
    time.now = NOW + 15 * MINUTE;
    const answers = await attempts(() => '4711');
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(codes))).toEqual(new Set(['VOUCHER_REDEEMED']));
  });
});

describe('a voucher that asks for a sign-in', () => {
  it('is redeemed when the caller says that its customer is signed in, and by nobody else', async () => {
    const { code } = (await issue({ bearerAuth: 'LOGIN' })).voucher;
    expect(codes(await use(code))).toEqual(['VOUCHER_LOGIN_REQUIRED']);
    expect(codes(await use(code, { pin: '4711' }))).toEqual(['VOUCHER_LOGIN_REQUIRED']);
    expect(codes(await use(code, { authenticatedAs: await someone() }))).toEqual(['VOUCHER_LOGIN_REQUIRED']);
    expect(codes(await use(code, { authenticatedAs: 'nobody' }))).toEqual(['VOUCHER_LOGIN_REQUIRED']);
    expect((await use(code, { authenticatedAs: ada })).voucher.status).toBe('REDEEMED');
  });

  it('knows its customer by each id of the person', async () => {
    const visitor = await domain.visitor(`cookie-of-${ada}`);
    const { code } = (await issue({ customer: visitor, bearerAuth: 'LOGIN' })).voucher;
    const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
    expect((await use(code, { customer: person, authenticatedAs: person })).voucher.status).toBe('REDEEMED');
  });
});
