import { describe, expect, it } from 'vitest';
import { type Allocation, type AllocationResult, allocate, ownerOf, release, sharesOf } from '../../../../models/experiments/allocation.ts';
import { assign, bucketOf, HOLDOUT, positionOf } from '../../../../models/experiments/assignment.ts';

function allocated(result: AllocationResult): Allocation {
  if (!result.ok) throw new Error(result.code);
  return result.allocation;
}

const units = Array.from({ length: 20_000 }, (_, i) => `cus_${i}`);

describe('the position of a unit', () => {
  it('is the first 48 bits of SHA-256, as Python computes them', () => {
    // int.from_bytes(hashlib.sha256(b'checkout-2026:cus_1').digest()[:6], 'big') / 2**48
    expect(positionOf('checkout-2026', 'cus_1')).toBe(0.40544741899226366);
    expect(positionOf('checkout-2026', 'cus_2')).toBe(0.8755668841477657);
    expect(bucketOf('layer', 'cus_1')).toBe(111_230);
  });

  it('falls into a hundred equal parts alike', () => {
    const counts = new Array<number>(100).fill(0);
    for (const unit of units) counts[Math.floor(positionOf('salt', unit) * 100)]! += 1;
    const chiSquare = counts.reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    // The 0.1 % and 99.9 % points of chi-square with 99 degrees of freedom.
    expect(chiSquare).toBeGreaterThan(60.4);
    expect(chiSquare).toBeLessThan(149.4);
  });

  it('under one salt says nothing of that under another', () => {
    const both = units.filter((unit) => positionOf('a', unit) < 0.5 && positionOf('b', unit) < 0.5).length;
    // A quarter of 20,000 within four standard deviations of 61.
    expect(Math.abs(both - 5_000)).toBeLessThan(245);
  });
});

describe('allocating buckets', () => {
  it('gives each owner its share and leaves the rest free', () => {
    const allocation = allocated(allocate({ control: 0.29, treatment: 0.1 }));
    expect(allocation.owners).toEqual([
      { owner: 'control', ranges: [{ from: 0, to: 290_000 }] },
      { owner: 'treatment', ranges: [{ from: 290_000, to: 390_000 }] },
    ]);
    expect(ownerOf(allocation, 289_999)).toBe('control');
    expect(ownerOf(allocation, 290_000)).toBe('treatment');
    expect(ownerOf(allocation, 390_000)).toBeNull();
  });

  it('widens owners without moving a bucket from one to another', () => {
    const before = allocated(allocate({ control: 0.1, treatment: 0.1 }));
    const after = allocated(allocate({ control: 0.5, treatment: 0.5 }, before));
    expect(after.owners).toEqual([
      {
        owner: 'control',
        ranges: [
          { from: 0, to: 100_000 },
          { from: 200_000, to: 600_000 },
        ],
      },
      {
        owner: 'treatment',
        ranges: [
          { from: 100_000, to: 200_000 },
          { from: 600_000, to: 1_000_000 },
        ],
      },
    ]);
  });

  it('takes six sixths, and four buckets of a million stay free', () => {
    const allocation = allocated(allocate({ a: 1 / 6, b: 1 / 6, c: 1 / 6, d: 1 / 6, e: 1 / 6, f: 1 / 6 }));
    expect([...sharesOf(allocation).values()]).toEqual(new Array(6).fill(0.166666));
    expect(ownerOf(allocation, 999_995)).toBe('f');
    expect(ownerOf(allocation, 999_996)).toBeNull();
  });

  it('refuses what would move units, what there is no room for, and what is no share', () => {
    const before = allocated(allocate({ control: 0.5 }));
    expect(allocate({ control: 0.4 }, before)).toEqual({ ok: false, code: 'NARROWED', owner: 'control' });
    expect(allocate({ treatment: 0.6 }, before)).toEqual({ ok: false, code: 'NO_ROOM', owner: 'treatment' });
    expect(allocate({ treatment: Number.NaN })).toEqual({ ok: false, code: 'INVALID_SHARE', owner: 'treatment' });
    expect(allocate({ treatment: -0.1 })).toEqual({ ok: false, code: 'INVALID_SHARE', owner: 'treatment' });
  });

  it('frees the buckets of an owner that is released', () => {
    const before = allocated(allocate({ a: 0.5, b: 0.5 }));
    expect(ownerOf(release(before, 'a'), 0)).toBeNull();
    expect(ownerOf(release(before, 'a'), 700_000)).toBe('b');
  });
});

describe('assignment', () => {
  const layer = { salt: 'layer', slots: allocated(allocate({ [HOLDOUT]: 0.05, first: 0.4, second: 0.4 })) };
  const first = { key: 'first', salt: 'first', arms: allocated(allocate({ control: 0.45, treatment: 0.45, [HOLDOUT]: 0.1 })) };
  const second = { key: 'second', salt: 'second', arms: allocated(allocate({ control: 0.5, treatment: 0.5 })) };

  it('never puts a unit into two experiments of a layer', () => {
    const enrolled = (unit: string, experiment: typeof first) => {
      const assignment = assign(unit, experiment, layer);
      return assignment.status === 'ASSIGNED' || (assignment.status === 'HOLDOUT' && assignment.by === 'EXPERIMENT');
    };
    expect(units.filter((unit) => enrolled(unit, first) && enrolled(unit, second))).toEqual([]);
    // 80 % of 20,000 within four standard deviations of 57.
    expect(Math.abs(units.filter((unit) => enrolled(unit, first) || enrolled(unit, second)).length - 16_000)).toBeLessThan(227);
  });

  it('keeps the same units out of every experiment of a layer, in the share asked for', () => {
    const out = (experiment: typeof first) =>
      units.filter((unit) => {
        const assignment = assign(unit, experiment, layer);
        return assignment.status === 'HOLDOUT' && assignment.by === 'LAYER';
      });
    expect(out(first)).toEqual(out(second));
    // 5 % of 20,000 within four standard deviations of 31.
    expect(Math.abs(out(first).length - 1_000)).toBeLessThan(124);
  });

  it('gives each arm and the experiment its own holdout their shares of the layer', () => {
    const counts: Record<string, number> = {};
    for (const unit of units) {
      const assignment = assign(unit, first, layer);
      const where = assignment.status === 'ASSIGNED' ? assignment.arm : assignment.status === 'HOLDOUT' ? assignment.by : assignment.status;
      counts[where] = (counts[where] ?? 0) + 1;
    }
    // 40 % of 20,000 are the experiment's: 3,600, 3,600 and 800 expected, within four standard deviations.
    expect(Math.abs(counts.control! - 3_600)).toBeLessThan(217);
    expect(Math.abs(counts.treatment! - 3_600)).toBeLessThan(217);
    expect(Math.abs(counts.EXPERIMENT! - 800)).toBeLessThan(111);
  });

  it('keeps every unit in its arm while arms are widened', () => {
    const narrow = { key: 'x', salt: 'x', arms: allocated(allocate({ control: 0.2, treatment: 0.1 })) };
    const wide = { ...narrow, arms: allocated(allocate({ control: 0.4, treatment: 0.5 }, narrow.arms)) };
    const arm = (unit: string, experiment: typeof narrow) => {
      const assignment = assign(unit, experiment, null);
      return assignment.status === 'ASSIGNED' ? assignment.arm : null;
    };
    const early = units.filter((unit) => arm(unit, narrow) !== null);
    expect(Math.abs(early.length - 6_000)).toBeLessThan(260);
    expect(early.filter((unit) => arm(unit, narrow) !== arm(unit, wide))).toEqual([]);
    expect(Math.abs(units.filter((unit) => arm(unit, wide) !== null).length - 18_000)).toBeLessThan(170);
  });
});
