import { call, Problem } from './api.js';
import { keep, randomId, recall } from './storage.js';
import { askForToken } from './views/token-dialog.js';

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 30_000;
const ACCOUNT = 'account';

/** @typedef {{sub?: string, token?: string, expiresAt?: string | null}} Account */

/** Whether this browser has an account, which it gets with its first hold. */
export const hasAccount = () => Boolean(recall(ACCOUNT)?.token);

/** @type {Promise<string> | null} */
let minting = null;

/**
 * Returns a bearer token. A server with development tokens issues one; otherwise the visitor pastes
 * one.
 * @returns {Promise<string>}
 */
function token() {
  /** @type {Account} */
  const account = recall(ACCOUNT) ?? {};
  const fresh = !account.expiresAt || Date.parse(account.expiresAt) - RENEW_BEFORE_MS > Date.now();
  if (account.token && fresh) return Promise.resolve(account.token);
  minting ??= mint(account).finally(() => (minting = null));
  return minting;
}

/** @param {Account} account */
async function mint(account) {
  // The account id is random and says nothing about the person.
  const sub = account.sub ?? `web-${randomId()}`;
  try {
    const answer = await call('POST', '/v1/dev/tokens', {
      body: { sub, roles: ['customer'] },
      repeatable: true,
    });
    keep(ACCOUNT, { sub, token: answer.token, expiresAt: answer.expiresAt });
    return answer.token;
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 403)) throw error;
    const pasted = await askForToken();
    if (!pasted)
      throw new Problem(401, { code: 'no-account', detail: 'You need to be signed in for this.' });
    keep(ACCOUNT, { sub, token: pasted, expiresAt: null });
    return pasted;
  }
}

/**
 * Sends a request as this customer. A rejected token is replaced once.
 * @param {string} method @param {string} path @param {import('./api.js').Options} [options]
 */
export async function callAsCustomer(method, path, options = {}) {
  try {
    return await call(method, path, { ...options, token: await token() });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || error.code === 'no-account')
      throw error;
    const { sub } = recall(ACCOUNT) ?? {};
    keep(ACCOUNT, sub ? { sub } : null);
    return call(method, path, { ...options, token: await token() });
  }
}
