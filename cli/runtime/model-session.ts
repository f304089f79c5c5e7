import { destination } from 'pino';
import { createLog } from '../../kernel/log.ts';
import { ModelShelf, type ModelVersion } from '../../kernel/model-shelf.ts';
import type { Store } from '../../kernel/storage/port.ts';
import { type ModelKind, TRAINED_MODELS } from '../../training/kinds.ts';
import { loadConfig } from './config.ts';
import { type OpenSubgraphs, openSubgraphs } from './open-subgraphs.ts';

/** The shelf that a kind of model is kept on. */
export type Shelves = (kind: ModelKind) => ModelShelf;

/** Opens every subgraph, and closes them again after the work. The log goes to standard error. */
export async function withShelves(
  config: string | undefined,
  work: (opened: OpenSubgraphs, shelves: Shelves) => Promise<void>,
): Promise<void> {
  const { storage, logLevel } = loadConfig({ env: process.env, file: config, role: 'all' });
  const opened = await openSubgraphs({ storage, clock: Date.now, log: createLog(logLevel, destination(2)) });
  try {
    await work(opened, (kind) => new ModelShelf(storeOf(kind, opened)));
  } finally {
    await opened.close();
  }
}

/** The store of the subgraph that uses the kind. */
export function storeOf(kind: ModelKind, { stores }: OpenSubgraphs): Store {
  const store = stores.get(TRAINED_MODELS[kind].subgraph);
  if (!store) throw new Error(`The store of ${kind} is not open.`);
  return store;
}

/** The kinds that were named; all where none was. */
export function chosen(kinds: readonly ModelKind[]): readonly ModelKind[] {
  return kinds.length > 0 ? kinds : (Object.keys(TRAINED_MODELS) as ModelKind[]);
}

/** A version in words: what it was trained on, and how good it was on what was held back. */
export function described(
  name: string,
  { id, trainedAt, from, to, bytes, counts, leftOut = {}, metrics }: ModelVersion,
  used: boolean,
): string {
  const day = (at: number | null) => (at === null ? '-' : new Date(at).toISOString().slice(0, 10));
  const figures = (of: Readonly<Record<string, number>>) => Object.entries(of).map(([what, value]) => `  ${what}: ${value}`);
  const head = `${name} ${id}${used ? ' (in use)' : ''}: trained ${day(trainedAt)} on ${day(from)} to ${day(to)}, ${Math.ceil(bytes / 1024)} KB`;
  const why = Object.entries(leftOut).map(([what, reason]) => `  left out, ${what}: ${reason}`);
  return [head, ...figures(counts), ...why, ...figures(metrics)].join('\n');
}
