import { callAsCustomer } from '../account.js';
import { call, eventPath, Problem, query, reservationPath } from '../api.js';

/**
 * @typedef {import('./reservations.js').Reservation} Reservation
 * @typedef {import('./reservations.js').Ticket} Ticket
 * @typedef {import('../seat-map/plan.js').PlanDocument} PlanDocument
 * @typedef {{reservation: Reservation, event: any, plan: PlanDocument | null}} OwnReservation
 * `event`: null when it cannot be found any more
 */

/** Reservations of which the payment is read; each costs a request. */
const MAX_PAYMENTS_READ = 20;

/**
 * Reads all reservations of this customer, newest first, with their events, plans and tickets.
 * @param {AbortSignal} signal @returns {Promise<OwnReservation[]>} @throws {Problem}
 */
export async function readOwnReservations(signal) {
  const options = { cache: /** @type {const} */ ('no-store'), signal };
  const answer = await callAsCustomer('GET', '/v1/me/reservations', options);
  /** @type {Reservation[]} */
  const reservations = answer.reservations;
  const events = await eventsOf(reservations, signal);
  const [plans, tickets] = await Promise.all([
    plansOf(reservations.filter(isHeldOrPaid), events, signal),
    ticketsByReservation(signal),
    addPayments(reservations, signal),
  ]);
  return reservations.map((reservation) => {
    const event = events.get(reservation.eventId);
    const own = tickets.get(reservation.reservationId) ?? [];
    return {
      reservation: { ...reservation, tickets: own },
      event,
      plan: plans.get(event?.seatingPlanHash) ?? null,
    };
  });
}

/** @param {Reservation} reservation */
export const isHeldOrPaid = ({ status }) => status === 'held' || status === 'confirmed';

/**
 * Adds the payments of reservations that are not paid: a payment may be running, or the money may
 * have been returned. The list of reservations does not say so.
 * @param {Reservation[]} reservations @param {AbortSignal} signal
 */
async function addPayments(reservations, signal) {
  const unpaid = reservations.filter(
    ({ status }) => status !== 'confirmed' && status !== 'refunded',
  );
  const wanted = unpaid.slice(0, MAX_PAYMENTS_READ);
  const options = { cache: /** @type {const} */ ('no-store'), signal };
  await Promise.all(
    wanted.map(async (reservation) => {
      const path = reservationPath(reservation.eventId, reservation.reservationId);
      const found = await callAsCustomer('GET', path, options).catch(ignoreProblem);
      if (found?.payment) reservation.payment = found.payment;
    }),
  );
}

/** Valid tickets. @param {AbortSignal} signal @returns {Promise<Map<string, Ticket[]>>} */
async function ticketsByReservation(signal) {
  /** @type {Map<string, Ticket[]>} */
  const all = new Map();
  let cursor = '';
  do {
    const path = `/v1/me/tickets${query({ limit: 100, cursor })}`;
    const answer = await callAsCustomer('GET', path, { cache: 'no-store', signal });
    for (const ticket of answer.tickets) {
      if (ticket.status !== 'valid') continue;
      all.set(ticket.reservationId, [...(all.get(ticket.reservationId) ?? []), ticket]);
    }
    cursor = answer.next ?? '';
  } while (cursor !== '');
  return all;
}

/**
 * @param {Reservation[]} reservations @param {AbortSignal} signal @returns {Promise<Map<string,
 * any>>}
 */
async function eventsOf(reservations, signal) {
  const ids = [...new Set(reservations.map(({ eventId }) => eventId))];
  const found = await Promise.all(
    ids.map((id) => call('GET', eventPath(id), { signal }).catch(ignoreProblem)),
  );
  return new Map(ids.map((id, index) => [id, found[index]]));
}

/**
 * The plans that name the seats; usually the browser has them in its cache.
 * @param {Reservation[]} reservations @param {Map<string, any>} events @param {AbortSignal} signal
 * @returns {Promise<Map<string, PlanDocument | null>>} by hash
 */
async function plansOf(reservations, events, signal) {
  /** @type {Map<string, string>} one event for each plan */
  const hashes = new Map();
  for (const { eventId } of reservations) {
    const hash = events.get(eventId)?.seatingPlanHash;
    if (hash) hashes.set(hash, eventId);
  }
  const found = await Promise.all(
    [...hashes].map(([v, eventId]) => {
      const path = `${eventPath(eventId)}/seating-plan${query({ v })}`;
      return call('GET', path, { signal }).catch(ignoreProblem);
    }),
  );
  return new Map([...hashes.keys()].map((hash, index) => [hash, found[index]]));
}

/** The list is shown without the part that failed. @param {unknown} error */
function ignoreProblem(error) {
  if (!(error instanceof Problem)) throw error;
  return null;
}
