import { callAsCustomer } from '../account.js';
import { eventPath, Problem, query, reservationPath } from '../api.js';
import { keep, randomId, recall } from '../storage.js';

/**
 * @typedef {{
 *   reservationId: string, eventId: string, seatIds: string[],
 *   status: 'held' | 'confirmed' | 'expired' | 'released' | 'refunded',
 *   expiresAt: string, secondsLeft?: number, total: {amountMinor: number, currency: string},
 *   revision: number, tickets?: Ticket[],
 * }} Reservation
 * @typedef {{
 *   ticketId: string, seatId: string, section: string, row: string, number: string, category: string,
 *   rowLabel?: string, seatLabel?: string, code?: string, status?: string,
 * }} Ticket
 * @typedef {{seatIds: string[]} | {bestAvailable: {quantity: number, category?: string}}} Wish
 */

/** An unanswered attempt is taken up again after a reload for this long; later the visitor has moved on. */
const RESUME_ATTEMPT_MS = 60_000;
const POLL_MS = 1000;
const MAX_POLLS = 90;

/**
 * The customer's own reservation of one event, and what this browser remembers of it over a reload.
 * @param {string} eventId
 * @param {{headers: () => Record<string, string>, refused: (code: string) => void} | null} [room] in front of it
 */
export function reservationsOf(eventId, room = null) {
  const attemptName = `attempt.${eventId}`;
  const currentName = `reservation.${eventId}`;

  /**
   * Holds seats. One attempt keeps one `Idempotency-Key` over all its retries, even over a reload, so that an
   * answer lost on the way cannot hold seats twice.
   * @param {Wish} wish @param {(tries: number) => void} [onWait] @returns {Promise<Reservation>}
   */
  async function hold(wish, onWait) {
    const pending = recall(attemptName);
    const same = pending && JSON.stringify(pending.wish) === JSON.stringify(wish);
    const attempt = same ? pending : { key: randomId(), wish, startedAt: Date.now() };
    keep(attemptName, attempt);
    try {
      const reservation = await callAsCustomer('POST', `${eventPath(eventId)}/reservations`, {
        body: wish,
        headers: { 'idempotency-key': attempt.key, ...room?.headers() },
        repeatable: true,
        onWait,
      });
      keep(attemptName, null);
      keep(currentName, {
        reservationId: reservation.reservationId,
        revision: reservation.revision,
      });
      return reservation;
    } catch (error) {
      if (error instanceof Problem) room?.refused(error.code);
      // Still unknown whether it arrived: the next try of the same wish must carry the same key.
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

  /** What was going on before a reload, if anything. @returns {Promise<Reservation | null>} */
  async function resume() {
    const attempt = recall(attemptName);
    if (attempt && Date.now() - attempt.startedAt < RESUME_ATTEMPT_MS) return hold(attempt.wish);
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

  /**
   * @param {Reservation} reservation
   * @param {{token?: string, email?: string}} means no token for free seats
   * @param {(tries: number) => void} [onWait]
   * @returns {Promise<Reservation>} confirmed, with tickets; or as it stands when the payment did not end in time
   */
  async function pay(reservation, { token, email }, onWait) {
    const answer = await callAsCustomer(
      'POST',
      `${reservationPath(eventId, reservation.reservationId)}/confirm`,
      {
        body: { ...(token && { payment: { token } }), ...(email && { email }) },
        repeatable: true,
        onWait,
      },
    );
    if (answer.httpStatus !== 202) return { ...reservation, ...answer };
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS, undefined));
      const now = await read(reservation.reservationId);
      if (now.status !== 'held') return now;
    }
    return reservation;
  }

  return {
    hold,
    read,
    resume,
    pay,
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
