import type { Intake, Outcome } from '../../kernel/intake.ts';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import { describeCustomers } from './describe.ts';
import { consentRecord } from './ingest.ts';
import { ERASED } from './linking.ts';
import { consentSpec, customerSpec } from './records.ts';
import { searchSpec } from './search.ts';
import { type ConsentRow, type CustomerRow, consentFields, customerFields, readConsent, readCustomer } from './source.ts';

/** Customers as such, for sources without a CRM; what they are named by goes to search. */
function customerIntake({ store, clock }: SubgraphDeps): Intake<CustomerRow> {
  const collections = { customers: store.collection(customerSpec), search: store.collection(searchSpec) };
  return {
    kind: 'customer',
    description: 'A customer by their identifiers, with the names and contact points to be found by.',
    fields: customerFields,
    ownership: 'customer',
    read: readCustomer,
    async store(arrivals) {
      const described = await describeCustomers(
        collections,
        arrivals.map(({ owner, origin, record }) => ({ description: { customer: owner, ...record }, origin })),
        clock(),
      );
      return described.map((result, i): Outcome => {
        if (result.outcome === 'missing') return ERASED;
        return result.outcome === 'known' && result.origin !== arrivals[i]?.origin ? 'duplicate' : 'stored';
      });
    },
  };
}

/** What customers said about consent; one statement per customer, purpose, channel, source and time. */
function consentIntake({ store }: SubgraphDeps): Intake<ConsentRow> {
  const consents = store.collection(consentSpec);
  return {
    kind: 'consent',
    description: 'One statement of a customer about one purpose.',
    fields: consentFields,
    ownership: 'customer',
    read: readConsent,
    happenedAt: ({ recordedAt }) => recordedAt,
    async store(arrivals) {
      const records = arrivals.map(({ owner, origin, record }) => consentRecord(owner, record.source, record, origin));
      const outcomes = await consents.insertOnce(records);
      const stored = await consents.getMany(records);
      return outcomes.map((outcome, i): Outcome => {
        if (outcome === 'erased') return ERASED;
        return outcome === 'inserted' || stored[i]?.origin === records[i]?.origin ? 'stored' : 'duplicate';
      });
    },
  };
}

export function intakes(deps: SubgraphDeps): readonly Intake[] {
  return [customerIntake(deps) as Intake, consentIntake(deps) as Intake];
}
