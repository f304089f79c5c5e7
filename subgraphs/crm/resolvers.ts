import { membersOf, signalsAllowed } from '../../kernel/customer.ts';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/crm.ts';
import type { Context, PageOf } from './context.ts';
import { CASE_PREFIX, type CaseRecord, INTERACTION_PREFIX, type InteractionRecord, type ProfileField } from './records.ts';
import { displayName, type Profile, slaState } from './rules.ts';

const MAX_SIGNAL_CASES = 20;
const PREFERENCES: readonly ProfileField[] = ['shippingMethod', 'sizes', 'brands', 'categories', 'contactWindow', 'channelOrder'];

function pageOf({ first, after }: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }): PageOf {
  return { first: pageSize(first), after: decodeCursor(after) };
}

/** The profile as far as it says how the person likes to be served; null when nothing does. */
function preferencesOf(profile: Profile | null): Profile | null {
  return profile && PREFERENCES.some((field) => profile.value(field) !== null) ? profile : null;
}

async function caseAt(context: Context, id: string): Promise<CaseRecord | null> {
  const key = parseEntityId(CASE_PREFIX, id);
  return key ? context.caseAt.load(key) : null;
}

async function interactionAt(context: Context, id: string): Promise<InteractionRecord | null> {
  const key = parseEntityId(INTERACTION_PREFIX, id);
  return key ? context.interaction.load(key) : null;
}

async function changedCase(context: Context, id: string): Promise<CaseRecord | null> {
  const key = parseEntityId(CASE_PREFIX, id);
  return key ? context.caseAt.clear(key).load(key) : null;
}

async function profileAfter(context: Context, customer: string): Promise<Profile | null> {
  return context.profiles.clear([customer]).load([customer]);
}

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    profile: (customer, _, context) => context.profiles.load(membersOf(customer)),
    crmSignals: async (customer, _, context) => {
      const { now: asOf } = context;
      const nothing = {
        known: false,
        birthDate: null,
        locale: null,
        timeZone: null,
        customerSince: null,
        contactFrom: null,
        contactTo: null,
        channelOrder: [],
        openCases: [],
      };
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf, ...nothing };
      const members = membersOf(customer);
      const [profile, cases] = await Promise.all([context.profiles.load(members), context.openCases.load(members)]);
      const openCases = cases.slice(0, MAX_SIGNAL_CASES);
      if (!profile) return { state: 'OK', asOf, ...nothing, openCases };
      const window = profile.value('contactWindow');
      return {
        state: 'OK',
        asOf,
        known: true,
        birthDate: profile.value('birthDate'),
        locale: profile.value('locale'),
        timeZone: profile.value('timeZone'),
        customerSince: profile.customerSince,
        contactFrom: window?.from ?? null,
        contactTo: window?.to ?? null,
        channelOrder: profile.value('channelOrder') ?? [],
        openCases,
      };
    },
  },

  CaseSignal: { id: (record) => entityId(CASE_PREFIX, record) },

  Profile: {
    name: (profile) => {
      const name = profile.value('name');
      const display = displayName(name, profile.value('locale'));
      if (!name || display === null) return null;
      const { given, family, givenKana, familyKana, full, preferred } = name;
      return { given, family, givenKana, familyKana, full, preferred, display };
    },
    birthDate: (profile) => profile.value('birthDate'),
    gender: (profile) => profile.value('gender'),
    locale: (profile) => profile.value('locale'),
    timeZone: (profile) => profile.value('timeZone'),
    country: (profile) => profile.value('country'),
    household: (profile) => profile.value('household'),
    preferences: preferencesOf,
    interactions: async ({ members }, args, context) => {
      const page = pageOf(args);
      const found = await context.interactions(page).load(members);
      return connection(
        found,
        ({ startedAt, id }) => ({ at: startedAt, id }),
        (record) => record,
        page.after,
      );
    },
    cases: async ({ members }, args, context) => {
      const page = pageOf(args);
      const found = await context.cases(page).load(members);
      return connection(
        found,
        ({ openedAt, id }) => ({ at: openedAt, id }),
        (record) => record,
        page.after,
      );
    },
  },

  Preferences: {
    shippingMethod: (profile) => profile.value('shippingMethod'),
    sizes: (profile) => profile.value('sizes') ?? [],
    brands: (profile) => profile.value('brands') ?? [],
    categories: (profile) => profile.value('categories') ?? [],
    contactWindow: (profile) => profile.value('contactWindow'),
    channelOrder: (profile) => profile.value('channelOrder') ?? [],
  },

  Interaction: {
    __resolveReference: ({ id }, context) => interactionAt(context, id),
    id: (record) => entityId(INTERACTION_PREFIX, record),
    case: ({ owner, caseId }, _, context) => (caseId === null ? null : context.caseAt.load({ owner, id: caseId })),
  },

  Case: {
    __resolveReference: ({ id }, context) => caseAt(context, id),
    id: (record) => entityId(CASE_PREFIX, record),
    sla: (record, _, { now }) => {
      const state = slaState(record, now);
      return state === null || record.dueAt === null ? null : { dueAt: record.dueAt, state };
    },
  },

  Mutation: {
    profileUpdate: async (_, { input }, context) => {
      const effect = await context.commands().updateProfile(input);
      return effect.ok
        ? { profile: await profileAfter(context, effect.result), userErrors: [] }
        : { profile: null, userErrors: effect.userErrors };
    },
    preferencesSet: async (_, { input }, context) => {
      const effect = await context.commands().setPreferences(input);
      if (!effect.ok) return { preferences: null, userErrors: effect.userErrors };
      return { preferences: preferencesOf(await profileAfter(context, effect.result)), userErrors: [] };
    },
    interactionRecord: async (_, { input }, context) => {
      const effect = await context.commands().recordInteraction(input);
      return effect.ok
        ? { interaction: await interactionAt(context, effect.result), userErrors: [] }
        : { interaction: null, userErrors: effect.userErrors };
    },
    caseOpen: async (_, { input }, context) => {
      const effect = await context.commands().openCase(input);
      return effect.ok
        ? { case: await changedCase(context, effect.result), userErrors: [] }
        : { case: null, userErrors: effect.userErrors };
    },
    caseUpdate: async (_, { input }, context) => {
      const effect = await context.commands().updateCase(input);
      return effect.ok
        ? { case: await changedCase(context, effect.result), userErrors: [] }
        : { case: null, userErrors: effect.userErrors };
    },
    caseClose: async (_, { input }, context) => {
      const effect = await context.commands().closeCase(input);
      return effect.ok
        ? { case: await changedCase(context, effect.result), userErrors: [] }
        : { case: null, userErrors: effect.userErrors };
    },
  },
};
