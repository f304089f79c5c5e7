import { describe, expect, it } from 'vitest';
import { isGtin, readProduct } from '../../../subgraphs/pos/catalogue.ts';
import { orderContent, paymentContent, readOrder, readPayment, readReturn } from '../../../subgraphs/pos/source.ts';

const line = {
  source: 'tills',
  number: '536365',
  sku: '85123A',
  quantity: '6',
  unit_price: '2.55',
  currency: 'GBP',
  placed_at: '2010-12-01T08:26:00Z',
};
const order = (row: Record<string, string>) => {
  const read = readOrder(row);
  if (!read.ok) throw new Error(read.reason.message);
  return read.record;
};
const refusal = (read: { ok: boolean; reason?: { code: string; field?: string } }) =>
  read.ok ? null : [read.reason?.code, read.reason?.field];

describe('an order row', () => {
  it('with a quantity is a line, whose time is the row and whose amount is exact', () => {
    const { header, line: read } = order({ ...line, discount: '0.3' });
    expect(header).toBeNull();
    expect(read?.line).toMatchObject({ at: Date.UTC(2010, 11, 1, 8, 26), quantity: '6', unitPrice: '2.55', amount: '15', discount: '0.3' });
  });

  it('without a quantity is a header, whose time is that of the order', () => {
    const { header, line: read } = order({ source: 'shop', number: '1', placed_at: '2017-10-02T10:56:33Z', status: 'DELIVERED' });
    expect(read).toBeNull();
    expect(header).toMatchObject({ placedAt: Date.UTC(2017, 9, 2, 10, 56, 33), status: 'DELIVERED', total: null });
  });

  it('may be both: status and store are said of the order, time and shipping of the line', () => {
    const { header, line: read } = order({ ...line, status: 'SHIPPED', store: 'S1', shipping: '9.45' });
    expect(header).toMatchObject({ placedAt: null, status: 'SHIPPED', store: 'S1', shipping: null });
    expect(read?.line.shipping).toBe('9.45');
  });

  it('takes what the source says a line came to, also for a quantity of zero', () => {
    const { unit_price: _, ...rest } = line;
    expect(order({ ...rest, quantity: '0', line_total: '0' }).line?.line).toMatchObject({ quantity: '0', unitPrice: null, amount: '0' });
  });

  it('keeps every digit of a weighed line', () => {
    // 1.000000001 x 1.000000001 = 1.000000002000000001
    const weighed = { ...line, quantity: '1.000000001', unit_price: '1.000000001' };
    expect(order(weighed).line?.line.amount).toBe('1.000000002000000001');
    expect(order({ ...weighed, discount: '1.000000002' }).line?.line.amount).toBe('0.000000000000000001');
  });

  it('writes equal decimals equally', () => {
    expect(orderContent(order({ ...line, unit_price: '2.550' }))).toBe(orderContent(order(line)));
  });

  it('is identified by its content where order or line have no number', () => {
    expect(orderContent(order(line))).toContain('536365');
    expect(orderContent(order({ ...line, line_number: '1' }))).toBeNull();
    const { number: _, ...unnumbered } = line;
    expect(orderContent(order({ ...unnumbered, line_number: '1' }))).not.toBeNull();
  });

  it.each([
    [{ quantity: '-6' }, ['FIELD_INVALID', 'quantity']],
    [{ quantity: '0' }, ['FIELD_INVALID', 'quantity']],
    [{ unit_price: '-11062.06' }, ['FIELD_INVALID', 'unit_price']],
    [{ discount: '15.31' }, ['FIELD_INVALID', 'discount']],
    [{ quantity: '' }, ['FIELD_MISSING', 'quantity']],
    [{ unit_price: '' }, ['FIELD_MISSING', 'unit_price']],
    [{ currency: '' }, ['FIELD_MISSING', 'currency']],
    [{ currency: 'GPB' }, ['FIELD_INVALID', 'currency']],
    [{ quantity: '99999999999' }, ['FIELD_INVALID', 'quantity']],
    [{ number: '', placed_at: '' }, ['FIELD_MISSING', 'placed_at']],
    [{ status: 'delivered' }, ['FIELD_INVALID', 'status']],
    [{ sku: 'A\0' }, ['FIELD_INVALID', 'sku']],
    [{ product_name: 'half a \ud83d' }, ['FIELD_INVALID', 'product_name']],
  ])('with %o is refused', (fields, expected) => {
    expect(refusal(readOrder({ ...line, ...fields }))).toEqual(expected);
  });

  it('that says nothing but a number is refused', () => {
    expect(refusal(readOrder({ source: 'shop', number: '1' }))).toEqual(['FIELD_MISSING', 'number']);
  });
});

describe('a return row', () => {
  const row = {
    source: 'tills',
    number: 'C536379',
    sku: 'D',
    quantity: '-1',
    unit_price: '27.50',
    currency: 'GBP',
    returned_at: '2010-12-01T09:41:00Z',
  };

  it('has positive quantities and amounts whatever the sign of the source', () => {
    const read = readReturn(row);
    expect(read.ok && read.record.line.line).toMatchObject({ quantity: '1', unitPrice: '27.5', amount: '27.5' });
  });

  it('needs a time', () => {
    expect(refusal(readReturn({ ...row, returned_at: '' }))).toEqual(['FIELD_MISSING', 'returned_at']);
  });
});

describe('a payment row', () => {
  const row = {
    source: 'olist',
    order_number: '79da',
    sequence: '1',
    method: 'credit_card',
    status: 'PAID',
    amount: '98.94',
    currency: 'BRL',
  };

  it('is named by order and sequence, and needs no date', () => {
    const read = readPayment(row);
    expect(read.ok && read.record).toMatchObject({ amountMinor: 9894, dueAt: null, paidAt: null });
    expect(read.ok && paymentContent(read.record)).toBeNull();
  });

  it('is identified by its content where nothing names it', () => {
    const read = readPayment({ ...row, sequence: '' });
    expect(read.ok && paymentContent(read.record)).toContain('credit_card');
  });
});

describe('a product row', () => {
  it('takes a GTIN with a right check digit only', () => {
    // 4006381333931 is the EAN-13 that GS1 and Wikipedia work through.
    expect([isGtin('4006381333931'), isGtin('4006381333932'), isGtin('96385074'), isGtin('123')]).toEqual([true, false, true, false]);
    expect(refusal(readProduct({ source: 'erp', sku: '1', gtin: '4006381333932' }))).toEqual(['FIELD_INVALID', 'gtin']);
  });

  it('needs the currency of a price', () => {
    expect(refusal(readProduct({ source: 'erp', sku: '1', price: '1.20' }))).toEqual(['FIELD_MISSING', 'currency']);
    const read = readProduct({ source: 'erp', sku: '1', price: '120', currency: 'JPY' });
    expect(read.ok && read.record.priceMinor).toBe(120);
  });
});
