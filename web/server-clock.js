import { call, Problem } from './api.js';

/** How far this computer's clock is behind the server's, in milliseconds. */
let behindMs = 0;
/** Round trip of the measurement; the error is at most half of it. */
let bestRoundTripMs = Infinity;
/** Clocks drift and laptops sleep: the measurement is repeated after this. */
const VALID_MS = 5 * 60_000;
/** A later answer that took longer than this is less exact than the previous one. */
const SLOW_MS = 2_000;
/** Differences below this are network noise. */
const AGREES_MS = 50;
let measuredAt = -Infinity;
/** Least time between two requests, also after a failure: a slow server is not asked more often. */
const ASK_AGAIN_MS = 30_000;
let askedAt = -Infinity;

/**
 * Asks the server for its time, without a cache: a cached answer would be too old. Half of the
 * round
 * trip is added.
 * @param {AbortSignal} [signal]
 */
export async function learnServerTime(signal) {
  if (performance.now() - measuredAt < VALID_MS && bestRoundTripMs < SLOW_MS) return;
  if (performance.now() - askedAt < ASK_AGAIN_MS) return;
  const sentAt = performance.now();
  askedAt = sentAt;
  const now = await askTime(signal);
  const roundTripMs = performance.now() - sentAt;
  if (now === undefined) return;
  const isStale = performance.now() - measuredAt >= VALID_MS;
  if (!isStale && roundTripMs > bestRoundTripMs) return;
  bestRoundTripMs = roundTripMs;
  measuredAt = performance.now();
  const skew = now + roundTripMs / 2 - Date.now();
  behindMs = Math.abs(skew) <= AGREES_MS ? 0 : skew;
}

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<number | undefined>} undefined when the request fails: the measurement before
 * stays
 */
async function askTime(signal) {
  try {
    // Sent once: a retry would count as one slow round trip.
    const { now } = await call('GET', '/v1/clock', {
      cache: 'no-store',
      repeatable: false,
      signal,
    });
    return typeof now === 'number' ? now : undefined;
  } catch (error) {
    if (error instanceof Problem || signal?.aborted) return undefined;
    throw error;
  }
}

/** The server's time, milliseconds since the epoch. */
export const serverNow = () => Date.now() + behindMs;

/** A time of the server by this computer's clock, milliseconds. @param {string} iso */
export const localTime = (iso) => Date.parse(iso) - behindMs;

/**
 * The end of a hold by this computer's clock. `secondsLeft` is independent of clocks.
 * @param {{secondsLeft?: number, expiresAt?: string}} reservation
 */
export function localDeadline(reservation) {
  if (typeof reservation.secondsLeft === 'number')
    return Date.now() + reservation.secondsLeft * 1000;
  return localTime(reservation.expiresAt ?? '');
}
