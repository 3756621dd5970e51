import { Problem } from '../api.js';

const POLL_MS = 1_000;
/** After this long the payment is asked for less often. */
const PATIENT_AFTER_MS = 60_000;
const PATIENT_POLL_MS = 5_000;
const GIVE_UP_AFTER_MS = 30 * 60_000;
/** The server may show a payment this long after it has accepted it. */
const VISIBLE_AFTER_MS = 3_000;

const OPEN = new Set(['pending', 'captured', 'kept']);

/**
 * Whether the money is on its way or has arrived, so that the outcome for the seats is still open.
 * @param {import('./reservations.js').Payment} [payment]
 */
export const isPaymentOpen = (payment) => payment !== undefined && OPEN.has(payment.status);

/**
 * Reads a reservation again and again until its payment is settled.
 * @param {() => Promise<import('./reservations.js').Reservation>} read
 * @param {{
 *   isRunning: (reservation: import('./reservations.js').Reservation) => boolean,
 *   signal: AbortSignal,
 * }} options
 * @returns {Promise<import('./reservations.js').Reservation | null>} null when the signal ends the
 * polling, or after 30 minutes
 */
export async function pollPayment(read, { isRunning, signal }) {
  const startedAt = Date.now();
  let wasSeen = false;
  for (;;) {
    const elapsed = Date.now() - startedAt;
    if (signal.aborted || elapsed > GIVE_UP_AFTER_MS) return null;
    const reservation = await read().catch(ignoreProblem);
    if (reservation && isRunning(reservation)) wasSeen = true;
    else if (reservation && isSettled(reservation, wasSeen || elapsed > VISIBLE_AFTER_MS))
      return reservation;
    await pause(elapsed < PATIENT_AFTER_MS ? POLL_MS : PATIENT_POLL_MS, signal);
  }
}

/**
 * @param {import('./reservations.js').Reservation} reservation
 * @param {boolean} isUpToDate whether the answer must include the payment
 */
const isSettled = ({ status }, isUpToDate) => status !== 'held' || isUpToDate;

/** The next poll may succeed: the server is busy or does not answer. @param {unknown} error */
function ignoreProblem(error) {
  if (!(error instanceof Problem)) throw error;
  return null;
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
