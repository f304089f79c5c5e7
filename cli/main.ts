import { Command, Option } from 'commander';
import { SUBGRAPH_NAMES } from '../kernel/subgraph-names.ts';
import { TRAINED_MODELS } from '../training/kinds.ts';
import { count, cursor, customers, delimiter, encoding, MAX_CUSTOMERS, modelKind, modelKinds, subgraphUrl, whole } from './arguments.ts';
import { packageVersion } from './version.ts';

/**
 * What `c360` can be asked: text and options only. A command's code is loaded when it runs, because help, a mistyped option and a small
 * command shall not wait for what a server needs.
 */
const program = new Command('c360')
  .description('Customer 360: one Customer from every system, over one graph.')
  .version(packageVersion(), '-V, --version', 'print the version');

const configOption = () => new Option('--config <file>', 'a YAML file of settings; the environment wins');

program
  .command('start')
  .description('run the gateway and every subgraph in this process; fills an empty store with the demo company unless DEMO=0')
  .addOption(configOption())
  .action(async (flags) => (await import('./commands/start.ts')).start(flags));

program
  .command('serve')
  .description('run everything, `gateway` alone, or one subgraph alone over HTTP')
  .argument('[name]', ['all', 'gateway', ...SUBGRAPH_NAMES].join(', '), 'all')
  .addOption(configOption())
  .option('--check-config', 'say whether the settings are right, and start nothing')
  .action(async (name, flags) => (await import('./commands/serve.ts')).serve(name, flags));

program
  .command('gateway')
  .description('run the gateway alone, before the subgraphs of any Apollo supergraph')
  .requiredOption('--supergraph <file>', 'the composed supergraph; it is loaded again whenever the file changes')
  .option('--port <number>', 'where to listen; 0 is any free port (default: 4000)')
  .option('--host <address>', 'on which address (default: 127.0.0.1)')
  .option('--subgraph <name=url>', 'where a subgraph is, instead of where the supergraph says; may be repeated', subgraphUrl, [])
  .addOption(configOption())
  .action(async (flags) => (await import('./commands/gateway.ts')).gateway(flags));

program
  .command('ingest')
  .description('take in the rows of files; run it again to go on after an interruption')
  .argument('<file...>', 'CSV, TSV, white-space-delimited, JSON or JSON Lines, gzipped or not')
  .requiredOption('--mapping <file>', 'the YAML file that says what the columns mean')
  .option('--json', 'print one line of JSON as the last line of standard output')
  .option('--dry-run', 'read every row through the mapping and store nothing')
  .addOption(configOption())
  .action(async (files, flags) => (await import('./commands/ingest.ts')).ingest(files, flags));

const quarantine = program.command('quarantine').description('rows that ingest refused: list, correct and retry them');

quarantine
  .command('summary')
  .description('how many rows wait, by source, mapping and reason')
  .option('--json', 'print one line of JSON')
  .addOption(configOption())
  .action(async (flags) => (await import('./commands/quarantine.ts')).summarise(flags));

ofMapping(quarantine.command('list'), 'show the rows of a mapping, the latest first')
  .option('--first <n>', 'how many', count, 20)
  .option('--after <cursor>', 'go on behind the cursor that the page before ended with', cursor)
  .action(async (flags) => (await import('./commands/quarantine.ts')).list(flags));

ofMapping(quarantine.command('export'), 'write the rows of a mapping to a file for correction; the file holds personal data')
  .requiredOption('--out <file>', 'where to')
  .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'jsonl']).default('csv'))
  .action(async (flags) => (await import('./commands/quarantine.ts')).exportToFile(flags));

ofMapping(quarantine.command('retry'), 'try rows again, as they are or corrected; what is stored leaves quarantine')
  .option('--from <file>', 'a corrected export, CSV or JSON Lines')
  .action(async (flags) => (await import('./commands/quarantine.ts')).retry(flags));

ofMapping(quarantine.command('discard'), 'take rows out of quarantine without storing them, and forget what they held').action(
  async (flags) => (await import('./commands/quarantine.ts')).discard(flags),
);

function ofMapping(command: Command, description: string): Command {
  return command
    .description(description)
    .requiredOption('--mapping <file>', 'the mapping that read the rows')
    .option('--reason <code>', 'only rows refused for this reason, such as ORDER_UNKNOWN')
    .option('--json', 'print JSON, one object per line')
    .addOption(configOption());
}

program
  .command('seed')
  .description('fill the store with the demo company; run it again to go on after an interruption, or with more customers to add some')
  .option('--customers <number>', `how many customers there shall be in all, 1 to ${MAX_CUSTOMERS}`, customers, 1000)
  .option('--seed <text>', 'equal seeds make equal companies', 'demo')
  .addOption(configOption())
  .action(async (flags) => (await import('./commands/seed.ts')).seed(flags));

const trainable = Object.entries(TRAINED_MODELS).map(([kind, { about }]) => `${kind} (${about})`);
program
  .command('train')
  .description('train models on what is stored of customers who allow it, and use them from then on')
  .argument('[kind...]', `which; all unless given: ${trainable.join(', ')}`, modelKinds)
  .option('--json', 'print one line of JSON for each')
  .addOption(configOption())
  .action(async (kinds, flags) => (await import('./commands/train.ts')).trainModels(kinds, flags));

const models = program.command('models').description('the versions of trained models: list them, use another');

models
  .command('list')
  .description('every version, the latest first; the one in use is marked')
  .argument('[kind...]', 'which; all unless given', modelKinds)
  .option('--json', 'print one line of JSON for each')
  .addOption(configOption())
  .action(async (kinds, flags) => (await import('./commands/models.ts')).list(kinds, flags));

models
  .command('use')
  .description('use this version from now on; running processes follow within seconds')
  .argument('<kind>', 'of which kind', modelKind)
  .argument('<version>', 'its version, as `models list` shows it')
  .addOption(configOption())
  .action(async (kind, version, flags) => (await import('./commands/models.ts')).use(kind, version, flags));

models
  .command('roll-back')
  .description('use the version that was in use before, and again the one before that; running processes follow within seconds')
  .argument('<kind>', 'of which kind', modelKind)
  .addOption(configOption())
  .action(async (kind, flags) => (await import('./commands/models.ts')).rollBack(kind, flags));

const segments = program.command('segments').description('groups of customers: count who is in them, list them');

segments
  .command('count')
  .description('count segments over all customers and note who came in and who went out; run it again to go on after an interruption')
  .argument('[id...]', 'which; all unless given')
  .option('--json', 'print one line of JSON for each')
  .addOption(configOption())
  .action(async (ids, flags) => (await import('./commands/segments.ts')).count(ids, flags));

segments
  .command('list')
  .description('every segment in use, with what was last counted')
  .option('--json', 'print one line of JSON for each')
  .addOption(configOption())
  .action(async (flags) => (await import('./commands/segments.ts')).list(flags));

const evaluate = program.command('evaluate').description('measure models on a file, beside plain methods; stores nothing');

evaluate
  .command('next-basket')
  .description('rank the next basket of each customer, beside what is popular and what they bought most')
  .requiredOption('--history <file>', 'JSON: customer -> list of baskets, oldest first, each a list of item ids')
  .requiredOption('--future <file>', 'JSON of the same form: the baskets to be foreseen; the first one that is not empty counts')
  .option('--seed <number>', 'equal seeds make equal models', whole, 1)
  .action(async (flags) => (await import('./commands/evaluate-next-basket.ts')).evaluateNextBasket(flags, console.log));

evaluate
  .command('sentiment')
  .description('learn sentiment from texts with stars, 5-fold, beside a list of words')
  .requiredOption('--file <file>', 'CSV, or by its ending TSV, JSON Lines (.jsonl, .ndjson) or a JSON array (.json); gzipped or not')
  .requiredOption('--text <column...>', 'the column of the text; several are joined')
  .requiredOption('--stars <column>', 'the column of the rating, 1 to 5')
  .option('--delimiter <character>', 'what parts the columns: one character, or tab', delimiter)
  .option('--encoding <name>', 'in what the file is written, such as shift_jis; utf-8 unless given', encoding)
  .action(async (flags) => (await import('./commands/evaluate-sentiment.ts')).evaluateSentiment(flags, console.log));

try {
  await program.parseAsync();
} catch (error) {
  const { OperatorError } = await import('../kernel/errors.ts');
  if (!(error instanceof OperatorError)) throw error;
  console.error(error.message);
  process.exitCode ??= 1;
}
