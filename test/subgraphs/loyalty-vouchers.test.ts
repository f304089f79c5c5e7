import { describe, expect, it } from 'vitest';
import { ada, codes, domain, ingest, loyaltyOf, mutate, openClub, someone } from '../support/club.ts';

openClub();

describe('vouchers', () => {
  const issue = (more: object = {}) =>
    mutate('voucherIssue', { customer: ada, occasion: 'BIRTHDAY', benefit: '10 % off', ...more }, 'voucher { id code status validUntil }');
  const use = (code: string, more: object = {}) =>
    mutate('voucherRedeem', { customer: ada, code, ...more }, 'voucher { status redeemedAt }');

  it('are redeemed by the person who got them as a visitor', async () => {
    const { voucher } = await issue({ customer: await domain.visitor(`cookie-of-${ada}`) });
    const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
    expect(await use(voucher.code, { customer: person })).toMatchObject({ voucher: { status: 'REDEEMED' }, userErrors: [] });
    expect(codes(await use(voucher.code, { customer: ada }))).toEqual(['VOUCHER_UNKNOWN']);
  });

  it('get a code that stays the same when the request is repeated', async () => {
    const input = { idempotencyKey: `issue-${ada}`, validUntil: '2026-04-01T00:00:00Z' };
    const [first, second] = await Promise.all([issue(input), issue(input)]);
    expect(first).toEqual(second);
    expect(first.voucher).toMatchObject({
      code: expect.stringMatching(/^[0-9A-Z]{12}$/),
      status: 'ISSUED',
      validUntil: '2026-04-01T00:00:00.000Z',
    });
    expect((await issue()).voucher.code).not.toBe(first.voucher.code);
    expect((await loyaltyOf(ada, '{ vouchers { nodes { status } } }')).vouchers.nodes).toHaveLength(2);
  });

  it('are redeemed once of a thousand parallel requests', async () => {
    const { voucher } = await issue();
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => use(voucher.code, { idempotencyKey: `use-${ada}-${i}` })));
    const granted = answers.flatMap(({ userErrors }, i) => (userErrors.length === 0 ? [i] : []));
    expect(granted).toHaveLength(1);
    expect(new Set(answers.flatMap(codes))).toEqual(new Set(['VOUCHER_REDEEMED']));
    expect(await use(voucher.code, { idempotencyKey: `use-${ada}-${granted[0]}` })).toEqual({
      voucher: { status: 'REDEEMED', redeemedAt: '2026-03-01T12:00:00.000Z' },
      userErrors: [],
    });
  });

  it('are refused after their time, to other customers, and when they never were', async () => {
    const { voucher } = await issue({ validUntil: '2026-03-02T00:00:00Z' });
    expect(codes(await use(voucher.code, { customer: await someone() }))).toEqual(['VOUCHER_UNKNOWN']);
    expect(codes(await use('NONE'))).toEqual(['VOUCHER_UNKNOWN']);
    domain.time.now = Date.UTC(2026, 2, 2);
    expect(codes(await use(voucher.code))).toEqual(['VOUCHER_EXPIRED']);
    expect((await loyaltyOf(ada, '{ vouchers { nodes { status } } }')).vouchers.nodes).toEqual([{ status: 'EXPIRED' }]);
    expect(codes(await issue({ validUntil: '2026-03-02T00:00:00Z' }))).toEqual(['TIME_INVALID']);
  });

  it('from files are redeemed by their code in any case', async () => {
    await ingest('voucher', ada, [{ number: '1', code: 'summer-26', benefit: 'Gift' }]);
    expect((await use('Summer-26')).voucher.status).toBe('REDEEMED');
    expect(codes(await use('summer-26'))).toEqual(['VOUCHER_REDEEMED']);
  });
});
