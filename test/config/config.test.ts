import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, readConfig } from '../../src/config/config.js';

const SECRET = 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA';
/** Settings that production requires, except a key for tokens. */
const PRODUCTION = {
  NODE_ENV: 'production',
  PAYMENTS: 'sandbox',
  TICKET_SIGNING_KEYS: '/run/secrets/tickets.json',
  AUDIT_SIGNING_KEYS: '/run/secrets/audit.json',
};
const SANDBOX_SECRET = 'a webhook secret of the sandbox, not short';
const DATABASE = 'postgres://seller:hunter2@db.example:5432/boxoffice';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

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
    const config = readConfig({
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
    });
    expect({ ...config }).toEqual({
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
    });
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
    [
      'NODE_ENV',
      'prod',
      'NODE_ENV ("prod") is not supported; expected one of development, test, production.',
    ],
    [
      'HOST',
      'a host',
      /^HOST \("a host"\) has invalid characters; expected a host name or an IP address\.$/,
    ],
    ['PORT', '65536', 'PORT ("65536") is out of range; expected a whole number from 0 to 65535.'],
    ['PORT', '80a', 'PORT ("80a") is not a whole number; expected a whole number from 0 to 65535.'],
    ['PORT', '-1', 'PORT ("-1") is out of range; expected a whole number from 0 to 65535.'],
    ['PORT', '1e3', /^PORT \("1e3"\) is not a whole number/],
    ['PUBLIC_URL', 'tickets.example', /^PUBLIC_URL .* is not a complete URL/],
    ['PUBLIC_URL', 'https://tickets.example/shop', /^PUBLIC_URL .* has a path, query or user name/],
    ['DATA_DIR', 'a\0b', /^DATA_DIR .* has invalid characters/],
    [
      'DATABASE_URL',
      'mysql://root:hunter2@db/x',
      /^DATABASE_URL has an unsupported scheme; expected a URL/,
    ],
    ['DATABASE_URL', 'hunter2', /^DATABASE_URL is not a complete URL/],
    ['DATABASE_URL', 'postgres://seller:hunter2@db:port/x', /^DATABASE_URL is not a complete URL/],
    [
      'DATABASE_POOL_SIZE',
      '0',
      /^DATABASE_POOL_SIZE \("0"\) is out of range; expected a whole number from 1 to 150/,
    ],
    [
      'EVENTSTORE_URL',
      'http://admin:hunter2@es:2113',
      /^EVENTSTORE_URL has an unsupported scheme; expected .*esdb/,
    ],
    ['EVENTSTORE_URL', 'esdb://', /^EVENTSTORE_URL is not a complete URL/],
    ['JWT_SECRET', 'hunter2', 'JWT_SECRET has 7 characters; expected 32 to 4096 characters.'],
    ['JWT_JWKS_URL', 'ftp://keys', /^JWT_JWKS_URL \("ftp:\/\/keys"\) has an unsupported scheme/],
    ['DEV_TOKENS', 'yes', 'DEV_TOKENS ("yes") is invalid; expected on or off.'],
    ['SAMPLES', 'true', 'SAMPLES ("true") is invalid; expected on or off.'],
    [
      'LOG_LEVEL',
      'verbose',
      /^LOG_LEVEL \("verbose"\) is not supported; expected one of debug, info, warn, error, silent/,
    ],
    ['WRITER_MAX_MAILBOX', '0', /^WRITER_MAX_MAILBOX .* from 1 to 1000000/],
    ['WRITER_MAX_BATCH', '10001', /^WRITER_MAX_BATCH .* from 1 to 10000/],
    ['SSE_MAX_CLIENTS', '1.5', /^SSE_MAX_CLIENTS .* is not a whole number/],
    [
      'PAYMENTS',
      'paypal',
      'PAYMENTS ("paypal") is not supported; expected one of sandbox, stripe.',
    ],
    [
      'PAYMENTS_STRIPE_SECRET_KEY',
      'pk_hunter2',
      /^PAYMENTS_STRIPE_SECRET_KEY is not a Stripe secret key; .* sk_ or rk_/,
    ],
    [
      'PAYMENTS_STRIPE_WEBHOOK_SECRETS',
      'whsec_new,hunter2',
      /^PAYMENTS_STRIPE_WEBHOOK_SECRETS entry 2 is invalid; expected .* whsec_/,
    ],
    ['PAYMENTS_SANDBOX_SECRET', 'hunter2', /^PAYMENTS_SANDBOX_SECRET has 7 characters/],
    ['TRUSTED_PROXIES', '10.0.0.0/33', /^TRUSTED_PROXIES .* entry 1 is invalid/],
    ['TRUSTED_PROXIES', 'private,proxy.example', /^TRUSTED_PROXIES .* entry 2 is invalid/],
    ['ABUSE_PROTECTION', 'yes', /^ABUSE_PROTECTION .* on or off/],
    ['PROOF_OF_WORK_SCORE', '0', /^PROOF_OF_WORK_SCORE .* from 1 to 101/],
    ['HOLDS_PER_ACCOUNT', '0', /^HOLDS_PER_ACCOUNT .* from 1 to 1000000/],
    ['SHUTDOWN_SECONDS', '301', /^SHUTDOWN_SECONDS .* from 1 to 300/],
  ])('rejects %s=%j', (name, value, problem) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
    expect(problems[0]).not.toContain('hunter2');
  });

  it.each([
    [{ DEV_TOKENS: 'on', JWT_SECRET: SECRET }, /^DEV_TOKENS .* expected off in production/],
    [{}, /^JWT_SECRET is not set; expected JWT_SECRET or JWT_JWKS_URL in production/],
    [
      { JWT_JWKS_URL: 'http://id.example/keys', JWT_AUDIENCE: 'shop' },
      /^JWT_JWKS_URL is not encrypted/,
    ],
    [
      { JWT_JWKS_URL: 'https://id.example/keys' },
      /^JWT_AUDIENCE is not set, .*; expected with JWT_JWKS_URL in production/,
    ],
    [
      { JWT_SECRET: SECRET, PAYMENTS: '' },
      /^PAYMENTS is not set; expected stripe in production, or sandbox/,
    ],
  ])('rejects %j in production', (env, problem) => {
    const problems = problemsOf({ ...PRODUCTION, ...env });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('accepts the sandbox in production when it is set explicitly', () => {
    expect(readConfig({ ...PRODUCTION, JWT_SECRET: SECRET }).payments).toBe('sandbox');
  });

  it('rejects two ways of verifying tokens', () => {
    expect(problemsOf({ JWT_SECRET: SECRET, JWT_JWKS_URL: 'https://id.example/keys' })).toEqual([
      'JWT_SECRET and JWT_JWKS_URL are both set; expected only one of them.',
    ]);
  });

  it('rejects a mail server without a sender address', () => {
    expect(problemsOf({ SMTP_URL: 'smtp://mail' })).toEqual([
      'MAIL_FROM is not set; expected with SMTP_URL.',
    ]);
  });

  it.each(['{', '{"keys":1}', '{}'])(
    'rejects %s as a set of ticket keys without repeating it',
    (text) => {
      const [problem, ...others] = problemsOf({ TICKET_SIGNING_KEYS: text });
      expect(problem).toMatch(
        /^TICKET_SIGNING_KEYS (is not JSON|has no list of keys); expected a JWK set/,
      );
      expect(others).toEqual([]);
    },
  );

  it('rejects Stripe without its keys', () => {
    expect(problemsOf({ PAYMENTS: 'stripe' })).toEqual([
      'PAYMENTS_STRIPE_SECRET_KEY is not set; expected with PAYMENTS=stripe.',
      'PAYMENTS_STRIPE_WEBHOOK_SECRETS is not set; expected with PAYMENTS=stripe.',
    ]);
  });

  it('reports all problems in one error', () => {
    const env = { NODE_ENV: 'production', PORT: 'x', LOG_LEVEL: 'x', DEV_TOKENS: 'on' };
    expect(problemsOf(env).map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'DEV_TOKENS',
      'JWT_SECRET',
      'TICKET_SIGNING_KEYS',
      'AUDIT_SIGNING_KEYS',
      'PAYMENTS',
    ]);
    expect(() => readConfig(env)).toThrow(
      /^Invalid configuration:\n {2}- PORT .*\n {2}- LOG_LEVEL/,
    );
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
