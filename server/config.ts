/** The configuration: the only reader of the environment (The Twelve-Factor App, III); one schema, and a wrong value stops the start. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fill } from '../engine/index.ts';
import { z } from 'zod';
import { readSmtpUrl } from './mail/smtp-url.ts';
import type { SmtpServer } from './mail/smtp-url.ts';

const OnOff = z.enum(['on', 'off']);
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `dot-atom@domain` (RFC 5322, 3.4.1), also in other scripts; nothing that a header would read as more than one address. */
const ADDRESS = /^[^\s@<>,:;"()[\]\\\p{Cc}]+@[^\s@<>,:;"()[\]\\\p{Cc}]+$/u;
const MOST_RECIPIENTS = 20;
const SMTP_ADDRESS = 'an address smtps://account:password@host, or smtp://host with ?tls=none where the server has no TLS';

/** Each once, in the order given. */
function addresses(list: string): readonly string[] {
  return [...new Set(list.split(',').map((address) => address.trim()).filter((address) => address !== ''))];
}

/** With the name of a database. */
export const MONGODB_ADDRESS = /^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/;

/** Every key with its default; the description is what `--print-config` and the documentation say. */
const SCHEMA = z.object({
  PITON_DATA: z.string().min(1).default(fileURLToPath(new URL('../data', import.meta.url))).describe('folder of the data; without it: data, beside the program'),
  PITON_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  PITON_PORT: z.coerce.number('a port number').int('a whole number').min(0, 'at least 0').max(65_535, 'at most 65535').default(8080).describe('port to listen on; 0 takes a free one'),
  PITON_URL: z.url({ protocol: /^https?$/, error: 'an address with http:// or https://' }).optional().describe('address as browsers see it, where a proxy stands in front; https makes cookies secure'),
  PITON_PROXIES: z.coerce.number('a number').int('a whole number').min(0, 'at least 0').max(10, 'at most 10').default(0).describe('reverse proxies in front that name the address of the caller'),
  PITON_DEMO: OnOff.default('on').describe('seed the demo government and the leave procedure into an empty data folder'),
  PITON_ZONE: z.string().refine(isZone, 'the name of a time zone such as America/St_Lucia').default('America/St_Lucia').describe('time zone of the offices'),
  PITON_LOG: z.enum(LOG_LEVELS).default('warn').describe('how much is logged; info says every request'),
  PITON_SESSION_IDLE_MINUTES: z.coerce.number('a number').int('a whole number').min(1, 'at least 1').max(1_440, 'at most 1440').default(30).describe('a session without requests ends after'),
  PITON_METRICS_TOKEN: z.string().regex(/^[\x21-\x7e]{16,200}$/, '16 to 200 visible characters without spaces').optional().describe('bearer token for /metrics; without one only programs of this machine may read it'),
  PITON_COMMANDS_AT_ONCE: z.coerce.number('a number').int('a whole number').min(1, 'at least 1').max(100_000, 'at most 100000').default(2_000).describe('changing requests at work at once; more are refused with 503 and Retry-After'),
  PITON_DRAIN_SECONDS: z.coerce.number('a number').int('a whole number').min(1, 'at least 1').max(600, 'at most 600').default(20).describe('how long requests and jobs at work may take to end when the server stops'),
  PITON_DRAIN_NOTICE_SECONDS: z.coerce.number('a number').int('a whole number').min(0, 'at least 0').max(120, 'at most 120').default(0).describe('before that: how long /readyz says 503 while everything is still served, for a load balancer to notice'),
  PITON_ANCHOR_MAIL: z.string().refine((list) => addresses(list).every((address) => ADDRESS.test(address)) && addresses(list).length <= MOST_RECIPIENTS, `up to ${String(MOST_RECIPIENTS)} mail addresses, separated by commas`)
    .optional().describe('mail addresses of who keeps the sealed heads of the log outside; an address of a mail server goes with it'),
  PITON_SMTP_URL: z.string().refine((text) => readSmtpUrl(text) !== undefined, SMTP_ADDRESS).optional().describe('mail server: smtps://account:password@host, or smtp:// with STARTTLS'),
  PITON_SMTP_URL_FILE: z.string().min(1).optional().describe('the same from a file, so that the password stands in no environment'),
  PITON_MAIL_FROM: z.string().regex(ADDRESS, 'a mail address').optional().describe('sender of mail; without it the account of the mail server, where that is an address'),
  PITON_FAILPOINT: z.string().regex(/^[a-z-]+:[1-9]\d*$/, 'name:n').optional().describe('tests only: the process kills itself at the n-th passing of the point; slow-commit:n makes every commit take n ms, fail-sync:n fails the n-th'),
  MONGODB_URL: z.string().regex(MONGODB_ADDRESS, 'an address mongodb://host/database').optional().describe('many nodes: the database they share; REDIS_URL and PITON_KEY_FILE go with it'),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'an address redis://host:port').optional().describe('many nodes: the Redis of their queue and their live connections; MONGODB_URL goes with it'),
  PITON_KEY_FILE: z.string().min(1).optional().describe('many nodes: file of the installation key, the same for all; made by the first node where it is missing'),
  PITON_SESSION_HOURS: z.coerce.number('a number').int('a whole number').min(1, 'at least 1').max(168, 'at most 168').default(10).describe('a session ends in any case after'),
});

export interface Config {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** Absent: browsers come to host and port themselves. */
  readonly url?: string;
  readonly proxies: number;
  readonly demo: boolean;
  /** IANA name. */
  readonly zone: string;
  readonly log: (typeof LOG_LEVELS)[number];
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly metricsToken?: string;
  readonly commandsAtOnce: number;
  readonly drainSeconds: number;
  readonly drainNoticeSeconds: number;
  /** Where the sealed heads are mailed; absent: nowhere. */
  readonly anchoring?: { readonly to: readonly string[]; readonly from: string; readonly server: SmtpServer };
  /** Tests only: `name:n`. */
  readonly failpoint?: string;
  /** One of many nodes: the database and the Redis they share. `data` is then this node's own scratch folder. */
  readonly cluster?: { readonly mongodb: string; readonly redis: string; readonly keyFile: string };
}

export const CONFIG_ERRORS = {
  CONFIG_VALUE_INVALID: { message: 'Expected {key} to be {expected}, but it is {found}', hint: 'Correct it in the environment; --print-config shows every key with its value.' },
  CONFIG_CLUSTER_INCOMPLETE: { message: 'Expected {missing} to be given with {given}, but it is not', hint: 'A node of many needs MONGODB_URL, REDIS_URL and PITON_KEY_FILE; a server that is alone needs neither of the first two.' },
  CONFIG_MAIL_INCOMPLETE: { message: 'Expected {missing} to be given with {given}, but it is not', hint: 'Mailing the sealed heads needs PITON_ANCHOR_MAIL, one of PITON_SMTP_URL and PITON_SMTP_URL_FILE, and PITON_MAIL_FROM where the account of the mail server is no address.' },
  CONFIG_GIVEN_TWICE: { message: 'Expected one of {keys}, but both are given', hint: 'Take one of them out of the environment.' },
  CONFIG_FILE_UNREADABLE: { message: 'Expected {key} to name a file that can be read, but the system says {reason} of {file}', hint: 'Check the path and who may read it.' },
  CONFIG_ARGUMENT_UNKNOWN: { message: 'Expected no word but --print-config, but there is {word}', hint: 'Settings come from the environment, for example PITON_PORT=9000 npm start; --print-config shows every key with its value.' },
  CONFIG_KEY_UNKNOWN: { message: 'Expected a known key, but {key} is none', hint: 'Known keys: {known}.' },
} as const;

/** A configuration the server does not start with; names the first wrong key. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: keyof typeof CONFIG_ERRORS;
  readonly hint: string;

  constructor(code: keyof typeof CONFIG_ERRORS, values: Readonly<Record<string, string>>) {
    const { message, hint } = CONFIG_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = fill(hint, values);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads MONGODB_URL, REDIS_URL and the keys that begin with PITON_; an empty value counts as not given. Throws {@link ConfigError}. */
export function readConfig(environment: Environment = process.env): Config {
  const values = parse(environment);
  return {
    data: values.PITON_DATA, host: values.PITON_HOST, port: values.PITON_PORT, ...(values.PITON_URL === undefined ? {} : { url: values.PITON_URL }), proxies: values.PITON_PROXIES,
    demo: values.PITON_DEMO === 'on', zone: values.PITON_ZONE, log: values.PITON_LOG, sessionIdleMinutes: values.PITON_SESSION_IDLE_MINUTES, sessionHours: values.PITON_SESSION_HOURS,
    commandsAtOnce: values.PITON_COMMANDS_AT_ONCE, drainSeconds: values.PITON_DRAIN_SECONDS, drainNoticeSeconds: values.PITON_DRAIN_NOTICE_SECONDS,
    ...(values.PITON_METRICS_TOKEN === undefined ? {} : { metricsToken: values.PITON_METRICS_TOKEN }),
    ...(values.PITON_FAILPOINT === undefined ? {} : { failpoint: values.PITON_FAILPOINT }), ...anchoringOf(values), ...clusterOf(values),
  };
}

/** Half of it is refused: somebody would believe that the heads are kept outside. */
function anchoringOf(values: z.output<typeof SCHEMA>): Pick<Config, 'anchoring'> {
  const { PITON_ANCHOR_MAIL: list, PITON_SMTP_URL: url, PITON_SMTP_URL_FILE: file, PITON_MAIL_FROM: sender } = values;
  const given = Object.entries({ PITON_SMTP_URL: url, PITON_SMTP_URL_FILE: file, PITON_MAIL_FROM: sender }).find(([, value]) => value !== undefined)?.[0];
  if (url !== undefined && file !== undefined) throw new ConfigError('CONFIG_GIVEN_TWICE', { keys: 'PITON_SMTP_URL and PITON_SMTP_URL_FILE' });
  const to = addresses(list ?? '');
  if (to.length === 0) {
    if (given === undefined) return {};
    throw new ConfigError('CONFIG_MAIL_INCOMPLETE', { given, missing: 'PITON_ANCHOR_MAIL' });
  }
  const server = readSmtpUrl(url ?? (file === undefined ? '' : contentOf('PITON_SMTP_URL_FILE', file)));
  if (server === undefined && file !== undefined) throw new ConfigError('CONFIG_VALUE_INVALID', { key: 'PITON_SMTP_URL_FILE', expected: `a file with ${SMTP_ADDRESS}`, found: `${file}, which holds none` });
  if (server === undefined) throw new ConfigError('CONFIG_MAIL_INCOMPLETE', { given: 'PITON_ANCHOR_MAIL', missing: 'PITON_SMTP_URL' });
  const account = server.login?.account ?? '';
  const from = sender ?? (ADDRESS.test(account) ? account : undefined);
  if (from === undefined) throw new ConfigError('CONFIG_MAIL_INCOMPLETE', { given: 'PITON_ANCHOR_MAIL', missing: 'PITON_MAIL_FROM' });
  return { anchoring: { to, from, server } };
}

function contentOf(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError('CONFIG_FILE_UNREADABLE', { key, file, reason: String((error as { readonly code?: unknown }).code) });
  }
}

/** Half a cluster is refused: a node that works on its own disk beside the others would be another installation. */
function clusterOf(values: z.output<typeof SCHEMA>): Pick<Config, 'cluster'> {
  const { MONGODB_URL: mongodb, REDIS_URL: redis, PITON_KEY_FILE: keyFile } = values;
  if (mongodb === undefined && redis === undefined) return {};
  const given = mongodb === undefined ? 'REDIS_URL' : 'MONGODB_URL';
  if (mongodb === undefined || redis === undefined) throw new ConfigError('CONFIG_CLUSTER_INCOMPLETE', { given, missing: mongodb === undefined ? 'MONGODB_URL' : 'REDIS_URL' });
  if (keyFile === undefined) throw new ConfigError('CONFIG_CLUSTER_INCOMPLETE', { given, missing: 'PITON_KEY_FILE' });
  return { cluster: { mongodb, redis, keyFile } };
}

const SECRET = 'PITON_METRICS_TOKEN';

/** What `--print-config` prints: one `KEY=value  # meaning` a line; of a secret only that it is set, of an address not its password. */
export function printConfig(environment: Environment = process.env): string {
  const values: Readonly<Record<string, string | number | undefined>> = parse(environment);
  return Object.entries(SCHEMA.shape).map(([key, schema]) => `${key}=${key === SECRET && values[key] !== undefined ? '(set)' : withoutPassword(String(values[key] ?? ''))}  # ${schema.description ?? ''}`).join('\n');
}

function withoutPassword(value: string): string {
  return value.replace(/\/\/.*@/s, '//…@');
}

/** Where all nodes meet: names that other programs know, too. */
const SHARED = new Set(['MONGODB_URL', 'REDIS_URL']);
// Read before this program starts, by set-up and the test runner.
const FOREIGN = new Set(['PITON_REQUIRE', 'PITON_NO_APT', 'PITON_SEED']);

function parse(environment: Environment): z.output<typeof SCHEMA> {
  const given = Object.fromEntries(Object.entries(environment).filter(([key, value]) => (key.startsWith('PITON_') || SHARED.has(key)) && value !== undefined && value !== '' && !FOREIGN.has(key)));
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(SCHEMA.shape, key));
  if (unknown !== undefined) throw new ConfigError('CONFIG_KEY_UNKNOWN', { key: unknown, known: Object.keys(SCHEMA.shape).join(', ') });
  const result = SCHEMA.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = String(issue.path[0]);
  const expected = issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : issue.message;
  throw new ConfigError('CONFIG_VALUE_INVALID', { key, expected, found: withoutPassword(JSON.stringify(given[key])) });
}
