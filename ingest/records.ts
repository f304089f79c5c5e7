import type { AnySpec, Doc, EpochMs, Spec } from '../kernel/storage/port.ts';

/** How many rows ended how. `stored + duplicates + quarantined = read`, always. */
export interface Counts {
  readonly read: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Quarantined rows by reason code. */
  readonly reasons: Readonly<Record<string, number>>;
}

export const NOTHING_COUNTED: Counts = { read: 0, stored: 0, duplicates: 0, quarantined: 0, reasons: {} };

/** A process that works on a run. */
export interface Holder {
  /** Unique to the claim. */
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** When the claim lapses unless it is renewed. */
  readonly until: EpochMs;
}

/** The latest run of one file through one mapping, filed under both. */
export interface RunRecord extends Doc {
  /** New with every run that starts at the file's first row; the first part of `Arrival.origin`. */
  readonly runId: string;
  /** Under which quarantined rows are filed: see `quarantineGroup`. */
  readonly group: string;
  /** The file's name without its folder. */
  readonly file: string;
  readonly startedAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly finished: boolean;
  /** Rows up to here are counted in `counts`; a resumed run goes on with the next. */
  readonly rows: number;
  readonly counts: Counts;
  readonly holder: Holder | null;
}

/** Who refused a row last, for one run: tells the first equal row from the second, across kills and resumption. */
export interface Seen {
  readonly runId: string;
  readonly count: number;
  readonly lastRow: number;
}

/**
 * A quarantined row, filed under its group and its content: the same row of a later run is the same document. Holds personal
 * data, so it is never logged.
 */
export interface QuarantineRecord extends Doc {
  /** Sorts a group's rows: the run's start, plus the row's number. 0: the row is no longer in quarantine. */
  readonly order: EpochMs;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  /** The row as JSON text; a row that can't be read as its plain text. null once it has left quarantine. */
  readonly raw: string | null;
  /** Whether `raw` is the plain text of a row that can't be read. */
  readonly faulty: boolean;
  /** What the row was delivered as, so that a retry is the same delivery. */
  readonly origin: string;
  /** One per record of the row where it got as far as being counted, else empty. */
  readonly occurrences: readonly number[];
  /** 1 for the first of equal rows of a file, 2 for the second... */
  readonly nth: number;
  /** Kept with the first of equal rows. */
  readonly seen: readonly Seen[];
}

export const runsSpec: Spec<RunRecord> = { name: 'runs', at: 'startedAt' };
export const quarantineSpec: Spec<QuarantineRecord> = { name: 'quarantine', at: 'order', groups: ['code'] };

/** The collections of the store named `ingest`. */
export const ingestSpecs: readonly AnySpec[] = [runsSpec, quarantineSpec];
