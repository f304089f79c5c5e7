import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import type { Folded } from '../../kernel/fold.ts';
import { digest } from '../../kernel/ids.ts';
import type { Arrival } from '../../kernel/intake.ts';
import { acceptRequest, requestSpec } from '../../kernel/requests.ts';
import type { Collection, Doc, EpochMs, Key } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import type { OrderRecordInput, PaymentRecordInput, ReturnRecordInput } from '../../schema/generated/pos.ts';
import { API, type Command, orderCommand, paymentCommand, returnCommand } from './commands.ts';
import type { Context } from './context.ts';
import { foldOrder, foldPayment, foldReturn, numberedId } from './ingest.ts';
import { type KeptLine, ordersSpec, paymentsSpec, returnsSpec } from './records.ts';
import { linesOf } from './rules.ts';

interface RecordInput {
  readonly idempotencyKey: string;
  readonly customer: string;
  readonly source?: string | null | undefined;
  readonly number: string;
}

interface Recording<Kind extends 'order' | 'return' | 'payment', I, R, D extends Doc, Code extends string> {
  /** The kind of reference that its number is, and the mutation's noun. */
  readonly kind: Kind;
  readonly collection: Collection<D>;
  readonly command: (input: I, at: EpochMs) => Command<R, Code>;
  readonly fold: (current: D | null, key: Key, arrivals: readonly Arrival<R>[]) => Folded<D>;
  /** Whether what the number stands for already may be stated anew like this. */
  readonly agrees: (current: D, next: D) => boolean;
}

const refused = <Code extends string>(...userErrors: readonly UserError<Code>[]) => ({ doc: null, userErrors });

/**
 * Records under a number of a source, by the same folds as ingest, so that repeats and what files say later find it. The number is
 * claimed in the directory first: of two customers the first keeps it.
 */
async function record<Kind extends 'order' | 'return' | 'payment', I extends RecordInput, R, D extends Doc, Code extends string>(
  input: I,
  { now, store, directory }: Context,
  { kind, collection, command, fold, agrees }: Recording<Kind, I, R, D, Code>,
) {
  const checked = command(input, now);
  if (!checked.ok) return refused(...checked.userErrors);
  const [known] = await directory.exists([input.customer]);
  if (!known) return refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
  const at = await acceptRequest(store.collection(requestSpec), `${kind}Record`, input, now);
  if (at === null)
    return refused(refuse('IDEMPOTENCY_KEY_REUSED', 'idempotencyKey', 'This key was used for another input; choose a new one per intent.'));
  const taken = refuse(
    `${kind.toUpperCase() as Uppercase<Kind>}_NUMBER_TAKEN` as const,
    'number',
    `The source has another ${kind} under this number; its content can't be replaced.`,
  );
  const source = input.source ?? API;
  const reference = { kind, source, number: input.number };
  await directory.refer([{ ...reference, owner: input.customer }]);
  const [[owner = null], [members = []]] = await Promise.all([directory.ownersOf([reference]), directory.members([input.customer])]);
  // Filed when the person had another id, such as a visitor's: it stays where it is.
  if (owner === null || !members.includes(owner)) return refused(taken);

  const accepted = command(input, at);
  if (!accepted.ok) return refused(...accepted.userErrors);
  const origin = `request:${digest(`${kind}Record`, input.idempotencyKey)}`;
  const arrivals = accepted.rows.map((row) => ({ record: row, owner, origin, occurrence: 1 }));
  const key = { owner, id: numberedId(source, input.number) };
  let refusal = null as typeof taken | null;
  const [outcome] = await update(collection, [key], (current) => {
    const { doc, outcomes } = fold(current, key, arrivals);
    const disagrees = outcomes.some((part) => typeof part === 'object') || (current && doc && !agrees(current, doc));
    refusal = disagrees ? taken : null;
    return refusal ? null : doc;
  });
  if (refusal) return refused(refusal);
  if (outcome === 'erased') return refused(refuse('CUSTOMER_UNKNOWN', 'customer', 'The customer asked for erasure.'));
  const [doc] = await collection.getMany([key]);
  return { doc: doc ?? null, userErrors: [] };
}

/** Nothing came, went or changed among the lines. */
function sameLines({ lines: current }: { lines: readonly KeptLine[] }, { lines: next }: { lines: readonly KeptLine[] }): boolean {
  return current.length === next.length;
}

export async function recordOrder(input: OrderRecordInput, context: Context) {
  const { doc, userErrors } = await record(input, context, {
    kind: 'order',
    collection: context.store.collection(ordersSpec),
    command: orderCommand,
    fold: foldOrder,
    agrees: (current, next) => sameLines(current, next) && linesOf(current.lines).length === input.lines.length,
  });
  return { order: doc, userErrors };
}

export async function recordReturn(input: ReturnRecordInput, context: Context) {
  const { doc, userErrors } = await record(input, context, {
    kind: 'return',
    collection: context.store.collection(returnsSpec),
    command: returnCommand,
    fold: foldReturn,
    agrees: sameLines,
  });
  return { return: doc, userErrors };
}

export async function recordPayment(input: PaymentRecordInput, context: Context) {
  const { doc, userErrors } = await record(input, context, {
    kind: 'payment',
    collection: context.store.collection(paymentsSpec),
    command: paymentCommand,
    fold: foldPayment,
    agrees: () => true,
  });
  return { payment: doc, userErrors };
}
