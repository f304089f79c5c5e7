import type { ConsentPurpose } from './intake.ts';

/** A Customer as the gateway hands it to a domain: identity's answer to `id members permissions`. */
export interface CustomerReference {
  readonly id: string;
  /** The ids under which this person's records were filed. Absent when the plan did not need them. */
  readonly members?: readonly string[] | null | undefined;
  /** The purposes granted now; null or absent: unknown, which counts as none. */
  readonly permissions?: readonly ConsentPurpose[] | null | undefined;
}

/** The ids to read a customer's records under. */
export function membersOf(customer: CustomerReference): readonly string[] {
  return customer.members ?? [customer.id];
}

/** The purposes granted; null when that is not known. */
export function permissionsOf({ permissions }: Pick<CustomerReference, 'permissions'>): readonly ConsentPurpose[] | null {
  return Array.isArray(permissions) ? permissions : null;
}

/** The purposes that must all be granted before a domain is read for recommendations. */
export const SIGNAL_PURPOSES: readonly ConsentPurpose[] = ['PERSONALIZATION', 'PROFILING'];

/** Whether signals may be read. Fails closed: unknown permissions are none. */
export function signalsAllowed(customer: CustomerReference): boolean {
  const granted = customer.permissions ?? [];
  return SIGNAL_PURPOSES.every((purpose) => granted.includes(purpose));
}
