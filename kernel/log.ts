import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { OperatorError } from './errors.ts';

/**
 * The only fields that are ever logged. A log is read by people who may not see customers, so whatever is not listed
 * here is dropped, wherever it came from. None of them holds what a client sent.
 */
const LOGGED = new Set([
  'attempt',
  'bytes',
  'code',
  'component',
  'count',
  'customers',
  'durationMs',
  'environment',
  'event',
  'host',
  'job',
  'method',
  'outcome',
  'port',
  'reason',
  'requestId',
  'role',
  'route',
  'service',
  'signal',
  'status',
  'subgraph',
  'version',
]);

/** What may be known of an error. A library's message may quote a document or a value, so only our own are kept. */
function described(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = framesOf(error);
  return {
    name: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error instanceof OperatorError ? { message: error.message } : {}),
    ...(error.cause === undefined ? {} : { cause: described(error.cause) }),
    at: frames.slice(0, 6).map((line) => line.trim()),
  };
}

/** Where the error came from. The stack begins with the message, whose lines may look like frames. */
function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? '';
  const at = stack.indexOf(error.message);
  if (at < 0) return [];
  return stack
    .slice(at + error.message.length)
    .split('\n')
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
}

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'err' || name === 'error') kept.err = described(value);
    else if (!LOGGED.has(name)) continue;
    else if (typeof value === 'string') kept[name] = value.slice(0, 200);
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
  }
  return kept;
}

/**
 * A logger by allow-list: `log.info({ requestId, status }, 'answered')`. The message is a literal of ours; what would be
 * interpolated is dropped. Writes to standard error, so that standard output belongs to what a command answers.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: allowed },
    // pino's own would add the error's message and every property it carries.
    serializers: { err: (value: unknown) => value, error: (value: unknown) => value },
    hooks: {
      logMethod(args, method) {
        const [first, second] = args as readonly unknown[];
        if (typeof first === 'string') return method.call(this, first);
        const fields = first instanceof Error ? { err: first } : (first as object);
        return method.call(this, fields, typeof second === 'string' ? second : '');
      },
    },
  };
  const log = pino(options, destination ?? pino.destination(2));
  // pino's own formatter of bindings is not handed on to children; a method of the first logger is.
  const { child } = log;
  log.child = function (this: Logger, bindings: Record<string, unknown>, more?: object) {
    return Reflect.apply(child, this, [allowed(bindings), more]);
  };
  return log;
}
