import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { digest, parseCustomerId } from '../../kernel/ids.ts';
import type { Channel, ConsentPurpose, Directory, Identifier } from '../../kernel/intake.ts';
import { once, type RequestRecord, refused } from '../../kernel/requests.ts';
import type { Collection, EpochMs } from '../../kernel/storage/port.ts';
import { textErrors } from '../../kernel/texts.ts';
import { consentRecord } from './ingest.ts';
import { normaliseIdentifier } from './normalise.ts';
import { readCustomers, survivorOf } from './persons.ts';
import type { ConsentRecord, CustomerRecord } from './records.ts';

export interface CustomerUpsert {
  readonly idempotencyKey: string;
  readonly identifiers: readonly Identifier[];
  readonly names?: readonly string[] | null | undefined;
  readonly source?: string | null | undefined;
}

export interface ConsentSet {
  readonly idempotencyKey: string;
  readonly customer: string;
  readonly purpose: ConsentPurpose;
  readonly channel?: Channel | null | undefined;
  readonly status: 'GRANTED' | 'DENIED' | 'WITHDRAWN';
  readonly lawfulBasis: string;
  readonly policyVersion?: string | null | undefined;
  readonly proof?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly recordedAt?: EpochMs | null | undefined;
  readonly expiresAt?: EpochMs | null | undefined;
}

/** The mutations. Each answers the id of the customer concerned, or why it changed nothing. */
export type Commands = ReturnType<typeof commands>;

interface Deps {
  readonly directory: Directory;
  readonly requests: Collection<RequestRecord>;
  readonly customers: Collection<CustomerRecord>;
  readonly consents: Collection<ConsentRecord>;
  readonly now: EpochMs;
}

const MAX_IDENTIFIERS = 20;
const MAX_NAMES = 10;

export function commands({ directory, requests, customers, consents, now }: Deps) {
  return {
    async upsert(input: CustomerUpsert) {
      const { identifiers, names, source } = input;
      const texts = textErrors({ idempotencyKey: input.idempotencyKey, source, names });
      const errors: UserError<'TEXT_INVALID' | 'LIST_TOO_LONG' | 'IDENTIFIER_INVALID'>[] = [...texts];
      if (identifiers.length === 0 || identifiers.length > MAX_IDENTIFIERS)
        errors.push(refuse('IDENTIFIER_INVALID', 'identifiers', `Give 1 to ${MAX_IDENTIFIERS} identifiers.`));
      for (const [index, identifier] of identifiers.slice(0, MAX_IDENTIFIERS).entries()) {
        const read = normaliseIdentifier(identifier);
        if (!read.ok) errors.push(refuse(read.reason.code, `identifiers.${index}.${read.reason.field}`, read.reason.message));
      }
      if ((names?.length ?? 0) > MAX_NAMES) errors.push(refuse('TEXT_INVALID', 'names', `Give at most ${MAX_NAMES} names.`));
      if (errors.length > 0) return refused(...errors);
      return once(requests, 'customerUpsert', input, now, async (at) => {
        const system = source ?? 'api';
        const [customer] = await directory.resolve([{ identifiers, source: system, seenAt: at }]);
        if (typeof customer !== 'string')
          return refused(
            refuse(customer?.code ?? 'IDENTIFIER_INVALID', 'identifiers', customer?.message ?? 'Give at least one identifier.'),
          );
        if (names) await directory.describe([{ customer, source: system, names, emails: [], phones: [] }]);
        return { ok: true, result: customer };
      });
    },

    async setConsent(input: ConsentSet) {
      const { purpose, channel, status, lawfulBasis, policyVersion, proof, source, recordedAt, expiresAt } = input;
      const texts = textErrors({ idempotencyKey: input.idempotencyKey, lawfulBasis, policyVersion, proof, source });
      const errors: UserError<'TEXT_INVALID' | 'TIME_INVALID'>[] = [...texts];
      if ((recordedAt ?? now) > now)
        errors.push(refuse('TIME_INVALID', 'recordedAt', '"recordedAt" lies in the future; say when it was said.'));
      if (expiresAt !== null && expiresAt !== undefined && expiresAt <= (recordedAt ?? now))
        errors.push(
          refuse('TIME_INVALID', 'expiresAt', '"expiresAt" must lie after the statement; leave it out for one that does not lapse.'),
        );
      if (errors.length > 0) return refused(...errors);
      const known = parseCustomerId(input.customer) ? await readCustomers(customers, [input.customer]) : new Map();
      // Filed under who answers now: it is the person who speaks, whichever of their ids the client holds.
      const customer = survivorOf(known, input.customer)?.owner;
      if (customer === undefined) return refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
      const id = digest('customerConsentSet', input.idempotencyKey);
      const effect = await once(requests, 'customerConsentSet', input, now, async (at) => {
        const claim = { purpose, channel: channel ?? null, status, lawfulBasis, recordedAt: recordedAt ?? at };
        const rest = { policyVersion: policyVersion ?? null, proof: proof ?? null, expiresAt: expiresAt ?? null };
        const record = { ...consentRecord(customer, source ?? 'api', { ...claim, ...rest }), id };
        const [outcome] = await consents.insertOnce([record]);
        if (outcome === 'erased') return refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
        return { ok: true, result: customer };
      });
      if (!effect.ok) return effect;
      const [consent = null] = await consents.getMany([{ owner: effect.result, id }]);
      return { ...effect, consent };
    },
  };
}
