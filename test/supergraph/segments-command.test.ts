import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutate, person } from '../support/people.ts';
import { c360 } from '../support/processes.ts';
import { openStack, type Stack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack('one process');
  // What the command does happens now.
  stack.company.time.now = Date.now();
});
afterAll(() => stack.close());

function command(...args: readonly string[]) {
  const { storage } = stack.company;
  const place: Record<string, string> =
    storage.kind === 'sqlite' ? { DATA_DIR: storage.dataDir } : { MONGODB_URI: storage.uri, C360_DATABASE_PREFIX: storage.prefix ?? '' };
  return c360(args, { ...place, LOG_LEVEL: 'error' }).exit;
}

it('c360 segments count asks with the models, ranks and content that a server would have', async () => {
  const { id: customer } = await person(stack, 'ada', { consent: true });
  const placedAt = new Date(stack.company.time.now - 86_400_000).toISOString();
  const lines = [{ sku: 'KETTLE-1', quantity: '1', unitPrice: '1' }];
  await mutate(stack, 'orderRecord', { customer, number: 'kettle', placedAt, currency: 'EUR', lines }, 'order { id }');
  const translations = [{ locale: 'en', title: 'How to descale it' }];
  await mutate(
    stack,
    'contentPublish',
    { source: 'cms', number: 'descale', kind: 'ADVICE', skus: ['KETTLE-1'], translations },
    'content { id }',
  );
  const rule = { condition: { field: 'productRecommendations.offers(templates: [ADVICE]).template', is: 'PRESENT', values: [] } };
  await mutate(stack, 'segmentDefine', { id: 'advised', name: 'Advised', rule }, 'segment { id }');

  const { code, stdout, stderr } = await command('segments', 'count', '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ segment: 'advised', customers: 1, members: 1, entered: 1, unknown: 0, withheld: 0 });
}, 60_000);
