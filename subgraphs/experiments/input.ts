import type { ExperimentDefineInput, ExperimentMetricInput, ExperimentMoneyInput } from '../../schema/generated/experiments.ts';

type Filled<T, Fields extends keyof T> = Omit<T, Fields> & { [Field in Fields]-?: NonNullable<T[Field]> };

export type MetricInput = Filled<ExperimentMetricInput, 'desired' | 'role' | 'combine' | 'missing' | 'covariates'>;
type MoneyMetricsInput = Filled<ExperimentMoneyInput, 'fixedCosts'>;

/** A definition as it was asked for, with the defaults that the schema names. */
export type DefinitionInput = Omit<
  Filled<ExperimentDefineInput, 'unit' | 'assignment' | 'holdout' | 'segments' | 'looks' | 'confidence' | 'kpis'>,
  'metrics' | 'money'
> & { readonly metrics: readonly MetricInput[]; readonly money: readonly MoneyMetricsInput[] };

/** The input as it is executed: whatever has a default in the schema has been filled in by then, which generated types do not know. */
export function withDefaults(input: ExperimentDefineInput): DefinitionInput {
  return input as DefinitionInput;
}
