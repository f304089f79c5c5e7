import { refuse, type UserError } from '../../kernel/errors.ts';
import { LABEL } from '../../kernel/texts.ts';
import { HOLDOUT } from '../../models/experiments/assignment.ts';
import { type PlanProblem, planProblems } from '../../models/experiments/plan.ts';
import { definitionOf } from './definition.ts';
import type { DefinitionInput, MetricInput } from './input.ts';
import { METRIC_KPIS } from './records.ts';
import { minorAmount } from './values.ts';

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;
const NAME_RULE = 'Give 1 to 64 letters, digits, spaces, dots, hyphens and underscores, a letter or digit first.';

const PLAN_PROBLEMS: Readonly<Record<PlanProblem, readonly [field: string, message: string]>> = {
  CONTROL_IS_NO_ARM: ['control', 'Name one of the arms.'],
  NO_TREATMENT: ['arms', 'Give an arm besides the control.'],
  DUPLICATE_ARM: ['arms', 'Name each arm once.'],
  DUPLICATE_METRIC: ['metrics', 'Name each metric once.'],
  NO_PRIMARY_METRIC: ['metrics', 'Say which metric decides: give one the role PRIMARY.'],
  INVALID_MARGIN: ['metrics', 'Give margins of 0 or more.'],
  INVALID_PLANNED_UNITS: ['plannedUnits', 'Give the number of units that the experiment was planned for, above 0.'],
};

/** Everything that is wrong with the input; empty where nothing is. */
export function definitionErrors(input: DefinitionInput): UserError[] {
  const errors: UserError[] = [];
  const check = (holds: boolean, code: string, field: string, message: string) => {
    if (!holds) errors.push(refuse(code, field, message));
  };
  const named = (field: string, ...names: readonly string[]) =>
    check(
      names.every((name) => NAME.test(name)),
      'NAME_INVALID',
      field,
      NAME_RULE,
    );
  const sized = (field: string, size: number, least: number, most: number) =>
    check(size >= least && size <= most, 'LIST_SIZE_INVALID', field, `Give ${least} to ${most} entries.`);
  const share = (field: string, of: number) => check(of > 0 && of <= 1, 'SHARE_INVALID', field, 'Give a share above 0, up to 1.');

  check(LABEL.test(input.idempotencyKey), 'TEXT_INVALID', 'idempotencyKey', 'Give 1 to 200 characters without control characters.');
  check(ID.test(input.id), 'ID_INVALID', 'id', 'Give 1 to 64 lower-case letters, digits and hyphens.');
  check(LABEL.test(input.name), 'TEXT_INVALID', 'name', 'Give 1 to 200 characters without control characters.');
  sized('arms', input.arms.length, 2, 20);
  sized('metrics', input.metrics.length, 1, 20);
  sized('segments', input.segments.length, 0, 10);
  named('arms', ...input.arms.map(({ name }) => name));
  check(
    input.arms.every(({ name }) => name !== HOLDOUT),
    'NAME_INVALID',
    'arms',
    `${HOLDOUT} is nobody's name: say how large it is by "holdout".`,
  );
  for (const [index, arm] of input.arms.entries()) share(`arms.${index}.share`, arm.share);
  check(input.holdout >= 0 && input.holdout < 1, 'SHARE_INVALID', 'holdout', 'Give a share from 0, below 1.');
  if (input.layer) {
    check(ID.test(input.layer.name), 'ID_INVALID', 'layer.name', 'Give 1 to 64 lower-case letters, digits and hyphens.');
    share('layer.share', input.layer.share);
  }
  check(
    input.assignment !== 'GIVEN' || (!input.layer && input.holdout === 0),
    'ASSIGNED_ELSEWHERE',
    'assignment',
    'Arms that are given elsewhere have no layer and no holdout here.',
  );
  check(
    input.unit === 'CUSTOMER' || (input.purposes ?? []).length === 0,
    'CONSENT_UNKNOWABLE',
    'purposes',
    'Nobody knows what an anonymous unit has granted: compare customers, or rest on nothing personal.',
  );
  check(input.confidence >= 0.5 && input.confidence <= 0.999, 'CONFIDENCE_INVALID', 'confidence', 'Give 0.5 to 0.999.');
  const days = input.outcomeWindowDays ?? 1;
  check(days >= 1 && days <= 3650, 'WINDOW_INVALID', 'outcomeWindowDays', 'Give 1 to 3650 days.');
  check(
    input.startAt == null || input.endAt == null || input.endAt > input.startAt,
    'TIME_INVALID',
    'endAt',
    'The experiment would end before it starts.',
  );
  for (const [index, metric] of input.metrics.entries()) errors.push(...metricErrors(metric, `metrics.${index}`));
  for (const [index, segment] of input.segments.entries()) {
    named(`segments.${index}.name`, segment.name);
    sized(`segments.${index}.values`, segment.values.length, 1, 50);
    check(
      segment.values.every((value) => LABEL.test(value)) && new Set(segment.values).size === segment.values.length,
      'TEXT_INVALID',
      `segments.${index}.values`,
      'Give each value once, 1 to 200 characters without control characters.',
    );
  }
  const segments = input.segments.map(({ name }) => name);
  check(new Set(segments).size === segments.length, 'DUPLICATE_SEGMENT', 'segments', 'Name each segment once.');
  for (const code of planProblems(definitionOf(input, 0).plan))
    if (!isUnplanned(code, input)) errors.push(refuse(code, ...PLAN_PROBLEMS[code]));
  return [...errors, ...adaptationErrors(input), ...kpiErrors(input)];
}

/** An adaptive experiment has no size to plan. */
const isUnplanned = (code: PlanProblem, { assignment, plannedUnits }: DefinitionInput) =>
  code === 'INVALID_PLANNED_UNITS' && assignment === 'ADAPTIVE' && plannedUnits == null;

function adaptationErrors({ assignment, adaptation, arms, metrics }: DefinitionInput): UserError[] {
  if (assignment !== 'ADAPTIVE')
    return adaptation
      ? [refuse('ADAPTATION_UNUSED', 'adaptation', 'Only shares of an ADAPTIVE experiment move: leave it out, or say so by "assignment".')]
      : [];
  const primary = metrics.filter(({ role }) => role === 'PRIMARY');
  const { exploration = 0.05, refreshSeconds = 60 } = adaptation ?? {};
  const found: [boolean, string, string, string][] = [
    [
      arms.some(({ share }) => Math.abs(share - (arms[0]?.share ?? 0)) > 1e-9),
      'SHARE_UNEQUAL',
      'arms',
      'Arms of an ADAPTIVE experiment start alike, outcomes move them: give all of them the same share.',
    ],
    [
      primary.length !== 1 || primary[0]?.kind !== 'PROPORTION' || primary[0].covariates.length > 0,
      'METRIC_UNFIT',
      'metrics',
      'An ADAPTIVE experiment learns from one PRIMARY metric, a PROPORTION without covariates.',
    ],
    [
      metrics.some(({ role }) => role === 'GUARDRAIL'),
      'METRIC_UNFIT',
      'metrics',
      'An ADAPTIVE experiment compares nothing, so a GUARDRAIL would guard nothing: give it the role SECONDARY.',
    ],
    [!(exploration >= 0.01 && exploration <= 0.5), 'SHARE_INVALID', 'adaptation.exploration', 'Give a share from 0.01 to 0.5.'],
    [refreshSeconds < 1 || refreshSeconds > 86_400, 'TIME_INVALID', 'adaptation.refreshSeconds', 'Give 1 to 86400 seconds.'],
  ];
  return found.flatMap(([is, code, field, message]) => (is ? [refuse(code, field, message)] : []));
}

function metricErrors({ key, kind, role, margin, currencyCode, covariates }: MetricInput, path: string): UserError[] {
  const found: [boolean, string, string, string][] = [
    [!NAME.test(key), 'NAME_INVALID', 'key', NAME_RULE],
    [!covariates.every((name) => NAME.test(name)), 'NAME_INVALID', 'covariates', NAME_RULE],
    [
      covariates.length > 5 || new Set(covariates).size < covariates.length,
      'LIST_SIZE_INVALID',
      'covariates',
      'Give at most 5 covariates, each once.',
    ],
    [kind === 'RATIO' && covariates.length > 0, 'COVARIATES_UNUSED', 'covariates', 'Ratios are not adjusted for covariates.'],
    [kind === 'PROPORTION' && currencyCode != null, 'CURRENCY_UNUSED', 'currencyCode', 'A PROPORTION is no money.'],
    [
      (role === 'GUARDRAIL') !== (margin != null),
      'MARGIN_INVALID',
      'margin',
      'A GUARDRAIL needs a margin, absolute or relative; other metrics have none.',
    ],
  ];
  return found.flatMap(([is, code, field, message]) => (is ? [refuse(code, `${path}.${field}`, message)] : []));
}

function kpiErrors({ kpis, money, metrics, arms }: DefinitionInput): UserError[] {
  const errors: UserError[] = [];
  const metricNamed = (key: string) => metrics.find((metric) => metric.key === key);
  const unfit = (field: string, message: string) => errors.push(refuse('METRIC_UNFIT', field, message));
  for (const [index, { kpi, metric }] of kpis.entries()) {
    const kind = (METRIC_KPIS as Readonly<Record<string, string>>)[kpi];
    if (kind === undefined || metricNamed(metric)?.kind !== kind)
      unfit(`kpis.${index}`, kind ? `${kpi} is computed from a metric of kind ${kind}.` : `${kpi} comes of "money".`);
  }
  if (new Set(kpis.map(({ kpi }) => kpi)).size < kpis.length) unfit('kpis', 'Give each key figure once.');
  for (const [index, { currencyCode, revenue, orders, profit, cost, fixedCosts }] of money.entries()) {
    const fits = (key: string, currency: string | null) => {
      const metric = metricNamed(key);
      return metric?.kind === 'MEAN' && (metric.currencyCode ?? null) === currency && metric.missing === 'ZERO';
    };
    for (const [field, key] of Object.entries({ revenue, profit, cost }))
      if (key != null && !fits(key, currencyCode))
        unfit(`money.${index}.${field}`, `Name a MEAN in ${currencyCode} in which units without an outcome count as 0.`);
    if (!fits(orders, null)) unfit(`money.${index}.orders`, 'Name a MEAN without a currency in which units without an outcome count as 0.');
    const known = new Set(arms.map(({ name }) => name));
    const each = new Set(fixedCosts.map(({ arm }) => arm));
    if (each.size < fixedCosts.length || [...each].some((arm) => !known.has(arm)))
      unfit(`money.${index}.fixedCosts`, 'Name each arm once.');
    if (!fixedCosts.every((fixed) => (minorAmount(fixed.cost, currencyCode) ?? -1) >= 0))
      unfit(`money.${index}.fixedCosts`, `Give amounts in ${currencyCode}, 0 or more.`);
  }
  if (new Set(money.map(({ currencyCode }) => currencyCode)).size < money.length) unfit('money', 'Give each currency once.');
  return errors;
}
