import type { ConsentClaim, ConsentPurpose } from '../kernel/intake.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import type { Person } from './person.ts';
import { Random } from './random.ts';
import { DAY } from './record.ts';

const POLICY = '2024-01';
/** Consent is asked for again after two years. */
const TERM = 730 * DAY;

/** How many of those who consent at all also allow this. */
const ALSO: Readonly<Partial<Record<ConsentPurpose, number>>> = {
  MARKETING: 0.7,
  ANALYTICS: 0.8,
  MODEL_TRAINING: 0.45,
  LOCATION: 0.4,
  PARTNER_SHARING: 0.12,
};

/**
 * What the customer said when they were asked last. SERVICE rests on the contract; everything else on consent. Empty for who was
 * never asked.
 */
export function consentsOf(seed: string, { index, joinedAt, story: { consent } }: Person, now: EpochMs): readonly ConsentClaim[] {
  if (consent === 'NEVER_ASKED') return [];
  const random = new Random(seed, 'consent', index);
  const claim = (
    purpose: ConsentPurpose,
    status: ConsentClaim['status'],
    recordedAt: EpochMs,
    expiresAt: EpochMs | null,
  ): ConsentClaim => ({
    purpose,
    channel: null,
    status,
    lawfulBasis: purpose === 'SERVICE' ? 'CONTRACT' : 'CONSENT',
    policyVersion: POLICY,
    recordedAt,
    expiresAt,
    proof: `preference-centre/${index}`,
  });
  const service = claim('SERVICE', 'GRANTED', joinedAt, null);
  if (consent === 'DENIED')
    return [
      service,
      claim('PERSONALIZATION', random.chance(0.3) ? 'WITHDRAWN' : 'DENIED', joinedAt, null),
      claim('PROFILING', 'DENIED', joinedAt, null),
      claim('MARKETING', random.chance(0.2) ? 'GRANTED' : 'DENIED', joinedAt, null),
    ];
  // Who was asked longer ago than the term was asked again meanwhile, unless the answer ran out.
  const askedAt = consent === 'EXPIRED' ? now - TERM - random.int(5, 60) * DAY : Math.max(joinedAt, now - random.int(1, 700) * DAY);
  const granted = (purpose: ConsentPurpose) => claim(purpose, 'GRANTED', askedAt, askedAt + TERM);
  const others = (Object.entries(ALSO) as [ConsentPurpose, number][]).filter(([, share]) => random.chance(share));
  return [service, granted('PERSONALIZATION'), granted('PROFILING'), ...others.map(([purpose]) => granted(purpose))];
}
