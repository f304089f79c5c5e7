import { readFileSync } from 'node:fs';
import { buildSchema, type FormattedExecutionResult, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { gatewayView } from '../../cli/runtime/gateway-view.ts';
import type { MergedView } from '../../kernel/merged-view.ts';
import type { SubgraphModule } from '../../kernel/subgraph.ts';
import { update } from '../../kernel/update.ts';
import type { Context } from '../../subgraphs/segments/context.ts';
import { SegmentJudge } from '../../subgraphs/segments/judge.ts';
import { segments } from '../../subgraphs/segments/module.ts';
import { segmentKey } from '../../subgraphs/segments/records.ts';
import { countSegments, type SegmentRunOptions } from '../../subgraphs/segments/run.ts';
import { Segments } from '../../subgraphs/segments/store.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { type Answer, customersOf, mutation } from '../support/domain-calls.ts';

/** A graph in which everybody's fields are what a test says, by customer id. */
const graph = {
  schema: gatewayView(new URL('http://127.0.0.1:1/'), 1).schema as GraphQLSchema,
  fields: new Map<string, object | null>(),
  answer: null as unknown,
  async ask(_query: string, { ids }: Readonly<Record<string, unknown>>): Promise<FormattedExecutionResult> {
    if (graph.answer !== null) return graph.answer as FormattedExecutionResult;
    return { data: { customers: (ids as string[]).map((id) => graph.fields.get(id) ?? { id }) } };
  },
};
let view: MergedView | null = graph;

let domain: Domain;
beforeAll(async () => {
  const module: SubgraphModule<Context> = {
    ...segments,
    context: (deps) => segments.context({ ...deps, mergedView: () => view }),
  };
  domain = await openDomain(module);
});
beforeEach(() => {
  domain.time.now = TEST_NOW;
  view = graph;
  graph.answer = null;
  graph.fields.clear();
});
afterAll(() => domain.close());

let lastCountAt = 0;
let keys = 0;
const keyed = (input: object) => ({ idempotencyKey: `key-${keys++}`, ...input });
const condition = (field: string, is: string, ...values: string[]) => ({ condition: { field, is, values } });
const ANYBODY = condition('id', 'PRESENT');
const define = (id: string, input: object) =>
  mutation(domain, 'segmentDefine', keyed({ id, name: id, ...input }), 'segment { id kind revision retiredAt }');
const change = (segment: string, input: object) =>
  mutation(domain, 'segmentListChange', keyed({ segment, ...input }), 'segment { id } added removed');
const retire = (segment: string) => mutation(domain, 'segmentRetire', keyed({ segment }), 'segment { id retiredAt }');
const refusals = ({ segment, userErrors }: Answer) => {
  expect(segment).toBeNull();
  return userErrors.map(({ code, field }: Answer) => `${code} ${field?.slice(1).join('.') ?? ''}`.trim());
};
const membershipsOf = async (ids: readonly (readonly string[])[], args = '') =>
  (
    await customersOf(
      domain,
      ids.map((members) => ({ members })),
      `{ segments${args} { segment { id } verdict since } }`,
    )
  ).map(({ segments }: Answer) => segments.map(({ segment, verdict }: Answer) => `${segment.id} ${verdict}`));
async function permitted(name: string): Promise<string> {
  const consents = (['PERSONALIZATION', 'PROFILING'] as const).map((purpose) => ({
    ...{ purpose, channel: null, status: 'GRANTED' as const, lawfulBasis: 'CONSENT', policyVersion: null },
    ...{ recordedAt: TEST_NOW, expiresAt: null, proof: null },
  }));
  const [id] = await domain.directory.resolve([
    { identifiers: [{ namespace: 'USER_ID', value: name }], source: 'test', seenAt: null, consents },
  ]);
  if (typeof id !== 'string') throw new Error('A customer was refused.');
  return id;
}
function count(options: Partial<SegmentRunOptions> = {}) {
  // Of counts that began in the same millisecond nobody knows which is the last.
  domain.time.now = Math.max(domain.time.now, lastCountAt) + 1;
  lastCountAt = domain.time.now;
  const clock = () => domain.time.now;
  return countSegments({
    segments: new Segments(domain.store),
    judge: new SegmentJudge(() => view, clock),
    directory: domain.directory,
    clock,
    alike: async () => [],
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
}
async function membersOf(id: string, of = 'MEMBERS'): Promise<readonly string[]> {
  const { data, errors } = await domain.ask(
    `query ($id: ID!, $of: SegmentMembers!) { segment(id: $id) { members(first: 100, of: $of) { nodes { customer { id } } } } }`,
    { id, of },
  );
  expect(errors).toBeUndefined();
  return (data as Answer).segment.members.nodes.map(({ customer }: Answer) => customer.id);
}

describe('a definition', () => {
  it.each([
    [{ idempotencyKey: '' }, 'TEXT_INVALID idempotencyKey'],
    [{ id: 'Upper' }, 'SEGMENT_ID_INVALID id'],
    [{ id: 'a/b' }, 'SEGMENT_ID_INVALID id'],
    [{ id: '-a' }, 'SEGMENT_ID_INVALID id'],
    [{ id: 'a'.repeat(65) }, 'SEGMENT_ID_INVALID id'],
    [{ name: '' }, 'TEXT_INVALID name'],
    [{ name: 'a\u0000' }, 'TEXT_INVALID name'],
    [{ name: 'a'.repeat(201) }, 'TEXT_INVALID name'],
    [{ description: ' ' }, 'TEXT_INVALID description'],
    [{ description: 'a'.repeat(501) }, 'TEXT_INVALID description'],
    [{ description: 'a\u0000b' }, 'TEXT_INVALID description'],
    [{ rule: null }, 'SEGMENT_KIND_INVALID'],
    [{ list: true }, 'SEGMENT_KIND_INVALID'],
    [{ rule: null, list: false }, 'SEGMENT_KIND_INVALID'],
    [{ rule: null, lookalike: { segment: 'none', most: 5 } }, 'SEGMENT_UNKNOWN lookalike.segment'],
    [{ rule: null, lookalike: { segment: 'new', most: 5 } }, 'SEGMENT_KIND_INVALID lookalike.segment'],
    [{ rule: null, lookalike: { segment: 'none', most: 0 } }, 'OUT_OF_RANGE lookalike.most'],
    [{ rule: null, lookalike: { segment: 'none', most: 1_000_001 } }, 'OUT_OF_RANGE lookalike.most'],
    [{ rule: {} }, 'SEGMENT_RULE_INVALID rule'],
    [{ rule: { ...ANYBODY, not: ANYBODY } }, 'SEGMENT_RULE_INVALID rule'],
    [{ rule: { all: [] } }, 'SEGMENT_RULE_INVALID rule.all'],
    [{ rule: { any: [{ not: { all: [{}] } }] } }, 'SEGMENT_RULE_INVALID rule.any.0.not.all.0'],
    [{ rule: { all: Array(51).fill(ANYBODY) } }, 'SEGMENT_RULE_INVALID rule.all'],
    [{ rule: { all: [{ all: Array(30).fill(ANYBODY) }, { all: Array(21).fill(ANYBODY) }] } }, 'SEGMENT_RULE_INVALID rule'],
    [{ rule: condition('id', 'EQUALS', 'a\u0000') }, 'SEGMENT_RULE_INVALID rule.condition.values.0'],
    [{ rule: condition('id', 'EQUALS', '') }, 'SEGMENT_RULE_INVALID rule.condition.values.0'],
    [{ rule: condition(`id${' '.repeat(500)}`, 'PRESENT') }, 'SEGMENT_RULE_INVALID rule.condition.field'],
    [{ rule: condition('nothing', 'PRESENT') }, 'SEGMENT_RULE_INVALID rule.condition.field'],
    // What only the gateway sees, no client may ask for.
    [{ rule: condition('permissions', 'PRESENT') }, 'SEGMENT_RULE_INVALID rule.condition.field'],
    [{ rule: condition('crmSignals.birthDate', 'PRESENT') }, 'SEGMENT_RULE_INVALID rule.condition.field'],
    [{ rule: condition('recommendations.offers(record: true).score', 'PRESENT') }, 'SEGMENT_RULE_INVALID rule.condition.field'],
  ])('is refused: %j', async (input, error) => {
    expect(refusals(await define('new', { rule: ANYBODY, ...input }))).toEqual([error]);
    expect((await domain.ask('{ segment(id: "new") { id } }')).data).toEqual({ segment: null });
  });

  it('is refused for everything that is wrong with it at once', async () => {
    const rule = { all: [condition('nothing', 'PRESENT'), ANYBODY, condition('status', 'EQUALS', 'SLEEPING')] };
    expect(refusals(await define('new', { name: '', rule }))).toEqual([
      'TEXT_INVALID name',
      'SEGMENT_RULE_INVALID rule.all.0.condition.field',
      'SEGMENT_RULE_INVALID rule.all.2.condition.values.0',
    ]);
  });

  it('is refused 9 deep and taken 8 deep', async () => {
    const deep = (levels: number): object => (levels === 1 ? ANYBODY : { not: deep(levels - 1) });
    expect(refusals(await define('deep', { rule: deep(9) }))).toEqual([`SEGMENT_RULE_INVALID rule${'.not'.repeat(8)}`]);
    expect(await define('deep', { rule: deep(8) })).toMatchObject({ segment: { id: 'deep' }, userErrors: [] });
    await retire('deep');
  });

  it('of a rule is refused while the graph can not be asked; lists need no graph', async () => {
    view = null;
    expect(refusals(await define('new', { rule: ANYBODY }))).toEqual(['GRAPH_UNAVAILABLE rule']);
    expect(await define('by-hand', { list: true })).toMatchObject({ segment: { kind: 'LIST' }, userErrors: [] });
    await retire('by-hand');
  });

  it('counts revisions by what makes members, and nothing else', async () => {
    const revision = async (input: object) => (await define('revised', { rule: ANYBODY, ...input })).segment.revision;
    expect(await revision({})).toBe(1);
    expect(await revision({})).toBe(1);
    expect(await revision({ name: 'Another', description: 'What for' })).toBe(1);
    expect(await revision({ rule: { not: ANYBODY } })).toBe(2);
    expect(await revision({ rule: { not: ANYBODY }, purposes: ['MARKETING', 'SERVICE'] })).toBe(3);
    expect(await revision({ rule: { not: ANYBODY }, purposes: ['SERVICE', 'MARKETING', 'SERVICE'] })).toBe(3);
    await retire('revised');
  });

  it('keeps its kind, whoever comes at the same time', async () => {
    await define('kept', { list: true });
    expect(refusals(await define('kept', { rule: ANYBODY }))).toEqual(['SEGMENT_KIND_FIXED id']);
    const both = await Promise.all([define('raced', { list: true }), define('raced', { rule: ANYBODY })]);
    const [won, ...others] = both.filter(({ segment }) => segment);
    expect(others).toEqual([]);
    expect(both.flatMap(({ userErrors }) => userErrors.map(({ code }: Answer) => code))).toEqual(['SEGMENT_KIND_FIXED']);
    const { data } = await domain.ask('{ segment(id: "raced") { kind revision } }');
    expect(data).toEqual({ segment: { kind: won.segment.kind, revision: 1 } });
    await Promise.all([retire('kept'), retire('raced')]);
  });

  it('has seeds in use that are no lookalikes themselves', async () => {
    await define('seeds', { list: true });
    expect(await define('alike', { lookalike: { segment: 'seeds', most: 5 } })).toMatchObject({ segment: { kind: 'LOOKALIKE' } });
    expect(refusals(await define('alike-2', { lookalike: { segment: 'alike', most: 5 } }))).toEqual([
      'SEGMENT_KIND_INVALID lookalike.segment',
    ]);
    await retire('seeds');
    expect(refusals(await define('alike-2', { lookalike: { segment: 'seeds', most: 5 } }))).toEqual(['SEGMENT_UNKNOWN lookalike.segment']);
    // Nobody is like the members of a segment that has none any more.
    expect(await count()).toMatchObject({ counts: {}, refused: { alike: 'its seeds, seeds, are not counted' } });
    await retire('alike');
  });

  it('repeated under its key answers the same; with another input it is refused', async () => {
    const input = { idempotencyKey: 'define-once', id: 'once', name: 'Once', rule: ANYBODY };
    const selection = 'segment { id name revision }';
    const first = await mutation(domain, 'segmentDefine', input, selection);
    expect(first).toEqual({ segment: { id: 'once', name: 'Once', revision: 1 }, userErrors: [] });
    expect(await mutation(domain, 'segmentDefine', input, selection)).toEqual(first);
    expect(refusals(await mutation(domain, 'segmentDefine', { ...input, name: 'Twice' }, selection))).toEqual([
      'IDEMPOTENCY_KEY_REUSED idempotencyKey',
    ]);
    await retire('once');
  });

  it('is refused beyond 200 in use', async () => {
    const { definitions } = new Segments(domain.store);
    await define('many-0', { list: true });
    const [first] = await definitions.getMany([segmentKey('many-0')]);
    if (!first) throw new Error('Nothing was defined.');
    // As two hundred mutations would have stored them.
    const others = Array.from({ length: 199 }, (_, index) => ({ ...first, id: `many-${index + 1}`, version: 0 }));
    await definitions.insertOnce(others);
    expect(refusals(await define('many-200', { list: true }))).toEqual(['TOO_MANY_SEGMENTS id']);
    expect(await define('many-0', { list: true, name: 'Changed' })).toMatchObject({ userErrors: [] });
    await retire('many-0');
    expect(await define('many-200', { list: true })).toMatchObject({ userErrors: [] });
    await retire('many-200');
    await update(definitions, others, (current) => current && { ...current, retiredAt: TEST_NOW });
  });
});

describe('retiring', () => {
  it('ends a segment for good, and a second time changes nothing', async () => {
    await define('over', { list: true });
    const { segment } = await retire('over');
    expect(segment).toEqual({ id: 'over', retiredAt: '2026-03-01T12:00:00.000Z' });
    domain.time.now += 1000;
    expect((await retire('over')).segment).toEqual(segment);
    expect(refusals(await define('over', { list: true }))).toEqual(['SEGMENT_RETIRED id']);
    expect(refusals(await change('over', { add: [await permitted('ada')] }))).toEqual(['SEGMENT_RETIRED segment']);
  });

  it('is refused for a segment that is not there, and under no key', async () => {
    expect(refusals(await retire('nothing'))).toEqual(['SEGMENT_UNKNOWN segment']);
    expect(refusals(await mutation(domain, 'segmentRetire', { idempotencyKey: '', segment: 'nothing' }, 'segment { id }'))).toEqual([
      'TEXT_INVALID idempotencyKey',
    ]);
  });

  it('leaves nobody a member', async () => {
    const ada = await permitted('ada');
    await define('left', { list: true });
    await change('left', { add: [ada] });
    expect([await membershipsOf([[ada]]), await membersOf('left')]).toEqual([[['left MEMBER']], [ada]]);
    await retire('left');
    expect([await membershipsOf([[ada]]), await membersOf('left')]).toEqual([[[]], []]);
  });
});

describe('a list', () => {
  let [ada, ben] = ['', ''];
  beforeAll(async () => {
    [ada, ben] = [await permitted('ada'), await permitted('ben')];
    await define('list', { list: true });
    await define('ruled', { rule: ANYBODY });
  });
  afterAll(() => Promise.all([retire('list'), retire('ruled')]));

  it.each([
    [{ idempotencyKey: '' }, 'TEXT_INVALID idempotencyKey'],
    [{ add: [] }, 'LIST_EMPTY add'],
    [{ add: Array(1001).fill('cus_a') }, 'LIST_TOO_LONG add'],
    [{ remove: Array(1001).fill('cus_a') }, 'LIST_TOO_LONG remove'],
    [{ segment: 'nothing' }, 'SEGMENT_UNKNOWN segment'],
    [{ segment: 'ruled' }, 'SEGMENT_KIND_INVALID segment'],
  ])('is not changed: %j', async (input, error) => {
    expect(refusals(await change('list', { add: [ada], ...input }))).toEqual([error]);
    expect(await membersOf('list')).toEqual([]);
  });

  it('takes customers in and lets them go, and says which are on it then', async () => {
    expect(await change('list', { add: [ada, ben, ada] })).toEqual({
      segment: { id: 'list' },
      added: [ada, ben, ada],
      removed: [],
      userErrors: [],
    });
    expect(await change('list', { add: [ada], remove: [ben] })).toMatchObject({ added: [ada], removed: [ben], userErrors: [] });
    expect(await membersOf('list')).toEqual([ada]);
    await change('list', { remove: [ada] });
  });

  it('is not changed by who is to come and to go, under whichever id', async () => {
    const cookie = await domain.visitor('shared-cookie');
    const person = await domain.visitor('shared-cookie', 'gwen');
    expect(refusals(await change('list', { add: [person], remove: [ben, cookie] }))).toEqual(['LIST_CONTRADICTORY remove.1']);
  });

  it('refuses single customers whom it does not know, and takes them when the request is repeated', async () => {
    const input = { idempotencyKey: 'half', segment: 'list', add: [ada, 'cus_nobody'], remove: ['cus_nobody_else'] };
    const selection = 'segment { id } added removed';
    const first = await mutation(domain, 'segmentListChange', input, selection);
    expect(first).toEqual({
      ...{ segment: { id: 'list' }, added: [ada], removed: [] },
      userErrors: [
        { code: 'CUSTOMER_UNKNOWN', field: ['input', 'add', '1'] },
        { code: 'CUSTOMER_UNKNOWN', field: ['input', 'remove', '0'] },
      ],
    });
    // Taken off since: the older request does not bring her back.
    domain.time.now += 1000;
    await change('list', { remove: [ada] });
    expect(await mutation(domain, 'segmentListChange', input, selection)).toEqual({ ...first, added: [] });
    expect(await membersOf('list')).toEqual([]);
  });

  it('is left alone when all are unknown', async () => {
    expect(refusals(await change('list', { add: ['cus_nobody'] }))).toEqual(['CUSTOMER_UNKNOWN add.0']);
  });

  it('repeated under its key changes nothing and says what is so now; with another input it is refused', async () => {
    const input = { idempotencyKey: 'list-once', segment: 'list', add: [ben] };
    const run = (more: object = {}) => mutation(domain, 'segmentListChange', { ...input, ...more }, 'segment { id } added removed');
    expect(await run()).toMatchObject({ added: [ben] });
    await change('list', { remove: [ben] });
    expect(await run()).toMatchObject({ added: [], userErrors: [] });
    expect(await membersOf('list')).toEqual([]);
    expect(refusals(await run({ add: [ada] }))).toEqual(['IDEMPOTENCY_KEY_REUSED idempotencyKey']);
  });

  it('stays what it is beside counts, which say who came in and went out since the one before', async () => {
    const of = async () => (await count({ only: ['list'] })).counts.list;
    await change('list', { add: [ada] });
    expect(await of()).toMatchObject({ members: 1, entered: 1, left: 0 });
    expect(await of()).toMatchObject({ members: 1, entered: 0, left: 0 });
    await change('list', { add: [ben], remove: [ada] });
    expect(await membersOf('list')).toEqual([ben]);
    expect(await of()).toMatchObject({ members: 1, entered: 1, left: 1 });
    expect([await membersOf('list', 'ENTERED'), await membersOf('list', 'LEFT')]).toEqual([[ben], [ada]]);
    await change('list', { remove: [ben] });
    expect(await of()).toMatchObject({ members: 0, entered: 0, left: 1 });
  });

  it('goes over to who a customer became part of, and is lost to nobody', async () => {
    const cookie = await domain.visitor('cookie');
    await change('list', { add: [cookie] });
    const person = await domain.visitor('cookie', 'dee');
    const [members] = await domain.directory.members([person]);
    expect(members).toHaveLength(2);
    const [survivor, absorbed] = members as [string, string];
    expect(await membershipsOf([[survivor, absorbed]], '(ids: ["list"])')).toEqual([['list MEMBER']]);
    await count({ only: ['list'] });
    expect(await membershipsOf([[survivor]], '(ids: ["list"])')).toEqual([['list MEMBER']]);
    // A store knows the absorbed id still; as that it is on no list any more.
    expect(await membershipsOf([[absorbed]], '(ids: ["list"])')).toEqual([[]]);
    expect(await change('list', { remove: [cookie] })).toMatchObject({ removed: [cookie] });
    expect(await membershipsOf([[survivor, absorbed]], '(ids: ["list"])')).toEqual([[]]);
  });
});

describe('memberships of a page', () => {
  let ids: string[] = [];
  beforeAll(async () => {
    ids = await Promise.all(['ada', 'ben', 'cyd'].map(permitted));
    await define('present', { rule: ANYBODY });
    await define('named', { rule: condition('profile.name.display', 'EQUALS', 'Ada') });
    await define('hand', { list: true });
    await change('hand', { add: ids });
  });
  afterAll(() => Promise.all(['present', 'named', 'hand'].map(retire)));

  it('cost one reading of the segments, one of what is stored, and one question', async () => {
    const asked = vi.spyOn(graph, 'ask');
    domain.calls.clear();
    expect(await membershipsOf(ids.map((id) => [id]))).toEqual(ids.map(() => ['hand MEMBER', 'present MEMBER']));
    expect(domain.calls.list).toEqual(['segments.latest', 'segment_members.getMany']);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });

  it('ask several questions where one would be too long for a gateway, and get the same', async () => {
    const many = Array.from({ length: 50 }, (_, day) => condition(`purchases.summary(since: "-P${day + 1}D").orderCount`, 'AT_LEAST', '1'));
    const long = ['long-a', 'long-b', 'long-c', 'long-d', 'long-e'];
    for (const id of long) await define(id, { rule: { any: [...many.slice(1), ANYBODY] } });
    const asked = vi.spyOn(graph, 'ask');
    expect(await membershipsOf([[ids[0] ?? '']])).toEqual([['hand MEMBER', ...long.map((id) => `${id} MEMBER`), 'present MEMBER']]);
    // 200 conditions at most in each.
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mockRestore();
    await Promise.all(long.map(retire));
  });

  it('cost nothing at all without consent', async () => {
    const asked = vi.spyOn(graph, 'ask');
    domain.calls.clear();
    const withheld = await customersOf(
      domain,
      [[], ['PERSONALIZATION'], ['PROFILING', 'MARKETING']].map((permissions, index) => ({ members: [ids[index] ?? ''], permissions })),
      '{ segments { verdict } }',
    );
    expect(withheld).toEqual([{ segments: [] }, { segments: [] }, { segments: [] }]);
    expect(domain.calls.list).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('ask for what is named and no more', async () => {
    const asked = vi.spyOn(graph, 'ask');
    expect(await membershipsOf([[ids[0] ?? '']], '(ids: ["hand", "nothing"])')).toEqual([['hand MEMBER']]);
    expect(await membershipsOf([[ids[0] ?? '']], '(ids: [])')).toEqual([[]]);
    expect(asked).not.toHaveBeenCalled();
    await membershipsOf([[ids[0] ?? '']], '(ids: ["named"])');
    expect(asked.mock.calls[0]?.[0]).toBe('query Segments($ids: [ID!]!) { customers(ids: $ids) { id profile { name { display } } } }');
    asked.mockRestore();
    const { errors } = await domain.entities(
      'Customer',
      [{ id: ids[0], members: [ids[0]], permissions: ['PERSONALIZATION', 'PROFILING'] }],
      `{ segments(ids: ${JSON.stringify(Array(101).fill('a'))}) { verdict } }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'ids' });
  });

  it.each([
    ['there is no graph', null],
    ['it is no answer', 'nonsense'],
    ['it is null', { data: null, errors: [{ message: 'no' }] }],
    ['it has other fields', { data: { hello: 'world' } }],
    ['it has too few customers', { data: { customers: [] } }],
    ['it has no list', { data: { customers: { 0: {} } } }],
  ])('are not known where rules make them when %s', async (_, answer) => {
    if (answer === null) view = null;
    graph.answer = answer;
    expect(await membershipsOf([[ids[0] ?? '']])).toEqual([['hand MEMBER', 'named UNKNOWN', 'present UNKNOWN']]);
  });

  it('are not known of one rule whose field is gone, and of the others as ever', async () => {
    const sdl = readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8');
    const smaller = buildSchema(sdl.replaceAll(/\bdisplay\b/g, 'shown'), { assumeValid: true });
    view = { schema: smaller, ask: graph.ask };
    expect(await membershipsOf([[ids[0] ?? '']])).toEqual([['hand MEMBER', 'named UNKNOWN', 'present MEMBER']]);
    const { counts, refused } = await count({ only: ['named', 'present'] });
    expect(Object.keys(counts)).toEqual(['present']);
    expect(refused.named).toMatch(/^its rule can't be asked any more: "condition\.field" names display, which PersonName has not; /);
  });
});

describe('a preview', () => {
  const PREVIEW = `query ($rule: SegmentRuleInput!, $customers: [ID!]!) { segmentPreview(rule: $rule, customers: $customers) {
    customers { customer { id } verdict reasons { found } } userErrors { code field message } } }`;
  const preview = async (rule: object, customers: readonly string[]) => {
    const { data, errors } = await domain.ask(PREVIEW, { rule, customers });
    expect(errors).toBeUndefined();
    return (data as Answer).segmentPreview;
  };

  it('is of the rule that is asked about, and not of the one before', async () => {
    const ada = await permitted('ada');
    graph.fields.set(ada, { id: ada, status: 'ACTIVE', profile: { locale: 'en-GB' } });
    const verdictOf = async (rule: object) => (await preview(rule, [ada])).customers[0].verdict;
    expect(await verdictOf(condition('profile.locale', 'EQUALS', 'en-GB'))).toBe('MEMBER');
    expect(await verdictOf(condition('profile.locale', 'EQUALS', 'ja-JP'))).toBe('NO_MEMBER');
    expect(await verdictOf({ not: condition('profile.locale', 'EQUALS', 'ja-JP') })).toBe('MEMBER');
  });

  it('names what is wrong with the rule by its own argument', async () => {
    expect(await preview({ all: [ANYBODY, condition('nothing', 'PRESENT')] }, [])).toMatchObject({
      customers: [],
      userErrors: [{ code: 'SEGMENT_RULE_INVALID', field: ['rule', 'all', '1', 'condition', 'field'] }],
    });
    view = null;
    expect(await preview(ANYBODY, [])).toMatchObject({ customers: [], userErrors: [{ code: 'GRAPH_UNAVAILABLE', field: ['rule'] }] });
  });

  it('reads nothing of who allows nothing, nor of who is not there, and says so', async () => {
    const asked = vi.spyOn(graph, 'ask');
    const silent = await domain.customer('silent');
    expect((await preview(ANYBODY, [silent, 'cus_nobody'])).customers).toEqual([
      { customer: { id: silent }, verdict: 'WITHHELD', reasons: [] },
      null,
    ]);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('is of 100 customers at most', async () => {
    const { errors } = await domain.ask(PREVIEW, { rule: ANYBODY, customers: Array(101).fill('cus_a') });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'customers' });
  });
});

describe('a count', () => {
  let people: readonly string[] = [];
  beforeAll(async () => {
    people = await Promise.all(Array.from({ length: 30 }, (_, index) => permitted(`person-${index}`)));
    await define('rich', { rule: condition('purchases.summary.orderCount', 'AT_LEAST', '2') });
    await define('other', { list: true });
  });
  afterAll(() => Promise.all([retire('rich'), retire('other')]));
  const orders = (some: readonly string[]) => {
    graph.fields.clear();
    for (const id of some) graph.fields.set(id, { id, purchases: { sourceStatus: { state: 'OK' }, summary: { orderCount: 2 } } });
  };
  const rich = async (options: Partial<SegmentRunOptions> = {}) => (await count({ only: ['rich'], ...options })).counts.rich;

  it('tells who came in since the last one that ended, whatever was begun in between', async () => {
    orders(people.slice(0, 10));
    expect(await rich()).toMatchObject({ members: 10, entered: 10, left: 0 });
    orders(people.slice(5, 20));
    // Judged and stored, but killed before it said so.
    const { directory } = domain;
    const dying = { ...directory, persons: () => directory.persons('') };
    await expect(
      rich({
        directory: dying,
        onProgress: () => {
          throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    // Another set of segments is another count; what the first one found out still counts.
    const { counts } = await count();
    expect(counts.rich).toMatchObject({ members: 15, entered: 10, left: 5 });
    expect((await membersOf('rich', 'ENTERED')).toSorted()).toEqual(people.slice(10, 20).toSorted());
    expect(await rich()).toMatchObject({ members: 15, entered: 0, left: 0 });
  });

  it('goes on from its place when others ended in between, and tells nothing twice', async () => {
    await define('second', { rule: condition('purchases.summary.orderCount', 'AT_LEAST', '2') });
    orders(people.slice(5, 25));
    const killed = () => {
      throw new Error('killed');
    };
    const onBegin = vi.fn();
    const both = (options: Partial<SegmentRunOptions> = {}) => count({ only: ['rich', 'second'], onBegin, ...options });
    await expect(both({ onProgress: killed })).rejects.toThrow('killed');
    expect(await rich()).toMatchObject({ members: 20, entered: 5, left: 0 });
    const { counts } = await both();
    // All of them were judged before the first one was killed.
    expect(onBegin.mock.calls.map(([, from]) => from)).toEqual([0, onBegin.mock.calls[0]?.[0]]);
    expect(counts).toMatchObject({ second: { members: 20, entered: 20 }, rich: { members: 20, entered: 0, left: 0 } });
    await retire('second');
    orders(people.slice(5, 20));
    expect(await rich()).toMatchObject({ members: 15, entered: 0, left: 5 });
  });

  it('takes nobody for somebody who came in and went out again before it ended', async () => {
    const killed = () => {
      throw new Error('killed');
    };
    orders([...people.slice(5, 20), ...people.slice(20, 22)]);
    await expect(rich({ onProgress: killed })).rejects.toThrow('killed');
    orders(people.slice(5, 20));
    expect((await count()).counts.rich).toMatchObject({ members: 15, entered: 0, left: 0 });
  });

  it('does not take an erased customer for one who left', async () => {
    orders(people.slice(5, 20));
    const gone = people[6] ?? '';
    const { directory } = domain;
    const without = <T>(ids: readonly string[], answers: readonly T[], none: T) =>
      answers.map((one, index) => (ids[index] === gone ? none : one));
    const after = {
      ...directory,
      members: async (ids: readonly string[]) => without(ids, await directory.members(ids), []),
      async *persons(from: string) {
        for await (const id of directory.persons(from)) if (id !== gone) yield id;
      },
    };
    expect(await rich({ directory: after })).toMatchObject({ members: 14, entered: 0, left: 0 });
  });

  it('that runs twice at a time is carried to its end by one of both', async () => {
    orders(people);
    const both = await Promise.allSettled([count({ only: ['rich'] }), count({ only: ['rich'] })]);
    const ended = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value.counts.rich] : []));
    expect(ended.length).toBeGreaterThan(0);
    // 14 were members.
    for (const one of ended) expect(one).toMatchObject({ members: 30, entered: 16, left: 0 });
    for (const one of both)
      if (one.status === 'rejected') expect(one.reason.message).toMatch(/^Nothing more was counted:\n.*Another process/);
    expect(await rich()).toMatchObject({ members: 30, entered: 0, left: 0 });
  });

  it('shows members page by page, each once, whoever comes and goes meanwhile', async () => {
    const page = async (after: string | null): Promise<Answer> => {
      domain.calls.clear();
      const { data, errors } = await domain.ask(
        `query ($after: String) { segment(id: "rich") { members(first: 7, after: $after) {
          nodes { customer { id } reasons { condition { field } found } } pageInfo { endCursor hasNextPage } } } }`,
        { after },
      );
      expect(errors).toBeUndefined();
      // One reading of the definition, whatever the number of members.
      expect(domain.calls.list).toEqual(['segments.getMany', 'segment_members.search']);
      return (data as Answer).segment.members;
    };
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const { nodes, pageInfo } = await page(after);
      seen.push(...nodes.map(({ customer }: Answer) => customer.id));
      for (const { reasons } of nodes) expect(reasons).toEqual([{ condition: { field: 'purchases.summary.orderCount' }, found: null }]);
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
      // Somebody who was shown goes, so that all others move up.
      if (seen.length === 7) {
        orders(people.filter((id) => id !== seen[0]));
        await rich();
      }
    }
    expect(seen.toSorted()).toEqual(people.toSorted());
  });
});
