import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';

/** How far the reading of a file has come. */
export interface Progress {
  readonly bytes: number;
  readonly sizeBytes: number;
  readonly rows: number;
}

export interface ProgressDisplay {
  update(progress: Progress): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/** A bar with rate and time left on a terminal; elsewhere a plain line every five seconds. */
export function progressDisplay(name: string, out: Writable & { readonly isTTY?: boolean }, clock: () => number): ProgressDisplay {
  return out.isTTY ? bar(name, out as NodeJS.WriteStream, clock) : plainLines(name, out, clock);
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

function rate(rows: number, sinceMs: number): string {
  return `${whole((rows * 1000) / Math.max(1, sinceMs))} rows/s`;
}

function bar(name: string, out: NodeJS.WriteStream, clock: () => number): ProgressDisplay {
  const began = clock();
  const shown = new SingleBar(
    { stream: out, format: `${name} {bar} {percentage}% | {rows} rows | {rate} | {eta_formatted} left`, hideCursor: true, etaBuffer: 200 },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update({ bytes, sizeBytes, rows }) {
      const payload = { rows: whole(rows), rate: rate(rows, clock() - began) };
      if (!started) shown.start(Math.max(1, sizeBytes), bytes, payload);
      started = true;
      shown.update(bytes, payload);
    },
    stop: () => shown.stop(),
  };
}

function plainLines(name: string, out: Writable, clock: () => number): ProgressDisplay {
  const began = clock();
  let shownAt = began;
  return {
    update({ bytes, sizeBytes, rows }) {
      const now = clock();
      if (now - shownAt < LINE_EVERY_MS) return;
      shownAt = now;
      const share = sizeBytes === 0 ? 1 : bytes / sizeBytes;
      const left = share > 0 ? Math.round(((now - began) * (1 - share)) / share / 1000) : 0;
      out.write(`${name}: ${Math.floor(share * 100)}%, ${whole(rows)} rows, ${rate(rows, now - began)}, about ${left} s left\n`);
    },
    stop: () => {},
  };
}
