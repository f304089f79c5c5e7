import type { Logger } from 'pino';
import { type EngineOptions, openEngine } from '../../gateway/engine/engine.ts';
import { loadPlugins } from '../../gateway/http/plugins.ts';
import { serveGraph } from '../../gateway/http/server.ts';
import { mergedView } from '../../gateway/merged-view.ts';
import { readSupergraph, watchSupergraph } from '../../gateway/supergraph-file.ts';
import type { HttpServer, Readiness } from '../../kernel/http-server.ts';
import { askDeadlineMs, type MergedView } from '../../kernel/merged-view.ts';
import type { Config } from './config.ts';

export interface FrontOptions extends Pick<EngineOptions, 'transportFor' | 'scalars'> {
  readonly config: Config;
  /** What named the supergraph file, for messages. */
  readonly namedBy: string;
  /** What GraphiQL shows at first. */
  readonly example?: string;
  readonly readiness: () => Readiness;
  /** Called when the supergraph has been loaded and nobody is served yet. What it throws keeps the gateway from starting. */
  readonly check?: () => void;
  readonly log: Logger;
}

export interface Front {
  readonly port: number;
  /** The graph that is served, for this process itself. */
  readonly view: () => MergedView | null;
  /** Finishes what was accepted, then lets go of everything. */
  close(): Promise<void>;
}

/**
 * The gateway as clients reach it: an engine with the supergraph of a file, loaded again whenever the file changes (or at a SIGHUP),
 * behind HTTP. Throws an OperatorError for a supergraph or plugin that can't be used, or a port that can't be had.
 */
export async function openFront({ config, namedBy, transportFor, scalars, example, readiness, check, log }: FrontOptions): Promise<Front> {
  const plugins = await loadPlugins(config.pluginFiles);
  const file = { path: config.supergraphFile, place: `${config.supergraphFile} (${namedBy})` };
  const served = readSupergraph(file);
  const { deadlineMs, requestDeadlineMs, shareReads } = config;
  const engine = openEngine({ transportFor, scalars, resilience: { shareReads }, deadlineMs, requestDeadlineMs, log });
  let server: HttpServer;
  try {
    await engine.load(served, file.place);
    check?.();
    server = await serveGraph({ ...config, engine, plugins, ...(example && { example }), clock: Date.now, readiness, log });
  } catch (error) {
    await engine.close();
    throw error;
  }
  const own = mergedView(engine, Date.now, askDeadlineMs(deadlineMs));
  const watched = watchSupergraph({ ...file, served, load: (sdl, place) => engine.load(sdl, place), log });
  const reload = () => void watched.reload();
  // In a terminal it says that the window was closed, and shall end the process as it always does.
  if (!process.stderr.isTTY) process.on('SIGHUP', reload);
  return {
    port: server.port,
    view: own.view,
    close: async () => {
      watched.close();
      own.close();
      await server.drain();
      process.off('SIGHUP', reload);
      await engine.close();
    },
  };
}
