import { type Reason, refuse, type UserError } from '../../kernel/errors.ts';
import { minorDigits, parseDecimal, toMoney } from '../../kernel/money.ts';
import type { ExperimentExposureInput, ExperimentOutcomeInput, MoneyInput } from '../../schema/generated/experiments.ts';
import type { DefinedMetric, ExperimentRecord } from './records.ts';

/** Beyond it the squares of a few values are no longer exact. */
const MOST = 1e12;

/** The amount in minor units; null when it is in another currency, has too many decimal places or is too large. */
export function minorAmount({ amount, currencyCode }: MoneyInput, currency: string): number | null {
  const decimal = parseDecimal(amount);
  if (currencyCode !== currency || !decimal || decimal.scale > minorDigits(currency)) return null;
  try {
    return toMoney(decimal, currency).amountMinor;
  } catch {
    return null;
  }
}

/** What an outcome says of its metric. */
export interface OutcomeValue {
  readonly metric: string;
  readonly value: number;
  readonly denominator: number | null;
}

const within = (value: number) => Math.abs(value) <= MOST;

function reason(code: string, field: string, message: string): Reason {
  return { code, field, message };
}

/** The outcome's value as its metric takes it, or why it does not. */
export function outcomeValue(input: ExperimentOutcomeInput, { plan }: ExperimentRecord): OutcomeValue | Reason {
  const metric = plan.metrics.find(({ key }) => key === input.metric);
  if (!metric) return reason('METRIC_UNKNOWN', 'metric', 'The experiment has no such metric.');
  const value = plainValue(input, metric);
  if (typeof value !== 'number') return value;
  const { denominator } = input;
  if (metric.kind === 'RATIO') {
    if (denominator == null || !within(denominator)) return reason('VALUE_INVALID', 'denominator', 'A RATIO needs what it is divided by.');
    return { metric: metric.key, value, denominator };
  }
  if (denominator != null) return reason('VALUE_INVALID', 'denominator', 'Only a RATIO is divided by something.');
  return { metric: metric.key, value, denominator: null };
}

function plainValue({ value, money }: ExperimentOutcomeInput, metric: DefinedMetric): number | Reason {
  if (metric.currency !== undefined) {
    const minor = money && value == null ? minorAmount(money, metric.currency) : null;
    return minor !== null && within(minor)
      ? minor
      : reason('VALUE_INVALID', 'money', `The metric is money: give an amount in ${metric.currency}.`);
  }
  if (money) return reason('VALUE_INVALID', 'money', 'The metric is no money: give a plain value.');
  if (metric.kind === 'PROPORTION') {
    const given = value ?? 1;
    return given === 0 || given === 1 ? given : reason('VALUE_INVALID', 'value', 'A PROPORTION takes 1 or 0.');
  }
  return value != null && within(value) ? value : reason('VALUE_INVALID', 'value', `Give a number, at most ${MOST} either way.`);
}

/** What is known of a unit when it is exposed. */
export interface UnitFacts {
  /** Such as `channel=Web`. */
  readonly segments: readonly string[];
  readonly covariates: Readonly<Record<string, number>>;
}

/** The unit's segments and covariates as the definition has them, or what does not fit. */
export function unitFacts({ segments = [], covariates = [] }: ExperimentExposureInput, experiment: ExperimentRecord): UnitFacts | Reason {
  const names = segments.map(({ name }) => name);
  const known = ({ name, value }: { name: string; value: string }) =>
    experiment.segments.some((segment) => segment.name === name && segment.values.includes(value));
  if (new Set(names).size < names.length || !segments.every(known))
    return reason('SEGMENT_UNKNOWN', 'segments', 'Give values that the experiment defines, one for each segment at most.');
  const needed = new Set(experiment.plan.metrics.flatMap((metric) => (metric.kind === 'RATIO' ? [] : (metric.covariates ?? []))));
  const given = new Map(covariates.map(({ name, value }) => [name, value]));
  if (given.size < covariates.length || given.size !== needed.size || ![...needed].every((name) => within(given.get(name) ?? Number.NaN)))
    return reason(
      'COVARIATES_INVALID',
      'covariates',
      `Give each covariate of the experiment once: ${[...needed].join(', ') || 'it has none'}.`,
    );
  return { segments: segments.map(({ name, value }) => `${name}=${value}`), covariates: Object.fromEntries(given) };
}

/** An entry of `userErrors` for one item of a batch. */
export function refusedItem(list: string, index: number, { code, field, message }: Reason): UserError {
  return refuse(code, `${list}.${index}${field === undefined ? '' : `.${field}`}`, message);
}
