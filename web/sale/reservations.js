import { callAsCustomer } from '../account.js';
import { eventPath, Problem, query, reservationPath } from '../api.js';
import { keep, randomId, recall } from '../storage.js';
import { isPaymentOpen, pollPayment } from './payment-polling.js';

/**
 * @typedef {{
 *   reservationId: string, eventId: string, seatIds: string[],
 *   status: 'held' | 'confirmed' | 'expired' | 'released' | 'refunded',
 *   expiresAt: string, secondsLeft?: number, total: {amountMinor: number, currency: string},
 *   revision: number, tickets?: Ticket[], payment?: Payment,
 * }} Reservation `payment`: the newest attempt to pay, only when the reservation was read by its id
 * @typedef {{
 *   status: 'pending' | 'failed' | 'captured' | 'kept' | 'refund-due' | 'refunded',
 *   reason?: string,
 * }} Payment
 * @typedef {{
 *   ticketId: string, seatId: string, section: string, row: string, number: string,
 *   category: string, rowLabel?: string, seatLabel?: string, code?: string, status?: string,
 * }} Ticket
 * @typedef {{seatIds: string[]} | {bestAvailable: {quantity: number, category?: string}}} Selection
 */

/** After a reload, an unanswered request to hold seats is repeated if it is not older than this. */
const RESUME_ATTEMPT_MS = 60_000;
/** A payment that this browser has sent may not be visible at the server for this long. */
const PAYMENT_VISIBLE_MS = 5_000;

/**
 * The customer's reservations of one event, and the facts about them that survive a reload.
 * @param {string} eventId
 * @param {{headers: () => Record<string, string>, refused: (code: string) => void} | null} [room]
 * the waiting room of the event
 */
export function reservationsOf(eventId, room = null) {
  const attemptName = `attempt.${eventId}`;
  const currentName = `reservation.${eventId}`;
  const paymentName = `payment.${eventId}`;

  /**
   * Holds seats. All repetitions of a request carry one `Idempotency-Key`, even after a reload, so
   * that a lost answer cannot hold seats twice.
   * @param {Selection} selection @param {import('../api.js').Options['onWait']} [onWait]
   * @returns {Promise<Reservation>}
   */
  async function hold(selection, onWait) {
    const pending = recall(attemptName);
    const isSame = pending && JSON.stringify(pending.selection) === JSON.stringify(selection);
    const attempt = isSame ? pending : { key: randomId(), selection, startedAt: Date.now() };
    keep(attemptName, attempt);
    try {
      const reservation = await callAsCustomer('POST', `${eventPath(eventId)}/reservations`, {
        body: selection,
        headers: { 'idempotency-key': attempt.key, ...room?.headers() },
        repeatable: true,
        onWait,
      });
      keep(attemptName, null);
      const { reservationId, revision } = reservation;
      keep(currentName, { reservationId, revision });
      return reservation;
    } catch (error) {
      if (error instanceof Problem) room?.refused(error.code);
      // Otherwise the outcome is unknown: the next request for these seats needs the same key.
      if (!(error instanceof Problem) || (error.status !== 0 && error.status < 500))
        keep(attemptName, null);
      throw error;
    }
  }

  /** @param {string} reservationId @param {number} [atLeast] revision @returns {Promise<Reservation>} */
  const read = (reservationId, atLeast) =>
    callAsCustomer('GET', reservationPath(eventId, reservationId) + query({ atLeast }), {
      cache: 'no-store',
    });

  /** The reservation that a reload interrupted, if any. @returns {Promise<Reservation | null>} */
  async function resume() {
    const attempt = recall(attemptName);
    if (attempt?.selection && Date.now() - attempt.startedAt < RESUME_ATTEMPT_MS)
      return hold(attempt.selection);
    keep(attemptName, null);
    const current = recall(currentName);
    if (!current) return null;
    try {
      return await read(current.reservationId, current.revision);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) keep(currentName, null);
      else if (!(error instanceof Problem)) throw error;
      return null;
    }
  }

  /** @param {Reservation} reservation */
  function isPaymentRunning({ reservationId, status, payment }) {
    if (status !== 'held') return false;
    const sent = recall(paymentName);
    const isJustSent =
      sent?.reservationId === reservationId && Date.now() - sent.sentAt < PAYMENT_VISIBLE_MS;
    return isJustSent || isPaymentOpen(payment);
  }

  /**
   * @param {Reservation} reservation
   * @param {{token?: string, email?: string}} means no token for free seats
   * @param {import('../api.js').Options['onWait']} [onWait]
   * @returns {Promise<Reservation | null>} with tickets; null while the payment is not settled
   */
  async function pay(reservation, { token, email }, onWait) {
    const { reservationId } = reservation;
    const path = `${reservationPath(eventId, reservationId)}/confirm`;
    const body = { ...(token && { payment: { token } }), ...(email && { email }) };
    keep(paymentName, { reservationId, sentAt: Date.now() });
    let answer;
    try {
      answer = await callAsCustomer('POST', path, { body, repeatable: true, onWait });
    } catch (error) {
      keep(paymentName, null);
      throw error;
    }
    if (answer.httpStatus === 202) return null;
    keep(paymentName, null);
    return { ...reservation, ...answer };
  }

  return {
    ...{ hold, read, resume, pay, isPaymentRunning },
    /**
     * @param {Reservation} reservation @param {AbortSignal} signal
     * @returns {Promise<Reservation | null>} once its payment is settled; null if that takes too long
     */
    paymentOutcome: ({ reservationId }, signal) =>
      pollPayment(() => read(reservationId), { isRunning: isPaymentRunning, signal }),
    /** @param {string} reservationId */
    async release(reservationId) {
      await callAsCustomer('DELETE', reservationPath(eventId, reservationId), { repeatable: true });
      keep(currentName, null);
    },
    forget: () => keep(currentName, null),
    /** The address that tickets were last sent to. @returns {string} */
    knownEmail: () => recall('email') ?? '',
    /** @param {string} email */
    rememberEmail: (email) => keep('email', email || null),
    /** @returns {Promise<Reservation[]>} newest first */
    async own() {
      const answer = await callAsCustomer('GET', `/v1/me/reservations${query({ eventId })}`, {
        cache: 'no-store',
      });
      return answer.reservations;
    },
  };
}
