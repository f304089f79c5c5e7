import { type Command, InvalidArgumentError } from 'commander';
import { destination } from 'pino';
import { type FillResult, fillDemoStore } from '../demo/fill.ts';
import { loadConfig } from '../kernel/config.ts';
import { createLog } from '../kernel/log.ts';
import { openCompany } from './company.ts';
import { configOption, EXIT_INTERRUPTED, interruption } from './ingest.ts';
import { customersProgress } from './progress.ts';

const MAX_CUSTOMERS = 10_000_000;

interface SeedFlags {
  readonly customers: number;
  readonly seed: string;
  readonly config?: string;
}

/** `c360 seed`: fills the store with the demo company, as `c360 start` does, in any size. */
export function registerSeed(program: Command): void {
  program
    .command('seed')
    .description('fill the store with the demo company; run it again to go on after an interruption, or with more customers to add some')
    .option('--customers <number>', `how many customers there shall be in all, 1 to ${MAX_CUSTOMERS}`, count, 1000)
    .option('--seed <text>', 'equal seeds make equal companies', 'demo')
    .addOption(configOption())
    .action(seed);
}

function count(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MAX_CUSTOMERS) return value;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_CUSTOMERS}, such as 1000.`);
}

async function seed({ customers, seed: text, config: file }: SeedFlags): Promise<void> {
  const { storage, logLevel } = loadConfig({ env: process.env, file, role: 'all' });
  const signal = interruption();
  const company = await openCompany({ storage, clock: Date.now, log: createLog(logLevel, destination(2)) });
  const display = customersProgress();
  try {
    const result = await fillDemoStore({
      storage,
      directory: company.directory,
      intakes: [...company.subgraphs.values()].flatMap(({ intakes }) => intakes),
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
    await company.close();
  }
}

function summary({ customers, records, stored, duplicates, refused, reasons, elapsedMs }: FillResult): string {
  const line = `${customers} demo customers. ${records} records in ${(elapsedMs / 1000).toFixed(1)} s: ${stored} stored, ${duplicates} duplicates, ${refused} refused`;
  return [line, ...Object.entries(reasons).map(([reason, times]) => `  ${reason}: ${times}`)].join('\n');
}
