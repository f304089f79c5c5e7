/** A level of a programme. */
export interface Tier {
  /** Stable, in capitals. */
  readonly code: string;
  /** 1 is the lowest. */
  readonly rank: number;
  /** Qualifying points of the last 12 months that give it. */
  readonly threshold: number;
  readonly benefits: readonly string[];
}

export interface Program {
  readonly code: string;
  readonly name: string;
  /** Lowest first; the first has the threshold 0. */
  readonly tiers: readonly Tier[];
  /** Points are good for this many months unless their accrual says otherwise. */
  readonly pointsLifeMonths: number;
}

/**
 * The one programme of the house. Points earned in the last 12 months qualify for a tier, and it is held for as long as they do.
 * A company adapts this constant to its own terms; stored accounts and points need no change for that.
 */
export const PROGRAM: Program = {
  code: 'MAIN',
  name: 'Customer Club',
  tiers: [
    { code: 'BASIC', rank: 1, threshold: 0, benefits: ['Points on every purchase'] },
    { code: 'SILVER', rank: 2, threshold: 1_000, benefits: ['Points on every purchase', 'Birthday voucher'] },
    { code: 'GOLD', rank: 3, threshold: 5_000, benefits: ['Points on every purchase', 'Birthday voucher', 'Free delivery'] },
    {
      code: 'PLATINUM',
      rank: 4,
      threshold: 15_000,
      benefits: ['Points on every purchase', 'Birthday voucher', 'Free delivery', 'Personal adviser'],
    },
  ],
  pointsLifeMonths: 24,
};

export const TIER_CODES: readonly string[] = PROGRAM.tiers.map(({ code }) => code);
