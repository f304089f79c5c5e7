import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subgraphSdl } from '../../kernel/subgraph.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../kernel/subgraph-names.ts';
import { person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

/** What a release adds: something that identity tells, and recommendations requires. */
const ADDED: Partial<Record<SubgraphName, readonly (readonly [before: RegExp, after: string])[]>> = {
  identity: [[/^ {2}permissionsSince: /m, '  permissionsUntil: [DateTime!] @inaccessible\n$&']],
  recommendations: [
    [/^ {2}permissionsSince: /m, '  permissionsUntil: [DateTime!] @external\n$&'],
    [/permissions permissionsSince$/m, '$& permissionsUntil'],
  ],
};

function newerSupergraph(): string {
  const services = SUBGRAPH_NAMES.map((name) => {
    const sdl = (ADDED[name] ?? []).reduce((text, [before, after]) => {
      expect(text).toMatch(before);
      return text.replace(before, after);
    }, subgraphSdl(name));
    return { name, url: `http://127.0.0.1:1/${name}`, typeDefs: parse(sdl) };
  });
  const composed = composeServices(services);
  if (composed.errors) throw new Error(composed.errors.map(({ message }) => message).join('\n'));
  return composed.supergraphSdl;
}

// As while files are replaced under a running process, or subgraphs are rolled out after the supergraph.
describe.each(SHAPES)('a supergraph that is newer than the subgraphs, in %s', (shape) => {
  let stack: Stack;
  let ada: string;

  beforeAll(async () => {
    stack = await openStack(shape, undefined, newerSupergraph());
    ada = (await person(stack, 'ada', { consent: true })).id;
  }, 60_000);
  afterAll(() => stack.close());

  it('never answers null without an error for what could not be asked', async () => {
    const { data, errors } = await stack.ask('query ($id: ID!) { customer(id: $id) { id recommendations { offers { template } } } }', {
      id: ada,
    });
    expect(data).toEqual({ customer: null });
    expect(errors).toEqual([
      {
        message: 'The identity service is unavailable.',
        path: ['customer'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'identity' },
      },
    ]);
  });

  it('answers whatever does not need it', async () => {
    const { data, errors } = await stack.ask(
      'query ($id: ID!) { customer(id: $id) { insights { sourceStatus { state } } profile { locale } } }',
      {
        id: ada,
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ customer: { insights: { sourceStatus: { state: 'OK' } }, profile: { locale: 'en-GB' } } });
  });
});
