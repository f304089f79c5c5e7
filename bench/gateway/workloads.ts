import { customerProfile } from './customer-profile.ts';
import { publicBenchmark } from './public-benchmark.ts';
import type { Workload } from './workload.ts';

/** The workload of this name. Throws when there is none, or when its data is absent. */
export function workload(name: string): Workload {
  if (name === 'B' || name === 'B1') return customerProfile(name);
  const found = name === 'A' ? publicBenchmark() : undefined;
  if (!found) throw new Error(name === 'A' ? '../shared/data/gateways-benchmark is absent.' : `There is no workload ${name}.`);
  return found;
}

/** Those that are measured when none is named. */
export function workloadNames(): readonly Workload['name'][] {
  return publicBenchmark() ? ['A', 'B'] : ['B'];
}
