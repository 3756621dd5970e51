import { PROTECTION_ROWS } from './protection.js';
import { Refusal, onOff, within, type Parsed, type Row } from './values.js';

export { Refusal };

export interface Setting {
  readonly name: string;
  /** What a value has to be, in words. */
  readonly expects: string;
  /** What holds when it is unset, in words. */
  readonly unset: string;
  readonly purpose: string;
  /** Its value is never shown. */
  readonly secret: boolean;
  /** The value meant by the text, or why it is none. */
  readonly parse: (text: string) => unknown;
}

export const DEFAULTS = {
  NODE_ENV: 'development',
  HOST: '127.0.0.1',
  PORT: 3_000,
  DATA_DIR: '.data',
  DATABASE_POOL_SIZE: 20,
  LOG_LEVEL: 'info',
  WRITER_MAX_MAILBOX: 10_000,
  WRITER_MAX_BATCH: 128,
  SSE_MAX_CLIENTS: 10_000,
  PAYMENTS: 'sandbox',
  AUDIT_CHECKPOINT_SECONDS: 60,
  OPENSEARCH_ALIAS: 'boxoffice-events',
  MAIL_FROM: 'Boxoffice <tickets@localhost>',
  MAIL_PER_MINUTE: 300,
  SHUTDOWN_SECONDS: 10,
  BOXOFFICE_URL: 'http://localhost:3000',
} as const;

/** Characters of JWT_SECRET: 32 bytes is what HS256 asks of a key. */
export const SECRET_LENGTH = { min: 32, max: 4_096 };

const ENVIRONMENTS = ['development', 'test', 'production'];
const GATEWAYS = ['sandbox', 'stripe'];
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];
const URL_SCHEMES = {
  postgres: ['postgres', 'postgresql'],
  eventStore: ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'],
  web: ['https', 'http'],
  smtp: ['smtps', 'smtp'],
  redis: ['rediss', 'redis'],
};

/** Beside anything real, nothing is made up unless asked for. */
const UNLESS_REAL_SALES =
  'on without `DATABASE_URL`, `EVENTSTORE_URL`, `JWT_SECRET` and `JWT_JWKS_URL`, and outside production; else off';

const ROWS: Readonly<Record<string, Row>> = {
  NODE_ENV: [
    `one of ${ENVIRONMENTS.join(', ')}`,
    DEFAULTS.NODE_ENV,
    'What the process is run for; `production` refuses what is only good for trying out.',
    oneOf(ENVIRONMENTS),
  ],
  HOST: [
    'a host name or an IP address',
    DEFAULTS.HOST,
    'Address to listen on; `0.0.0.0` to be reached from other machines.',
    matching(/^[\w.:%-]+$/),
  ],
  PORT: [
    'a whole number from 0 to 65535',
    String(DEFAULTS.PORT),
    'Port to listen on; 0 takes any free one.',
    within(0, 65_535),
  ],
  PUBLIC_URL: [
    'a URL beginning with https:// or http://, without a path',
    'what the request was sent to',
    'Where the public reaches the service: the links in calendars and for search engines begin with it.',
    origin,
  ],
  DATA_DIR: [
    'the path of a directory',
    DEFAULTS.DATA_DIR,
    'Where the embedded database and generated secrets are kept.',
    matching(/^[^\0]+$/),
  ],
  DATABASE_URL: [
    'a URL beginning with postgres:// or postgresql://',
    'the embedded Postgres under `DATA_DIR`',
    'Postgres for the read models, snapshots and, without `EVENTSTORE_URL`, the domain events.',
    url(URL_SCHEMES.postgres),
    'secret',
  ],
  DATABASE_POOL_SIZE: [
    'a whole number from 1 to 150',
    String(DEFAULTS.DATABASE_POOL_SIZE),
    'Connections that this process opens to Postgres for queries; the event store, the projections, the search, the live feeds and the locks of background work have their own.',
    // No code holds a connection while it waits for another, so one is enough.
    within(1, 150),
  ],
  EVENTSTORE_URL: [
    'a URL beginning with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    'the Postgres event store',
    'EventStoreDB 23.10 or later for the domain events. Its account must be able to read `$all`.',
    eventStoreUrl,
    'secret',
  ],
  REDIS_URL: [
    'a URL beginning with rediss:// or redis://',
    'everything that Redis would hold is held in the memory of each process',
    'Redis for what the nodes of a shop share on the day of a sale: rate limits, seat locks, the waiting room.',
    url(URL_SCHEMES.redis),
    'secret',
  ],
  OPENSEARCH_URL: [
    'a URL beginning with https:// or http://',
    'the search in Postgres',
    'OpenSearch for the search of events.',
    url(URL_SCHEMES.web),
    'secret',
  ],
  OPENSEARCH_ALIAS: [
    'lower-case letters, digits and hyphens',
    `\`${DEFAULTS.OPENSEARCH_ALIAS}\``,
    'Name by which the events are searched there, and with which the names of their indices begin.',
    matching(/^[a-z][a-z0-9-]{0,60}$/),
  ],
  JWT_SECRET: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'a random one kept in `DATA_DIR`; must be set in production unless `JWT_JWKS_URL` is',
    'Key that signs and verifies tokens (HS256). The same for every node. Not beside `JWT_JWKS_URL`.',
    secret,
    'secret',
  ],
  JWT_JWKS_URL: [
    'a URL beginning with https:// or http://',
    'tokens are verified by `JWT_SECRET`',
    'Public keys of the identity provider that issues the tokens.',
    url(URL_SCHEMES.web),
  ],
  JWT_ISSUER: ['any text', 'not checked', 'What `iss` of a token has to be.', matching(/./)],
  JWT_AUDIENCE: [
    'any text',
    'not checked; must be set in production with `JWT_JWKS_URL`',
    'What `aud` of a token has to name, so that one made for another application is no account here.',
    matching(/./),
  ],
  DEV_TOKENS: [
    'on or off',
    'on without `DATABASE_URL` and `JWT_JWKS_URL`, and outside production; else off',
    'Whether `POST /v1/dev/tokens` hands a token to anyone who asks. Refused in production.',
    onOff,
  ],
  SAMPLES: [
    'on or off',
    UNLESS_REAL_SALES,
    'Whether the first start loads the sample venues and events.',
    onOff,
  ],
  LOG_LEVEL: [
    `one of ${LOG_LEVELS.join(', ')}`,
    DEFAULTS.LOG_LEVEL,
    'The least serious kind of message that is logged.',
    oneOf(LOG_LEVELS),
  ],
  WRITER_MAX_MAILBOX: [
    'a whole number from 1 to 1000000',
    String(DEFAULTS.WRITER_MAX_MAILBOX),
    'Commands that may wait for one inventory; more are answered 503 with `Retry-After`.',
    within(1, 1_000_000),
  ],
  WRITER_MAX_BATCH: [
    'a whole number from 1 to 10000',
    String(DEFAULTS.WRITER_MAX_BATCH),
    'Commands that are decided for one append.',
    within(1, 10_000),
  ],
  SSE_MAX_CLIENTS: [
    'a whole number from 1 to 1000000',
    String(DEFAULTS.SSE_MAX_CLIENTS),
    'Live feeds that this process keeps open; more are answered 503 with `Retry-After`.',
    within(1, 1_000_000),
  ],
  PAYMENTS: [
    `one of ${GATEWAYS.join(', ')}`,
    `\`${DEFAULTS.PAYMENTS}\`; must be set in production`,
    'Who takes the money. `sandbox` takes none: whoever sends `tok_success` has paid.',
    oneOf(GATEWAYS),
  ],
  PAYMENTS_STRIPE_SECRET_KEY: [
    'a key that begins with sk_ or rk_',
    'none; must be set with `PAYMENTS=stripe`',
    'Key by which Stripe knows the shop.',
    stripeKey,
    'secret',
  ],
  PAYMENTS_STRIPE_WEBHOOK_SECRETS: [
    'signing secrets that begin with whsec_, separated by commas',
    'none; must be set with `PAYMENTS=stripe`',
    'Keys that Stripe signs its webhooks with; while one is exchanged for the next, both.',
    stripeWebhookSecrets,
    'secret',
  ],
  PAYMENTS_SANDBOX_SECRET: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'a random one per process',
    'Key that signs the webhooks of the sandbox payment gateway.',
    secret,
    'secret',
  ],
  PAYMENTS_SANDBOX_URL: [
    'a URL beginning with http:// or https://',
    'the sandbox runs inside this process',
    'A sandbox that runs as a process of its own (`npm run payments:sandbox`): one for all nodes of a shop.',
    url(URL_SCHEMES.web),
  ],
  PAYMENTS_SANDBOX_API_KEY: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'none; must be set with `PAYMENTS_SANDBOX_URL`',
    'Key by which that sandbox knows the shop.',
    secret,
    'secret',
  ],
  TICKET_SIGNING_KEYS: [
    'a JWK set of Ed25519 keys, `{"keys":[…]}`, or the path of a file that holds one',
    'one made at the first start and kept in `DATA_DIR`; must be set in production',
    'Keys of the codes on tickets: the first signs, all verify. The same for every node.',
    keySetOrPath,
    'secret',
  ],
  AUDIT_SIGNING_KEYS: [
    'a JWK set of Ed25519 keys, `{"keys":[…]}`, or the path of a file that holds one',
    'one made at the first start and kept in `DATA_DIR`; must be set in production',
    'Keys of the checkpoints of the log: the first signs, all verify. The same for every node, and none of those of tickets.',
    keySetOrPath,
    'secret',
  ],
  AUDIT_CHECKPOINT_SECONDS: [
    'a whole number from 1 to 86400',
    String(DEFAULTS.AUDIT_CHECKPOINT_SECONDS),
    'How often the ends of all streams of the log are signed, where anything has changed.',
    within(1, 86_400),
  ],
  MAIL: ['on or off', 'on', 'Whether whoever has bought is sent the tickets.', onOff],
  MAIL_PER_MINUTE: [
    'a whole number from 1 to 60000',
    String(DEFAULTS.MAIL_PER_MINUTE),
    'Mails that go out in a minute at most, from all nodes together: a page of tickets costs as much as many sales.',
    within(1, 60_000),
  ],
  MAIL_FROM: [
    'an address, with or without a name',
    `\`${DEFAULTS.MAIL_FROM}\`; must be set with \`SMTP_URL\``,
    'Whom mails are from.',
    matching(/^[^\p{Cc}]*[^\s\p{Cc}]@[^\s\p{Cc}][^\p{Cc}]*$/u),
  ],
  SMTP_URL: [
    'a URL beginning with smtps:// or smtp://',
    'mails are written to `outbox/` in `DATA_DIR`',
    'The server that takes mails.',
    url(URL_SCHEMES.smtp),
    'secret',
  ],
  ...PROTECTION_ROWS,
  SHUTDOWN_SECONDS: [
    'a whole number from 1 to 300',
    String(DEFAULTS.SHUTDOWN_SECONDS),
    'How long requests under way may take to end when the process is told to stop.',
    within(1, 300),
  ],
  BOXOFFICE_URL: [
    'a URL beginning with https:// or http://',
    DEFAULTS.BOXOFFICE_URL,
    'The service that the command line speaks to, unless told by `--url`. The service itself does not read it.',
    url(URL_SCHEMES.web),
  ],
  BOXOFFICE_TOKEN: [
    'a token of an account with the role that is needed',
    'none; a verb that needs one says so',
    'Who the command line is to that service, unless told by `--token`.',
    matching(/^[\w.~+/=-]+$/),
    'secret',
  ],
};

/** Every variable that is read, in the order of the documentation. */
export const SETTINGS: readonly Setting[] = Object.entries(ROWS).map(
  ([name, [expects, unset, purpose, parse, hidden]]) => ({
    name,
    expects,
    unset,
    purpose,
    parse,
    secret: hidden === 'secret',
  }),
);

function oneOf(words: readonly string[]): (text: string) => Parsed {
  return (text) => (words.includes(text) ? text : new Refusal('is not known'));
}

function matching(pattern: RegExp): (text: string) => Parsed {
  return (text) =>
    pattern.test(text) ? text : new Refusal('has characters that do not belong there');
}

function url(schemes: readonly string[]): (text: string) => Parsed {
  return (text) => {
    const scheme = /^([a-z+]+):\/\/./.exec(text)?.[1];
    if (scheme === undefined) return new Refusal('is not a complete URL');
    if (!schemes.includes(scheme)) return new Refusal('does not begin as it should');
    return URL.canParse(text) ? text : new Refusal('is not a complete URL');
  };
}

function origin(text: string): Parsed {
  const whole = url(URL_SCHEMES.web)(text);
  if (whole instanceof Refusal) return whole;
  const { origin: meant, href } = new URL(text);
  return href === `${meant}/` ? meant : new Refusal('has more than a scheme and a host');
}

/** Several hosts may be named, which is no URL to the standard. KurrentDB is EventStoreDB's new name; the client knows the old. */
function eventStoreUrl(text: string): Parsed {
  const parts = /^([a-z+]+):\/\/(?:[^@/?]*@)?[^@/?\s]+(?:[/?]\S*)?$/.exec(text);
  if (!parts) return new Refusal('is not a complete URL');
  if (!URL_SCHEMES.eventStore.includes(parts[1]!))
    return new Refusal('does not begin as it should');
  return text.replace(/^kurrentdb/, 'esdb');
}

function secret(text: string): Parsed {
  if (text.length >= SECRET_LENGTH.min && text.length <= SECRET_LENGTH.max) return text;
  return new Refusal(`has ${text.length} characters`);
}

/** A set is read in full when the service opens; a path, that far. */
function keySetOrPath(text: string): Parsed {
  if (!text.startsWith('{')) return text.includes('\0') ? new Refusal('is no path') : text;
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? text : new Refusal('has no list of keys');
  } catch {
    return new Refusal('is no JSON');
  }
}

function stripeKey(text: string): Parsed {
  return /^[sr]k_\w+$/.test(text) ? text : new Refusal('is no such key');
}

function stripeWebhookSecrets(text: string): Parsed {
  const secrets = text.split(',').map((part) => part.trim());
  const wrong = secrets.findIndex((part) => !/^whsec_[\w+/=-]+$/.test(part));
  return wrong < 0
    ? Object.freeze(secrets)
    : new Refusal(`has an entry that is none (number ${wrong + 1})`);
}
