import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsentPurpose } from '../../../kernel/intake.ts';
import { rankedOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import type { CustomerRepresentation } from '../../../subgraphs/recommendations/representation.ts';
import { rfm } from '../../../subgraphs/recommendations/scores/rfm.ts';
import { readCustomer } from '../../../subgraphs/recommendations/source.ts';
import { NOW } from './subjects.ts';

const GRANTED: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'];
const ID = 'cus_00000000000000000000';
const read = (of: Omit<CustomerRepresentation, 'id'>) => readCustomer({ id: ID, ...of }, NOW);

/** A value, null, nothing, or something that should not be there. */
const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 6, arbitrary: value as fc.Arbitrary<unknown> },
    fc.constantFrom(null, undefined, '', 'nonsense', -1, 1e300, true, {}, []),
  );
const instant = fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') }).map((at) => at.toISOString());
const state = fc.constantFrom('OK', 'OK', 'OK', 'WITHHELD');
const signals = fc.record({
  crmSignals: maybe(
    fc.record({
      state: maybe(state),
      asOf: maybe(instant),
      birthDate: maybe(instant.map((at) => at.slice(0, 10))),
      locale: maybe(fc.constantFrom('ja-JP', 'de-DE')),
      timeZone: maybe(fc.constantFrom('Asia/Tokyo', 'Mars/Olympus')),
      customerSince: maybe(instant),
      contactFrom: maybe(fc.constantFrom('08:00', '22:15', '24:00')),
      contactTo: maybe(fc.constantFrom('08:00', '20:00', '9:00')),
      channelOrder: maybe(fc.array(maybe(fc.constantFrom('EMAIL', 'SMS', 'PIGEON')))),
      openCases: maybe(
        fc.array(
          maybe(fc.record({ id: maybe(fc.string()), type: maybe(fc.constantFrom('COMPLAINT', 'RETURN')), openedAt: maybe(instant) })),
        ),
      ),
    }),
  ),
  posSignals: maybe(
    fc.record({
      state: maybe(state),
      asOf: maybe(instant),
      orderCount: maybe(fc.nat(5)),
      firstOrderAt: maybe(instant),
      lastOrderAt: maybe(instant),
      latePaymentCount: maybe(fc.nat(2)),
      rank: maybe(
        fc.record({ recency: maybe(fc.integer()), frequency: maybe(fc.nat(6)), monetary: maybe(fc.nat(6)), asOf: maybe(instant) }),
      ),
    }),
  ),
  loyaltySignals: maybe(
    fc.record({
      state: maybe(state),
      asOf: maybe(instant),
      member: maybe(fc.boolean()),
      nextTierCode: maybe(fc.string()),
      pointsToNextTier: maybe(fc.integer()),
      expiring: maybe(fc.array(maybe(fc.record({ points: maybe(fc.integer()), at: maybe(instant) })))),
    }),
  ),
  digitalSignals: maybe(
    fc.record({
      state: maybe(state),
      asOf: maybe(instant),
      cart: maybe(fc.array(maybe(fc.record({ sku: fc.string(), name: maybe(fc.string()), quantity: maybe(fc.integer()) })))),
      cartSkus: maybe(fc.array(maybe(fc.string()))),
      cartItems: maybe(fc.integer()),
      cartUpdatedAt: maybe(instant),
      touches: maybe(
        fc.array(
          maybe(
            fc.record({
              channel: maybe(fc.constantFrom('EMAIL', 'SMS', 'PIGEON')),
              sentAt: maybe(instant),
              arrivedAt: maybe(instant),
              bouncedAt: maybe(instant),
            }),
          ),
        ),
      ),
      unsubscribed: maybe(fc.array(maybe(fc.record({ channel: maybe(fc.constantFrom('EMAIL', 'PUSH')), at: maybe(instant) })))),
      errorKind: maybe(fc.constantFrom('OUTAGE', 'PAYMENT_FAILED')),
      errorAt: maybe(instant),
    }),
  ),
  feedbackSignals: maybe(
    fc.record({
      state: maybe(state),
      asOf: maybe(instant),
      openDetractor: maybe(fc.string()),
      openDetractorAt: maybe(instant),
      urgentItem: maybe(
        fc.record({ id: maybe(fc.string()), level: maybe(fc.string()), reasons: maybe(fc.array(maybe(fc.string()))), at: maybe(instant) }),
      ),
    }),
  ),
});

describe('any representation', () => {
  it('is answered, with a reason for every offer and scores that fall with the ranks', () => {
    fc.assert(
      fc.property(signals, fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2100-01-01') }), (given, now) => {
        const subject = readCustomer({ id: ID, permissions: GRANTED, ...given }, now.getTime());
        rfm(subject);
        const offers = rankedOffers(subject);
        expect(offers.length).toBeGreaterThan(0);
        for (const [index, offer] of offers.entries()) {
          expect(offer.reasons.length).toBeGreaterThan(0);
          expect(offer.rank).toBe(index + 1);
          expect(offer.score).toBeLessThanOrEqual(offers[index - 1]?.score ?? 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([[null], [undefined], [[]], [['PERSONALIZATION']], [['PROFILING', 'MARKETING']]] as const)(
    'with permissions %j is answered alike, whatever the signals are',
    (permissions) => {
      const answer = (given: object) => {
        const subject = read({ ...given, permissions: permissions as readonly ConsentPurpose[] | null | undefined });
        return { offers: rankedOffers(subject), rfm: rfm(subject), sources: subject.sources };
      };
      fc.assert(
        fc.property(signals, signals, (one, other) => {
          expect(answer(one)).toEqual(answer(other));
        }),
      );
      expect(answer({}).rfm).toBeNull();
      expect(answer({}).sources.pos).toEqual({ state: 'WITHHELD' });
      expect(answer({}).offers).toEqual([
        expect.objectContaining({
          template: 'GENERAL',
          personalized: false,
          consentBasis: [],
          reasons: [{ code: 'NOT_PERSONALIZED', evidence: {} }],
        }),
      ]);
    },
  );

  it('gives everybody without consent the very same offer', () => {
    const offers = (id: string) => rankedOffers(readCustomer({ id, permissions: [] }, NOW));
    expect(offers('cus_00000000000000000001')).toEqual(offers('cus_00000000000000000002'));
  });
});

describe('a domain', () => {
  const asOf = '2026-03-01T11:59:00Z';
  const status = (posSignals: unknown) => read({ permissions: GRANTED, posSignals }).sources.pos;

  it('that is null, missing, of another shape or does not say when it was read is unavailable', () => {
    for (const broken of [null, undefined, 7, 'OK', [], {}, { state: 'OK' }, { state: 'OK', asOf: 'yesterday' }, { state: 'FINE', asOf }])
      expect(status(broken)).toEqual({ state: 'UNAVAILABLE' });
  });

  it('that withholds is withheld, even when it sends values', () => {
    expect(status({ state: 'WITHHELD', asOf, orderCount: 7 })).toEqual({ state: 'WITHHELD' });
  });

  it('that told of a cart before it told of all of it is taken at its lines', () => {
    const cart = [
      { sku: 'mug', name: 'Mug', quantity: 2 },
      { sku: 'kettle', name: null, quantity: 1 },
    ];
    const digital = (more: object) =>
      read({ permissions: GRANTED, productFacts: {}, digitalSignals: { state: 'OK', asOf, cart, ...more } }).sources.digital;
    expect(digital({})).toMatchObject({ signals: { cartSkus: ['mug', 'kettle'], cartItems: 3 } });
    const all = { cartSkus: ['tea', 'mug', 'kettle'], cartItems: 60 };
    expect(digital(all)).toMatchObject({ signals: all });
  });

  it('is read as it was sent', () => {
    const rank = { recency: 5, frequency: 4, monetary: 3, asOf };
    expect(
      status({ state: 'OK', asOf, orderCount: 2, firstOrderAt: '2025-01-31T00:00:00Z', lastOrderAt: null, latePaymentCount: 1, rank }),
    ).toEqual({
      state: 'OK',
      asOf: Date.parse(asOf),
      signals: {
        orderCount: 2,
        firstOrderAt: Date.UTC(2025, 0, 31),
        lastOrderAt: null,
        latePaymentCount: 1,
        baskets: [],
        store: null,
        storeTimeZone: null,
        rank: { recency: 5, frequency: 4, monetary: 3, asOf: Date.parse(asOf) },
      },
    });
  });

  it('that told nothing yet of touches and preferences, as in decisions of old, is read all the same', () => {
    const { crm, digital, feedback } = read({
      permissions: GRANTED,
      crmSignals: { state: 'OK', asOf },
      digitalSignals: { state: 'OK', asOf },
      feedbackSignals: { state: 'OK', asOf },
    }).sources;
    expect(crm).toMatchObject({ signals: { contactWindow: null, channelOrder: [], openCases: [] } });
    expect(digital).toMatchObject({ signals: { touches: [], unsubscribed: [], error: null } });
    expect(feedback).toMatchObject({ signals: { lastGivenAt: null } });
  });

  it('tells of hours and channels, of which what is none is passed over', () => {
    const signals = (more: object) => {
      const { crm } = read({ permissions: GRANTED, crmSignals: { state: 'OK', asOf, ...more } }).sources;
      return crm.state === 'OK' && [crm.signals.contactWindow, crm.signals.channelOrder];
    };
    const channelOrder = ['PUSH', 'PIGEON', 7, 'EMAIL'];
    expect(signals({ contactFrom: '18:00', contactTo: '20:30', channelOrder })).toEqual([{ from: 1080, to: 1230 }, ['PUSH', 'EMAIL']]);
    expect(signals({ contactFrom: '18:00', contactTo: '24:00' })).toEqual([null, []]);
    expect(signals({ contactFrom: '09:00', contactTo: '09:00' })).toEqual([null, []]);
  });

  it('cannot say since when a purpose is granted that is not', () => {
    const since = (permissions: readonly ConsentPurpose[], permissionsSince: unknown) =>
      read({ permissions: [...GRANTED, ...permissions], permissionsSince }).marketingSince;
    const dates = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'];
    expect(since(['MARKETING'], dates)).toBe(Date.UTC(2026, 0, 3));
    expect(since([], dates)).toBeNull();
    expect(since(['MARKETING'], null)).toBeNull();
    expect(since(['MARKETING'], dates.slice(0, 2))).toBeNull();
  });
});
