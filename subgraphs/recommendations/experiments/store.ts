import { everything } from '../../../kernel/everything.ts';
import type { Collection, Cursor, EpochMs, Page, Store } from '../../../kernel/storage/port.ts';
import type { Layer } from '../../../models/experiments/assignment.ts';
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

  /** The person's first exposure in each experiment asked about, under whichever of their ids; null without any. */
  async exposures(
    asked: readonly { readonly experiment: string; readonly members: readonly string[] }[],
  ): Promise<(ExposureRecord | null)[]> {
    const keys = asked.flatMap(({ experiment, members }) => members.map((owner) => ({ owner, id: exposureId(experiment) })));
    const left = keys.length > 0 ? [...(await this.units.getMany(keys))] : [];
    return asked.map(({ members }) => {
      const records = left.splice(0, members.length).flatMap((record) => (record?.kind === 'EXPOSURE' ? [record] : []));
      return records.sort((one, other) => one.at - other.at)[0] ?? null;
    });
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

const opened = new WeakMap<Store, Experiments>();

/** The one `Experiments` over a store: what a job learns is what requests choose by. */
export function experimentsIn(store: Store, clock: () => EpochMs): Experiments {
  const experiments = opened.get(store) ?? new Experiments(store, clock);
  opened.set(store, experiments);
  return experiments;
}
