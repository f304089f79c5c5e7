import { type Command, InvalidArgumentError } from 'commander';
import { destination } from 'pino';
import { closest } from '../kernel/closest.ts';
import { loadConfig } from '../kernel/config.ts';
import { OperatorError } from '../kernel/errors.ts';
import { createLog } from '../kernel/log.ts';
import { ModelShelf, type ModelVersion } from '../kernel/model-shelf.ts';
import { Rosters } from '../kernel/roster.ts';
import type { Store } from '../kernel/storage/port.ts';
import { KINDS, type Material, train } from '../training/training.ts';
import { type Company, openCompany } from './company.ts';
import { configOption, EXIT_INTERRUPTED, interruption, printJson } from './ingest.ts';
import { readingProgress } from './progress.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

/** `c360 train [kind...]` and `c360 models list|use|roll-back`. */
export function registerTrain(program: Command): void {
  const names = Object.entries(KINDS).map(([kind, { about }]) => `${kind} (${about})`);
  program
    .command('train')
    .description('train models on what is stored of customers who allow it, and use them from then on')
    .argument('[kind...]', `which; all unless given: ${names.join(', ')}`, kind)
    .option('--json', 'print one line of JSON for each')
    .addOption(configOption())
    .action((kinds: readonly string[], flags: Flags) => withShelves(flags, (company) => trainAll(kinds, flags, company)));

  const models = program.command('models').description('the versions of trained models: list them, use another');
  models
    .command('list')
    .description('every version, the latest first; the one in use is marked')
    .argument('[kind...]', 'which; all unless given', kind)
    .option('--json', 'print one line of JSON for each')
    .addOption(configOption())
    .action((kinds: readonly string[], flags: Flags) => withShelves(flags, (_, shelves) => list(kinds, flags, shelves)));
  models
    .command('use')
    .description('use this version from now on; running processes follow within seconds')
    .argument('<kind>', 'of which kind', (text: string) => kind(text, [])[0])
    .argument('<version>', 'its version, as `models list` shows it')
    .addOption(configOption())
    .action((name: string, version: string, flags: Flags) =>
      withShelves(flags, (company, shelves) => use(name, version, shelves, company)),
    );
  models
    .command('roll-back')
    .description('use the version that was in use before, and again the one before that; running processes follow within seconds')
    .argument('<kind>', 'of which kind', (text: string) => kind(text, [])[0])
    .addOption(configOption())
    .action((name: string, flags: Flags) => withShelves(flags, (company, shelves) => rollBack(name, shelves, company)));
}

function kind(text: string, before: readonly string[] = []): readonly string[] {
  if (KINDS[text]) return [...before, text];
  const meant = closest(text, Object.keys(KINDS), 4);
  throw new InvalidArgumentError(
    `There is no such kind${meant ? `; did you mean ${meant}?` : '.'} Give one of ${Object.keys(KINDS).join(', ')}.`,
  );
}

type Shelves = (kind: string) => ModelShelf;

async function withShelves(flags: Flags, work: (company: Company, shelves: Shelves) => Promise<void>): Promise<void> {
  const { storage, logLevel } = loadConfig({ env: process.env, file: flags.config, role: 'all' });
  const company = await openCompany({ storage, clock: Date.now, log: createLog(logLevel, destination(2)) });
  const shelves: Shelves = (name) => new ModelShelf(storeOf(name, company));
  try {
    await work(company, shelves);
  } finally {
    await company.close();
  }
}

function storeOf(name: string, { stores }: Company): Store {
  const store = stores.get(KINDS[name]!.subgraph);
  if (!store) throw new Error(`The store of ${name} is not open.`);
  return store;
}

const chosen = (kinds: readonly string[]) => (kinds.length > 0 ? kinds : Object.keys(KINDS));

async function trainAll(kinds: readonly string[], { json }: Flags, company: Company): Promise<void> {
  const signal = interruption();
  const facts = Object.assign({}, ...[...company.subgraphs.values()].map((subgraph) => subgraph.facts)) as Material;
  for (const name of chosen(kinds)) {
    const progress = readingProgress(name);
    try {
      const options = { material: facts, directory: company.directory, now: Date.now(), onRead: progress.read, signal };
      const result = await train(name, storeOf(name, company), options);
      progress.stop();
      if (json) printJson({ kind: name, ...result });
      else console.log('refused' in result ? `${name}: not trained. ${result.refused}` : described(name, result, result.used));
      if ('refused' in result) process.exitCode = kinds.length > 0 ? 1 : process.exitCode;
      else if (!result.used) console.error(`Another version of ${name} was chosen while this one was trained, and stays in use.`);
    } catch (error) {
      progress.stop();
      if (!signal.aborted) throw error;
      process.exitCode = EXIT_INTERRUPTED;
      console.error(`Stopped. Nothing was kept of ${name}; the version in use before is in use still.`);
      return;
    }
  }
}

async function list(kinds: readonly string[], { json }: Flags, shelves: Shelves): Promise<void> {
  for (const name of chosen(kinds)) {
    const { versions, used } = await shelves(name).list(name);
    if (versions.length === 0 && !json) console.log(`${name}: none yet. Train it: c360 train ${name}`);
    for (const version of versions) {
      if (json) printJson({ kind: name, ...version, used: version.id === used });
      else console.log(described(name, version, version.id === used));
    }
  }
}

async function use(name: string, version: string, shelves: Shelves, company: Company): Promise<void> {
  if (!(await shelves(name).choose(name, version, Date.now())))
    throw new OperatorError('The model was not changed:', [`${name} has no version ${version}. See: c360 models list ${name}`]);
  console.log(`${name} ${version} is in use.`);
  await tellLeavers(name, version, company);
}

async function rollBack(name: string, shelves: Shelves, company: Company): Promise<void> {
  const version = await shelves(name).rollBack(name, Date.now());
  if (version === null) throw new OperatorError(`There is nothing to go back to:`, [`No other version of ${name} was in use before.`]);
  console.log(`${name} ${version} is in use.`);
  await tellLeavers(name, version, company);
}

/** An older version was learnt from some who allowed it then. They are counted once it is in use, because going back has to be quick. */
async function tellLeavers(name: string, version: string, company: Company): Promise<void> {
  const left = await new Rosters(storeOf(name, company)).leavers(name, version, company.directory);
  const again = `To leave them out, train again: c360 train ${name}`;
  if (left === null) console.log(`Whom it was learnt from was not kept; some may not allow it any more. ${again}`);
  else if (left.withdrawn + left.erased > 0)
    console.log(
      `Of ${left.learntFrom} customers it was learnt from, some do not allow it any more (withdrawn: ${left.withdrawn}, erased: ${left.erased}). ${again}`,
    );
}

function described(name: string, { id, trainedAt, from, to, bytes, counts, leftOut = {}, metrics }: ModelVersion, used: boolean): string {
  const day = (at: number | null) => (at === null ? '-' : new Date(at).toISOString().slice(0, 10));
  const figures = (of: Readonly<Record<string, number>>) => Object.entries(of).map(([what, value]) => `  ${what}: ${value}`);
  const head = `${name} ${id}${used ? ' (in use)' : ''}: trained ${day(trainedAt)} on ${day(from)} to ${day(to)}, ${Math.ceil(bytes / 1024)} KB`;
  const why = Object.entries(leftOut).map(([what, reason]) => `  left out, ${what}: ${reason}`);
  return [head, ...figures(counts), ...why, ...figures(metrics)].join('\n');
}
