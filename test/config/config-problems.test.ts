import { readConfig } from '../../src/config/config.js';
import { PRODUCTION, problemsOf, SECRET } from './config.fixture.js';

describe('readConfig', () => {
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
});
