import { describe, expect, it } from 'vitest';
import type { ConsentRecord } from '../../../subgraphs/identity/records.ts';
import { consentMatrix, grantedPurposes, grantedSince, withheldFields } from '../../../subgraphs/identity/rules.ts';

const NOW = 1000;
let sequence = 0;
function said(status: ConsentRecord['status'], recordedAt: number, rest: Partial<ConsentRecord> = {}): ConsentRecord {
  const about = { purpose: 'PROFILING', channel: null, lawfulBasis: 'CONSENT', policyVersion: null, proof: null, expiresAt: null } as const;
  return { owner: 'ada', id: `c${++sequence}`, version: 1, source: 'web', origin: '', status, recordedAt, ...about, ...rest };
}
const states = (history: ConsentRecord[], now = NOW) =>
  consentMatrix('ada', history, now)
    .filter(({ purpose }) => purpose === 'PROFILING')
    .map(({ channel, status }) => [channel, status]);
const granted = (history: ConsentRecord[], now = NOW) => grantedPurposes(consentMatrix('ada', history, now));

describe('the consent matrix', () => {
  it('answers UNKNOWN for every purpose when nothing was ever said', () => {
    const matrix = consentMatrix('ada', [], NOW);
    expect(matrix.map(({ status }) => status)).toEqual(Array(8).fill('UNKNOWN'));
    expect(grantedPurposes(matrix)).toEqual([]);
  });

  it('tells since when each purpose is granted, by the latest of the statements that grant it', () => {
    const since = (history: ConsentRecord[]) => grantedSince(consentMatrix('ada', history, NOW));
    const marketing = { purpose: 'MARKETING' } as const;
    expect(since([said('GRANTED', 10, marketing), said('GRANTED', 40, { ...marketing, channel: 'EMAIL' }), said('GRANTED', 20)])).toEqual([
      20,
      40, // PROFILING, MARKETING
    ]);
    expect(since([said('GRANTED', 10), said('WITHDRAWN', 20), said('GRANTED', 30)])).toEqual([30]);
    expect(since([said('GRANTED', 10), said('WITHDRAWN', 20)])).toEqual([]);
  });

  it('lets the latest statement hold, in whatever order they are read', () => {
    const history = [said('WITHDRAWN', 30), said('GRANTED', 10), said('GRANTED', 20)];
    expect(states(history)).toEqual([[null, 'WITHDRAWN']]);
    expect(states(history.toReversed())).toEqual([[null, 'WITHDRAWN']]);
  });

  it('takes a refusal of two statements at the same time', () => {
    expect(states([said('DENIED', 10), said('GRANTED', 10)])).toEqual([[null, 'DENIED']]);
  });

  it('puts what was said of one channel before what was said of all', () => {
    expect(states([said('DENIED', 10, { channel: 'WEB' }), said('GRANTED', 20)])).toEqual([
      [null, 'GRANTED'],
      ['WEB', 'DENIED'],
    ]);
  });

  it('lets a later refusal for all channels hold for each', () => {
    expect(states([said('GRANTED', 10, { channel: 'WEB' }), said('WITHDRAWN', 20)])).toEqual([
      [null, 'WITHDRAWN'],
      ['WEB', 'WITHDRAWN'],
    ]);
  });

  it('expires a grant at its very end, and no refusal', () => {
    expect(states([said('GRANTED', 10, { expiresAt: NOW + 1 })])).toEqual([[null, 'GRANTED']]);
    expect(states([said('GRANTED', 10, { expiresAt: NOW })])).toEqual([[null, 'EXPIRED']]);
    expect(states([said('DENIED', 10, { expiresAt: NOW })])).toEqual([[null, 'DENIED']]);
  });

  it('waits for a grant that is dated ahead, but not for a refusal', () => {
    expect(states([said('GRANTED', NOW + 1)])).toEqual([[null, 'UNKNOWN']]);
    expect(states([said('GRANTED', 10), said('DENIED', NOW + 1)])).toEqual([[null, 'DENIED']]);
  });

  it('does not let a grant from an anonymous browser override what the person said', () => {
    const anonymous = { owner: 'anon' };
    expect(states([said('DENIED', 10), said('GRANTED', 20, anonymous)])).toEqual([[null, 'DENIED']]);
    expect(states([said('GRANTED', 20, anonymous)])).toEqual([[null, 'GRANTED']]);
    expect(states([said('GRANTED', 10), said('DENIED', 20, anonymous)])).toEqual([[null, 'DENIED']]);
  });
});

describe('permissions', () => {
  it('holds purposes granted for every channel without exception', () => {
    expect(granted([said('GRANTED', 10), said('GRANTED', 10, { purpose: 'MARKETING', channel: 'EMAIL' })])).toEqual(['PROFILING']);
    expect(granted([said('GRANTED', 10), said('DENIED', 5, { channel: 'WEB' })])).toEqual([]);
  });

  it('withholds personal offers and scores for each purpose that is missing', () => {
    expect(withheldFields(['PERSONALIZATION', 'PROFILING', 'MARKETING'])).toEqual([]);
    expect(withheldFields(['PERSONALIZATION'])).toEqual([
      { field: 'recommendations.offers', purpose: 'PROFILING' },
      { field: 'recommendations.nextBestActions', purpose: 'PROFILING' },
      { field: 'recommendations.rfm', purpose: 'PROFILING' },
      { field: 'productRecommendations.offers', purpose: 'PROFILING' },
      { field: 'productRecommendations.nextBestActions', purpose: 'PROFILING' },
      { field: 'productRecommendations.rfm', purpose: 'PROFILING' },
      { field: 'insights.rfm', purpose: 'PROFILING' },
      { field: 'insights.lifetimeValue', purpose: 'PROFILING' },
      { field: 'insights.churn', purpose: 'PROFILING' },
      { field: 'insights.lifecycleStage', purpose: 'PROFILING' },
      { field: 'insights.cluster', purpose: 'PROFILING' },
      { field: 'nextPurchase.products', purpose: 'PROFILING' },
      { field: 'nextPurchase.discover', purpose: 'PROFILING' },
      { field: 'segments', purpose: 'PROFILING' },
      { field: 'feedback.sentiment', purpose: 'PROFILING' },
    ]);
    // Each of those by both purposes, but for the sentiment.
    expect(withheldFields([])).toHaveLength(29);
  });
});
