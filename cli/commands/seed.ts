import { destination } from 'pino';
import { type FillResult, fillDemoStore } from '../../demo/fill.ts';
import { createLog } from '../../kernel/log.ts';
import { loadConfig } from '../runtime/config.ts';
import { openSubgraphs } from '../runtime/open-subgraphs.ts';
import { EXIT_INTERRUPTED, interruption } from '../runtime/output.ts';
import { customersProgress } from '../runtime/progress.ts';

interface SeedFlags {
  readonly customers: number;
  readonly seed: string;
  readonly config?: string;
}

/** `c360 seed`: fills the store with the demo company, as `c360 start` does, in any size. */
export async function seed({ customers, seed: text, config: file }: SeedFlags): Promise<void> {
  const { storage, logLevel } = loadConfig({ env: process.env, file, role: 'all' });
  const signal = interruption();
  const opened = await openSubgraphs({ storage, clock: Date.now, log: createLog(logLevel, destination(2)) });
  const display = customersProgress();
  try {
    const result = await fillDemoStore({
      storage,
      directory: opened.directory,
      intakes: [...opened.subgraphs.values()].flatMap(({ intakes }) => intakes),
      customers,
      seed: text,
      now: Date.now(),
      onProgress: display.update,
      signal,
    });
    display.stop();
    console.log(summary(result));
    if (!result.complete) {
      process.exitCode = EXIT_INTERRUPTED;
      console.error('Stopped. Run the same command again to go on from here.');
    }
  } finally {
    display.stop();
    await opened.close();
  }
}

function summary({ customers, records, stored, duplicates, refused, reasons, elapsedMs }: FillResult): string {
  const line = `${customers} demo customers. ${records} records in ${(elapsedMs / 1000).toFixed(1)} s: ${stored} stored, ${duplicates} duplicates, ${refused} refused`;
  return [line, ...Object.entries(reasons).map(([reason, times]) => `  ${reason}: ${times}`)].join('\n');
}
