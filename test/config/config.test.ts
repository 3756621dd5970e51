import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { readConfig } from '../../src/config/config.js';
import { DATABASE, PRODUCTION, SANDBOX_SECRET, SECRET } from './config.fixture.js';

const EVERY_SETTING = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: '0',
  PUBLIC_URL: 'https://tickets.example',
  DATA_DIR: '/srv/boxoffice',
  DATABASE_URL: DATABASE,
  DATABASE_POOL_SIZE: '40',
  EVENTSTORE_URL: 'kurrentdb+discover://admin:changeit@one:2113,two:2113?tls=true',
  JWT_JWKS_URL: 'https://id.example/keys',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'boxoffice',
  DEV_TOKENS: 'off',
  SAMPLES: 'on',
  LOG_LEVEL: 'warn',
  WRITER_MAX_MAILBOX: '5000',
  WRITER_MAX_BATCH: '200',
  SSE_MAX_CLIENTS: '50',
  PAYMENTS: 'stripe',
  PAYMENTS_STRIPE_SECRET_KEY: 'sk_test_hunter2',
  PAYMENTS_STRIPE_WEBHOOK_SECRETS: 'whsec_new, whsec_old',
  PAYMENTS_SANDBOX_SECRET: SANDBOX_SECRET,
  TICKET_SIGNING_KEYS: '{"keys":[{"x":"tickets","d":"hunter2"}]}',
  AUDIT_SIGNING_KEYS: '{"keys":[{"x":"audit","d":"hunter2"}]}',
  AUDIT_CHECKPOINT_SECONDS: '300',
  MAIL: 'off',
  MAIL_PER_MINUTE: '6',
  MAIL_FROM: 'Seats <seats@shop.example>',
  SMTP_URL: 'smtps://shop:hunter2@mail.example',
  TRUSTED_PROXIES: '203.0.113.7, 2001:db8::/32, private',
  ABUSE_PROTECTION: 'off',
  PROOF_OF_WORK_SCORE: '80',
  HOLDS_PER_ACCOUNT: '5',
  HOLDS_PER_ADDRESS: '6',
  RATE_READS_PER_ADDRESS: '1',
  RATE_WRITES_PER_ADDRESS: '2',
  RATE_REQUESTS_PER_ACCOUNT: '3',
  RATE_RESERVATIONS_PER_ACCOUNT: '4',
  SHUTDOWN_SECONDS: '30',
  OPENSEARCH_URL: 'http://search:9200',
  OPENSEARCH_ALIAS: 'shows',
};

/** Members that are not secret. */
const EVERY_MEMBER = {
  environment: 'production',
  host: '0.0.0.0',
  port: 0,
  publicUrl: 'https://tickets.example',
  dataDir: '/srv/boxoffice',
  databasePoolSize: 40,
  jwtJwksUrl: 'https://id.example/keys',
  jwtIssuer: 'https://id.example',
  jwtAudience: 'boxoffice',
  devTokens: false,
  samples: true,
  logLevel: 'warn',
  writerMaxMailbox: 5000,
  writerMaxBatch: 200,
  sseMaxClients: 50,
  payments: 'stripe',
  auditCheckpointSeconds: 300,
  mail: false,
  mailPerMinute: 6,
  openSearchAlias: 'shows',
  mailFrom: 'Seats <seats@shop.example>',
  protection: {
    on: false,
    trustedProxies: ['203.0.113.7', '2001:db8::/32', 'loopback', 'linklocal', 'uniquelocal'],
    proofOfWorkScore: 80,
    holdsPerAccount: 5,
    holdsPerAddress: 6,
    readsPerAddress: 1,
    writesPerAddress: 2,
    requestsPerAccount: 3,
    reservationsPerAccount: 4,
  },
  shutdownSeconds: 30,
  warnings: [],
};

describe('readConfig', () => {
  it('accepts an empty environment: a trial on this machine', () => {
    expect({ ...readConfig({}) }).toEqual({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      dataDir: resolve('.data'),
      databasePoolSize: 20,
      jwtJwksUrl: undefined,
      jwtIssuer: undefined,
      jwtAudience: undefined,
      devTokens: true,
      samples: true,
      logLevel: 'info',
      writerMaxMailbox: 10_000,
      writerMaxBatch: 128,
      sseMaxClients: 10_000,
      payments: 'sandbox',
      auditCheckpointSeconds: 60,
      mail: true,
      mailPerMinute: 300,
      openSearchAlias: 'boxoffice-events',
      mailFrom: 'Boxoffice <tickets@localhost>',
      protection: {
        on: true,
        trustedProxies: [],
        proofOfWorkScore: 65,
        holdsPerAccount: 50,
        holdsPerAddress: 200,
        readsPerAddress: 1_200,
        writesPerAddress: 1_200,
        requestsPerAccount: 600,
        reservationsPerAccount: 300,
      },
      shutdownSeconds: 10,
      warnings: [],
    });
    expect(readConfig({}).databaseUrl).toBeUndefined();
    expect(readConfig({}).eventStoreUrl).toBeUndefined();
  });

  it('reads every setting', () => {
    const config = readConfig(EVERY_SETTING);
    expect({ ...config }).toEqual(EVERY_MEMBER);
    expect(config.databaseUrl).toBe(DATABASE);
    expect(config.eventStoreUrl).toBe('esdb+discover://admin:changeit@one:2113,two:2113?tls=true');
    expect(config.paymentsStripeSecretKey).toBe('sk_test_hunter2');
    expect(config.paymentsStripeWebhookSecrets).toEqual(['whsec_new', 'whsec_old']);
    expect(config.paymentsSandboxSecret).toBe(SANDBOX_SECRET);
    expect(config.ticketSigningKeys).toBe('{"keys":[{"x":"tickets","d":"hunter2"}]}');
    expect(config.smtpUrl).toBe('smtps://shop:hunter2@mail.example');
  });

  it('treats an empty value as unset and ignores surrounding white space', () => {
    const config = readConfig({ PORT: '', LOG_LEVEL: ' debug ', DATABASE_URL: '  ' });
    expect([config.port, config.logLevel, config.databaseUrl, config.devTokens]).toEqual([
      3000,
      'debug',
      undefined,
      true,
    ]);
  });

  it.each([
    { DATABASE_URL: DATABASE },
    { JWT_JWKS_URL: 'https://id.example/keys' },
    { ...PRODUCTION, JWT_SECRET: SECRET },
  ])('disables dev tokens with real accounts, such as %j', (env) => {
    expect(readConfig(env)).toMatchObject({ devTokens: false });
  });

  it.each([
    { DATABASE_URL: DATABASE },
    { EVENTSTORE_URL: 'esdb://es:2113' },
    { JWT_SECRET: SECRET },
    { JWT_JWKS_URL: 'https://id.example/keys' },
    { ...PRODUCTION, JWT_SECRET: SECRET },
  ])('loads no samples into a shop with real data, such as %j', (env) => {
    expect(readConfig(env)).toMatchObject({ samples: false });
  });

  it('enables both with a real database on request', () => {
    expect(readConfig({ DATABASE_URL: DATABASE, DEV_TOKENS: 'on', SAMPLES: 'on' })).toMatchObject({
      devTokens: true,
      samples: true,
    });
  });

  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['SAMPLE', 'SAMPLES'],
    ['JWT_SECRETS', 'JWT_SECRET'],
    ['log_level', 'LOG_LEVEL'],
    ['BOXOFFICE_PORT', 'PORT'],
  ])('warns that %s is not read', (name, meant) => {
    expect(readConfig({ [name]: '1' }).warnings).toEqual([
      `${name} is not read: did you mean ${meant}?`,
    ]);
  });

  it('warns about an unknown BOXOFFICE_ name and ignores other names', () => {
    expect(readConfig({ BOXOFFICE_COLOUR: 'red' }).warnings).toEqual([
      'BOXOFFICE_COLOUR is not read: there is no such setting.',
    ]);
    const usual = {
      HOME: '/',
      HOSTNAME: 'x',
      PATH: '/bin',
      PWD: '/',
      NODE_OPTIONS: '',
      XDG_DATA_DIRS: '/',
      PORTS: '',
    };
    expect(readConfig(usual).warnings).toEqual([]);
  });

  it('is frozen and does not print its secrets', () => {
    const config = readConfig({
      DATABASE_URL: DATABASE,
      EVENTSTORE_URL: 'esdb://admin:hunter2@es:2113',
      JWT_SECRET: SECRET,
      PAYMENTS_STRIPE_SECRET_KEY: 'sk_hunter2',
      TICKET_SIGNING_KEYS: '{"keys":["hunter2"]}',
      AUDIT_SIGNING_KEYS: '{"keys":["hunter2"]}',
      SMTP_URL: 'smtp://shop:hunter2@mail',
      MAIL_FROM: 'shop@mail.example',
      PAYMENTS_STRIPE_WEBHOOK_SECRETS: 'whsec_hunter2,whsec_kkkk',
    });
    const shown = [
      JSON.stringify(config),
      inspect(config),
      inspect({ config }),
      JSON.stringify({ ...config }),
    ];
    for (const text of shown) expect(text).not.toMatch(/hunter2|kkkk/);
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({
      databaseUrl: '(set)',
      jwtSecret: '(set)',
      paymentsSandboxSecret: '(unset)',
    });
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });
});
