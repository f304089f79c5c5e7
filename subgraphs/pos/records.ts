import type { Channel } from '../../kernel/intake.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { Statement } from '../../kernel/statement.ts';
import type { AnySpec, Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';

export const ORDER_STATUSES = ['PLACED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'COMPLETED', 'CANCELLED', 'RETURNED', 'UNKNOWN'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** As sources state them; whether a pending payment is late is asked of the clock when it is read. */
export const PAYMENT_STATUSES = ['PAID', 'PENDING', 'LATE', 'FAILED', 'REFUNDED', 'WAIVED', 'UNKNOWN'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Whether a product can be had, as its catalogue says. */
export const AVAILABILITIES = ['IN_STOCK', 'LOW_STOCK', 'OUT_OF_STOCK', 'DISCONTINUED', 'UNKNOWN'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** Exact decimal text without trailing zeros, in major units where it is an amount: `2.55`, `6`. */
export type DecimalText = string;

/** What a source said about an order as a whole; null where it said nothing. */
export interface OrderHeader {
  readonly placedAt: EpochMs | null;
  readonly status: OrderStatus | null;
  readonly channel: Channel | null;
  readonly store: string | null;
  /** What the source says the whole order came to. */
  readonly total: DecimalText | null;
  readonly shipping: DecimalText | null;
  /** When the source last changed it. */
  readonly updatedAt: EpochMs | null;
}

/** What a source said about one line of an order or a return. Quantities and amounts are never negative. */
export interface Line {
  readonly at: EpochMs | null;
  readonly sku: string | null;
  readonly name: string | null;
  readonly category: string | null;
  readonly quantity: DecimalText;
  readonly unitPrice: DecimalText | null;
  /** Taken off the whole line. */
  readonly discount: DecimalText;
  /** Contained in `amount`. */
  readonly tax: DecimalText | null;
  /** Charged for delivering the line, on top of `amount`. */
  readonly shipping: DecimalText | null;
  /** quantity x unit price - discount, or what the source says the line came to. */
  readonly amount: DecimalText;
  readonly updatedAt: EpochMs | null;
}

/** Who delivered a part: see `Arrival.origin`. */
export type Kept<T> = T & { readonly origin: string };

/** A line as kept. Lines of equal id are versions of one line, in the order in which they arrived. */
export type KeptLine = Kept<Line> & {
  /** `#` and the source's line number, or a digest of content and occurrence where the source numbers no lines. */
  readonly id: string;
};

/**
 * One order of one customer: everything its source said about it, from which its totals follow (rules.ts).
 * Filed under `digest(source, number)`, so the same number of another system is another order.
 */
export interface OrderRecord extends Doc {
  readonly source: string;
  /** null where the source numbers no orders. */
  readonly number: string | null;
  /** null until a row names one. */
  readonly currency: string | null;
  /** 0 until a row gives a time. */
  readonly placedAt: EpochMs;
  /** Minor units of `currency`. */
  readonly totalMinor: number;
  /** Where the order counts: its currency, '' while that is unknown, CANCELLED, or UNDATED. Only the first two are summed up. */
  readonly tally: string;
  readonly headers: readonly Kept<OrderHeader>[];
  readonly lines: readonly KeptLine[];
}

/** Goods brought back, with quantities and amounts as positive numbers. */
export interface ReturnRecord extends Doc {
  readonly source: string;
  readonly number: string | null;
  /** The number of the order the goods came from, in the same source; null when the source does not say. */
  readonly orderNumber: string | null;
  readonly currency: string;
  /** The earliest line's time. */
  readonly returnedAt: EpochMs;
  readonly totalMinor: number;
  readonly channel: Channel | null;
  readonly store: string | null;
  readonly reason: string | null;
  readonly lines: readonly KeptLine[];
}

export interface PaymentRecord extends Doc {
  readonly source: string;
  readonly number: string | null;
  readonly orderNumber: string | null;
  readonly method: string | null;
  readonly status: PaymentStatus;
  readonly dueAt: EpochMs | null;
  readonly paidAt: EpochMs | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly updatedAt: EpochMs | null;
  /** `dueAt`, else `paidAt`, else 0. */
  readonly at: EpochMs;
  /** OPEN: pending with a due date, so late once that has passed. LATE: the source says so. '' otherwise. */
  readonly tally: string;
  readonly said: readonly Statement[];
}

/** A catalogue entry, filed under its sku. */
export interface ProductRecord extends Doc {
  readonly sku: string;
  readonly gtin: string | null;
  readonly name: string | null;
  readonly brand: string | null;
  readonly category: string | null;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  /** When its source last changed the fields above; 0 when the source gave none. */
  readonly updatedAt: EpochMs;
  /** Absent: no source says. */
  readonly availability?: Availability;
  /** When that was so; 0 or absent when the source gave no time. */
  readonly availabilityAt?: EpochMs;
  readonly said: readonly Statement[];
}

export interface StoreRecord extends Doc {
  readonly name: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** 0 when the source gave none. */
  readonly updatedAt: EpochMs;
  readonly said: readonly Statement[];
}

/** Where fifths of the customer base end (see quantiles.ts). One document. */
export interface QuintilesRecord extends Doc {
  readonly measuredAt: EpochMs;
  readonly buyers: number;
  /** Upper edges of the lowest four fifths of the last order's time. */
  readonly recency: readonly number[];
  /** The same of the number of orders. */
  readonly frequency: readonly number[];
  /** The same of the amount spent in minor units, per currency, with the number of its buyers. */
  readonly monetary: Readonly<Record<string, { readonly buyers: number; readonly edges: readonly number[] }>>;
}

export const ordersSpec: Spec<OrderRecord> = { name: 'orders', at: 'placedAt', amount: 'totalMinor', groups: ['tally'] };
export const returnsSpec: Spec<ReturnRecord> = { name: 'returns', at: 'returnedAt', amount: 'totalMinor', groups: ['currency'] };
export const paymentsSpec: Spec<PaymentRecord> = { name: 'payments', at: 'at', amount: 'amountMinor', groups: ['tally'] };
export const productsSpec: Spec<ProductRecord> = { name: 'products', at: 'updatedAt' };
export const storesSpec: Spec<StoreRecord> = { name: 'stores', at: 'updatedAt' };
export const quintilesSpec: Spec<QuintilesRecord> = { name: 'quintiles', at: 'measuredAt' };

export const posSpecs: readonly AnySpec[] = [ordersSpec, returnsSpec, paymentsSpec, productsSpec, storesSpec, quintilesSpec, requestSpec];
