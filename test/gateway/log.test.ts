import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../kernel/errors.ts';
import { createLog } from '../../kernel/log.ts';

const CANARY = 'mallory.canary@example.com';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog('trace', { write: (line) => (text += line) }));
  return text;
}

describe('a log', () => {
  it('holds the fields that are allowed, and the message', () => {
    const line: unknown = JSON.parse(
      logged((log) => log.child({ subgraph: 'pos' }).info({ requestId: 'r1', status: 200, durationMs: 12 }, 'answered')),
    );
    expect(line).toMatchObject({ level: 'info', subgraph: 'pos', requestId: 'r1', status: 200, durationMs: 12, msg: 'answered' });
  });

  it.each<[string, (log: ReturnType<typeof createLog>) => void]>([
    ['a field that is not listed', (log) => log.info({ email: CANARY }, 'x')],
    ['a field of a child', (log) => log.child({ customer: CANARY }).info('x')],
    ["a field of a child's child", (log) => log.child({ subgraph: 'pos' }).child({ customer: CANARY }).info('x')],
    ['an object under a listed name', (log) => log.info({ reason: { email: CANARY } }, 'x')],
    ['a request', (log) => log.info({ req: { headers: { authorization: CANARY }, body: CANARY } }, 'x')],
    ['variables', (log) => log.info({ variables: { input: { email: CANARY } } }, 'x')],
    ['an interpolated value', (log) => log.info('x %s', CANARY)],
    ['a value interpolated after fields', (log) => log.info({ count: 1 }, 'x %s', CANARY)],
    ["an error's message", (log) => log.error({ err: new Error(`duplicate key ${CANARY}`) }, 'x')],
    ["an error's message over two lines", (log) => log.error({ err: new Error(`no\n    at ${CANARY}:1:1`) }, 'x')],
    ["an error's properties", (log) => log.error({ err: Object.assign(new Error('x'), { keyValue: { email: CANARY } }) }, 'x')],
    ["an error's cause", (log) => log.error({ err: new Error('x', { cause: new Error(CANARY) }) }, 'x')],
    ['an error alone', (log) => log.error(new Error(CANARY))],
    ['an error alone with a message', (log) => log.error(new Error(CANARY), 'x')],
    ['what was thrown and is no error', (log) => log.error({ err: CANARY }, 'x')],
  ])('does not hold %s', (_, write) => {
    const text = logged(write);
    expect(text).toContain('"msg":');
    expect(text).not.toContain('canary');
  });

  it('names an error, its code and where it came from, and repeats what we wrote for operators', () => {
    const fault = Object.assign(new TypeError('x'), { code: 'E11000' });
    expect(JSON.parse(logged((log) => log.error({ err: fault }, 'x')))).toMatchObject({
      err: { name: 'TypeError', code: 'E11000', at: [expect.stringContaining('log.test.ts'), ...Array(5).fill(expect.any(String))] },
    });
    expect(logged((log) => log.error({ err: new OperatorError('Wrong:', ['PORT: in use']) }, 'x'))).toContain('PORT: in use');
  });
});
