import { ConfigError, readConfig } from '../../src/config/config.js';

export const SECRET = 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA';
/** Settings that production requires, except a key for tokens. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  PAYMENTS: 'sandbox',
  TICKET_SIGNING_KEYS: '/run/secrets/tickets.json',
  AUDIT_SIGNING_KEYS: '/run/secrets/audit.json',
};
export const SANDBOX_SECRET = 'a webhook secret of the sandbox, not short';
export const DATABASE = 'postgres://seller:hunter2@db.example:5432/boxoffice';

/** Returns the problems of an invalid environment. */
export function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}
