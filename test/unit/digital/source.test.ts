import { describe, expect, it } from 'vitest';
import { eventRecord } from '../../../subgraphs/digital/ingest.ts';
import { eventContent, pathOf, readEvent, readTouch } from '../../../subgraphs/digital/source.ts';

const viewed = { name: 'Product Viewed', happened_at: '2014-04-02T11:17:17.940Z', sku: '214716935' };

function read(row: Record<string, string>) {
  const result = readEvent(row);
  if (!result.ok) throw new Error(result.reason.message);
  return result.record;
}

describe('readEvent', () => {
  it('reads the example of Product Added in the Segment spec', () => {
    const row = {
      message_id: '022bb90c-bbac-11e4-8dfc-aa07a5b093db',
      type: 'TRACK',
      name: 'Product Added',
      happened_at: '2015-12-10T04:08:31.905Z',
      channel: 'WEB',
      sku: 'G-32',
      product_name: 'Monopoly: 3rd Edition',
      category: 'Games',
      quantity: '1',
      price: '18.99',
      currency: 'USD',
      path: 'https://www.example.com/product/path?email=ada%40example.com#reviews',
      properties: 'cart_id=skdjsidjsdkdj29j|coupon=MAYDEALS',
    };
    expect(read(row)).toEqual({
      messageId: '022bb90c-bbac-11e4-8dfc-aa07a5b093db',
      type: 'TRACK',
      name: 'Product Added',
      happenedAt: 1449720511905,
      channel: 'WEB',
      sessionId: null,
      sku: 'G-32',
      productName: 'Monopoly: 3rd Edition',
      category: 'Games',
      quantity: 1,
      price: { amountMinor: 1899, currency: 'USD' },
      path: '/product/path',
      campaign: null,
      device: null,
      error: null,
      properties: [
        { key: 'cart_id', value: 'skdjsidjsdkdj29j' },
        { key: 'coupon', value: 'MAYDEALS' },
      ],
    });
  });

  it.each([
    [{ name: '' }, 'FIELD_MISSING', 'name'],
    [{ happened_at: '' }, 'FIELD_MISSING', 'happened_at'],
    [{ quantity: '0' }, 'FIELD_INVALID', 'quantity'],
    [{ price: '1.00' }, 'FIELD_MISSING', 'currency'],
    [{ price: '-1.00', currency: 'EUR' }, 'FIELD_INVALID', 'price'],
    [{ type: 'CLICK' }, 'FIELD_INVALID', 'type'],
    [{ properties: 'coupon' }, 'FIELD_INVALID', 'properties'],
  ])('says what is wrong with %j', (change, code, field) => {
    expect(readEvent({ ...viewed, ...change })).toMatchObject({ ok: false, reason: { code, field } });
  });

  it('needs no name in a PAGE', () => {
    expect(read({ type: 'PAGE', happened_at: viewed.happened_at, path: '/' }).name).toBeNull();
  });
});

describe('pathOf', () => {
  it('keeps neither host nor query nor fragment', () => {
    expect(['/a?mail=x', 'https://ada:pw@shop.example/a/b?q=1', '/a#x', '/a'].map(pathOf)).toEqual(['/a', '/a/b', '/a', '/a']);
  });
});

describe('the identity of an event', () => {
  const idOf = (row: Record<string, string>, occurrence = 1) =>
    eventRecord({ record: read(row), owner: 'cus_1', origin: '', occurrence }).id;

  it('is its message id, whatever else it says', () => {
    expect(eventContent(read({ ...viewed, message_id: 'm1' }))).toBeNull();
    expect(idOf({ ...viewed, message_id: 'm1' })).toBe(idOf({ ...viewed, message_id: 'm1', sku: 'other' }));
  });

  it('is its content and occurrence without one', () => {
    expect(eventContent(read(viewed))).not.toBeNull();
    expect(idOf(viewed)).toBe(idOf(viewed));
    expect(idOf(viewed)).not.toBe(idOf(viewed, 2));
    expect(idOf(viewed)).not.toBe(idOf({ ...viewed, sku: 'other' }));
  });
});

it('reads what became of a message', () => {
  const row = { campaign: '26', channel: 'POSTAL', state: 'CONVERTED', happened_at: '2017-01-01T00:00:00Z' };
  expect(readTouch(row)).toEqual({
    ok: true,
    record: { campaign: '26', channel: 'POSTAL', messageId: null, title: null, state: 'CONVERTED', at: Date.UTC(2017, 0, 1) },
  });
  expect(readTouch({ ...row, state: '' })).toMatchObject({ ok: false, reason: { code: 'FIELD_MISSING', field: 'state' } });
});
