/**
 * Maximum likelihood for positive parameters: BFGS on their logarithms with an analytic gradient (Nocedal & Wright 2006, algorithm 6.1),
 * standard errors from the observed information there (Efron & Hinkley 1978) and by the delta method on the parameters themselves.
 */
import { inverse } from './cholesky.ts';

/** A model, or why the data cannot give one. */
export type Fit<Model> =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly code: FitRefusal; readonly message: string };

export type FitRefusal = 'TOO_FEW_CUSTOMERS' | 'NOBODY_REPEATS' | 'NO_TIME_OBSERVED' | 'NO_MAXIMUM' | 'NO_FINITE_MEAN';

/** Refuses with a reason that says the numbers. */
export function refuse(code: FitRefusal, message: string): { readonly ok: false; readonly code: FitRefusal; readonly message: string } {
  return { ok: false, code, message };
}

/**
 * The logarithm of the likelihood of all customers at `parameters`; writes its derivatives by each of them into `gradient`.
 */
export type LogLikelihood = (parameters: Float64Array, gradient: Float64Array) => number;

export interface Maximum {
  readonly parameters: Float64Array;
  readonly logLikelihood: number;
  /** Covariance of the logarithms of the parameters, row by row; null where the likelihood is flat in some direction. */
  readonly logCovariance: Float64Array | null;
  /** One a parameter, null with the covariance. */
  readonly standardErrors: Float64Array | null;
}

/** The logarithm of a parameter stays within this: beyond, a parameter is without meaning, and the likelihood without digits. */
const LOG_LIMIT = 16;
/** A standard error of a logarithm above this, a factor of 20 up or down, is that of a parameter of which nothing is known. */
const FLAT = 3;
/** Largest change of a logarithm in a step. */
const MAX_STEP = 2;
const MAX_ITERATIONS = 500;
/** Of the gradient of the mean logarithm per customer. */
const TOLERANCE = 1e-8;
/** What a sum over many customers is off by, of itself: near the maximum steps gain less than that, and the gradient still knows the way. */
const NOISE = 1e-12;
/** Rounding may end a search above TOLERANCE; below this it has arrived all the same. */
const ROUNDING = 1e-5;

/**
 * The best of the maxima that are found from each of `starts`, `customers` being how many there are; null when none is found.
 */
export function maximise(logLikelihood: LogLikelihood, customers: number, starts: readonly (readonly number[])[]): Maximum | null {
  const size = starts[0]!.length;
  const parameters = new Float64Array(size);
  /** Minus the mean, and its derivatives by the logarithms. */
  const cost = (logs: Float64Array, gradient: Float64Array): number => {
    for (let i = 0; i < size; i++) {
      if (Math.abs(logs[i]!) > LOG_LIMIT) return Number.POSITIVE_INFINITY;
      parameters[i] = Math.exp(logs[i]!);
    }
    const value = -logLikelihood(parameters, gradient) / customers;
    for (let i = 0; i < size; i++) gradient[i]! *= -parameters[i]! / customers;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  let best: { logs: Float64Array; value: number } | null = null;
  for (const start of starts) {
    const found = descend(cost, Float64Array.from(start, Math.log));
    if (found && (!best || found.value < best.value)) best = found;
  }
  if (!best) return null;

  const inverted = inverse(information(cost, best.logs, customers), size);
  const isKnown = inverted !== null && best.logs.every((_, i) => inverted[i * size + i]! < FLAT ** 2);
  const logCovariance = isKnown ? inverted : null;
  const at = best.logs.map(Math.exp);
  const standardErrors = logCovariance && at.map((value, i) => value * Math.sqrt(logCovariance[i * size + i]!));
  return { parameters: at, logLikelihood: -best.value * customers, logCovariance, standardErrors };
}

function descend(cost: LogLikelihood, start: Float64Array): { logs: Float64Array; value: number } | null {
  const size = start.length;
  let logs = start;
  let gradient = new Float64Array(size);
  let value = cost(logs, gradient);
  let inverted = identity(size);
  let fresh = true;
  for (let iteration = 0; iteration < MAX_ITERATIONS && largest(gradient) > TOLERANCE; iteration++) {
    let step = direction(inverted, gradient);
    let slope = dot(step, gradient);
    if (!(slope < 0)) {
      inverted = identity(size);
      fresh = true;
      step = gradient.map((g) => -g);
      slope = dot(step, gradient);
    }
    let length = Math.min(1, MAX_STEP / largest(step));
    const nextGradient = new Float64Array(size);
    let next = logs;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let halvings = 0; halvings < 40; halvings++, length /= 2) {
      next = logs.map((log, i) => log + length * step[i]!);
      nextValue = cost(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope + NOISE * Math.abs(value)) break;
      nextValue = Number.POSITIVE_INFINITY;
    }
    if (nextValue === Number.POSITIVE_INFINITY) {
      // What BFGS learned of the curvature may mislead it; the gradient alone does not.
      if (fresh) break;
      inverted = identity(size);
      fresh = true;
      continue;
    }
    const moved = next.map((log, i) => log - logs[i]!);
    const change = nextGradient.map((g, i) => g - gradient[i]!);
    if (dot(moved, change) > 1e-14) {
      inverted = updated(fresh ? identity(size, dot(moved, change) / dot(change, change)) : inverted, moved, change);
      fresh = false;
    }
    logs = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return Number.isFinite(value) && largest(gradient) < ROUNDING ? { logs, value } : null;
}

/** Observed information of all customers about the logarithms: central differences of the analytic gradient. */
function information(cost: LogLikelihood, logs: Float64Array, customers: number): Float64Array {
  const size = logs.length;
  const width = 1e-4;
  const matrix = new Float64Array(size * size);
  const above = new Float64Array(size);
  const below = new Float64Array(size);
  const at = Float64Array.from(logs);
  for (let row = 0; row < size; row++) {
    at[row] = logs[row]! + width;
    cost(at, above);
    at[row] = logs[row]! - width;
    cost(at, below);
    at[row] = logs[row]!;
    for (let column = 0; column < size; column++) {
      const second = (customers * (above[column]! - below[column]!)) / (2 * width);
      matrix[row * size + column]! += second / 2;
      matrix[column * size + row]! += second / 2;
    }
  }
  return matrix;
}

/** The BFGS update of the inverse Hessian, Nocedal & Wright eq. 6.17. */
function updated(inverted: Float64Array, moved: Float64Array, change: Float64Array): Float64Array {
  const size = moved.length;
  const rho = 1 / dot(moved, change);
  const product = direction(inverted, change).map((value) => -value);
  const scale = rho * (1 + rho * dot(change, product));
  const next = Float64Array.from(inverted);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      next[row * size + column]! +=
        scale * moved[row]! * moved[column]! - rho * (moved[row]! * product[column]! + product[row]! * moved[column]!);
    }
  }
  return next;
}

/** Minus the matrix times the vector. */
function direction(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, row) => -dot(matrix.subarray(row * size, (row + 1) * size), vector));
}

function identity(size: number, scale = 1): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = scale;
  return matrix;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}

function largest(vector: Float64Array): number {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  return most;
}
