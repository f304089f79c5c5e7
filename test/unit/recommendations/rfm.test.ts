import { describe, expect, it } from 'vitest';
import { rfm, rfmSegment } from '../../../subgraphs/recommendations/scores/rfm.ts';
import { NOW, subject } from './subjects.ts';

const rank = (recency: number, frequency: number, monetary: number) => ({ recency, frequency, monetary, asOf: NOW });

describe('the RFM grid', () => {
  // As commonly published, first match wins: [1-2][1-2] hibernating, [1-2][3-4] at risk, [1-2]5 can't lose, 3[1-2] about to
  // sleep, 33 need attention, [3-4][4-5] loyal, 41 promising, 51 new, [4-5][2-3] potential loyalists, 5[4-5] champions.
  const published: readonly (readonly [RegExp, string])[] = [
    [/[1-2][1-2]/, 'HIBERNATING'],
    [/[1-2][3-4]/, 'AT_RISK'],
    [/[1-2]5/, 'CANT_LOSE'],
    [/3[1-2]/, 'ABOUT_TO_SLEEP'],
    [/33/, 'NEED_ATTENTION'],
    [/[3-4][4-5]/, 'LOYAL'],
    [/41/, 'PROMISING'],
    [/51/, 'NEW'],
    [/[4-5][2-3]/, 'POTENTIAL_LOYALISTS'],
    [/5[4-5]/, 'CHAMPIONS'],
  ];

  it('names all 25 cells as published', () => {
    for (const r of [1, 2, 3, 4, 5])
      for (const f of [1, 2, 3, 4, 5]) expect(rfmSegment(r, f), `${r}${f}`).toBe(published.find(([cell]) => cell.test(`${r}${f}`))![1]);
  });

  it('knows no other scores', () => {
    for (const [r, f] of [
      [0, 1],
      [6, 1],
      [1, 0],
      [1, 6],
      [1.5, 2],
    ] as const)
      expect(rfmSegment(r, f)).toBeNull();
  });
});

describe('RFM scores', () => {
  it('are the quintiles of pos, their digits and the segment', () => {
    expect(rfm(subject({ pos: { rank: rank(5, 4, 1) } }))).toEqual({
      recency: 5,
      frequency: 4,
      monetary: 1,
      score: 541,
      segment: 'CHAMPIONS',
      asOf: NOW,
    });
  });

  it('are absent without a rank, without pos and for quintiles that are none', () => {
    expect(rfm(subject({}))).toBeNull();
    expect(rfm(subject({ pos: { rank: rank(5, 4, 1) }, lost: ['pos'] }))).toBeNull();
    expect(rfm(subject({ pos: { rank: rank(5, 4, 6) } }))).toBeNull();
  });
});
