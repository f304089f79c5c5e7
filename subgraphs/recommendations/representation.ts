import { permissionsOf, signalsAllowed } from '../../kernel/customer.ts';
import type { ConsentPurpose } from '../../kernel/intake.ts';
import { parseDate, parseInstant } from '../../kernel/record.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';

/** A Customer as the gateway hands it over: what `@requires` names, in JSON. A null or missing signal means that its domain did not answer. */
export interface CustomerRepresentation {
  readonly id: string;
  readonly permissions?: readonly ConsentPurpose[] | null | undefined;
  /** In the order of `permissions`, in ISO 8601. */
  readonly permissionsSince?: unknown;
  readonly crmSignals?: unknown;
  readonly posSignals?: unknown;
  /** Only with `insights`. */
  readonly posHistory?: unknown;
  /** Only with `nextPurchase` and `productRecommendations`. */
  readonly posBaskets?: unknown;
  /** Not of the gateway: made for `productRecommendations`, see offers/product-facts.ts. */
  readonly productFacts?: unknown;
  /** Likewise, see offers/content-facts.ts. */
  readonly contentFacts?: unknown;
  readonly loyaltySignals?: unknown;
  readonly digitalSignals?: unknown;
  readonly feedbackSignals?: unknown;
}

/** What one domain said. Signals exist only when it was read, so that no rule can use what was withheld or lost. */
export type Source<S> =
  | { readonly state: 'OK'; readonly asOf: EpochMs; readonly signals: S }
  | { readonly state: 'WITHHELD' | 'UNAVAILABLE' };

/** Lenient access to one JSON object: what is absent, null or of another type reads as null, so that no answer of a broken domain can throw. */
export class Signals {
  readonly #object: Readonly<Record<string, unknown>>;
  constructor(value: unknown) {
    this.#object = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  }

  text(field: string): string | null {
    const value = this.#object[field];
    return typeof value === 'string' ? value : null;
  }

  integer(field: string): number | null {
    const value = this.#object[field];
    return Number.isSafeInteger(value) ? (value as number) : null;
  }

  flag(field: string): boolean {
    return this.#object[field] === true;
  }

  instant(field: string): EpochMs | null {
    const text = this.text(field);
    return text === null ? null : parseInstant(text);
  }

  date(field: string): string | null {
    const text = this.text(field);
    return text === null ? null : parseDate(text);
  }

  object(field: string): Signals | null {
    const value = this.#object[field];
    return typeof value === 'object' && value !== null ? new Signals(value) : null;
  }

  /** Those that are texts. */
  texts(field: string): readonly string[] {
    const value = this.#object[field];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** Items that `read` finds incomplete are left out. */
  list<T>(field: string, read: (item: Signals) => T | null): readonly T[] {
    const value = this.#object[field];
    return Array.isArray(value) ? value.map((item) => read(new Signals(item))).filter((item) => item !== null) : [];
  }
}

/** Whether anything of the customer may be looked at. */
export function isPersonal(customer: CustomerRepresentation): boolean {
  return signalsAllowed({ id: customer.id, permissions: permissionsOf(customer) });
}

/** A domain counts as read only if it says so and when; anything else did not answer. */
export function source<S>(value: unknown, read: (signals: Signals) => S): Source<S> {
  const signals = new Signals(value);
  const state = signals.text('state');
  if (state === 'WITHHELD') return { state };
  const asOf = signals.instant('asOf');
  return state === 'OK' && asOf !== null ? { state, asOf, signals: read(signals) } : { state: 'UNAVAILABLE' };
}

/** When a purpose was last consented to; null when it was not, or that is not known. */
export function sinceOf(
  { permissionsSince }: CustomerRepresentation,
  permissions: readonly ConsentPurpose[],
  purpose: ConsentPurpose,
): EpochMs | null {
  const since: unknown = Array.isArray(permissionsSince) ? permissionsSince[permissions.indexOf(purpose)] : null;
  return typeof since === 'string' ? parseInstant(since) : null;
}
