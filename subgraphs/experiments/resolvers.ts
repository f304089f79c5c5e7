import { type CustomerReference, membersOf, permissionsOf } from '../../kernel/customer.ts';
import { badArgument } from '../../kernel/errors.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { Resolvers } from '../../schema/generated/experiments.ts';
import { defineExperiment, stopExperiment } from './commands.ts';
import type { Context } from './context.ts';
import { withDefaults } from './input.ts';
import { planExperiment } from './plan.ts';
import { recordExposures, recordOutcomes } from './recording.ts';
import type { DefinedMetric, ExperimentRecord } from './records.ts';
import { reportShown } from './report.ts';
import type { Running } from './store.ts';
import { adapted, isRecordAsked, type KnownUnit, knownUnits, type Standing, standingOf, stateOf } from './units.ts';

const DAY_MS = 86_400_000;
const MOST_SECONDS = 3600;

function assignmentShown(experiment: ExperimentRecord, standing: Standing) {
  const { status, reason } = standing;
  return {
    experiment,
    status,
    reason,
    arm: standing.status === 'ASSIGNED' ? standing.arm : null,
    missingPurposes: standing.status === 'NOT_ENROLLED' ? (standing.missing ?? []) : [],
  };
}

/** Where a unit stands with each of the experiments. What was recorded of it is read only where it may count for more than the hash. */
async function assignmentsOf(
  running: readonly Running[],
  { hashed, members, granted }: Pick<KnownUnit, 'hashed' | 'members' | 'granted'>,
  { now, experiments, recorded }: Context,
) {
  const at = ({ experiment, layer }: Running, unit: string) => standingOf(experiment, layer, unit, granted, now);
  const asked = running.filter((one) => isRecordAsked(one.experiment, at(one, hashed), members));
  const found = asked.length > 0 ? await recorded.load({ members, running: asked }) : [];
  return running.map((one) => {
    const { experiment } = one;
    const record = found[asked.indexOf(one)];
    if (!record) return assignmentShown(experiment, at(one, hashed));
    const unit = members.length > 1 ? record.owner : hashed;
    const shares = experiments.creatives.of(experiment);
    return assignmentShown(experiment, adapted(at(one, unit), experiment, { hashed: unit, exposed: record.exposed, shares }));
  });
}

/** Where a customer stands with every experiment that runs. */
async function experimentsOf(customer: CustomerReference, context: Context) {
  const unit = { hashed: customer.id, members: membersOf(customer), granted: permissionsOf(customer) };
  return assignmentsOf(await context.running(), unit, context);
}

const queries: Resolvers<Context>['Query'] = {
  experiment: (_, { id }, { experiments }) => experiments.get(id),
  experiments: async (_, { first, after }, { experiments }) => {
    const cursor = decodeCursor(after);
    const page = await experiments.page({ first: pageSize(first), after: cursor });
    return connection(
      page,
      ({ at, id }) => ({ at, id }),
      (experiment) => experiment,
      cursor,
    );
  },
  experimentAssign: async (_, { experiment: id, unit }, context) => {
    const { experiments, directory } = context;
    const experiment = await experiments.get(id);
    if (!experiment) return null;
    const [known] = await knownUnits(experiment, [unit], directory);
    if (!known || 'code' in known) return assignmentShown(experiment, { status: 'NOT_ENROLLED', reason: 'UNIT_UNKNOWN' });
    const [assignment = null] = await assignmentsOf([{ experiment, layer: await experiments.layerOf(experiment) }], known, context);
    return assignment;
  },
  experimentReport: async (_, { id, maxAgeSeconds }, { experiments }) => {
    if (maxAgeSeconds < 0 || maxAgeSeconds > MOST_SECONDS)
      throw badArgument('maxAgeSeconds', 'is out of range', `Give a whole number from 0 to ${MOST_SECONDS}.`);
    const experiment = await experiments.get(id);
    if (!experiment) return null;
    const { asOf, counters } = await experiments.counts.within(1000 * maxAgeSeconds);
    return reportShown(experiment, counters.get(id), asOf);
  },
  experimentPlan: (_, { input }, context) => planExperiment(context, input),
};

const mutations: Resolvers<Context>['Mutation'] = {
  experimentDefine: (_, { input }, context) => defineExperiment(context, withDefaults(input)),
  experimentStop: (_, { input }, context) => stopExperiment(context, input),
  experimentExposureRecord: (_, { input }, context) => recordExposures(context, input),
  experimentOutcomeRecord: (_, { input }, context) => recordOutcomes(context, input),
};

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    experiments: (customer, _, context) => experimentsOf(customer, context),
  },
  Query: queries,
  Mutation: mutations,
  Experiment: {
    arms: ({ plan }) => plan.arms.map(({ arm, share }) => ({ name: arm, share })),
    control: ({ plan }) => plan.control,
    metrics: ({ plan }) => plan.metrics,
    looks: ({ plan }) => plan.looks,
    plannedUnits: ({ plan }) => plan.plannedUnits,
    confidence: ({ plan }) => plan.confidence,
    outcomeWindowDays: ({ outcomeWindowMs }) => (outcomeWindowMs === null ? null : outcomeWindowMs / DAY_MS),
    state: (experiment, _, { now }) => stateOf(experiment, now),
    stoppedAt: ({ stopped }) => stopped?.at ?? null,
    adaptation: ({ adaptation }) =>
      adaptation ? { exploration: adaptation.exploration, refreshSeconds: adaptation.refreshMs / 1000 } : null,
  },
  ExperimentMetric: {
    role: ({ role }) => (typeof role === 'string' ? role : 'GUARDRAIL'),
    margin: ({ role }) => (typeof role === 'string' ? null : { absolute: null, relative: null, ...role.guardrail }),
    currencyCode: ({ currency }) => currency ?? null,
    covariates: (metric: DefinedMetric) => (metric.kind === 'RATIO' ? [] : (metric.covariates ?? [])),
  },
};
