/** One figure of ours beside the one it is to be compared with. */
export interface Line {
  readonly what: string;
  readonly ours: string;
  /** What was published, or what the plain method gives in the same run, with its source. */
  readonly beside: string;
  /** Undefined where nothing was promised. */
  readonly holds?: boolean;
}

/** A part of the bench: yields its lines as they are ready. */
export type Section = () => AsyncIterable<Line>;

/** The public data sets are not part of the project; C360_DATA names their folder. */
export const DATA = (process.env.C360_DATA ?? new URL('../../../shared/data', import.meta.url).pathname).replace(/\/*$/, '/');
