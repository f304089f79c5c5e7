import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader } from '../../kernel/loader.ts';
import { type RequestRecord, requestSpec } from '../../kernel/requests.ts';
import type { Collection } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type AskedPerson, type Experiments, experimentsIn, type PersonRecord, type Running } from './store.ts';

/** What a request needs: the time at which it is answered, the experiments, what was recorded of whom, and who customers are. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly directory: Directory;
  readonly requests: Collection<RequestRecord>;
  readonly experiments: Experiments;
  /** The experiments that take customers in, read once for all customers of the request. */
  running(): Promise<readonly Running[]>;
  /** What was recorded of a person, one for each experiment asked about. */
  readonly recorded: Loader<AskedPerson, readonly PersonRecord[]>;
}

export function context({ store, directory, clock }: SubgraphDeps): (scope: RequestScope) => Context {
  const requests = store.collection(requestSpec);
  const experiments = experimentsIn(store, clock);
  return ({ now }) => {
    let running: Promise<readonly Running[]> | undefined;
    return {
      now,
      directory,
      requests,
      experiments,
      running: () => (running ??= experiments.running(now)),
      recorded: loader(
        (asked) => experiments.recorded(asked),
        ({ members, running: of }) => [members[0], ...of.map(({ experiment }) => experiment.id)].join('\n'),
      ),
    };
  };
}
