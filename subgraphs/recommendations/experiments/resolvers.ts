import { badArgument } from '../../../kernel/errors.ts';
import { connection, decodeCursor, pageSize } from '../../../kernel/page.ts';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../../../schema/generated/recommendations.ts';
import type { Context } from '../context.ts';
import type { CustomerRepresentation } from '../representation.ts';
import { defineExperiment, stopExperiment } from './commands.ts';
import { withDefaults } from './input.ts';
import { planExperiment } from './plan.ts';
import { recordExposures, recordOutcomes } from './recording.ts';
import type { DefinedMetric, ExperimentRecord } from './records.ts';
import { reportShown } from './report.ts';
import type { Running } from './store.ts';
import { adapted, knownUnits, type Standing, standingOf, stateOf } from './units.ts';

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

/** Where a customer stands with every experiment that runs. Nothing is read but whose arm an adaptive one has to keep. */
export async function experimentsOf({ id, permissions }: CustomerRepresentation, { now, running, experiments, exposure }: Context) {
  return Promise.all(
    (await running()).map(async ({ experiment, layer }: Running) => {
      const standing = standingOf(experiment, layer, id, permissions ?? null, now);
      if (experiment.assignment !== 'ADAPTIVE' || standing.status !== 'ASSIGNED') return assignmentShown(experiment, standing);
      const exposed = await exposure.load({ experiment: experiment.id, customer: id });
      return assignmentShown(
        experiment,
        adapted(standing, experiment, { hashed: id, exposed, shares: experiments.creatives.of(experiment) }),
      );
    }),
  );
}

export const experimentQueries: Pick<
  QueryResolvers<Context>,
  'experiment' | 'experiments' | 'experimentAssign' | 'experimentReport' | 'experimentPlan'
> = {
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
  experimentAssign: async (_, { experiment: id, unit }, { experiments, directory, now }) => {
    const experiment = await experiments.get(id);
    if (!experiment) return null;
    const [known] = await knownUnits(experiment, [unit], directory);
    if (!known || 'code' in known) return assignmentShown(experiment, { status: 'NOT_ENROLLED', reason: 'UNIT_UNKNOWN' });
    const { hashed, members, granted } = known;
    const standing = standingOf(experiment, await experiments.layerOf(experiment), hashed, granted, now);
    if (experiment.assignment !== 'ADAPTIVE' || standing.status !== 'ASSIGNED') return assignmentShown(experiment, standing);
    const [exposed = null] = await experiments.exposures([{ experiment: id, members }]);
    return assignmentShown(experiment, adapted(standing, experiment, { hashed, exposed, shares: experiments.creatives.of(experiment) }));
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

export const experimentMutations: MutationResolvers<Context> = {
  experimentDefine: (_, { input }, context) => defineExperiment(context, withDefaults(input)),
  experimentStop: (_, { input }, context) => stopExperiment(context, input),
  experimentExposureRecord: (_, { input }, context) => recordExposures(context, input),
  experimentOutcomeRecord: (_, { input }, context) => recordOutcomes(context, input),
};

/** How definitions are shown. */
export const experimentTypes: Pick<Resolvers<Context>, 'Experiment' | 'ExperimentMetric'> = {
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
