import { readFileSync, type Stats, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { OperatorError } from '../kernel/errors.ts';

export interface SupergraphFile {
  readonly path: string;
  /** The file and what named it, for messages: `supergraph.graphql (--supergraph)`. */
  readonly place: string;
}

/** The text of the file. Throws an OperatorError when it can't be read. */
export function readSupergraph({ path, place }: SupergraphFile): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError('The gateway did not start:', [
      `${place}: the supergraph can't be read (${code}). Name a file that was made by composing subgraphs.`,
    ]);
  }
}

export interface WatchOptions extends SupergraphFile {
  /** What is served now. */
  readonly served: string;
  /** Serves another text. Rejects, and goes on serving, when it can't be. */
  readonly load: (sdl: string, place: string) => Promise<void>;
  readonly log: Logger;
  /** How often the file is looked at without being told of a change, which some file systems do not tell. */
  readonly pollMs?: number;
}

export interface WatchedFile {
  /** Reads the file again now, and says in the log what came of it. */
  reload(): Promise<void>;
  close(): void;
}

/** A file is often written in several steps; this long after the last one it is read. */
const SETTLED_MS = 50;

/**
 * Loads the file whenever its content is another: written over, replaced by a rename, or behind a link that points elsewhere now. A
 * broken one is told of once, and what was served goes on being served.
 */
export function watchSupergraph({ path, place, served, load, log, pollMs = 2_000 }: WatchOptions): WatchedFile {
  let known = served;
  let looked = '';
  let unreadable = false;
  let closed = false;
  let turn = Promise.resolve();
  let settling: NodeJS.Timeout | undefined;

  const look = async (asked: boolean) => {
    let text: string;
    try {
      const state = stateOf(await stat(path));
      if (state === looked && !asked) return;
      text = await readFile(path, 'utf8');
      looked = state;
      unreadable = false;
    } catch (err) {
      if (closed) return;
      // While a file is replaced it may be gone for a moment; the poll will tell whether it stays away.
      if (asked || !unreadable) log.warn({ event: 'supergraph unreadable', err }, 'the supergraph can not be read; the old one is served');
      unreadable = true;
      return;
    }
    if (closed) return;
    if (text === known) {
      if (asked) log.info({ event: 'supergraph unchanged' }, 'the supergraph is the same');
      return;
    }
    known = text;
    const startedAt = performance.now();
    try {
      await load(text, place);
      log.info({ event: 'supergraph loaded', durationMs: Math.round(performance.now() - startedAt) }, 'another supergraph is served');
    } catch (err) {
      log.error({ event: 'supergraph refused', err }, 'the supergraph was refused; the old one is served');
    }
  };
  const next = (asked: boolean) => {
    turn = turn.then(() => look(asked));
    return turn;
  };

  // The folder, because a watched file is lost when another is renamed over it; any name, because a link may lead through it.
  const watcher = watch(dirname(path), { persistent: false }, () => {
    clearTimeout(settling);
    settling = setTimeout(() => void next(false), SETTLED_MS).unref();
  });
  watcher.on('error', (err) => log.warn({ event: 'watch failed', err }, 'changes of the supergraph are noticed by polling only'));
  const poll = setInterval(() => void next(false), pollMs).unref();
  return {
    reload: () => next(true),
    close: () => {
      closed = true;
      watcher.close();
      clearTimeout(settling);
      clearInterval(poll);
    },
  };
}

function stateOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`;
}
