import { solve } from './proof-of-work.js';

const MAX_TRIES = 5;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8000;
/** A challenge may be solved too late, or become harder meanwhile: then the next one is solved. */
const MAX_CHALLENGES = 3;
/**
 * After 15 s of work the page requests a new challenge, which gets easier when the load falls; ten
 * minutes in total.
 */
const WORK_MS = 15_000;
const MAX_PAUSES = 40;
/** Statuses after which the same request may be sent again: the server is busy or restarting. */
const RETRIED_STATUSES = new Set([425, 429, 502, 503, 504]);

/** A rejected request (problem+json) or a lost connection (`code` is `offline`). */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number} [retryAfterMs] */
  constructor(status, body, retryAfterMs) {
    super(body.detail || body.title || `The box office answered ${status}.`);
    this.status = status;
    /** @type {string} */
    this.code = body.code ?? (status === 0 ? 'offline' : `http-${status}`);
    this.detail = typeof body.detail === 'string' ? body.detail : '';
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * @typedef {{
 *   body?: unknown, token?: string, headers?: Record<string, string>, signal?: AbortSignal,
 *   cache?: RequestCache, as?: 'json' | 'text' | 'blob', repeatable?: boolean,
 *   onWait?: (tries: number, problem?: Problem) => void,
 * }} Options
 * `repeatable`: sending the request twice does no harm (always true of reads). `onWait`: called
 * before the request is sent again.
 */

/**
 * Sends a request, and repeats it with growing pauses while the server is busy or does not answer.
 * @param {string} method @param {string} path @param {Options} [options]
 * @returns {Promise<any>} the parsed answer, with `httpStatus` to distinguish a 202 from a 200
 * @throws {Problem}
 */
export async function call(method, path, options = {}) {
  const repeatable = options.repeatable ?? method === 'GET';
  const work = openWork(options);
  for (let tries = 1; ; tries++) {
    try {
      return await once(method, path, { ...options, headers: work.headers() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (work.accepts(error)) {
        options.onWait?.(tries);
        await work.on(error);
        continue;
      }
      if (!repeatable || tries >= MAX_TRIES || !isTemporary(error)) throw error;
      options.onWait?.(tries, error);
      await pause(waitAfter(error, tries), options.signal);
    }
  }
}

/** The proofs of work for one request. @param {Options} options */
function openWork({ headers, signal }) {
  let solved = 0;
  let pauses = 0;
  /** @type {string | undefined} */
  let proof;
  return {
    headers: () => (proof === undefined ? headers : { ...headers, 'proof-of-work': proof }),
    /** @param {Problem} problem */
    accepts: ({ body }) => body.challenge && solved < MAX_CHALLENGES && pauses < MAX_PAUSES,
    /** @param {Problem} problem */
    async on({ body }) {
      proof = await solve(body.challenge, signal, WORK_MS);
      if (proof === undefined) pauses++;
      else solved++;
    },
  };
}

/**
 * Returns whether the same request may succeed within seconds. After `payment-attempts-exhausted`
 * the wait takes minutes.
 * @param {Problem} problem
 */
const isTemporary = ({ status, code }) =>
  (status === 0 || RETRIED_STATUSES.has(status)) && code !== 'payment-attempts-exhausted';

/** @param {Problem} problem @param {number} tries so far @returns {number} milliseconds */
const waitAfter = ({ retryAfterMs }, tries) => retryAfterMs ?? FIRST_WAIT_MS * 2 ** (tries - 1);

/** @param {string} method @param {string} path @param {Options} options */
async function once(method, path, options) {
  const response = await send(method, path, options);
  if (response.ok && options.as === 'text') return { text: await response.text() };
  if (response.ok && options.as === 'blob') return { blob: await response.blob() };
  const answer = await parsed(response);
  if (response.ok) return answer;
  const retryAfter = Number(response.headers.get('retry-after'));
  throw new Problem(response.status, answer, retryAfter > 0 ? retryAfter * 1000 : undefined);
}

/** @param {string} method @param {string} path @param {Options} options */
async function send(method, path, { body, token, headers, signal, cache, as = 'json' }) {
  try {
    return await fetch(path, {
      method,
      signal,
      cache,
      headers: {
        accept: as === 'json' ? 'application/json, application/problem+json' : '*/*',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { detail: 'There is no connection to the box office right now.' });
  }
}

/** @param {any} response */
async function parsed(response) {
  if (response.status === 204) return { httpStatus: 204 };
  try {
    return { ...(await response.json()), httpStatus: response.status };
  } catch {
    return { httpStatus: response.status };
  }
}

/** Waits with jitter, so that many rejected clients do not return at the same moment. */
function pause(/** @type {number} */ ms, /** @type {AbortSignal | undefined} */ signal) {
  const wait = Math.min(ms, LONGEST_WAIT_MS) * (1 + Math.random() / 3);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, wait, undefined);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** @param {Record<string, string | number | null | undefined>} values empty ones are left out */
export function query(values) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** @param {string} eventId */
export const eventPath = (eventId) => `/v1/events/${encodeURIComponent(eventId)}`;
/** @param {string} eventId @param {string} reservationId */
export const reservationPath = (eventId, reservationId) =>
  `${eventPath(eventId)}/reservations/${encodeURIComponent(reservationId)}`;
