import { CHANNELS, CONSENT_PURPOSES, type ConsentClaim } from '../../kernel/intake.ts';
import { type Fields, type Read, readRecord, type SourceRow } from '../../kernel/record.ts';

/** A row that names a customer: what they can be searched for by. Who they are is in the mapping's identifiers. */
export interface CustomerRow {
  readonly source: string;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** A row that says something about consent. */
export interface ConsentRow extends ConsentClaim {
  readonly source: string;
}

const source = { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' } as const;

export const customerFields: Fields = {
  source,
  name: { type: 'text', description: "The person's whole name." },
  given_name: { type: 'text', description: 'Given names.' },
  family_name: { type: 'text', description: 'The family name.' },
  given_name_kana: { type: 'text', description: 'Given names in kana.' },
  family_name_kana: { type: 'text', description: 'The family name in kana.' },
  emails: { type: 'list', description: 'E-mail addresses to be found by.' },
  phones: { type: 'list', description: 'Telephone numbers to be found by, in E.164 or with their country in front (JP:03-1234-5678).' },
};

export const consentFields: Fields = {
  source,
  purpose: { type: 'enum', required: true, values: CONSENT_PURPOSES, description: 'What the data may be used for.' },
  channel: { type: 'enum', values: CHANNELS, description: 'The channel it is about; every channel when absent.' },
  status: { type: 'enum', required: true, values: ['GRANTED', 'DENIED', 'WITHDRAWN'], description: 'What the customer said.' },
  lawful_basis: { type: 'text', description: 'The lawful basis, such as CONSENT or CONTRACT; CONSENT when absent.' },
  policy_version: { type: 'text', description: 'The version of the policy text that was shown.' },
  proof: { type: 'text', description: "Where the proof is kept, such as a form's reference." },
  recorded_at: { type: 'instant', required: true, description: 'When it was said.' },
  expires_at: { type: 'instant', description: 'When a grant lapses; never when absent.' },
};

const NAMES = ['name', 'given_name', 'family_name', 'given_name_kana', 'family_name_kana'];

export function readCustomer(row: SourceRow): Read<CustomerRow> {
  return readRecord(row, (reader) => ({
    source: reader.text('source'),
    names: NAMES.flatMap((field) => reader.optional(field) ?? []),
    emails: reader.list('emails'),
    phones: reader.list('phones'),
  }));
}

export function readConsent(row: SourceRow): Read<ConsentRow> {
  return readRecord(row, (reader) => {
    const recordedAt = reader.need('recorded_at', reader.instant('recorded_at'));
    const expiresAt = reader.instant('expires_at') ?? null;
    if (expiresAt !== null && expiresAt <= recordedAt)
      reader.fail(
        'FIELD_INVALID',
        'expires_at',
        '"expires_at" must lie after "recorded_at"; leave it empty for a grant that does not lapse.',
      );
    return {
      source: reader.text('source'),
      purpose: reader.need('purpose', reader.oneOf('purpose', CONSENT_PURPOSES)),
      channel: reader.oneOf('channel', CHANNELS) ?? null,
      status: reader.need('status', reader.oneOf('status', ['GRANTED', 'DENIED', 'WITHDRAWN'] as const)),
      lawfulBasis: reader.optional('lawful_basis') ?? 'CONSENT',
      policyVersion: reader.optional('policy_version') ?? null,
      proof: reader.optional('proof') ?? null,
      recordedAt,
      expiresAt,
    };
  });
}
