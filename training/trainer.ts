import type { ModelVersion } from '../kernel/model-shelf.ts';

/** A model that was made, with what its version says of it, or why none was. */
export type Trained =
  | ({
      readonly ok: true;
      readonly model: object;
      /** Whose facts are in it. */
      readonly learntFrom: Iterable<string>;
    } & Pick<ModelVersion, 'from' | 'to' | 'counts' | 'leftOut' | 'metrics'>)
  | { readonly ok: false; readonly message: string };

/** A figure as it is shown: four decimals. */
export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
