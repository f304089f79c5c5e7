import type { Command } from 'commander';
import { evaluateSentiment } from './evaluate-sentiment.ts';

/** `c360 evaluate`: what a model is worth on a file of one's own, before anything is stored. */
export function registerEvaluate(program: Command): void {
  const evaluate = program.command('evaluate').description('measure models on a file, beside plain methods; stores nothing');
  evaluate
    .command('sentiment')
    .description('learn sentiment from texts with stars, 5-fold, beside a list of words')
    .requiredOption('--file <file>', 'CSV, TSV or JSON Lines, gzipped or not')
    .requiredOption('--text <column...>', 'the column of the text; several are joined')
    .requiredOption('--stars <column>', 'the column of the rating, 1 to 5')
    .action((flags: { file: string; text: readonly string[]; stars: string }) => evaluateSentiment(flags, console.log));
}
