import { type CustomerReference, membersOf, permissionsOf } from '../../kernel/customer.ts';
import { badArgument } from '../../kernel/errors.ts';
import { type Connection, connection, decodeCursor, MAX_PAGE, pageSize } from '../../kernel/page.ts';
import type { Key } from '../../kernel/storage/port.ts';
import type { Resolvers, SegmentMembers, SegmentRuleInput } from '../../schema/generated/segments.ts';
import { changeList, defineSegment, retireSegment } from './commands.ts';
import type { Context } from './context.ts';
import { readRule } from './input.ts';
import { permits } from './judge.ts';
import type { Because, MembershipRecord, SegmentRecord } from './records.ts';
import { conditionsOf, type Rule } from './rules/rule.ts';
import type { Reason } from './rules/segment-rules.ts';
import type { Which } from './store.ts';

const queries: Resolvers<Context>['Query'] = {
  segment: (_, { id }, { definition }) => definition.load(id),
  segments: async (_, { first, after }, { segments }) => {
    const cursor = decodeCursor(after);
    const page = await segments.page({ first: pageSize(first), after: cursor });
    return connection(
      page,
      ({ at, id }) => ({ at, id }),
      (segment) => segment,
      cursor,
    );
  },
  segmentPreview: (_, { rule, customers }, context) => preview(rule, customers, context),
};

const mutations: Resolvers<Context>['Mutation'] = {
  segmentDefine: (_, { input }, context) => defineSegment(context, input),
  segmentListChange: (_, { input }, context) => changeList(context, input),
  segmentRetire: (_, { input }, context) => retireSegment(context, input),
};

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    segments: (customer, { ids }, context) => segmentsOf(customer, ids ?? null, context),
  },
  Query: queries,
  Mutation: mutations,
  Segment: {
    kind: ({ making }) => making.kind,
    rule: ({ making }) => (making.kind === 'RULE' ? making.rule : null),
    seeds: ({ making }) => (making.kind === 'LOOKALIKE' ? making.seeds : null),
    most: ({ making }) => (making.kind === 'LOOKALIKE' ? making.most : null),
    purposes: ({ purposes }) => [...new Set(['PERSONALIZATION', 'PROFILING', ...purposes] as const)],
    definedAt: ({ at }) => at,
    members: (segment, { first, after, of }, context) => membersShown(segment, pageSize(first), after ?? null, of, context),
  },
  SegmentRule: {
    all: (rule) => ('all' in rule ? rule.all : null),
    any: (rule) => ('any' in rule ? rule.any : null),
    not: (rule) => ('not' in rule ? rule.not : null),
    condition: (rule) => ('condition' in rule ? rule.condition : null),
  },
  SegmentMember: {
    customer: ({ owner }) => ({ id: owner }),
    since: ({ at, listed, listedAt }) => (listed ? (listedAt ?? at) : at),
    reasons: ({ because, id, revision }, _, context) => reasonsKept(because, id, revision, context),
  },
};

/** The segments that a customer is in now. */
async function segmentsOf(customer: CustomerReference, ids: readonly string[] | null, { memberships }: Context) {
  if (ids && ids.length > MAX_PAGE) throw badArgument('ids', `has more than ${MAX_PAGE} entries`, 'Ask for fewer.');
  const person = { id: customer.id, members: membersOf(customer), permissions: permissionsOf(customer) };
  return (await memberships.of(person, ids)).map(({ segment, verdict, reasons, since, record }) => ({
    segment,
    verdict,
    since,
    likeness: segment.making.kind === 'LOOKALIKE' ? (record?.likeness ?? null) : null,
    reasons: segment.making.kind === 'LOOKALIKE' ? (record?.because ? keptReasons(record.because, null) : []) : reasons.map(shown),
  }));
}

const shown = ({ condition, holds, found }: Reason) => ({ condition, holds, found, feature: null });

async function preview(input: SegmentRuleInput, ids: readonly string[], { judge, directory }: Context) {
  if (ids.length > MAX_PAGE) throw badArgument('customers', `has more than ${MAX_PAGE} entries`, 'Ask for fewer.');
  const read = readRule(input, judge.schema);
  // The rule is an argument of its own here, and in no input.
  if ('userErrors' in read)
    return { customers: [], userErrors: read.userErrors.map((error) => ({ ...error, field: error.field?.slice(1) ?? null })) };
  const [members, permissions] = await Promise.all([directory.members(ids), directory.permissions(ids)]);
  const persons = ids.map((_, index) => ({ id: members[index]?.[0] ?? null, permissions: permissions[index] ?? null }));
  const known = new Map(
    persons.flatMap(({ id, permissions: granted }) => (id === null ? [] : [[id, { id, permissions: granted }] as const])),
  );
  const verdicts = await judge.preview([...known.values()], read.rule);
  const byId = new Map([...known.keys()].map((id, index) => [id, verdicts[index]]));
  return {
    customers: persons.map(({ id }) => {
      const verdict = id === null ? undefined : byId.get(id);
      return id === null || !verdict ? null : { customer: { id }, verdict: verdict.verdict, reasons: verdict.reasons.map(shown) };
    }),
    userErrors: [],
  };
}

/** A page of members, without those who do not grant the purposes at this moment. */
async function membersShown(
  segment: SegmentRecord,
  first: number,
  after: string | null,
  of: SegmentMembers,
  { segments, directory }: Context,
): Promise<Connection<MembershipRecord>> {
  const from = decodeCursor(after);
  const position = ({ owner }: Key) => ({ at: 0, id: owner });
  if (segment.retiredAt !== null || (of !== 'MEMBERS' && !segment.count))
    return connection({ items: [], next: null }, position, (member: MembershipRecord) => member, from);
  const { items, next } = await segments.membersOf(segment.id, whichOf(segment, of), {
    first,
    after: from && { owner: from.id, id: segment.id },
  });
  const owners = items.map(({ owner }) => owner);
  const [persons, permissions] = await Promise.all([directory.members(owners), directory.permissions(owners)]);
  const shown = new Set<string>();
  const permitted = items.flatMap((item, index) => {
    const person = persons[index]?.[0];
    if (person === undefined || shown.has(person) || !permits({ id: person, permissions: permissions[index] ?? null }, segment)) return [];
    shown.add(person);
    return [{ ...item, person }];
  });
  // Who became part of another since the count is that one, and once. The page ends where the store's does, whoever is left out of it.
  const show = ({ person, ...item }: (typeof permitted)[number]): MembershipRecord => ({ ...item, owner: person });
  const page = connection({ items: permitted, next: next && position(next) }, position, show, from);
  return next ? { nodes: page.nodes, edges: page.edges, pageInfo: { ...page.pageInfo, endCursor: cursorOf(next) } } : page;
}

function whichOf({ making, count }: SegmentRecord, of: SegmentMembers): Which {
  if (of === 'MEMBERS') return making.kind === 'LIST' ? 'LISTED' : { member: true };
  return { member: of === 'ENTERED', ...(count && { run: count.run }) };
}

const cursorOf = ({ owner }: Key) =>
  connection(
    { items: [{ owner }], next: null },
    (key) => ({ at: 0, id: key.owner }),
    () => null,
  ).pageInfo.endCursor;

/** Why somebody was counted a member, by the rule as it is; nothing when the rule has changed since. */
async function reasonsKept(because: Because | null, id: string, revision: number, { definition }: Context) {
  if (!because) return [];
  const segment = await definition.load(id);
  if (segment?.revision !== revision) return [];
  return keptReasons(because, segment.making.kind === 'RULE' ? segment.making.rule : null);
}

function keptReasons(because: Because, rule: Rule | null) {
  if ('features' in because) return because.features.map((feature) => ({ condition: null, holds: true, found: null, feature }));
  const conditions = rule ? [...conditionsOf(rule)] : [];
  return because.conditions.flatMap(({ number, holds }) => {
    const condition = conditions[number]?.condition;
    return condition ? [{ condition, holds, found: null, feature: null }] : [];
  });
}
