import { closest } from '../kernel/closest.ts';
import { OperatorError } from '../kernel/errors.ts';

/** A column that the mapping uses, and where it does: `online-retail.yaml:12`. */
export interface WantedColumn {
  readonly name: string;
  readonly place: string;
}

interface Misfit {
  /** What is wrong, for everybody: place, column, and the columns that there are. */
  readonly problem: string;
  /** What to do about it, for who has a mapping. */
  readonly remedy: string;
}

/** Wanted columns that a file lacks or has more than once, in the words of a mapping; who has none makes words of `misfits` and `columns`. */
export class ColumnMismatch extends OperatorError {
  readonly columns: readonly string[];
  readonly misfits: readonly Misfit[];

  constructor(columns: readonly string[], misfits: readonly Misfit[]) {
    super(
      'The mapping does not fit the file:',
      misfits.map(({ problem, remedy }) => `${problem}. ${remedy}`),
    );
    this.columns = columns;
    this.misfits = misfits;
  }
}

/** Where the wanted columns stand in a file with these column names. A wanted name that is absent or ambiguous throws a ColumnMismatch. */
export function columnPositions(columns: readonly string[], wanted: readonly WantedColumn[]): readonly number[] {
  const misfits: Misfit[] = [];
  const positions = wanted.map(({ name, place }) => {
    const position = columns.indexOf(name);
    if (position < 0) {
      const meant = closest(
        name.toLowerCase(),
        columns.map((column) => column.toLowerCase()),
        3,
      );
      const hint = meant === null ? '.' : `; did you mean "${columns.find((column) => column.toLowerCase() === meant)}"?`;
      misfits.push({
        problem: `${place}: column "${name}" is not in the file${hint} The file has: ${columns.map((column) => `"${column}"`).join(', ')}`,
        remedy: 'Correct the name, or set format.delimiter, format.columns or format.skipLines if that is not the header.',
      });
    } else if (columns.indexOf(name, position + 1) >= 0)
      misfits.push({
        problem: `${place}: column "${name}" occurs more than once in the file`,
        remedy: 'Give every column a name of its own with format.columns.',
      });
    return position;
  });
  if (misfits.length > 0) throw new ColumnMismatch(columns, misfits);
  return positions;
}
