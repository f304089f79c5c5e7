import { everything } from '../../kernel/everything.ts';
import type { Collection, Cursor, EpochMs, Key, Members, Page, Store } from '../../kernel/storage/port.ts';
import { HOLDOUT, type Layer } from '../../models/experiments/assignment.ts';
import { CountKeeper } from './count.ts';
import { CreativeShares } from './creatives.ts';
import {
  EXPERIMENTS,
  type ExperimentRecord,
  type ExposureRecord,
  experimentKey,
  experimentSpec,
  exposureId,
  type LayerRecord,
  layerKey,
  layerSpec,
  type UnitRecord,
  unitSpec,
} from './records.ts';
import { stateOf } from './units.ts';

/** An experiment, and the layer by which its units are assigned; null where it has none. */
export interface Running {
  readonly experiment: ExperimentRecord;
  readonly layer: Layer | null;
}

/** A person, and the experiments in which it may have been recorded, under whichever of its ids. */
export interface AskedPerson {
  readonly members: Members;
  readonly running: readonly Running[];
}

/** What was recorded of a person in one experiment, as far as it decides where the person stands. */
export interface PersonRecord {
  /** The id by which the person is assigned, and under which it is recorded. */
  readonly owner: string;
  /** The person's first exposure in the experiment; null without any. */
  readonly exposed: ExposureRecord | null;
}

/** The experiments of one store. */
export class Experiments {
  readonly definitions: Collection<ExperimentRecord>;
  readonly layers: Collection<LayerRecord>;
  readonly units: Collection<UnitRecord>;
  readonly counts: CountKeeper;
  readonly creatives: CreativeShares;

  constructor(store: Store, clock: () => EpochMs) {
    this.definitions = store.collection(experimentSpec);
    this.layers = store.collection(layerSpec);
    this.units = store.collection(unitSpec);
    this.counts = new CountKeeper(() => this.all(), this.units, clock);
    this.creatives = new CreativeShares(() => this.all(), this.counts, clock);
  }

  /** Null when there is none of that id. */
  async get(id: string): Promise<ExperimentRecord | null> {
    const [found] = await this.definitions.getMany([experimentKey(id)]);
    return found ?? null;
  }

  /** The latest defined first. */
  async page(options: { readonly first: number; readonly after?: Cursor | undefined }): Promise<Page<ExperimentRecord>> {
    const [page] = await this.definitions.latest([[EXPERIMENTS]], options);
    return page ?? { items: [], next: null };
  }

  async all(): Promise<readonly ExperimentRecord[]> {
    const [all = []] = await everything(this.definitions, [[EXPERIMENTS]]);
    return all;
  }

  /**
   * What was recorded of each person in the experiments asked about. Who was recorded before becoming one person with others stays who that was:
   * the owner of the first exposure in the experiment, else of the first in any that has room in its layer, or two of a layer would meet in one
   * person. Never recorded: the id that answers for the person. One read for all.
   */
  async recorded(asked: readonly AskedPerson[]): Promise<(readonly PersonRecord[])[]> {
    const keys = new Map<string, Key>();
    for (const { running, members } of asked)
      for (const id of running.flatMap((one) => [one.experiment.id, ...sharing(one.layer, members)]))
        for (const owner of members) keys.set(`${owner}\n${id}`, { owner, id: exposureId(id) });
    const found = keys.size > 0 ? await this.units.getMany([...keys.values()]) : [];
    const records = new Map([...keys.keys()].map((name, index) => [name, found[index]]));
    const first = (experiments: readonly string[], members: Members): ExposureRecord | null => {
      const all = experiments.flatMap((id) => members.map((owner) => records.get(`${owner}\n${id}`)));
      const exposures = all.flatMap((record) => (record?.kind === 'EXPOSURE' ? [record] : []));
      return exposures.sort((one, other) => one.at - other.at)[0] ?? null;
    };
    return asked.map(({ running, members }) =>
      running.map(({ experiment, layer }) => {
        const exposed = first([experiment.id], members);
        return { exposed, owner: (exposed ?? first(sharing(layer, members), members))?.owner ?? members[0] ?? '' };
      }),
    );
  }

  /** The layer by which units of the experiment were or are assigned. */
  async layerOf({ layer, stopped }: ExperimentRecord): Promise<Layer | null> {
    if (!layer || stopped) return stopped?.layer ?? null;
    const [found] = await this.layers.getMany([layerKey(layer.name)]);
    return found ?? null;
  }

  /** The experiments that take customers in at that time, by id. */
  async running(at: EpochMs): Promise<readonly Running[]> {
    const running = (await this.all()).filter((experiment) => experiment.unit === 'CUSTOMER' && stateOf(experiment, at) === 'RUNNING');
    const names = [...new Set(running.flatMap(({ layer }) => (layer ? [layer.name] : [])))];
    const layers = names.length > 0 ? await this.layers.getMany(names.map(layerKey)) : [];
    const byName = new Map(names.map((name, index) => [name, layers[index] ?? null]));
    return running
      .map((experiment) => ({ experiment, layer: experiment.stopped?.layer ?? byName.get(experiment.layer?.name ?? '') ?? null }))
      .sort((a, b) => (a.experiment.id < b.experiment.id ? -1 : 1));
  }
}

/** The experiments that have room in the layer; of who was never anybody else they say nothing new. */
function sharing(layer: Layer | null, members: Members): readonly string[] {
  if (!layer || members.length < 2) return [];
  return layer.slots.owners.flatMap(({ owner }) => (owner === HOLDOUT ? [] : [owner]));
}

const opened = new WeakMap<Store, Experiments>();

/** The one `Experiments` over a store: what a job learns is what requests choose by. */
export function experimentsIn(store: Store, clock: () => EpochMs): Experiments {
  const experiments = opened.get(store) ?? new Experiments(store, clock);
  opened.set(store, experiments);
  return experiments;
}
