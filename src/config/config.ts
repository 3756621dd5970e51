import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { misspelledNames } from './misspelled.js';
import { protectionConfig, type ProtectionConfig } from './protection.js';
import { sharedSecrets, weakSecrets } from './secrets.js';
import { DEFAULTS, SETTINGS } from './settings.js';
import { InvalidValue } from './values.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Configuration of the process. Frozen. Members that may hold a secret are not enumerable, so that
 * they do not appear when the object is spread, printed or serialized.
 */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** Without a path. Unset: the origin of each request. */
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
  /** Secret. Unset: search in Postgres. */
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
  readonly payments: 'sandbox' | 'stripe';
  /** Secret. Set when `payments` is `stripe`. */
  readonly paymentsStripeSecretKey: string | undefined;
  /** Secret. Set when `payments` is `stripe`; a webhook may be signed with any of them. */
  readonly paymentsStripeWebhookSecrets: readonly string[] | undefined;
  /** Secret. */
  readonly paymentsSandboxSecret: string | undefined;
  readonly paymentsSandboxUrl: string | undefined;
  /** Secret. Set when `paymentsSandboxUrl` is. */
  readonly paymentsSandboxApiKey: string | undefined;
  /** Secret. A JWK set or its path. Unset: created and kept in the data directory. */
  readonly ticketSigningKeys: string | undefined;
  /** Secret. A JWK set or its path, for signed heads. Unset: as for `ticketSigningKeys`. */
  readonly auditSigningKeys: string | undefined;
  readonly auditCheckpointSeconds: number;
  readonly mail: boolean;
  /** Limit for all nodes together. */
  readonly mailPerMinute: number;
  readonly mailFrom: string;
  /** Secret. Unset: files in the data directory. */
  readonly smtpUrl: string | undefined;
  readonly protection: ProtectionConfig;
  readonly shutdownSeconds: number;
  /** Warnings about names that look like misspelled settings. */
  readonly warnings: readonly string[];
}

/** Names every invalid variable, its problem and the expected value. Holds no secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(['Invalid configuration:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError */
export const configFromEnvironment = (): Config => readConfig(process.env);

/** @throws ConfigError with all problems */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const value = <T>(name: string): T | undefined => {
    const text = env[name]?.trim();
    if (!text) return undefined;
    const { parse, expects, secret: hidden } = SETTINGS.find((setting) => setting.name === name)!;
    const parsed = parse(text);
    if (!(parsed instanceof InvalidValue)) return parsed as T;
    problems.push(
      `${name}${hidden ? '' : ` (${quoted(text)})`} ${parsed.reason}; expected ${expects}.`,
    );
    return undefined;
  };
  const valueOr = <T>(name: keyof typeof DEFAULTS): T => value<T>(name) ?? (DEFAULTS[name] as T);
  const environment = valueOr<Config['environment']>('NODE_ENV');
  const isProduction = env.NODE_ENV?.trim() === 'production';
  const isSet = (name: string): boolean => Boolean(env[name]?.trim());
  const unlessAnySet = (names: readonly string[]) => !isProduction && !names.some(isSet);
  const open = {
    environment,
    host: valueOr<string>('HOST'),
    port: valueOr<number>('PORT'),
    publicUrl: value<string>('PUBLIC_URL'),
    dataDir: resolve(valueOr<string>('DATA_DIR')),
    databasePoolSize: valueOr<number>('DATABASE_POOL_SIZE'),
    openSearchAlias: valueOr<string>('OPENSEARCH_ALIAS'),
    jwtJwksUrl: value<string>('JWT_JWKS_URL'),
    jwtIssuer: value<string>('JWT_ISSUER'),
    jwtAudience: value<string>('JWT_AUDIENCE'),
    devTokens: value<boolean>('DEV_TOKENS') ?? unlessAnySet(REAL_ACCOUNTS),
    samples: value<boolean>('SAMPLES') ?? unlessAnySet(REAL_SALES),
    logLevel: valueOr<LogLevel>('LOG_LEVEL'),
    writerMaxMailbox: valueOr<number>('WRITER_MAX_MAILBOX'),
    writerMaxBatch: valueOr<number>('WRITER_MAX_BATCH'),
    sseMaxClients: valueOr<number>('SSE_MAX_CLIENTS'),
    payments: valueOr<Config['payments']>('PAYMENTS'),
    paymentsSandboxUrl: value<string>('PAYMENTS_SANDBOX_URL'),
    auditCheckpointSeconds: valueOr<number>('AUDIT_CHECKPOINT_SECONDS'),
    mail: value<boolean>('MAIL') ?? true,
    mailPerMinute: valueOr<number>('MAIL_PER_MINUTE'),
    mailFrom: valueOr<string>('MAIL_FROM'),
    protection: protectionConfig(value),
    shutdownSeconds: valueOr<number>('SHUTDOWN_SECONDS'),
    warnings: Object.freeze(misspelledNames(Object.keys(env))),
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
  if (isProduction) problems.push(...productionProblems(env, isSet, open.devTokens));
  if (problems.length > 0) throw new ConfigError(problems);
  return conceal(open, secrets);
}

/** One of these set means real sales: samples are loaded on request only. */
const REAL_SALES = ['DATABASE_URL', 'EVENTSTORE_URL', 'JWT_SECRET', 'JWT_JWKS_URL'];
/** One of these set means real accounts: dev tokens are enabled on request only. */
const REAL_ACCOUNTS = ['DATABASE_URL', 'JWT_JWKS_URL'];
const REMOTE_SANDBOX_SETTINGS = ['PAYMENTS_SANDBOX_API_KEY', 'PAYMENTS_SANDBOX_SECRET'];
const STRIPE_SETTINGS = ['PAYMENTS_STRIPE_SECRET_KEY', 'PAYMENTS_STRIPE_WEBHOOK_SECRETS'];

function contradictions(isSet: (name: string) => boolean, payments: Config['payments']): string[] {
  const problems: string[] = [];
  if (isSet('JWT_SECRET') && isSet('JWT_JWKS_URL')) {
    problems.push('JWT_SECRET and JWT_JWKS_URL are both set; expected only one of them.');
  }
  if (isSet('SMTP_URL') && !isSet('MAIL_FROM')) {
    problems.push('MAIL_FROM is not set; expected with SMTP_URL.');
  }
  if (payments === 'stripe') {
    const missing = STRIPE_SETTINGS.filter((name) => !isSet(name));
    problems.push(...missing.map((name) => `${name} is not set; expected with PAYMENTS=stripe.`));
  }
  if (payments === 'sandbox' && isSet('PAYMENTS_SANDBOX_URL')) {
    const missing = REMOTE_SANDBOX_SETTINGS.filter((name) => !isSet(name));
    problems.push(
      ...missing.map((name) => `${name} is not set; expected with PAYMENTS_SANDBOX_URL.`),
    );
  }
  return problems;
}

function productionProblems(
  env: Environment,
  isSet: (name: string) => boolean,
  devTokens: boolean,
): string[] {
  const problems: string[] = [];
  if (devTokens) {
    problems.push(
      'DEV_TOKENS ("on") issues tokens of any role to every caller; expected off in production.',
    );
  }
  if (!isSet('JWT_SECRET') && !isSet('JWT_JWKS_URL')) {
    problems.push('JWT_SECRET is not set; expected JWT_SECRET or JWT_JWKS_URL in production.');
  }
  if (env.JWT_JWKS_URL?.trim().startsWith('http:')) {
    problems.push(
      'JWT_JWKS_URL is not encrypted, so an attacker on the network could replace the keys; ' +
        'expected https:// in production.',
    );
  }
  if (isSet('JWT_JWKS_URL') && !isSet('JWT_AUDIENCE')) {
    problems.push(
      'JWT_AUDIENCE is not set, so tokens for other applications would be accepted; expected ' +
        'with JWT_JWKS_URL in production.',
    );
  }
  if (!isSet('TICKET_SIGNING_KEYS')) {
    problems.push(
      'TICKET_SIGNING_KEYS is not set; expected in production, the same for every node: ' +
        "otherwise nodes reject each other's tickets.",
    );
  }
  if (!isSet('AUDIT_SIGNING_KEYS')) {
    problems.push(
      'AUDIT_SIGNING_KEYS is not set; expected in production, the same for every node: ' +
        "otherwise nodes cannot verify each other's signatures.",
    );
  }
  problems.push(...weakSecrets(env), ...sharedSecrets(env));
  if (!isSet('PAYMENTS')) {
    problems.push(
      'PAYMENTS is not set; expected stripe in production, or sandbox to sell seats without ' +
        'taking money.',
    );
  }
  return problems;
}

/** Adds the secrets as members that are neither listed nor printed. */
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

/** Returns the text about environment variables that `--help` prints. */
export function describeSettings(): string {
  return SETTINGS.map(
    ({ name, expects, unset, purpose }) =>
      `${name}\n    ${purpose}\n    Expects ${expects}. Unset: ${unset}.`,
  ).join('\n');
}

/** Characters of an invalid value that are shown. */
const QUOTE_LENGTH = 60;
const quoted = (text: string): string =>
  JSON.stringify(text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text);
