import { inspectFile, readText } from '../../ingest/file.ts';
import { inBatches, splitter } from '../../ingest/format.ts';
import { ColumnMismatch } from '../../ingest/header.ts';
import { REPLACEMENT } from '../../ingest/rows.ts';
import { OperatorError, type Reason } from '../../kernel/errors.ts';
import { FEWEST_OF_A_CLASS, type RatedText, sentimentCorpus } from '../../models/text/sentiment.ts';
import { crossValidateSentiment } from '../../models/text/sentiment-evaluation.ts';

export interface SentimentFile {
  /** CSV, or by its ending TSV, JSON Lines or one JSON array; gzipped or not. */
  readonly file: string;
  /** The columns of the text, joined where there are several (a title and a message). */
  readonly text: readonly string[];
  /** The column of the rating, from 1 to 5. */
  readonly stars: string;
  /** What parts the columns of CSV or TSV; a comma or a tab unless given. */
  readonly delimiter?: string;
  /** UTF-8 unless given. */
  readonly encoding?: string;
}

/** More texts than this are not read: memory grows by some 6 KB a text. */
const MOST_TEXTS = 50_000;
const ROWS = 1_000;
const FOLDS = 5;

/** To be left with FEWEST_OF_A_CLASS of both when a fold is held back. */
const FEWEST_TO_FOLD = Math.ceil((FEWEST_OF_A_CLASS * FOLDS) / (FOLDS - 1));

/**
 * Prints what a sentiment model is worth on the rated texts of a file, cross-validated, beside the lexicon on the same texts. An unreadable file,
 * unknown columns, and ratings on another scale or of one kind alone are an OperatorError.
 */
export async function evaluateSentiment(source: SentimentFile, print: (line: string) => void): Promise<void> {
  const { file, stars } = source;
  const read = await ratedTexts(source);
  const { rated, rows, unreadable, unrated, fault } = read;
  if (rows === 0) throw refused(file, 'holds no rows. Give a file with a header and a row for each text.');
  if (fault && unreadable > rated.length) throw refused(file, `${unreadable} of ${rows} rows can not be read, the first on ${fault}.`);
  if (unrated > rated.length)
    throw refused(
      file,
      `${unrated} of ${rows} rows have no rating from 1 to 5 in column "${stars}". Name the column of the stars, or bring them to that scale.`,
    );
  const started = process.cpuUsage();
  const corpus = sentimentCorpus(rated);
  const result = crossValidateSentiment(corpus, { folds: FOLDS });
  const left = leftOut(read, corpus.positive.length);
  if (result === null) {
    const positives = corpus.positive.reduce((sum, label) => sum + label, 0);
    throw refused(
      file,
      `${corpus.positive.length - positives} texts have at most 2 stars and ${positives} at least 4; it takes ${FEWEST_TO_FOLD} of both. ` +
        `Left out: ${left}. Give more rated texts.`,
    );
  }
  const { user, system } = process.cpuUsage(started);
  print(`Texts: ${result.texts} (${result.positives} positive, ${result.negatives} negative); left out: ${left}`);
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
  /** Of the first row that is not readable: the line, what is wrong, and what to do. */
  readonly fault: string | null;
}

function leftOut({ rated, rows, unreadable, unrated, fault }: Read, texts: number): string {
  const between = rated.filter(({ stars }) => stars > 2 && stars < 4).length;
  const parts = [
    `${between} between 2 and 4 stars`,
    ...(rated.length - between > texts ? [`${rated.length - between - texts} without text`] : []),
    ...(unrated > 0 ? [`${unrated} without a rating from 1 to 5`] : []),
    ...(fault ? [`${unreadable} not readable (the first on ${fault})`] : []),
    ...(rows > MOST_TEXTS ? [`those behind row ${MOST_TEXTS}`] : []),
  ];
  return parts.join(', ');
}

async function ratedTexts({ file, text, stars, delimiter, encoding = 'utf-8' }: SentimentFile): Promise<Read> {
  const type = typeOf(file);
  if (delimiter !== undefined && type !== 'csv' && type !== 'tsv')
    throw refused(file, 'is JSON by its name, where --delimiter means nothing. Leave it out.');
  const wanted = [{ name: stars, place: '--stars' }, ...text.map((column) => ({ name: column, place: '--text' }))];
  const rated: RatedText[] = [];
  let rows = 0;
  let unreadable = 0;
  let unrated = 0;
  let fault: string | null = null;
  try {
    const pieces = readText(file, await inspectFile(file, encoding), encoding, () => {});
    const format = { type, ...(delimiter !== undefined && { delimiter }) };
    for await (const batch of inBatches(pieces, splitter(format, wanted), ROWS)) {
      for (const row of batch) {
        if (++rows > MOST_TEXTS) break;
        const [rating = '', ...parts] = row.cells;
        const value = Number(rating);
        if (row.fault) {
          unreadable++;
          fault ??= `line ${row.line}: ${faultText(row.fault, type, encoding)}`;
        } else if (rating.trim() === '' || !(value >= 1 && value <= 5)) unrated++;
        else rated.push({ text: parts.join('\n').trim(), stars: value });
      }
      if (rows > MOST_TEXTS) break;
    }
  } catch (error) {
    if (error instanceof ColumnMismatch) throw refused(file, ...columnProblems(error, encoding));
    if (error instanceof OperatorError) throw refused(file, ...error.problems.map((problem) => inOurWords(problem, file)));
    throw error;
  }
  return { rated, rows, unreadable, unrated, fault };
}

type FileType = 'csv' | 'tsv' | 'jsonl' | 'json';

function typeOf(file: string): FileType {
  const ending = /\.(\w+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === 'tsv' || ending === 'json' || ending === 'jsonl') return ending;
  return ending === 'ndjson' ? 'jsonl' : 'csv';
}

const OTHER_ENCODING = 'name the encoding with --encoding, such as shift_jis or windows-1252';

function faultText({ code, message }: Reason, type: FileType, encoding: string): string {
  // Behind the semicolon stands what to change in a mapping.
  const problem = message.replace(/;.*/, '');
  if (code === 'ENCODING_INVALID') return `the row has bytes that ${encoding} does not have; ${OTHER_ENCODING}`;
  return type === 'csv' || type === 'tsv' ? `${problem}; correct its quotes, or name what parts the columns with --delimiter` : problem;
}

function columnProblems({ columns, misfits }: ColumnMismatch, encoding: string): readonly string[] {
  const [only = ''] = columns.length === 1 ? columns : [];
  const parted = /[;\t|,]/.exec(only)?.[0];
  const remedy = columns.some((column) => column.includes(REPLACEMENT))
    ? `Its header has bytes that ${encoding} does not have; ${OTHER_ENCODING}.`
    : parted
      ? `Its columns seem to be parted otherwise: give --delimiter ${parted === '\t' ? 'tab' : `"${parted}"`}.`
      : 'Name columns of its header, each with a name of its own.';
  return misfits.map(({ problem }) => `${problem}. ${remedy}`);
}

/** The reader speaks to who has a mapping and stores rows. Here there are options, and nothing is stored. */
function inOurWords(problem: string, file: string): string {
  return problem
    .replace(`${file}: `, '')
    .replace(/Set format\.encoding to (\S+)\./, 'Give --encoding $1.')
    .replace('Set format.type to jsonl if', 'Let its name end in .jsonl if')
    .replace(/Rows before( it)? are stored; /, 'Mend it: ');
}

function refused(file: string, ...problems: readonly string[]): OperatorError {
  return new OperatorError(
    'Sentiment can not be evaluated:',
    problems.map((problem) => `${file}: ${problem}`),
  );
}
