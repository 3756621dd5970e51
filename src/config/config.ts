import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { misspelt } from './misspelt.js';
import { protectionConfig, type ProtectionConfig } from './protection.js';
import { sharedSecrets, weakSecrets } from './secrets.js';
import { DEFAULTS, Refusal, SECRET_LENGTH, SETTINGS } from './settings.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Everything the process is told from outside. Frozen. What may hold a secret is left out when it is listed, spread,
 * printed or turned into JSON; read it by its name.
 */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** Without a path. Unset: whatever a request was sent to. */
  readonly publicUrl: string | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  /** Secret. Unset: the embedded Postgres. */
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  /** Secret. Unset: the Postgres event store. */
  readonly eventStoreUrl: string | undefined;
  /** Secret. Unset: in memory. */
  readonly redisUrl: string | undefined;
  /** Secret. Unset: the search in Postgres. */
  readonly openSearchUrl: string | undefined;
  readonly openSearchAlias: string;
  /** Secret. Unset: see `tokenSecret`. */
  readonly jwtSecret: string | undefined;
  readonly jwtJwksUrl: string | undefined;
  readonly jwtIssuer: string | undefined;
  readonly jwtAudience: string | undefined;
  readonly devTokens: boolean;
  readonly samples: boolean;
  readonly logLevel: LogLevel;
  /** Commands that wait for one inventory. */
  readonly writerMaxMailbox: number;
  /** Commands decided for one append. */
  readonly writerMaxBatch: number;
  /** Open live feeds of this process. */
  readonly sseMaxClients: number;
  /** Who takes the money. */
  readonly payments: 'sandbox' | 'stripe';
  /** Secret. Set when `payments` is `stripe`. */
  readonly paymentsStripeSecretKey: string | undefined;
  /** Secret. Set when `payments` is `stripe`: a webhook may be signed by any of them. */
  readonly paymentsStripeWebhookSecrets: readonly string[] | undefined;
  /** Secret. */
  readonly paymentsSandboxSecret: string | undefined;
  readonly paymentsSandboxUrl: string | undefined;
  /** Secret. Set when `paymentsSandboxUrl` is. */
  readonly paymentsSandboxApiKey: string | undefined;
  /** Secret. A JWK set or the path of one; unset: made and kept in the data directory. */
  readonly ticketSigningKeys: string | undefined;
  /** Secret. The same for the checkpoints of the log. */
  readonly auditSigningKeys: string | undefined;
  readonly auditCheckpointSeconds: number;
  readonly mail: boolean;
  /** From all nodes together. */
  readonly mailPerMinute: number;
  readonly mailFrom: string;
  /** Secret. Unset: files in the data directory. */
  readonly smtpUrl: string | undefined;
  readonly protection: ProtectionConfig;
  readonly shutdownSeconds: number;
  /** Names that look like misspelt ones of ours; worth a line in the log. */
  readonly warnings: readonly string[];
}

/** Names every variable that cannot be used, what is wrong with it and what is expected. Holds no secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      ['The configuration cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join(
        '\n',
      ),
    );
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError */
export const configFromEnvironment = (): Config => readConfig(process.env);

/** @throws ConfigError naming all that is wrong at once */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const value = <T>(name: string): T | undefined => {
    const text = env[name]?.trim();
    if (!text) return undefined;
    const { parse, expects, secret: hidden } = SETTINGS.find((setting) => setting.name === name)!;
    const parsed = parse(text);
    if (!(parsed instanceof Refusal)) return parsed as T;
    problems.push(
      `${name}${hidden ? '' : ` (${quoted(text)})`} ${parsed.reason}; expected ${expects}.`,
    );
    return undefined;
  };
  const environment = value<Config['environment']>('NODE_ENV') ?? DEFAULTS.NODE_ENV;
  const isProduction = env.NODE_ENV?.trim() === 'production';
  const isSet = (name: string): boolean => Boolean(env[name]?.trim());
  const unlessReal = (names: readonly string[]) => !isProduction && !names.some(isSet);
  const open = {
    environment,
    host: value<string>('HOST') ?? DEFAULTS.HOST,
    port: value<number>('PORT') ?? DEFAULTS.PORT,
    publicUrl: value<string>('PUBLIC_URL'),
    dataDir: resolve(value<string>('DATA_DIR') ?? DEFAULTS.DATA_DIR),
    databasePoolSize: value<number>('DATABASE_POOL_SIZE') ?? DEFAULTS.DATABASE_POOL_SIZE,
    openSearchAlias: value<string>('OPENSEARCH_ALIAS') ?? DEFAULTS.OPENSEARCH_ALIAS,
    jwtJwksUrl: value<string>('JWT_JWKS_URL'),
    jwtIssuer: value<string>('JWT_ISSUER'),
    jwtAudience: value<string>('JWT_AUDIENCE'),
    devTokens: value<boolean>('DEV_TOKENS') ?? unlessReal(REAL_ACCOUNTS),
    samples: value<boolean>('SAMPLES') ?? unlessReal(REAL),
    logLevel: value<LogLevel>('LOG_LEVEL') ?? DEFAULTS.LOG_LEVEL,
    writerMaxMailbox: value<number>('WRITER_MAX_MAILBOX') ?? DEFAULTS.WRITER_MAX_MAILBOX,
    writerMaxBatch: value<number>('WRITER_MAX_BATCH') ?? DEFAULTS.WRITER_MAX_BATCH,
    sseMaxClients: value<number>('SSE_MAX_CLIENTS') ?? DEFAULTS.SSE_MAX_CLIENTS,
    payments: value<Config['payments']>('PAYMENTS') ?? DEFAULTS.PAYMENTS,
    paymentsSandboxUrl: value<string>('PAYMENTS_SANDBOX_URL'),
    auditCheckpointSeconds:
      value<number>('AUDIT_CHECKPOINT_SECONDS') ?? DEFAULTS.AUDIT_CHECKPOINT_SECONDS,
    mail: value<boolean>('MAIL') ?? true,
    mailPerMinute: value<number>('MAIL_PER_MINUTE') ?? DEFAULTS.MAIL_PER_MINUTE,
    mailFrom: value<string>('MAIL_FROM') ?? DEFAULTS.MAIL_FROM,
    protection: protectionConfig(value),
    shutdownSeconds: value<number>('SHUTDOWN_SECONDS') ?? DEFAULTS.SHUTDOWN_SECONDS,
    warnings: Object.freeze(misspelt(Object.keys(env))),
  };
  const secrets = {
    databaseUrl: value<string>('DATABASE_URL'),
    eventStoreUrl: value<string>('EVENTSTORE_URL'),
    redisUrl: value<string>('REDIS_URL'),
    openSearchUrl: value<string>('OPENSEARCH_URL'),
    jwtSecret: value<string>('JWT_SECRET'),
    paymentsStripeSecretKey: value<string>('PAYMENTS_STRIPE_SECRET_KEY'),
    paymentsStripeWebhookSecrets: value<readonly string[]>('PAYMENTS_STRIPE_WEBHOOK_SECRETS'),
    paymentsSandboxSecret: value<string>('PAYMENTS_SANDBOX_SECRET'),
    paymentsSandboxApiKey: value<string>('PAYMENTS_SANDBOX_API_KEY'),
    ticketSigningKeys: value<string>('TICKET_SIGNING_KEYS'),
    auditSigningKeys: value<string>('AUDIT_SIGNING_KEYS'),
    smtpUrl: value<string>('SMTP_URL'),
  };
  problems.push(...contradictions(isSet, open.payments));
  if (isProduction) problems.push(...unfitForProduction(env, isSet, open.devTokens));
  if (problems.length > 0) throw new ConfigError(problems);
  return conceal(open, secrets);
}

/** With one of these set the sales are somebody's: no samples among them unless asked for. */
const REAL = ['DATABASE_URL', 'EVENTSTORE_URL', 'JWT_SECRET', 'JWT_JWKS_URL'];
/** With one of these set the accounts are somebody's: no dev tokens unless asked for. */
const REAL_ACCOUNTS = ['DATABASE_URL', 'JWT_JWKS_URL'];
const OF_REMOTE_SANDBOX = ['PAYMENTS_SANDBOX_API_KEY', 'PAYMENTS_SANDBOX_SECRET'];
const OF_STRIPE = ['PAYMENTS_STRIPE_SECRET_KEY', 'PAYMENTS_STRIPE_WEBHOOK_SECRETS'];

function contradictions(isSet: (name: string) => boolean, payments: Config['payments']): string[] {
  const problems: string[] = [];
  if (isSet('JWT_SECRET') && isSet('JWT_JWKS_URL')) {
    problems.push(
      'JWT_SECRET and JWT_JWKS_URL are both set; expected one, by which tokens are verified.',
    );
  }
  if (isSet('SMTP_URL') && !isSet('MAIL_FROM')) {
    problems.push('MAIL_FROM is not set; expected with SMTP_URL.');
  }
  if (payments === 'stripe') {
    const missing = OF_STRIPE.filter((name) => !isSet(name));
    problems.push(...missing.map((name) => `${name} is not set; expected with PAYMENTS=stripe.`));
  }
  if (payments === 'sandbox' && isSet('PAYMENTS_SANDBOX_URL')) {
    const missing = OF_REMOTE_SANDBOX.filter((name) => !isSet(name));
    problems.push(
      ...missing.map((name) => `${name} is not set; expected with PAYMENTS_SANDBOX_URL.`),
    );
  }
  return problems;
}

function unfitForProduction(
  env: Environment,
  isSet: (name: string) => boolean,
  devTokens: boolean,
): string[] {
  const problems: string[] = [];
  if (devTokens) {
    problems.push(
      'DEV_TOKENS ("on") would hand a token of any role to anyone who asks; expected off in production.',
    );
  }
  if (!isSet('JWT_SECRET') && !isSet('JWT_JWKS_URL')) {
    problems.push('JWT_SECRET is not set; expected JWT_SECRET or JWT_JWKS_URL in production.');
  }
  if (env.JWT_JWKS_URL?.trim().startsWith('http:')) {
    problems.push(
      'JWT_JWKS_URL is not encrypted, so anyone on the way could supply keys; expected https:// in production.',
    );
  }
  if (isSet('JWT_JWKS_URL') && !isSet('JWT_AUDIENCE')) {
    problems.push(
      'JWT_AUDIENCE is not set, so a token made for any other application would do; expected with JWT_JWKS_URL in production.',
    );
  }
  if (!isSet('TICKET_SIGNING_KEYS')) {
    problems.push(
      'TICKET_SIGNING_KEYS is not set; expected in production, the same for every node, or tickets of one are refused by another.',
    );
  }
  if (!isSet('AUDIT_SIGNING_KEYS')) {
    problems.push(
      'AUDIT_SIGNING_KEYS is not set; expected in production, the same for every node, or no node can verify what another has signed.',
    );
  }
  problems.push(...weakSecrets(env), ...sharedSecrets(env));
  if (!isSet('PAYMENTS')) {
    problems.push(
      'PAYMENTS is not set; expected stripe in production, or sandbox to give seats away without taking money.',
    );
  }
  return problems;
}

function conceal<Open extends object, Secrets extends object>(
  open: Open,
  secrets: Secrets,
): Readonly<Open & Secrets> {
  const shown = (): object => ({
    ...open,
    ...Object.fromEntries(
      Object.entries(secrets).map(([name, value]) => [
        name,
        value === undefined ? '(unset)' : '(set)',
      ]),
    ),
  });
  const hidden = { ...secrets, toJSON: shown, [inspect.custom]: shown };
  for (const key of Reflect.ownKeys(hidden)) {
    Object.defineProperty(open, key, {
      value: hidden[key as keyof typeof hidden],
      enumerable: false,
    });
  }
  return Object.freeze(open) as Readonly<Open & Secrets>;
}

const SECRET_FILE = 'jwt-secret';
const SECRET_BYTES = 48;

/**
 * The key for tokens: JWT_SECRET, else one made at the first start and kept in the data directory (mode 0600), so that
 * tokens outlive a restart. `undefined` when tokens are verified by JWT_JWKS_URL alone.
 * @throws Error when the file cannot be read or made
 */
export function tokenSecret(config: Config): string | undefined {
  if (config.jwtSecret !== undefined || config.jwtJwksUrl !== undefined) return config.jwtSecret;
  mkdirSync(config.dataDir, { recursive: true });
  const path = join(config.dataDir, SECRET_FILE);
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    // A link is made whole or not at all, and never over what another process has made meanwhile.
    linkSync(candidate, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(candidate);
  }
  const kept = readFileSync(path, 'utf8').trim();
  if (kept.length < SECRET_LENGTH.min)
    throw new Error(`${path} holds no usable key: remove it, and tokens given out so far.`);
  return kept;
}

/** What `--help` prints about the environment. */
export function describeSettings(): string {
  return SETTINGS.map(
    ({ name, expects, unset, purpose }) =>
      `${name}\n    ${purpose}\n    Expects ${expects}. Unset: ${unset}.`,
  ).join('\n');
}

/** Characters of a refused value that are shown. */
const QUOTE_LENGTH = 60;
const quoted = (text: string): string =>
  JSON.stringify(text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text);
