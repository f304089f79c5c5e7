import { randomUUID } from 'node:crypto';
import type { Json } from './graph-client.ts';
import type { Stack } from './stack.ts';

/** A customer with something in every domain, and the ids of those things. */
export interface Person {
  readonly id: string;
  readonly order: string;
  readonly transaction: string;
}

const AGO = { hours: 3_600_000, days: 86_400_000 };

/** What can be asked, and the time there. */
export interface Askable extends Pick<Stack, 'ask'> {
  readonly company: { readonly time: { readonly now: number } };
}

/** Runs one mutation, which has to be accepted; gives its payload. Each call has a key of its own. */
export async function mutate(stack: Askable, mutation: string, input: object, selection: string): Promise<Json> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const repeatable = mutation === 'eventsTrack' ? {} : { idempotencyKey: randomUUID() };
  const { data, errors } = await stack.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} userErrors { code field message } } }`,
    { input: { ...repeatable, ...input } },
  );
  if (errors || data[mutation].userErrors.length > 0) throw new Error(JSON.stringify({ mutation, errors, data }));
  return data[mutation];
}

/** Makes a customer through the graph's own mutations. */
export async function person(stack: Askable, name: string, { consent }: { readonly consent: boolean }): Promise<Person> {
  const at = (ms: number) => new Date(stack.company.time.now - ms).toISOString();
  const run = (mutation: string, input: object, selection: string) => mutate(stack, mutation, input, selection);

  const { customer } = await run(
    'customerUpsert',
    {
      identifiers: [
        { namespace: 'EMAIL', value: `${name}@example.com` },
        { namespace: 'USER_ID', value: `user-${name}` },
      ],
      names: [`${name} Example`],
    },
    'customer { id }',
  );
  const id = customer.id as string;
  // Behaviour, texts and profiling are read by permission; whoever grants nothing is only served.
  const purposes = consent ? ['SERVICE', 'PERSONALIZATION', 'PROFILING', 'MARKETING', 'ANALYTICS'] : ['SERVICE'];
  for (const purpose of purposes)
    await run(
      'customerConsentSet',
      { customer: id, purpose, status: 'GRANTED', lawfulBasis: 'CONSENT', recordedAt: at(AGO.days) },
      'consent { status }',
    );

  await run('profileUpdate', { customer: id, name: { given: name, family: 'Example' }, locale: 'en-GB' }, 'profile { name { display } }');
  const { order } = await run(
    'orderRecord',
    {
      customer: id,
      number: `${name}-1001`,
      placedAt: at(2 * AGO.days),
      status: 'COMPLETED',
      channel: 'WEB',
      currency: 'EUR',
      lines: [{ sku: 'TEA-100', name: 'Tea', quantity: '2', unitPrice: '9.50' }],
    },
    'order { id }',
  );
  await run('loyaltyEnroll', { customer: id }, 'account { number }');
  const { transaction } = await run('pointsAccrue', { customer: id, points: 500, order: order.id }, 'transaction { id }');
  await run(
    'eventsTrack',
    {
      events: [
        {
          messageId: `${name}-1`,
          type: 'TRACK',
          name: 'Product Added',
          timestamp: at(5 * AGO.hours),
          customer: id,
          channel: 'WEB',
          product: { sku: 'TEA-100', name: 'Tea', quantity: 1 },
        },
      ],
    },
    'events { id }',
  );
  await run('surveyResponseSubmit', { customer: id, metric: 'NPS', score: 9, submittedAt: at(AGO.days) }, 'feedbackItem { id }');
  return { id, order: order.id, transaction: transaction.id };
}
