import { ConfigError, readConfig } from '../../src/config/config.js';

const SECRET = 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA';
const PRODUCTION = {
  NODE_ENV: 'production',
  PAYMENTS: 'sandbox',
  TICKET_SIGNING_KEYS: '/run/secrets/tickets.json',
  AUDIT_SIGNING_KEYS: '/run/secrets/audit.json',
};

describe('secrets in production', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ JWT_SECRET: 'k'.repeat(40) }, /JWT_SECRET can be guessed/],
    [{ JWT_SECRET: 'hunter2!'.repeat(5) }, /JWT_SECRET can be guessed/],
    [
      { JWT_SECRET: SECRET, PAYMENTS_SANDBOX_SECRET: 'ab'.repeat(20) },
      /PAYMENTS_SANDBOX_SECRET can be guessed/,
    ],
    [
      { JWT_SECRET: SECRET, PAYMENTS_SANDBOX_SECRET: SECRET },
      /JWT_SECRET and PAYMENTS_SANDBOX_SECRET are equal/,
    ],
    [
      { JWT_SECRET: SECRET, AUDIT_SIGNING_KEYS: '/run/secrets/tickets.json' },
      /have a key in common/,
    ],
    [
      {
        JWT_SECRET: SECRET,
        TICKET_SIGNING_KEYS: '{"keys":[{"x":"new"},{"x":"old"}]}',
        AUDIT_SIGNING_KEYS: '{ "keys": [{ "x": "old", "kid": "audit" }] }',
      },
      /have a key in common/,
    ],
  ])('rejects %j', (env, problem) => {
    const read = () => readConfig({ ...PRODUCTION, ...env });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(problem);
  });

  it.each<Record<string, string>>([
    { JWT_SECRET: SECRET },
    { JWT_SECRET: '8f14e45fceea167a5a36dedd4bea2543' },
    { JWT_SECRET: SECRET, PAYMENTS_SANDBOX_SECRET: 'a webhook secret of the sandbox, not short' },
  ])('%j is taken', (env) => {
    expect(readConfig({ ...PRODUCTION, ...env }).jwtSecret).toBe(env.JWT_SECRET);
  });
});
