import { type Command, InvalidArgumentError } from 'commander';
import { evaluateNextBasket } from './evaluate-next-basket.ts';
import { evaluateSentiment, type SentimentFile } from './evaluate-sentiment.ts';

/** `c360 evaluate`: what a model is worth on a file of one's own, before anything is stored. */
export function registerEvaluate(program: Command): void {
  const evaluate = program.command('evaluate').description('measure models on a file, beside plain methods; stores nothing');
  evaluate
    .command('next-basket')
    .description('rank the next basket of each customer, beside what is popular and what they bought most')
    .requiredOption('--history <file>', 'JSON: customer -> list of baskets, oldest first, each a list of item ids')
    .requiredOption('--future <file>', 'JSON of the same form: the baskets to be foreseen; the first one that is not empty counts')
    .option('--seed <number>', 'equal seeds make equal models', whole, 1)
    .action((flags: { history: string; future: string; seed: number }) => evaluateNextBasket(flags, console.log));
  evaluate
    .command('sentiment')
    .description('learn sentiment from texts with stars, 5-fold, beside a list of words')
    .requiredOption('--file <file>', 'CSV, or by its ending TSV, JSON Lines (.jsonl, .ndjson) or a JSON array (.json); gzipped or not')
    .requiredOption('--text <column...>', 'the column of the text; several are joined')
    .requiredOption('--stars <column>', 'the column of the rating, 1 to 5')
    .option('--delimiter <character>', 'what parts the columns: one character, or tab', delimiter)
    .option('--encoding <name>', 'in what the file is written, such as shift_jis; utf-8 unless given', encoding)
    .action((flags: SentimentFile) => evaluateSentiment(flags, console.log));
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, such as 1.');
}

function delimiter(text: string): string {
  if (text === 'tab') return '\t';
  if (text.length === 1) return text;
  throw new InvalidArgumentError('Give one character, such as ";", or tab.');
}

function encoding(text: string): string {
  try {
    return new TextDecoder(text).encoding;
  } catch {
    throw new InvalidArgumentError('There is no such encoding. Give one such as utf-8, shift_jis or windows-1252.');
  }
}
