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
  const currentName = `reservation.${eventId}`;
  const attempt = holdAttempt(eventId, room);
  const payment = paymentRequest(eventId);

  /** @param {Selection} selection @param {import('../api.js').Options['onWait']} [onWait] */
  async function hold(selection, onWait) {
    const reservation = await attempt.send(selection, onWait);
    const { reservationId, revision } = reservation;
    keep(currentName, { reservationId, revision });
    return reservation;
  }

  /**
   * @param {string} reservationId @param {number} [atLeast] minimum revision of the answer
   * @returns {Promise<Reservation>}
   */
  const read = (reservationId, atLeast) =>
    callAsCustomer('GET', reservationPath(eventId, reservationId) + query({ atLeast }), {
      cache: 'no-store',
    });

  /** The reservation that a reload interrupted, if any. @returns {Promise<Reservation | null>} */
  async function resume() {
    const selection = attempt.interrupted();
    if (selection) return hold(selection);
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

  return {
    ...{ hold, read, resume },
    pay: payment.send,
    isPaymentRunning: payment.isRunning,
    /**
     * @param {Reservation} reservation @param {AbortSignal} signal @returns {Promise<Reservation |
     * null>}
     * the reservation once its payment is settled; null if that takes too long
     */
    paymentOutcome: ({ reservationId }, signal) =>
      pollPayment(() => read(reservationId), { isRunning: payment.isRunning, signal }),
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
      const path = `/v1/me/reservations${query({ eventId })}`;
      const answer = await callAsCustomer('GET', path, { cache: 'no-store' });
      return answer.reservations;
    },
  };
}

/**
 * A request to hold seats. All its repetitions carry one `Idempotency-Key`, even after a reload, so
 * that a lost answer cannot hold seats twice.
 * @param {string} eventId @param {Parameters<typeof reservationsOf>[1]} room
 */
function holdAttempt(eventId, room) {
  const name = `attempt.${eventId}`;
  return {
    /**
     * @param {Selection} selection @param {import('../api.js').Options['onWait']} [onWait]
     * @returns {Promise<Reservation>}
     */
    async send(selection, onWait) {
      const pending = recall(name);
      const isSame = pending && JSON.stringify(pending.selection) === JSON.stringify(selection);
      const attempt = isSame ? pending : { key: randomId(), selection, startedAt: Date.now() };
      keep(name, attempt);
      try {
        const reservation = await callAsCustomer('POST', `${eventPath(eventId)}/reservations`, {
          body: selection,
          headers: { 'idempotency-key': attempt.key, ...room?.headers() },
          repeatable: true,
          onWait,
        });
        keep(name, null);
        return reservation;
      } catch (error) {
        if (error instanceof Problem) room?.refused(error.code);
        // Otherwise the outcome is unknown: the next request for these seats needs the same key.
        if (!(error instanceof Problem) || (error.status !== 0 && error.status < 500))
          keep(name, null);
        throw error;
      }
    },
    /** The seats of a recent unanswered request. @returns {Selection | null} */
    interrupted() {
      const pending = recall(name);
      if (pending?.selection && Date.now() - pending.startedAt < RESUME_ATTEMPT_MS)
        return pending.selection;
      keep(name, null);
      return null;
    },
  };
}

/**
 * A payment of this browser: it is kept, so that a reload or another tab knows of it before the
 * server shows it.
 * @param {string} eventId
 */
function paymentRequest(eventId) {
  const name = `payment.${eventId}`;
  return {
    /** @param {Reservation} reservation */
    isRunning({ reservationId, status, payment }) {
      if (status !== 'held') return false;
      const sent = recall(name);
      const isJustSent =
        sent?.reservationId === reservationId && Date.now() - sent.sentAt < PAYMENT_VISIBLE_MS;
      return isJustSent || isPaymentOpen(payment);
    },
    /**
     * @param {Reservation} reservation
     * @param {{token?: string, email?: string}} means no token for free seats
     * @param {import('../api.js').Options['onWait']} [onWait]
     * @returns {Promise<Reservation | null>} with tickets; null while the payment is not settled
     */
    async send(reservation, { token, email }, onWait) {
      const { reservationId } = reservation;
      const path = `${reservationPath(eventId, reservationId)}/confirm`;
      const body = { ...(token && { payment: { token } }), ...(email && { email }) };
      keep(name, { reservationId, sentAt: Date.now() });
      let isPending = false;
      try {
        const answer = await callAsCustomer('POST', path, { body, repeatable: true, onWait });
        isPending = answer.httpStatus === 202;
        return isPending ? null : { ...reservation, ...answer };
      } finally {
        if (!isPending) keep(name, null);
      }
    },
  };
}
