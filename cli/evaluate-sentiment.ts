import { inspectFile, readText } from '../ingest/file.ts';
import { inBatches, splitter } from '../ingest/format.ts';
import { OperatorError } from '../kernel/errors.ts';
import { FEWEST_OF_A_CLASS, type RatedText, sentimentCorpus } from '../models/text/sentiment.ts';
import { crossValidateSentiment } from '../models/text/sentiment-evaluation.ts';

export interface SentimentFile {
  /** CSV, or by its ending TSV or JSON Lines; UTF-8, gzipped or not. */
  readonly file: string;
  /** The columns of the text, joined where there are several (a title and a message). */
  readonly text: readonly string[];
  /** The column of the rating, from 1 to 5. */
  readonly stars: string;
}

/** More texts than this are not read: memory grows by some 6 KB a text. */
const MOST_TEXTS = 50_000;
const ROWS = 1_000;
const FOLDS = 5;

/**
 * Prints what a sentiment model is worth on the rated texts of a file, cross-validated, beside the lexicon on the same texts. An unreadable file,
 * unknown columns, and ratings on another scale or of one kind alone are an OperatorError.
 */
export async function evaluateSentiment({ file, text, stars }: SentimentFile, print: (line: string) => void): Promise<void> {
  const { rated, rows, unreadable, unrated } = await ratedTexts({ file, text, stars });
  if (unrated > rated.length)
    throw refused(
      file,
      `${unrated} of ${rows} rows have no rating from 1 to 5 in column "${stars}". Name the column of the stars, or bring them to that scale.`,
    );
  const started = process.cpuUsage();
  const corpus = sentimentCorpus(rated);
  const result = crossValidateSentiment(corpus, { folds: FOLDS });
  if (result === null) {
    const positives = corpus.positive.reduce((sum, label) => sum + label, 0);
    throw refused(
      file,
      `${corpus.positive.length - positives} texts have at most 2 stars and ${positives} at least 4; ` +
        `to learn from, each fold needs ${FEWEST_OF_A_CLASS} of both. Give more rated texts.`,
    );
  }
  const { user, system } = process.cpuUsage(started);
  const left = [
    `${rated.length - result.texts} with 3 stars or no text`,
    ...(unrated > 0 ? [`${unrated} without a rating from 1 to 5`] : []),
    ...(unreadable > 0 ? [`${unreadable} not readable`] : []),
    ...(rows > MOST_TEXTS ? [`those behind row ${MOST_TEXTS}`] : []),
  ];
  print(`Texts: ${result.texts} (${result.positives} positive, ${result.negatives} negative); left out: ${left.join(', ')}`);
  print(`AUC, ${FOLDS}-fold: ${result.auc.toFixed(4)}`);
  print(`AUC of the lexicon: ${result.lexiconAuc.toFixed(4)}`);
  print(`Expected calibration error: ${result.calibrationError.toFixed(4)}`);
  print(`CPU: ${((user + system) / 1e6).toFixed(1)} s for ${FOLDS} folds, features and calibration included`);
}

interface Read {
  readonly rated: readonly RatedText[];
  readonly rows: number;
  readonly unreadable: number;
  readonly unrated: number;
}

async function ratedTexts({ file, text, stars }: SentimentFile): Promise<Read> {
  const facts = await inspectFile(file, 'utf-8');
  const name = file.replace(/\.gz$/, '');
  const type = name.endsWith('.tsv') ? 'tsv' : name.endsWith('.jsonl') ? 'jsonl' : 'csv';
  const wanted = [{ name: stars, place: '--stars' }, ...text.map((column) => ({ name: column, place: '--text' }))];
  const rated: RatedText[] = [];
  let rows = 0;
  let unreadable = 0;
  let unrated = 0;
  const pieces = readText(file, facts, 'utf-8', () => {});
  for await (const batch of inBatches(pieces, splitter({ type }, wanted), ROWS)) {
    for (const { fault, cells } of batch) {
      if (++rows > MOST_TEXTS) break;
      const [rating = '', ...parts] = cells;
      const value = Number(rating);
      if (fault) unreadable++;
      else if (rating.trim() === '' || !(value >= 1 && value <= 5)) unrated++;
      else rated.push({ text: parts.join('\n').trim(), stars: value });
    }
    if (rows > MOST_TEXTS) break;
  }
  return { rated, rows, unreadable, unrated };
}

function refused(file: string, problem: string): OperatorError {
  return new OperatorError('Sentiment can not be evaluated:', [`${file}: ${problem}`]);
}
