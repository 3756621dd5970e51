/** How far this computer's clock is behind the server's, in milliseconds. */
let behindMs = 0;
let bestRoundTripMs = Infinity;
const HALF_A_SECOND_MS = 500;

/**
 * Learns the server's time from an answer's `Date` header (whole seconds); the quickest answer knows best.
 * @param {string | null} dateHeader
 * @param {number} sentAt `Date.now()` when the request left
 */
export function learnServerTime(dateHeader, sentAt) {
  const server = Date.parse(dateHeader ?? '');
  if (Number.isNaN(server)) return;
  const now = Date.now();
  if (now - sentAt > bestRoundTripMs) return;
  bestRoundTripMs = now - sentAt;
  const skew = server + HALF_A_SECOND_MS - (sentAt + now) / 2;
  // Within the header's own rounding both clocks agree.
  behindMs = Math.abs(skew) <= 2 * HALF_A_SECOND_MS ? 0 : skew;
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
