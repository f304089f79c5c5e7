import { basename } from 'node:path';
import { summed } from '../../ingest/counting.ts';
import { checkFile, type FileReport, ingestFile } from '../../ingest/ingest.ts';
import { progressDisplay } from '../../ingest/progress.ts';
import type { Counts } from '../../ingest/records.ts';
import { RunHeld } from '../../ingest/runs.ts';
import { loadMapping, reasonLines, summary, withIngest } from '../runtime/ingest-session.ts';
import { EXIT_INTERRUPTED, interruption, printJson } from '../runtime/output.ts';

/** See docs/how-to/ingest-your-own-export.md. */
const EXIT_HELD = 3;

interface IngestFlags {
  readonly mapping: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly config?: string;
}

/** `c360 ingest --mapping M FILE...`: rows of files become records of the subgraphs. */
export async function ingest(files: readonly string[], flags: IngestFlags): Promise<void> {
  if (flags.dryRun) await dryRun(files, flags);
  else await takeIn(files, flags);
}

async function takeIn(files: readonly string[], { mapping, json = false, config }: IngestFlags): Promise<void> {
  const stop = interruption();
  const reports = await withIngest(config, async (deps) => {
    const loaded = loadMapping(mapping, deps.intakes);
    const done: FileReport[] = [];
    for (const file of files) {
      const display = progressDisplay(basename(file), process.stderr, Date.now);
      try {
        done.push(await ingestFile(file, loaded, deps, { signal: stop, onProgress: (progress) => display.update(progress) }));
      } catch (error) {
        if (error instanceof RunHeld) process.exitCode = EXIT_HELD;
        throw error;
      } finally {
        display.stop();
      }
      if (stop.aborted) break;
    }
    return done;
  });
  const total = summed(reports);
  const interrupted = reports.some((report) => report.interrupted) || reports.length < files.length;
  if (interrupted) {
    process.exitCode = EXIT_INTERRUPTED;
    console.error('Stopped. Run the same command again to go on from here.');
  }
  if (json) {
    const [only] = reports;
    const { runId, resumed } = only ?? {};
    const elapsedMs = reports.reduce((sum, report) => sum + report.elapsedMs, 0);
    printJson({ ...total, interrupted, elapsedMs, ...(files.length === 1 ? { file: only?.file, runId, resumed } : { files: reports }) });
  } else for (const report of reports) console.log(summary(report.file, report));
}

async function dryRun(files: readonly string[], { mapping, json = false, config }: IngestFlags): Promise<void> {
  const stop = interruption();
  const counts = await withIngest(config, async ({ intakes }) => {
    const loaded = loadMapping(mapping, intakes);
    const done: Counts[] = [];
    for (const file of files) {
      const display = progressDisplay(basename(file), process.stderr, Date.now);
      done.push(await checkFile(file, loaded, intakes, { signal: stop, onProgress: (progress) => display.update(progress) }));
      display.stop();
    }
    return summed(done);
  });
  const { read, stored: acceptable, quarantined, reasons } = counts;
  if (json) printJson({ dryRun: true, read, acceptable, quarantined, reasons });
  else console.log(`Nothing was stored. ${read} rows: ${acceptable} acceptable, ${quarantined} to be quarantined${reasonLines(reasons)}`);
}
