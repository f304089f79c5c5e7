import { closest } from '../kernel/closest.ts';
import { OperatorError } from '../kernel/errors.ts';

/** A column that the mapping uses, and where it does: `online-retail.yaml:12`. */
export interface WantedColumn {
  readonly name: string;
  readonly place: string;
}

/** Where the wanted columns stand in a file with these column names. A wanted name that is absent or ambiguous throws an OperatorError. */
export function columnPositions(columns: readonly string[], wanted: readonly WantedColumn[]): readonly number[] {
  const problems: string[] = [];
  const positions = wanted.map(({ name, place }) => {
    const position = columns.indexOf(name);
    if (position < 0) {
      const meant = closest(
        name.toLowerCase(),
        columns.map((column) => column.toLowerCase()),
        3,
      );
      const hint = meant === null ? '' : `; did you mean "${columns.find((column) => column.toLowerCase() === meant)}"?`;
      problems.push(
        `${place}: column "${name}" is not in the file${hint}. The file has: ${columns.map((column) => `"${column}"`).join(', ')}. ` +
          'Correct the name, or set format.delimiter, format.columns or format.skipLines if that is not the header.',
      );
    } else if (columns.indexOf(name, position + 1) >= 0)
      problems.push(
        `${place}: column "${name}" occurs more than once in the file. Give every column a name of its own with format.columns.`,
      );
    return position;
  });
  if (problems.length > 0) throw new OperatorError('The mapping does not fit the file:', problems);
  return positions;
}
