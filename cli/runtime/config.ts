import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { z } from 'zod';
import { closest } from '../../kernel/closest.ts';
import { OperatorError } from '../../kernel/errors.ts';
import { installedFile } from '../../kernel/installation.ts';
import type { StorageConfig } from '../../kernel/storage/open.ts';
import { defaultPort, SUBGRAPH_NAMES, type SubgraphName } from '../../kernel/subgraph-names.ts';

/** What a process runs: the gateway with every subgraph, the gateway alone, a gateway before any supergraph, or one subgraph alone. */
export type Role = 'all' | 'gateway' | 'any supergraph' | SubgraphName;

/** Validated settings of one process. */
export interface Config {
  readonly port: number;
  /** The address listened on; 127.0.0.1 unless set, so that nothing is reachable from outside by accident. */
  readonly host: string;
  readonly storage: StorageConfig;
  /** Whether an empty store is filled with the demo company; null when not set. */
  readonly demo: boolean | null;
  /** The subgraphs that this process reaches over HTTP; all others run inside it. */
  readonly subgraphUrls: ReadonlyMap<SubgraphName, URL>;
  /** Where a subgraph of another process asks the whole graph. */
  readonly gatewayUrl: URL;
  /** What gateway and HTTP subgraphs know each other by; null when every subgraph runs in process. */
  readonly secret: string | null;
  /** What the company signs with; the first one signs, all of them verify. Empty: subgraphs keep keys of their own. */
  readonly signingKeys: readonly string[];
  /** Primary tags of the languages in which customers write, most frequent first. Empty: what models have learnt, or else anything. */
  readonly languages: readonly string[];
  /** How long one fetch from a subgraph may take. */
  readonly deadlineMs: number;
  /** The longest answer of a subgraph that is read; null: what is usual. */
  readonly answerLimitBytes: number | null;
  /** How long the gateway may take for a client's request, all fetches together. */
  readonly requestDeadlineMs: number;
  /** Whether equal reads of a subgraph that are under way at the same time are sent once. */
  readonly shareReads: boolean;
  /** How many clients' requests the gateway works on at a time; it refuses more. */
  readonly maxInFlight: number;
  /** Whether a GET has to show that no foreign web page made a browser send it. */
  readonly csrfPrevention: boolean;
  /** Whether clients may send several operations as one request. */
  readonly batching: boolean;
  /** Whether long answers are compressed for clients that ask for it. */
  readonly compression: boolean;
  /** ES modules that export plugins of Apollo Server. */
  readonly pluginFiles: readonly string[];
  /** The largest request body that is read. */
  readonly bodyLimitBytes: number;
  /** How long a stopping process still accepts requests, so that a load balancer can see that it is no longer ready. */
  readonly graceMs: number;
  readonly production: boolean;
  readonly introspection: boolean;
  readonly logLevel: LogLevel;
  /** The supergraph that the gateway loads. */
  readonly supergraphFile: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const COMMITTED_SUPERGRAPH = installedFile('schema/supergraph.graphql');

// Every value is text here, as in the environment; YAML's numbers and booleans are turned into text first.
// A message says problem and remedy, and never the value, which may be a secret.
const whole = (min: number, max: number, example: number) =>
  z.string(`must be a single value; write ${example}`).transform((text, context) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue(`must be a whole number from ${min} to ${max}, such as ${example}`);
    return z.NEVER;
  });
const flag = (on: string, off: string) =>
  z.enum(['0', '1', 'true', 'false'], `must be 1 (${on}) or 0 (${off})`).transform((text) => text === '1' || text === 'true');
const text = (problem: string, fits: (text: string) => boolean) => z.string(problem).refine(fits, problem);
const subgraphUrl = (name: SubgraphName) =>
  text(`must be an http or https URL without user, password or fragment, such as http://127.0.0.1:${defaultPort(name)}/graphql`, isPlainUrl)
    .transform((value) => new URL(value))
    .optional();

export function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

const schema = z.strictObject({
  PORT: whole(0, 65_535, 4000).optional(),
  HOST: text('must be an IP address or host name to listen on, such as 127.0.0.1', (value) => /^[A-Za-z0-9.:_-]+$/.test(value)).default(
    '127.0.0.1',
  ),
  DATA_DIR: text('must be the path of a folder, such as .data', (value) => !value.includes('\0')).default('.data'),
  MONGODB_URI: text('must begin with mongodb:// or mongodb+srv:// and name a host, or be left out to store in DATA_DIR', (value) =>
    /^mongodb(\+srv)?:\/\/[^/\s]+/.test(value),
  ).optional(),
  DEMO: flag('fill an empty store with the demo company', 'start empty').optional(),
  SUBGRAPH_IDENTITY_URL: subgraphUrl('identity'),
  SUBGRAPH_CRM_URL: subgraphUrl('crm'),
  SUBGRAPH_POS_URL: subgraphUrl('pos'),
  SUBGRAPH_LOYALTY_URL: subgraphUrl('loyalty'),
  SUBGRAPH_DIGITAL_URL: subgraphUrl('digital'),
  SUBGRAPH_FEEDBACK_URL: subgraphUrl('feedback'),
  SUBGRAPH_RECOMMENDATIONS_URL: subgraphUrl('recommendations'),
  SUBGRAPH_EXPERIMENTS_URL: subgraphUrl('experiments'),
  SUBGRAPH_SEGMENTS_URL: subgraphUrl('segments'),
  C360_GATEWAY_URL: text(
    'must be an http or https URL without user, password or fragment, such as http://127.0.0.1:4000/graphql',
    isPlainUrl,
  )
    .transform((value) => new URL(value))
    .default(new URL('http://127.0.0.1:4000/graphql')),
  SUBGRAPH_SECRET: text('must be at least 32 visible characters without spaces; make one with: openssl rand -hex 32', (value) =>
    /^[\x21-\x7e]{32,512}$/.test(value),
  ).optional(),
  C360_SIGNING_KEYS: text(
    'must be keys of at least 32 visible characters each, separated by commas, the one that signs first; make one with: openssl rand -hex 32',
    (value) => value.split(',').every((key) => /^[\x21-\x7e]{32,512}$/.test(key.trim())),
  ).optional(),
  C360_LANGUAGES: text(
    'must be codes of languages of two or three letters, separated by commas, the most frequent first, such as ja,en',
    (value) => value.split(',').every((tag) => /^[a-z]{2,3}$/.test(tag.trim())),
  ).optional(),
  SUBGRAPH_DEADLINE_MS: whole(50, 60_000, 3000).default(3000),
  SUBGRAPH_ANSWER_LIMIT_BYTES: whole(65_536, 512 * 1024 * 1024, 8_388_608).optional(),
  C360_REQUEST_DEADLINE_MS: whole(50, 600_000, 10_000).default(10_000),
  C360_SHARE_READS: flag('equal reads under way are sent once', 'each is sent').default(true),
  C360_MAX_IN_FLIGHT: whole(1, 1_000_000, 1000).default(1000),
  C360_CSRF_PREVENTION: flag('a GET has to show that no web page sent it', 'any GET is answered').default(true),
  C360_BATCHING: flag('a list of operations may come as one request', 'one operation at a time').default(false),
  C360_COMPRESSION: flag('long answers are compressed for who asks', 'nothing is compressed').default(true),
  C360_PLUGINS: text('must be paths of ES modules, separated by commas', (value) => !value.includes('\0')).default(''),
  C360_BODY_LIMIT_BYTES: whole(1024, 64 * 1024 * 1024, 262_144).default(262_144),
  C360_GRACE_MS: whole(0, 60_000, 3000).default(1000),
  C360_ENV: z.enum(['development', 'production'], 'must be development or production').optional(),
  NODE_ENV: z
    .enum(['development', 'production', 'test'], 'must be development, production or test; or leave it out and set C360_ENV')
    .optional(),
  C360_INTROSPECTION: flag('clients may read the schema', 'they may not').optional(),
  C360_DATABASE_PREFIX: text('must begin the names of databases: up to 30 lower-case letters, digits and _, such as c360_', (value) =>
    /^[a-z][a-z0-9_]{0,29}$/.test(value),
  ).default('c360_'),
  C360_SUPERGRAPH: text('must be the path of a supergraph file', (value) => !value.includes('\0')).default(COMMITTED_SUPERGRAPH),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
});
type Setting = keyof z.infer<typeof schema>;
const SETTINGS = Object.keys(schema.shape) as Setting[];
/** Read from the environment only: it names the file. */
const CONFIG_FILE = 'C360_CONFIG';

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A YAML file of the same names; the environment wins. */
  readonly file?: string | undefined;
  readonly role: Role;
  /** Options of the command that stand for settings, such as `['--port', 'PORT', '4000']`; they win over everything. */
  readonly flags?: readonly (readonly [flag: string, setting: Setting, value: string | undefined])[];
}

/** Reads the settings of a process. Throws one OperatorError that lists every problem: place, what is wrong, what to do. */
export function loadConfig({ env, file = env[CONFIG_FILE] || undefined, role, flags = [] }: ConfigSources): Config {
  const problems: string[] = [];
  const raw: Record<string, unknown> = {};
  const places = new Map<string, string>();
  const take = (name: string, value: unknown, place: string) => {
    raw[name] = value;
    places.set(name, `${name} (${place})`);
  };

  if (file !== undefined) {
    for (const [name, value] of Object.entries(readSettings(file, problems))) {
      if (isSetting(name)) take(name, value, file);
      else problems.push(`${name} (${file}): is not a setting${suggest(name)}. Correct or remove it.`);
    }
  }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.trim() === '') continue;
    if (isSetting(name)) take(name, value.trim(), 'environment');
    else if (misspelt(name, env)) problems.push(`${name} (environment): is not a setting${suggest(name)}. Correct or unset it.`);
  }
  for (const [flag, setting, value] of flags) if (value !== undefined) take(setting, value, flag);

  const read = schema.safeParse(raw);
  if (!read.success) {
    for (const issue of read.error.issues) {
      const name = String(issue.path[0]);
      problems.push(`${places.get(name) ?? name}: ${issue.message}.`);
    }
  }
  const settings = read.success ? read.data : undefined;
  // What belongs together is judged on the raw names, so that it is listed beside the other problems.
  if (!('SUBGRAPH_SECRET' in raw) && role !== 'any supergraph') {
    const url = SETTINGS.find((name) => name.startsWith('SUBGRAPH_') && name.endsWith('_URL') && name in raw);
    if (role !== 'all')
      problems.push(`SUBGRAPH_SECRET: is not set, and ${role} talks HTTP to the other processes. Set the same secret for all of them.`);
    else if (url)
      problems.push(`SUBGRAPH_SECRET: is not set, but ${places.get(url)} is. Set the secret that this subgraph was started with.`);
  }
  if (problems.length > 0 || !settings) throw new OperatorError('The configuration is wrong:', problems);
  return shaped(settings, role);
}

function isSubgraph(role: Role): role is SubgraphName {
  return (SUBGRAPH_NAMES as readonly string[]).includes(role);
}

function shaped(settings: z.infer<typeof schema>, role: Role): Config {
  const production = (settings.C360_ENV ?? settings.NODE_ENV) === 'production';
  const subgraphUrls = new Map<SubgraphName, URL>();
  // A supergraph of somebody else's says itself where its subgraphs are.
  for (const name of role === 'any supergraph' ? [] : SUBGRAPH_NAMES) {
    const url = settings[`SUBGRAPH_${name.toUpperCase() as Uppercase<SubgraphName>}_URL`];
    if (url) subgraphUrls.set(name, url);
    else if (role === 'gateway' && name !== 'identity') subgraphUrls.set(name, new URL(`http://127.0.0.1:${defaultPort(name)}/graphql`));
  }
  return {
    port: settings.PORT ?? (isSubgraph(role) ? defaultPort(role) : 4000),
    host: settings.HOST,
    storage: settings.MONGODB_URI
      ? { kind: 'mongo', uri: settings.MONGODB_URI, prefix: settings.C360_DATABASE_PREFIX }
      : { kind: 'sqlite', dataDir: settings.DATA_DIR },
    demo: settings.DEMO ?? null,
    subgraphUrls,
    gatewayUrl: settings.C360_GATEWAY_URL,
    secret: settings.SUBGRAPH_SECRET ?? null,
    signingKeys: settings.C360_SIGNING_KEYS?.split(',').map((key) => key.trim()) ?? [],
    languages: settings.C360_LANGUAGES?.split(',').map((tag) => tag.trim()) ?? [],
    deadlineMs: settings.SUBGRAPH_DEADLINE_MS,
    answerLimitBytes: settings.SUBGRAPH_ANSWER_LIMIT_BYTES ?? null,
    requestDeadlineMs: settings.C360_REQUEST_DEADLINE_MS,
    shareReads: settings.C360_SHARE_READS,
    maxInFlight: settings.C360_MAX_IN_FLIGHT,
    csrfPrevention: settings.C360_CSRF_PREVENTION,
    batching: settings.C360_BATCHING,
    compression: settings.C360_COMPRESSION,
    pluginFiles: settings.C360_PLUGINS.split(',').flatMap((path) => path.trim() || []),
    bodyLimitBytes: settings.C360_BODY_LIMIT_BYTES,
    graceMs: settings.C360_GRACE_MS,
    production,
    introspection: settings.C360_INTROSPECTION ?? !production,
    logLevel: settings.LOG_LEVEL,
    supergraphFile: settings.C360_SUPERGRAPH,
  };
}

/** The file's top-level names with their values as text; anything else is left for the schema to refuse. */
function readSettings(file: string, problems: string[]): Record<string, unknown> {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`${file}: can't be read (${(error as NodeJS.ErrnoException).code}). Give the path of a YAML file.`);
    return {};
  }
  // Loaded when there is a file: most processes have the environment alone.
  const { LineCounter, parseDocument } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) {
    // The parser's own message may quote the line, and with it a secret.
    problems.push(
      `${file} line ${lines.linePos(error.pos[0]).line}: is not valid YAML (${error.code}). Write one \`NAME: value\` per line.`,
    );
  }
  if (document.errors.length > 0) return {};
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${file}: is not a list of settings. Write one \`NAME: value\` per line.`);
    return {};
  }
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(content)) {
    if (value === null) continue;
    settings[name] = typeof value === 'object' ? value : String(value);
  }
  return settings;
}

function isSetting(name: string): name is Setting {
  return Object.hasOwn(schema.shape, name);
}

/** A name in our own prefixes, or one so close to a long setting that is not set that it must have been meant. */
function misspelt(name: string, env: ConfigSources['env']): boolean {
  if (name === CONFIG_FILE) return false;
  if (/^(C360|SUBGRAPH)_/.test(name)) return true;
  const meant = closest(
    name,
    SETTINGS.filter((setting) => setting.length >= 8 && !env[setting]),
    2,
  );
  return meant !== null;
}

function suggest(name: string): string {
  const meant = closest(name.toUpperCase(), [...SETTINGS, CONFIG_FILE], 4);
  return meant === null ? '' : ` (did you mean ${meant}?)`;
}
