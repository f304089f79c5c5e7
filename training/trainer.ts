import type { EpochMs } from '../kernel/storage/port.ts';

/** A model that was made, or why none was. */
export type Trained =
  | {
      readonly ok: true;
      readonly model: object;
      /** The earliest and the latest fact that it learned from; null when none of them has a date. */
      readonly from: EpochMs | null;
      readonly to: EpochMs | null;
      readonly counts: Readonly<Record<string, number>>;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly ok: false; readonly message: string };
