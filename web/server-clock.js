import { call, Problem } from './api.js';

/** How far this computer's clock is behind the server's, in milliseconds. */
let behindMs = 0;
/** Half of it may be wrong. */
let bestRoundTripMs = Infinity;
/** A clock drifts, and a laptop sleeps: a measurement is taken again after this. */
const VALID_MS = 5 * 60_000;
/** A later answer that took longer than this tells less than the one before. */
const SLOW_MS = 2_000;
/** Differences below this are the network's. */
const AGREES_MS = 50;
let measuredAt = -Infinity;
/** Between two questions, however the last one ended: a slow shop is not asked more often. */
const ASK_AGAIN_MS = 30_000;
let askedAt = -Infinity;

/**
 * Asks the server for its time. Only an answer that no cache has kept tells it: the `Date` of a cached one is as old as the
 * answer. Half of the round trip is reckoned in.
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

/** Undefined while it cannot be had: what was known before goes on. @param {AbortSignal} [signal] @returns {Promise<number | undefined>} */
async function askTime(signal) {
  try {
    // Sent once: a second try would be reckoned as one slow round trip.
    const { now } = await call('GET', '/v1/clock', { cache: 'no-store', repeatable: false, signal });
    return typeof now === 'number' ? now : undefined;
  } catch (error) {
    if (error instanceof Problem || signal?.aborted) return undefined;
    throw error;
  }
}

/** The server's time, milliseconds since the epoch. */
export const serverNow = () => Date.now() + behindMs;

/**
 * When a hold ends by this computer's clock. `secondsLeft` needs no clock to agree; `expiresAt` does.
 * @param {{secondsLeft?: number, expiresAt?: string}} reservation
 */
export function localDeadline(reservation) {
  if (typeof reservation.secondsLeft === 'number') return Date.now() + reservation.secondsLeft * 1000;
  return Date.parse(reservation.expiresAt ?? '') - behindMs;
}
