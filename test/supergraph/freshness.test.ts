import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/graph-client.ts';
import { mutate, person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

const DAY = 86_400_000;

const DECIDED = `query ($id: ID!) { customer(id: $id) { recommendations {
  offers { template personalized channels heldBack { channel code } reasons { code evidence { name value } } }
  nextBestActions { kind }
  disclosure { personalized purposes { purpose granted since } }
} } }`;

// Each test acknowledges one mutation and asks once: what the answer does not show then, it does not show in time.
describe.each(SHAPES)('the next request after a mutation was acknowledged, in %s', (shape) => {
  let stack: Stack;
  let ada: string;

  beforeAll(async () => {
    stack = await openStack(shape);
    ada = (await person(stack, 'ada', { consent: true })).id;
  }, 60_000);
  afterAll(() => stack.close());

  async function decided(): Promise<Json> {
    const { data, errors } = await stack.ask(DECIDED, { id: ada });
    expect(errors).toBeUndefined();
    return data.customer.recommendations;
  }
  const templates = async () => (await decided()).offers.map(({ template }: Json) => template);
  const offer = async (wanted: string) => (await decided()).offers.find(({ template }: Json) => template === wanted) ?? null;
  const at = (ms: number) => new Date(stack.company.time.now + ms).toISOString();
  const run = (mutation: string, input: object, selection: string) => mutate(stack, mutation, { customer: ada, ...input }, selection);
  const consent = (purpose: string, status: string) => {
    // Of two statements at one time a refusal holds, so time has to pass between them.
    stack.company.time.now += 1000;
    return run('customerConsentSet', { purpose, status, lawfulBasis: 'CONSENT' }, 'consent { status }');
  };

  it('knows of an order', async () => {
    // Two orders after the first, which was 2 days ago, end the welcome.
    const order = (number: string) =>
      run(
        'orderRecord',
        { number, placedAt: at(-DAY), currency: 'EUR', lines: [{ sku: 'TEA-100', quantity: '1', unitPrice: '1' }] },
        'order { id }',
      );
    expect(await templates()).toEqual(['CART_REMINDER', 'WELCOME']);
    await order('ada-2');
    expect((await offer('WELCOME')).reasons[0].evidence).toContainEqual({ name: 'orderCount', value: '2' });
    await order('ada-3');
    expect(await templates()).toEqual(['CART_REMINDER']);
  });

  it('knows of a redemption', async () => {
    await run('pointsAccrue', { points: 250, expiresAt: at(10 * DAY) }, 'transaction { id }');
    expect((await offer('POINTS_EXPIRING')).reasons[0].evidence).toContainEqual({ name: 'points', value: '250' });
    await run('pointsRedeem', { points: 100 }, 'transaction { id }');
    expect((await offer('POINTS_EXPIRING')).reasons[0].evidence).toContainEqual({ name: 'points', value: '150' });
    await run('pointsRedeem', { points: 150 }, 'transaction { id }');
    expect(await offer('POINTS_EXPIRING')).toBeNull();
  });

  it('knows of a complaint, and that it was settled', async () => {
    const { case: opened } = await run('caseOpen', { type: 'COMPLAINT' }, 'case { id }');
    const during = await decided();
    expect(during.offers.map(({ template }: Json) => template)).toEqual(['SERVICE_RECOVERY']);
    expect(during.nextBestActions).toEqual([{ kind: 'SERVICE_RECOVERY' }, { kind: 'SILENCE' }]);
    await mutate(stack, 'caseClose', { case: opened.id }, 'case { status }');
    expect(await templates()).toEqual(['CART_REMINDER']);
  });

  it('knows of bad feedback', async () => {
    const { feedbackItem } = await run('surveyResponseSubmit', { metric: 'NPS', score: 1, submittedAt: at(0) }, 'feedbackItem { id }');
    expect(await templates()).toEqual(['SERVICE_RECOVERY']);
    await mutate(stack, 'feedbackLoopClose', { feedbackItem: feedbackItem.id, by: 'agent-7' }, 'feedbackItem { id }');
    expect(await templates()).toEqual(['CART_REMINDER']);
  });

  it('knows of a consent that was withdrawn, and of one that was given anew', async () => {
    await consent('PROFILING', 'WITHDRAWN');
    const without = await decided();
    expect(without.offers).toEqual([
      {
        template: 'GENERAL',
        personalized: false,
        channels: ['STORE', 'WEB', 'APP'],
        heldBack: [],
        reasons: [{ code: 'NOT_PERSONALIZED', evidence: [] }],
      },
    ]);
    expect(without.disclosure.personalized).toBe(false);
    expect(without.disclosure.purposes[1]).toEqual({ purpose: 'PROFILING', granted: false, since: null });
    await consent('PROFILING', 'GRANTED');
    const again = await decided();
    expect(again.offers).toMatchObject([{ template: 'CART_REMINDER', personalized: true }]);
    expect(again.disclosure.purposes[1]).toEqual({ purpose: 'PROFILING', granted: true, since: at(0) });
  });

  it('knows what goes out: consent to marketing, a message unsubscribed from, and hours that suit', async () => {
    const held = async () => (await offer('CART_REMINDER')).heldBack;
    expect(await held()).toEqual([]);
    await consent('MARKETING', 'WITHDRAWN');
    expect(await held()).toEqual(['EMAIL', 'PUSH'].map((channel) => ({ channel, code: 'NO_MARKETING_CONSENT' })));
    await consent('MARKETING', 'GRANTED');
    expect(await held()).toEqual([]);
    stack.company.time.now += 1000;
    await run('campaignTouchRecord', { campaign: 'spring', channel: 'EMAIL', state: 'UNSUBSCRIBED' }, 'campaignTouch { id }');
    expect(await held()).toEqual([{ channel: 'EMAIL', code: 'UNSUBSCRIBED' }]);
    await consent('MARKETING', 'GRANTED');
    expect(await held()).toEqual([]);
    await run('preferencesSet', { contactWindow: { from: '18:00', to: '20:00' }, channelOrder: ['APP'] }, 'preferences { channelOrder }');
    expect(await offer('CART_REMINDER')).toMatchObject({
      channels: ['APP', 'WEB'],
      heldBack: ['EMAIL', 'PUSH'].map((channel) => ({ channel, code: 'QUIET_HOURS' })),
    });
  });

  it('knows of an error that was met', async () => {
    const event = {
      messageId: 'error-1',
      type: 'TRACK',
      name: 'Payment Failed',
      timestamp: at(-3_600_000),
      customer: ada,
      channel: 'WEB',
      error: 'PAYMENT_FAILED',
    };
    await mutate(stack, 'eventsTrack', { events: [event] }, 'events { id }');
    expect(await templates()).toEqual(['ERROR_HELP', 'CART_REMINDER']);
  });
});
