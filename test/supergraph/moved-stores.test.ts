import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubgraphs } from '../../cli/runtime/open-subgraphs.ts';
import type { Directory } from '../../kernel/intake.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { AnySpec } from '../../kernel/storage/port.ts';
import { openSubgraph, type Subgraph } from '../../kernel/subgraph.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { modules, openDirectory } from '../../subgraphs/registry.ts';
import { emptyStorage, TEST_NOW } from '../support/company.ts';
import type { Json } from '../support/graph-client.ts';

const DAY = 86_400_000;
const log = pino({ enabled: false });
const NAMES = ['recommendations', 'experiments', 'segments'] as const;
type Name = (typeof NAMES)[number];

/** As recommendations kept them, before experiments and segments were subgraphs of their own: all in one store. */
const OLD_SPECS: readonly AnySpec[] = [
  ...new Map(NAMES.flatMap((name) => modules[name].specs.map(({ movedFrom: _, ...spec }) => [spec.name, spec] as const))).values(),
];

const arms = ['control', 'treatment'].map((name) => ({ name, share: 0.5 }));
const experiment = { name: 'Tea', arms, metrics: [{ key: 'bought', kind: 'PROPORTION', role: 'PRIMARY' }] };
const layered = (id: string, share: number) => ({
  ...experiment,
  ...{ id, control: 'control', plannedUnits: 100, layer: { name: 'home', share } },
});

/** Mutations with their keys, which change nothing when they are repeated. */
const mutations = (ids: readonly string[]): readonly (readonly [name: Name, mutation: string, input: object, selection: string])[] => [
  ['experiments', 'experimentDefine', layered('layered', 0.5), 'experiment { id startAt }'],
  ['experiments', 'experimentDefine', layered('stopped', 0.5), 'experiment { id startAt }'],
  ['experiments', 'experimentDefine', { ...experiment, id: 'adaptive', assignment: 'ADAPTIVE' }, 'experiment { id startAt }'],
  [
    'experiments',
    'experimentExposureRecord',
    { experiment: 'adaptive', exposures: ids.map((unit) => ({ unit })) },
    'exposures { unit arm exposedAt recorded }',
  ],
  [
    'experiments',
    'experimentOutcomeRecord',
    { experiment: 'adaptive', outcomes: [{ id: 'o1', unit: ids[0], metric: 'bought' }] },
    'outcomes { id unit recorded }',
  ],
  ['experiments', 'experimentStop', { experiment: 'stopped' }, 'experiment { id stoppedAt }'],
  ['segments', 'segmentDefine', { id: 'listed', name: 'Listed', list: true }, 'segment { id revision definedAt }'],
  ['segments', 'segmentListChange', { segment: 'listed', add: ids }, 'added removed'],
  ['segments', 'segmentListChange', { segment: 'listed', remove: ids.slice(0, 1) }, 'added removed'],
  [
    'recommendations',
    'contentPublish',
    { source: 'cms', number: '1', kind: 'ADVICE', skus: ['TEA-100'], translations: [{ locale: 'en', title: 'Water' }] },
    'content { id }',
  ],
];

const QUERIES: Readonly<Record<Exclude<Name, 'recommendations'>, string>> = {
  experiments: `query ($of: [_Any!]!) {
    experiments(first: 10) { nodes { id name state startAt stoppedAt layer { name share } arms { name share } } }
    experimentReport(id: "adaptive", maxAgeSeconds: 0) { units arms { arm units figures { metric value n } } }
    _entities(representations: $of) { ... on Customer { experiments { experiment { id } status reason arm } } }
  }`,
  segments: `query ($of: [_Any!]!) {
    segments(first: 10) { nodes { id name revision definedAt retiredAt } }
    segment(id: "listed") { members(first: 10) { nodes { customer { id } since } } }
    _entities(representations: $of) { ... on Customer { segments { segment { id } verdict since } } }
  }`,
};

describe('a store that was written before experiments and segments had their own', () => {
  const { storage, remove } = emptyStorage();
  const ids: string[] = [];
  let now = TEST_NOW;
  const clock = () => now;
  /** What the earlier version answered. */
  const before: { mutations: Json[]; repeated: Json[]; queries: Partial<Record<Name, Json>> } = {
    mutations: [],
    repeated: [],
    queries: {},
  };

  async function ask(subgraph: Subgraph | undefined, query: string, variables: Record<string, unknown>): Promise<Json> {
    if (!subgraph) throw new Error('The subgraph is not open.');
    const { data, errors } = await subgraph.execute(parse(query), variables, subgraph.context({ requestId: 'test', now }));
    expect(errors).toBeUndefined();
    return JSON.parse(JSON.stringify(data));
  }
  async function mutate(subgraphs: ReadonlyMap<SubgraphName, Subgraph>): Promise<Json[]> {
    const answers: Json[] = [];
    for (const [index, [name, mutation, input, selection]] of mutations(ids).entries()) {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} userErrors { code field message } } }`;
      answers.push(await ask(subgraphs.get(name), document, { input: { idempotencyKey: `key-${index}`, ...input } }));
    }
    return answers;
  }
  const query = (subgraphs: ReadonlyMap<SubgraphName, Subgraph>, name: Exclude<Name, 'recommendations'>) =>
    ask(subgraphs.get(name), QUERIES[name], {
      of: ids.map((id) => ({ __typename: 'Customer', id, members: [id], permissions: ['PERSONALIZATION', 'PROFILING'] })),
    });

  async function people(directory: Directory): Promise<void> {
    const consents = (['PERSONALIZATION', 'PROFILING'] as const).map((purpose) => ({
      ...{ purpose, channel: null, status: 'GRANTED' as const, lawfulBasis: 'CONSENT', policyVersion: null },
      ...{ recordedAt: TEST_NOW, expiresAt: null, proof: null },
    }));
    const claims = ['ada', 'ben', 'cat'].map((value) => ({
      ...{ identifiers: [{ namespace: 'USER_ID', value }], source: 'test', seenAt: null, consents },
    }));
    for (const id of await directory.resolve(claims)) if (typeof id === 'string') ids.push(id);
    expect(ids).toHaveLength(3);
  }

  beforeAll(async () => {
    const identities = await openStore(storage, 'identity', modules.identity.specs);
    const store = await openStore(storage, 'recommendations', OLD_SPECS);
    const directory = await openDirectory({ store: identities, clock });
    const subgraphs = new Map(NAMES.map((name) => [name, openSubgraph(modules[name], { store, directory, clock, log })] as const));
    await people(directory);
    before.mutations = await mutate(subgraphs);
    // A list is told as it is now.
    before.repeated = await mutate(subgraphs);
    for (const name of ['experiments', 'segments'] as const) before.queries[name] = await query(subgraphs, name);
    await Promise.all([store.close(), identities.close()]);
    now += DAY;
  });
  afterAll(() => remove());

  it('holds what the tests suppose', () => {
    expect(before.mutations.flatMap((answer) => Object.values(answer).flatMap(({ userErrors }: Json) => userErrors))).toEqual([]);
    expect(before.queries.experiments.experimentReport.units).toBe(3);
    expect(before.queries.segments.segment.members.nodes).toHaveLength(2);
    expect(before.queries.segments._entities.map(({ segments }: Json) => segments.length)).toEqual([0, 1, 1]);
  });

  it.each(['experiments', 'segments'] as const)('is found by a process that serves %s alone, with equal answers', async (name) => {
    const opened = await openSubgraphs({ storage, names: [name], clock, log });
    try {
      expect(await query(opened.subgraphs, name)).toEqual(before.queries[name]);
    } finally {
      await opened.close();
    }
  });

  it('knows repeated mutations and refuses a key that was used for another input, in all three', async () => {
    const opened = await openSubgraphs({ storage, names: NAMES, clock, log });
    try {
      expect(await mutate(opened.subgraphs)).toEqual(before.repeated);
      for (const name of ['experiments', 'segments'] as const) expect(await query(opened.subgraphs, name)).toEqual(before.queries[name]);
      const { experimentStop } = await ask(
        opened.subgraphs.get('experiments'),
        'mutation ($input: ExperimentStopInput!) { experimentStop(input: $input) { userErrors { code } } }',
        { input: { idempotencyKey: 'key-5', experiment: 'adaptive' } },
      );
      expect(experimentStop.userErrors).toEqual([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    } finally {
      await opened.close();
    }
  });

  it('holds nothing of them any more, and what is of recommendations', async () => {
    const store = await openStore(storage, 'recommendations', OLD_SPECS);
    const counts: Record<string, number> = {};
    for (const spec of OLD_SPECS) {
      counts[spec.name] = 0;
      for await (const _ of store.collection(spec).scan()) counts[spec.name]! += 1;
    }
    await store.close();
    expect(counts).toMatchObject({
      experiments: 0,
      experiment_layers: 0,
      experiment_units: 0,
      segments: 0,
      segment_members: 0,
      content_pieces: 1,
    });
    expect(counts.requests).toBe(mutations(ids).length);
  });
});
