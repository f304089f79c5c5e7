import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { digest, parseEntityId } from '../../kernel/ids.ts';
import { acceptRequest, requestSpec } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import type { Context } from './context.ts';
import { MAX_POINTS } from './source.ts';

/** A request that may go ahead: when it was first made, and the name under which its effect is filed. */
export interface Accepted {
  readonly ok: true;
  readonly at: EpochMs;
  readonly origin: string;
}

export type Refused<Code extends string> = { readonly ok: false; readonly userErrors: readonly UserError<Code>[] };

export function refused<Code extends string>(code: Code, field: string | null, message: string): Refused<Code> {
  return { ok: false, userErrors: [refuse(code, field, message)] };
}

interface CommonInput {
  readonly idempotencyKey: string;
  readonly customer?: string;
  readonly points?: number;
  readonly order?: string | null | undefined;
}

/** Texts of an input, by field; absent ones are let be. */
type Texts = Readonly<Record<string, string | null | undefined>>;

/** What can be wrong with an input, by the fields that it has. */
type AcceptCode<Input> =
  | 'TEXT_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED'
  | ('customer' extends keyof Input ? 'CUSTOMER_UNKNOWN' : never)
  | ('points' extends keyof Input ? 'POINTS_INVALID' : never)
  | ('order' extends keyof Input ? 'ORDER_INVALID' : never);

/** Checks what all inputs share, that the customer exists, and that the key was not used for another input. */
export async function accept<Input extends CommonInput>(
  mutation: string,
  input: Input,
  texts: Texts,
  context: Context,
): Promise<Accepted | Refused<AcceptCode<Input>>> {
  return inspect(mutation, input, texts, context) as Promise<Accepted | Refused<AcceptCode<Input>>>;
}

async function inspect(
  mutation: string,
  input: CommonInput,
  texts: Texts,
  { store, directory, now }: Context,
): Promise<Accepted | Refused<AcceptCode<Required<CommonInput>>>> {
  const { customer, points, order, idempotencyKey } = input;
  const userErrors: UserError<'TEXT_INVALID' | 'POINTS_INVALID'>[] = [];
  for (const [field, text] of Object.entries({ idempotencyKey, ...texts }))
    if (text != null && !LABEL.test(text))
      userErrors.push(refuse('TEXT_INVALID', field, 'Give 1 to 200 characters without control characters.'));
  if (points !== undefined && (points < 1 || points > MAX_POINTS))
    userErrors.push(refuse('POINTS_INVALID', 'points', `Give a number of points from 1 to ${MAX_POINTS}.`));
  if (userErrors.length > 0) return { ok: false, userErrors };
  if (customer !== undefined) {
    const [members = []] = await directory.members([customer]);
    if (members.length === 0) return refused('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER);
    // An order's id says whose it is; through another's, one person's transaction would lead to the other.
    if (order != null && !members.includes(parseEntityId('ord', order)?.owner ?? ''))
      return refused('ORDER_INVALID', 'order', "Give the id of one of the customer's orders, as the graph gives it.");
  }
  const at = await acceptRequest(store.collection(requestSpec), mutation, input, now);
  if (at === null)
    return refused('IDEMPOTENCY_KEY_REUSED', 'idempotencyKey', 'This key was used for another input; choose a new one per intent.');
  return { ok: true, at, origin: `request:${digest(mutation, idempotencyKey)}` };
}

export const ERASED = refused('CUSTOMER_UNKNOWN', 'customer', 'The customer asked for erasure.');
