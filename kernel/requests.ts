import type { UserError } from './errors.ts';
import { digest } from './ids.ts';
import type { Collection, Doc, EpochMs, Spec } from './storage/port.ts';
import { update } from './update.ts';

/**
 * A mutation that was asked for under an idempotency key (owner and id: the digest of mutation and key). Only digests of the
 * input are kept: the key is their salt and is itself not stored, so nothing of the input can be guessed back.
 */
export interface RequestRecord extends Doc {
  readonly input: string;
  /** When the first of the equal requests came; repeats compute with it. */
  readonly at: EpochMs;
  /** What the effect answered, once it is complete. */
  readonly result: string | null;
}

export const requestSpec: Spec<RequestRecord> = { name: 'requests', at: 'at' };

/** What a mutation did: the id of what it recorded, or why it changed nothing. */
export type Effect<Code extends string = string> =
  | { readonly ok: true; readonly result: string }
  | { readonly ok: false; readonly userErrors: readonly UserError<Code>[] };

/** A mutation that changed nothing, for these reasons. */
export function refused<Code extends string>(...userErrors: readonly UserError<Code>[]): Effect<Code> & { readonly ok: false } {
  return { ok: false, userErrors };
}

const REUSED: Effect<'IDEMPOTENCY_KEY_REUSED'> = {
  ok: false,
  userErrors: [
    {
      code: 'IDEMPOTENCY_KEY_REUSED',
      field: ['input', 'idempotencyKey'],
      message: 'The key was used for another input. Send a new key with a new input, and the same key only to repeat a request.',
    },
  ],
};

/**
 * Carries a mutation out once per idempotency key: a repeat with equal input answers the first one's result and changes nothing;
 * the key with another input is refused. `effect` is given the time of the first request and must be repeatable until it has
 * succeeded once, because a crash may come between its writes. A refusal is not remembered: what it lacked may be there next time.
 */
export async function once<Code extends string>(
  requests: Collection<RequestRecord>,
  mutation: string,
  input: { readonly idempotencyKey: string },
  now: EpochMs,
  effect: (at: EpochMs) => Promise<Effect<Code>>,
): Promise<Effect<Code | 'IDEMPOTENCY_KEY_REUSED'>> {
  const request = await accept(requests, mutation, input, now);
  if (request === null) return REUSED;
  if (request.result !== null) return { ok: true, result: request.result };
  const done = await effect(request.at);
  if (done.ok)
    await update(requests, [request], (current) => (current && current.result === null ? { ...current, result: done.result } : null));
  return done;
}

/**
 * For a mutation whose effect is repeatable for ever, such as filing a document under the key: notes the request before the effect.
 * Answers the time to compute the effect with (the first request's), or null when the key was used for another input.
 */
export async function acceptRequest(
  requests: Collection<RequestRecord>,
  mutation: string,
  input: { readonly idempotencyKey: string },
  now: EpochMs,
): Promise<EpochMs | null> {
  return (await accept(requests, mutation, input, now))?.at ?? null;
}

/** The first request under the key, stored by this call or before; null when its input was another. */
async function accept(
  requests: Collection<RequestRecord>,
  mutation: string,
  input: { readonly idempotencyKey: string },
  now: EpochMs,
): Promise<RequestRecord | null> {
  const id = digest(mutation, input.idempotencyKey);
  const request: RequestRecord = {
    owner: id,
    id,
    version: 0,
    at: now,
    input: digest(input.idempotencyKey, canonical(input)),
    result: null,
  };
  let [first] = await requests.getMany([request]);
  if (!first) {
    const [outcome] = await requests.insertOnce([request]);
    if (outcome === 'inserted') return request;
    [first] = await requests.getMany([request]);
  }
  return first?.input === request.input ? first : null;
}

/** JSON with sorted names, so that equal inputs have equal text. Null is not absence: it may mean that something is taken back. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([, inner]) => inner !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}
