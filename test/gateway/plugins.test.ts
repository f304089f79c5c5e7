import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadPlugins } from '../../gateway/http/plugins.ts';
import { openGateway } from '../support/gateway.ts';
import { post } from '../support/graph-client.ts';

let folder: string;
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c360-plugins-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('plugins of Apollo Server', () => {
  it('see every request, those that were prepared before too, with its id, and may refuse it or add to the answer', async () => {
    const plugins = await loadPlugins([
      file(
        'one.mjs',
        `export default [{ async requestDidStart({ contextValue }) {
          return { async willSendResponse({ response }) { response.http.headers.set('x-seen', contextValue.client.requestId); } };
        } }];`,
      ),
      file(
        'two.mjs',
        `import { GraphQLError } from '${import.meta.resolve('graphql/index.js')}';
        export default { async requestDidStart() {
          return { async didResolveOperation({ operationName }) {
            if (operationName === 'Secret') throw new GraphQLError('Not for you.', { extensions: { code: 'FORBIDDEN', http: { status: 403 } } });
          } };
        } };`,
      ),
    ]);
    expect(plugins).toHaveLength(2);
    const gateway = await openGateway({ plugins });
    onTestFinished(gateway.close);
    const url = `${gateway.url}/graphql`;
    const query = 'query Name { customer(id: "ada") { id } }';
    for (let i = 0; i < 3; i++) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      expect(await response.json()).toEqual({ data: { customer: { id: 'ada' } } });
      expect(response.headers.get('x-seen')).toBe(response.headers.get('x-request-id'));
    }
    expect(await post(url, query.replace('Name', 'Secret'))).toEqual({
      errors: [{ message: 'Not for you.', extensions: { code: 'FORBIDDEN' } }],
      status: 403,
    });
  });

  it('that can not be used are told of, each with its file', async () => {
    const files = [
      file('none.mjs', 'export const plugin = {};'),
      file('broken.mjs', 'throw new TypeError("no such thing");'),
      file('number.mjs', 'export default [1];'),
      join(folder, 'missing.mjs'),
    ];
    await expect(loadPlugins(files)).rejects.toMatchObject({
      problems: [
        `${files[0]} (C360_PLUGINS): exports no plugin. Export one, or a list of them, as default.`,
        `${files[1]} (C360_PLUGINS): can't be loaded (TypeError: no such thing). Name ES modules that import what they need.`,
        `${files[2]} (C360_PLUGINS): exports no plugin. Export one, or a list of them, as default.`,
        expect.stringContaining(`${files[3]} (C360_PLUGINS): can't be loaded (`),
      ],
    });
  });
});
