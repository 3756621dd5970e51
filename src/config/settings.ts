import { PROTECTION_ROWS } from './protection.js';
import {
  SECRET_LENGTH,
  URL_SCHEMES,
  eventStoreUrl,
  keySetOrPath,
  matching,
  oneOf,
  parseOrigin,
  secret,
  stripeKey,
  stripeWebhookSecrets,
  url,
} from './parsers.js';
import { onOff, wholeNumber, type Row, type Setting } from './values.js';

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

const ENVIRONMENTS = ['development', 'test', 'production'];
const GATEWAYS = ['sandbox', 'stripe'];
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

const ROWS: Readonly<Record<string, Row>> = {
  NODE_ENV: [
    `one of ${ENVIRONMENTS.join(', ')}`,
    DEFAULTS.NODE_ENV,
    'Environment of the process; `production` rejects settings that are only for trials.',
    oneOf(ENVIRONMENTS),
  ],
  HOST: [
    'a host name or an IP address',
    DEFAULTS.HOST,
    'Address to listen on; `0.0.0.0` accepts connections from other machines.',
    matching(/^[\w.:%-]+$/),
  ],
  PORT: wholeNumber(0, 65_535, DEFAULTS.PORT, 'Port to listen on; 0 selects any free port.'),
  PUBLIC_URL: [
    'a URL beginning with https:// or http://, without a path',
    'the origin of each request',
    'Public origin of the service; links in calendars and for search engines begin with it.',
    parseOrigin,
  ],
  DATA_DIR: [
    'the path of a directory',
    DEFAULTS.DATA_DIR,
    'Directory for the embedded database and generated secrets.',
    matching(/^[^\0]+$/),
  ],
  DATABASE_URL: [
    'a URL beginning with postgres:// or postgresql://',
    'the embedded Postgres under `DATA_DIR`',
    'Postgres for the read models, snapshots and, without `EVENTSTORE_URL`, the domain events.',
    url(URL_SCHEMES.postgres),
    'secret',
  ],
  // No code holds a connection while it waits for another, so one connection is enough.
  DATABASE_POOL_SIZE: wholeNumber(
    1,
    150,
    DEFAULTS.DATABASE_POOL_SIZE,
    'Most Postgres connections of this process for queries; the event store, projections, ' +
      'search, live feeds and background locks have their own.',
  ),
  EVENTSTORE_URL: [
    'a URL beginning with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    'the Postgres event store',
    'EventStoreDB 23.10 or later for the domain events. Its account must be able to read `$all`.',
    eventStoreUrl,
    'secret',
  ],
  REDIS_URL: [
    'a URL beginning with rediss:// or redis://',
    'each process keeps this state in memory',
    'Redis for state that the nodes of a shop share during a sale: rate limits, seat locks, ' +
      'the waiting room.',
    url(URL_SCHEMES.redis),
    'secret',
  ],
  OPENSEARCH_URL: [
    'a URL beginning with https:// or http://',
    'search in Postgres',
    'OpenSearch for the event search.',
    url(URL_SCHEMES.web),
    'secret',
  ],
  OPENSEARCH_ALIAS: [
    'lower-case letters, digits and hyphens',
    `\`${DEFAULTS.OPENSEARCH_ALIAS}\``,
    'OpenSearch alias of the event index, and prefix of its index names.',
    matching(/^[a-z][a-z0-9-]{0,60}$/),
  ],
  JWT_SECRET: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'a random key kept in `DATA_DIR`; required in production unless `JWT_JWKS_URL` is set',
    'Key that signs and verifies tokens (HS256). The same for every node. Cannot be combined ' +
      'with `JWT_JWKS_URL`.',
    secret,
    'secret',
  ],
  JWT_JWKS_URL: [
    'a URL beginning with https:// or http://',
    'tokens are verified with `JWT_SECRET`',
    'Public keys of the identity provider that issues the tokens.',
    url(URL_SCHEMES.web),
  ],
  JWT_ISSUER: [
    'any text',
    'not checked',
    'Required value of the token claim `iss`.',
    matching(/./),
  ],
  JWT_AUDIENCE: [
    'any text',
    'not checked; required in production with `JWT_JWKS_URL`',
    'Value that the token claim `aud` must contain, so that tokens for other applications ' +
      'are rejected.',
    matching(/./),
  ],
  DEV_TOKENS: [
    'on or off',
    'on without `DATABASE_URL` and `JWT_JWKS_URL`, and outside production; else off',
    'Whether `POST /v1/dev/tokens` issues a token to every caller. Rejected in production.',
    onOff,
  ],
  SAMPLES: [
    'on or off',
    'on without `DATABASE_URL`, `EVENTSTORE_URL`, `JWT_SECRET` and `JWT_JWKS_URL`, and ' +
      'outside production; else off',
    'Whether the first start loads the sample venues and events.',
    onOff,
  ],
  LOG_LEVEL: [
    `one of ${LOG_LEVELS.join(', ')}`,
    DEFAULTS.LOG_LEVEL,
    'Lowest severity that is logged.',
    oneOf(LOG_LEVELS),
  ],
  WRITER_MAX_MAILBOX: wholeNumber(
    1,
    1_000_000,
    DEFAULTS.WRITER_MAX_MAILBOX,
    'Most commands that wait for one inventory; further commands get 503 with `Retry-After`.',
  ),
  WRITER_MAX_BATCH: wholeNumber(
    1,
    10_000,
    DEFAULTS.WRITER_MAX_BATCH,
    'Most commands that are decided for one append.',
  ),
  SSE_MAX_CLIENTS: wholeNumber(
    1,
    1_000_000,
    DEFAULTS.SSE_MAX_CLIENTS,
    'Most live feeds that this process keeps open; further requests get 503 with `Retry-After`.',
  ),
  PAYMENTS: [
    `one of ${GATEWAYS.join(', ')}`,
    `\`${DEFAULTS.PAYMENTS}\`; required in production`,
    'Payment provider. `sandbox` takes no money: every payment with `tok_success` succeeds.',
    oneOf(GATEWAYS),
  ],
  PAYMENTS_STRIPE_SECRET_KEY: [
    'a key that begins with sk_ or rk_',
    'none; required with `PAYMENTS=stripe`',
    'Secret API key of the shop at Stripe.',
    stripeKey,
    'secret',
  ],
  PAYMENTS_STRIPE_WEBHOOK_SECRETS: [
    'signing secrets that begin with whsec_, separated by commas',
    'none; required with `PAYMENTS=stripe`',
    'Secrets with which Stripe signs webhooks; list both while one replaces the other.',
    stripeWebhookSecrets,
    'secret',
  ],
  PAYMENTS_SANDBOX_SECRET: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'a random key per process',
    'Key that signs webhooks of the sandbox payment gateway.',
    secret,
    'secret',
  ],
  PAYMENTS_SANDBOX_URL: [
    'a URL beginning with http:// or https://',
    'the sandbox runs inside this process',
    'URL of a sandbox in a process of its own (`npm run payments:sandbox`), shared by all ' +
      'nodes of a shop.',
    url(URL_SCHEMES.web),
  ],
  PAYMENTS_SANDBOX_API_KEY: [
    `${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters`,
    'none; required with `PAYMENTS_SANDBOX_URL`',
    'API key of the shop at that sandbox.',
    secret,
    'secret',
  ],
  TICKET_SIGNING_KEYS: [
    'a JWK set of Ed25519 keys, `{"keys":[…]}`, or the path of a file that holds one',
    'a key created at the first start and kept in `DATA_DIR`; required in production',
    'Keys for ticket codes: the first signs, all verify. The same for every node.',
    keySetOrPath,
    'secret',
  ],
  AUDIT_SIGNING_KEYS: [
    'a JWK set of Ed25519 keys, `{"keys":[…]}`, or the path of a file that holds one',
    'a key created at the first start and kept in `DATA_DIR`; required in production',
    'Keys for the signed heads of the log: the first signs, all verify. The same for every ' +
      'node; no ticket key is allowed.',
    keySetOrPath,
    'secret',
  ],
  AUDIT_CHECKPOINT_SECONDS: wholeNumber(
    1,
    86_400,
    DEFAULTS.AUDIT_CHECKPOINT_SECONDS,
    'Seconds between two signed heads of the log; none is signed while the log does not grow.',
  ),
  MAIL: ['on or off', 'on', 'Whether buyers are sent their tickets by mail.', onOff],
  MAIL_PER_MINUTE: wholeNumber(
    1,
    60_000,
    DEFAULTS.MAIL_PER_MINUTE,
    'Most mails per minute from all nodes together: a page of tickets costs as much CPU time ' +
      'as many sales.',
  ),
  MAIL_FROM: [
    'an address, with or without a name',
    `\`${DEFAULTS.MAIL_FROM}\`; required with \`SMTP_URL\``,
    'Sender of mails.',
    matching(/^[^\p{Cc}]*[^\s\p{Cc}]@[^\s\p{Cc}][^\p{Cc}]*$/u),
  ],
  SMTP_URL: [
    'a URL beginning with smtps:// or smtp://',
    'mails are written to `outbox/` in `DATA_DIR`',
    'Mail server that sends the mails.',
    url(URL_SCHEMES.smtp),
    'secret',
  ],
  ...PROTECTION_ROWS,
  SHUTDOWN_SECONDS: wholeNumber(
    1,
    300,
    DEFAULTS.SHUTDOWN_SECONDS,
    'Seconds that running requests have to finish when the process stops.',
  ),
  BOXOFFICE_URL: [
    'a URL beginning with https:// or http://',
    DEFAULTS.BOXOFFICE_URL,
    'Service that the command line calls; `--url` overrides it. The service itself does not ' +
      'read it.',
    url(URL_SCHEMES.web),
  ],
  BOXOFFICE_TOKEN: [
    'a token of an account with the required role',
    'none; commands that need a token report it',
    'Token with which the command line calls that service; `--token` overrides it.',
    matching(/^[\w.~+/=-]+$/),
    'secret',
  ],
};

/** All environment variables that are read, in the order of the documentation. */
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
