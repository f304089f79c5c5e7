import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSupergraph, type WatchedFile, watchSupergraph } from '../../gateway/supergraph-file.ts';
import { OperatorError } from '../../kernel/errors.ts';
import { createLog } from '../../kernel/log.ts';
import { pause, until } from '../support/events.ts';

let folder: string;
let path: string;
let loads: string[];
let logged: string[];
let watched: WatchedFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c360-supergraph-'));
  path = join(folder, 'supergraph.graphql');
  writeFileSync(path, 'first');
  loads = [];
  logged = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  watched.close();
  rmSync(folder, { recursive: true, force: true });
});

function watching(pollMs: number): void {
  watched = watchSupergraph({
    path,
    place: 'the file',
    served: 'first',
    pollMs,
    load: async (sdl) => {
      loads.push(sdl);
      if (sdl.startsWith('broken')) throw new OperatorError('The supergraph was not loaded:', ['the file: is broken. Mend it.']);
    },
    log: createLog('info', { write: (line) => logged.push((JSON.parse(line) as { event: string }).event) }),
  });
}
/** Resolves when so many lines were logged. */
const told = (count: number) => until(() => logged.length >= count);
/** Long enough for what must not happen to happen; what has to happen is waited for. */
const settled = () => pause(250);

/** Longer than the tests: what is noticed is noticed because the folder told. */
const NEVER_MS = 60_000;

describe('a supergraph file', () => {
  it('is loaded when it is written over, and when another is renamed over it', async () => {
    watching(NEVER_MS);
    writeFileSync(path, 'second');
    await told(1);
    writeFileSync(join(folder, 'new'), 'third');
    renameSync(join(folder, 'new'), path);
    await told(2);
    expect(loads).toEqual(['second', 'third']);
    expect(logged).toEqual(['supergraph loaded', 'supergraph loaded']);
  });

  it('is loaded when a link on the way to it leads elsewhere, as where it is mounted from a ConfigMap', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'supergraph.graphql'), name);
    }
    rmSync(path);
    symlinkSync('a', join(folder, 'current'));
    symlinkSync(join('current', 'supergraph.graphql'), path);
    watching(NEVER_MS);
    symlinkSync('b', join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'current'));
    await told(1);
    expect(loads).toEqual(['b']);
  });

  it('is read once when it is written in several steps', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    watching(NEVER_MS);
    for (const part of ['br', 'broken, so f', 'whole']) {
      const noticed = timers.mock.calls.length;
      writeFileSync(path, part);
      await until(() => timers.mock.calls.length > noticed);
      vi.advanceTimersByTime(10);
    }
    await until(() => {
      vi.advanceTimersByTime(10);
      return loads.length > 0;
    });
    expect(loads).toEqual(['whole']);
  });

  it('is not loaded again for having been touched, or for another file beside it', async () => {
    watching(NEVER_MS);
    utimesSync(path, new Date(), new Date());
    writeFileSync(join(folder, 'other'), 'x');
    await settled();
    expect([loads, logged]).toEqual([[], []]);
  });

  it('is refused once when it is broken, and loaded when it is mended', async () => {
    watching(20);
    writeFileSync(path, 'broken');
    await told(1);
    await settled();
    writeFileSync(path, 'first');
    await told(2);
    expect(loads).toEqual(['broken', 'first']);
    expect(logged).toEqual(['supergraph refused', 'supergraph loaded']);
  });

  it('that went away is told of once, and loaded when another comes', async () => {
    watching(20);
    rmSync(path);
    await told(1);
    await settled();
    expect([loads, logged]).toEqual([[], ['supergraph unreadable']]);
    writeFileSync(path, 'second');
    await told(2);
    expect(loads).toEqual(['second']);
  });

  it('is read when that is asked for, and what came of it is said', async () => {
    watching(NEVER_MS);
    await watched.reload();
    expect([loads, logged]).toEqual([[], ['supergraph unchanged']]);
  });

  it('that can not be read at the start is told of with its place', () => {
    watching(NEVER_MS);
    expect(() => readSupergraph({ path: join(folder, 'none'), place: 'none (--supergraph)' })).toThrow(
      "none (--supergraph): the supergraph can't be read (ENOENT). Name a file that was made by composing subgraphs.",
    );
  });
});
