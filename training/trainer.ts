import type { EpochMs } from '../kernel/storage/port.ts';

/** A model that was made, or why none was. */
export type Trained =
  | {
      readonly ok: true;
      readonly model: object;
      /** The earliest and the latest fact that it learned from. */
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly counts: Readonly<Record<string, number>>;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly ok: false; readonly message: string };
