import type { EpochMs } from '../../kernel/storage/port.ts';
import type { Job } from '../../kernel/subgraph.ts';
import type { Counters } from '../../models/experiments/counters.ts';
import { credibleInterval, sharesByCounts } from '../../models/experiments/creatives.ts';
import type { Creative } from '../../models/experiments/thompson.ts';
import type { CountKeeper } from './count.ts';
import { creativeSalt } from './definition.ts';
import type { ExperimentRecord } from './records.ts';
import { stateOf } from './units.ts';

/** Counting may take this share of the time at most: where a scan takes longer, shares are learnt less often. */
const MOST_COUNTING = 0.1;
const LOOK_MS = 1000;

interface Learnt {
  readonly shares: readonly number[];
  /** When they may be learnt anew. */
  readonly dueAt: EpochMs;
  /** Whether anybody wanted to know them since. */
  wanted: boolean;
}

/** The metric that an adaptive experiment learns from. */
const learntFrom = ({ plan }: ExperimentRecord) => plan.metrics.find(({ role }) => role === 'PRIMARY');

/** What is known of each arm; success is what is desired. */
function creativesOf(experiment: ExperimentRecord, counters: Counters | undefined): readonly Creative[] {
  const metric = learntFrom(experiment);
  return experiment.plan.arms.map(({ arm }) => {
    const sums = metric && counters?.arms[arm]?.metrics[metric.key];
    const [n, happened] = [sums?.n ?? 0, sums?.sums[0] ?? 0];
    return metric?.desired === 'DECREASE'
      ? { successes: n - happened, failures: happened }
      : { successes: happened, failures: n - happened };
  });
}

function sharesOf(experiment: ExperimentRecord, creatives: readonly Creative[]): readonly number[] {
  return sharesByCounts(creatives, experiment.adaptation?.exploration ?? 1, creativeSalt(experiment.id));
}

/** What an adaptive experiment has learnt by these counts, as the schema has it. */
export function creativesShown(experiment: ExperimentRecord, counters: Counters) {
  const { plan, adaptation } = experiment;
  const metric = learntFrom(experiment);
  if (!metric || !adaptation) return null;
  const creatives = creativesOf(experiment, counters);
  const even = adaptation.exploration / plan.arms.length;
  const arms = sharesOf(experiment, creatives).map((share, index) => {
    const { successes, failures } = creatives[index]!;
    const { lower, upper } = credibleInterval({ successes, failures }, plan.confidence);
    const [n, falls] = [successes + failures, metric.desired === 'DECREASE'];
    const happened = falls ? failures : successes;
    return {
      arm: plan.arms[index]!.arm,
      share,
      // Before the first unit shares are even without a draw, which is the chance, too.
      chanceBest: Math.max(0, (share - even) / (1 - adaptation.exploration)),
      n,
      successes: happened,
      rate: n === 0 ? null : happened / n,
      credibleInterval: falls ? { lower: 1 - upper, upper: 1 - lower } : { lower, upper },
    };
  });
  return { metric: metric.key, arms };
}

/**
 * The shares by which adaptive experiments choose, as this process last learnt them from what was recorded. Reading them takes no time: a job
 * counts, beside the requests. What is not learnt yet is even.
 */
export class CreativeShares {
  readonly #experiments: () => Promise<readonly ExperimentRecord[]>;
  readonly #counts: CountKeeper;
  readonly #clock: () => EpochMs;
  readonly #learnt = new Map<string, Learnt>();

  constructor(experiments: () => Promise<readonly ExperimentRecord[]>, counts: CountKeeper, clock: () => EpochMs) {
    this.#experiments = experiments;
    this.#counts = counts;
    this.#clock = clock;
  }

  /** By arm, in the order of the definition. */
  of({ id, plan }: ExperimentRecord): readonly number[] {
    const learnt = this.#learnt.get(id);
    if (learnt) learnt.wanted = true;
    return learnt?.shares ?? plan.arms.map(() => 1 / plan.arms.length);
  }

  /** Learns what is due: what nobody asked for since the last time is not. One count does for all of them. */
  async learn(): Promise<void> {
    const now = this.#clock();
    const due = (await this.#experiments()).filter((experiment) => {
      const learnt = this.#learnt.get(experiment.id);
      return experiment.adaptation && stateOf(experiment, now) === 'RUNNING' && (!learnt || (learnt.wanted && now >= learnt.dueAt));
    });
    if (due.length === 0) return;
    const refreshMs = due.map(({ adaptation }) => adaptation?.refreshMs ?? 0);
    const { asOf, counters } = await this.#counts.within(Math.min(...refreshMs));
    const end = this.#clock();
    const pause = Math.max(0, end - Math.max(now, asOf)) / MOST_COUNTING;
    for (const [index, experiment] of due.entries())
      this.#learnt.set(experiment.id, {
        shares: sharesOf(experiment, creativesOf(experiment, counters.get(experiment.id))),
        dueAt: Math.max(now + refreshMs[index]!, end + pause),
        wanted: false,
      });
  }

  /** The job that learns. */
  get job(): Job {
    return { name: 'learn-creatives', everyMs: LOOK_MS, run: () => this.learn() };
  }
}
