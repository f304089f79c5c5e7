import { badArgument } from '../../kernel/errors.ts';
import { parseCustomerId } from '../../kernel/ids.ts';
import { MAX_PAGE, pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/identity.ts';
import type { Context } from './context.ts';
import { normaliseIdentifier } from './normalise.ts';
import { type CustomerRecord, membersOf } from './records.ts';
import { consentMatrix, consentStatus, explainLink, grantedPurposes, grantedSince, withheldFields } from './rules.ts';

/** The customer that answers for an id; a malformed one is nobody's, and costs no read. */
async function customerOf(context: Context, id: string): Promise<CustomerRecord | null> {
  return parseCustomerId(id) ? context.customers.load(id) : null;
}

async function consentsOf(context: Context, customer: CustomerRecord) {
  return consentMatrix(customer.owner, await context.consents.load(customer), context.now);
}

/** From a record of another subgraph to its customer: the only fields of type Customer are identity's. */
const edge = {
  // The owner is there when the plan asked for `customer`, which requires it.
  customer: async (record: object, _: unknown, context: Context) =>
    'owner' in record && typeof record.owner === 'string' ? customerOf(context, record.owner) : null,
};

export const resolvers: Resolvers<Context> = {
  Query: {
    customer: (_, { id }, context) => customerOf(context, id),
    customers: (_, { ids }, context) => {
      if (ids.length > MAX_PAGE) throw badArgument('ids', `holds more than ${MAX_PAGE} ids`, 'Ask for them in several requests.');
      return Promise.all(ids.map((id) => customerOf(context, id)));
    },
    customerBy: async (_, { identifier }, context) => {
      const read = normaliseIdentifier(identifier);
      if (!read.ok) throw badArgument(`identifier.${read.reason.field}`, 'can identify nobody', read.reason.message);
      return context.find(read.identifier);
    },
    customerSearch: async (_, { text, first, after }, context) => {
      const { items, more } = await context.search(text, pageSize(first), after ?? undefined);
      return {
        nodes: items.map(({ customer }) => customer),
        edges: items.map(({ customer, cursor }) => ({ cursor, node: customer })),
        pageInfo: {
          hasNextPage: more,
          hasPreviousPage: after !== null && after !== undefined,
          startCursor: items[0]?.cursor ?? null,
          endCursor: items.at(-1)?.cursor ?? null,
        },
      };
    },
  },

  Mutation: {
    customerUpsert: async (_, { input }, context) => {
      const effect = await context.commands().upsert(input);
      if (!effect.ok) return { customer: null, userErrors: effect.userErrors };
      context.forget(effect.result);
      return { customer: await customerOf(context, effect.result), userErrors: [] };
    },
    customerConsentSet: async (_, { input }, context) => {
      const effect = await context.commands().setConsent(input);
      if (!effect.ok) return { customer: null, consent: null, userErrors: effect.userErrors };
      context.forget(effect.result);
      const { consent: said } = effect;
      const consent = said ? { purpose: said.purpose, channel: said.channel, status: consentStatus(said, context.now), said } : null;
      return { customer: await customerOf(context, effect.result), consent, userErrors: [] };
    },
  },

  Customer: {
    __resolveReference: ({ id }, context) => customerOf(context, id),
    id: ({ owner }) => owner,
    members: membersOf,
    permissions: async (customer, _, context) => grantedPurposes(await consentsOf(context, customer)),
    permissionsSince: async (customer, _, context) => grantedSince(await consentsOf(context, customer)),
    status: ({ status }) => (status === 'ANONYMOUS' ? 'ANONYMOUS' : 'ACTIVE'),
    identifiers: (customer, _, context) => context.identifiers.load(customer),
    identityLinks: async (customer, _, context) =>
      (await context.identifiers.load(customer)).map((identifier) => explainLink(customer, identifier)),
    consents: (customer, _, context) => consentsOf(context, customer),
    withheld: async (customer, _, context) => withheldFields(grantedPurposes(await consentsOf(context, customer))),
  },

  Consent: {
    lawfulBasis: ({ said }) => said?.lawfulBasis ?? null,
    policyVersion: ({ said }) => said?.policyVersion ?? null,
    proof: ({ said }) => said?.proof ?? null,
    source: ({ said }) => said?.source ?? null,
    recordedAt: ({ said }) => said?.recordedAt ?? null,
    expiresAt: ({ said }) => said?.expiresAt ?? null,
  },

  Order: edge,
  Return: edge,
  Payment: edge,
  LoyaltyAccount: edge,
  PointsTransaction: edge,
  Voucher: edge,
  Interaction: edge,
  Case: edge,
  Session: edge,
  DigitalEvent: edge,
  CampaignTouch: edge,
  FeedbackItem: edge,
};
