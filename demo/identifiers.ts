import type { Identifier } from '../kernel/intake.ts';
import type { Person } from './person.ts';

/** The number under which one of the company's systems knows a customer. The prefix keeps demo numbers apart from real exports'. */
const numbered = (prefix: string, index: number) => `${prefix}${String(index + 1).padStart(6, '0')}`;

export const crmId = (index: number): Identifier => ({ namespace: 'CRM_ID', value: numbered('DC-', index) });
export const posId = (index: number): Identifier => ({ namespace: 'POS_ID', value: numbered('DP-', index) });
export const userId = (index: number): Identifier => ({ namespace: 'USER_ID', value: numbered('du-', index) });
export const loyaltyNumber = (index: number): Identifier => ({ namespace: 'LOYALTY_NUMBER', value: numbered('DL-', index) });
/** The browser that the customer used before signing in. */
export const anonymousId = (index: number): Identifier => ({ namespace: 'ANONYMOUS_ID', value: numbered('da-', index) });

/** Everything by which the company's systems know a person, in one list: the row that joins them. */
export function identifiersOf({ index, email, phone, story }: Person): readonly Identifier[] {
  return [
    crmId(index),
    { namespace: 'EMAIL', value: email },
    ...(phone === null ? [] : [{ namespace: 'PHONE', value: phone }]),
    posId(index),
    ...(story.online ? [userId(index)] : []),
    ...(story.member ? [loyaltyNumber(index)] : []),
  ];
}
