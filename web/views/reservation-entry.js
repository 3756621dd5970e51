import { h } from '../dom.js';
import { longDate, money, plural, timeLeft } from '../format.js';
import { isPayable } from '../sale/event-rules.js';
import { isPaymentOpen } from '../sale/payment-polling.js';
import { deadlineOf } from '../sale/sale-state.js';
import { ticketActions, ticketsOf, ticketStub } from './tickets.js';

/**
 * @typedef {import('../sale/own-reservations.js').OwnReservation} OwnReservation
 * @typedef {'held' | 'paying' | 'confirmed' | 'expired' | 'released' | 'refunding' | 'refunded'}
 * State
 */

/** @type {Record<State, string>} */
const STATE_TEXT = {
  held: 'Held',
  paying: 'Payment on its way',
  confirmed: 'Paid',
  expired: 'Hold ended',
  released: 'Given back',
  refunding: 'Refund on its way',
  refunded: 'Refunded',
};

/**
 * The state that matters to the buyer: where money moved, the money; else the seats.
 * @param {OwnReservation} own @returns {State}
 */
function stateOf({ reservation, event }) {
  const { status, payment } = reservation;
  const isRunning = isPaymentOpen(payment);
  if (status === 'confirmed' || status === 'refunded') return status;
  if (status === 'held' && isRunning) return 'paying';
  if (isRunning || payment?.status === 'refund-due') return 'refunding';
  if (status === 'held') return heldState(event);
  return payment?.status === 'refunded' ? 'refunded' : status;
}

/** @param {OwnReservation['event']} event @returns {State} */
const heldState = (event) => (event && !isPayable(event) ? 'expired' : 'held');

/** One reservation in the list. @param {OwnReservation} own */
export function reservationEntry(own) {
  const { reservation, event, plan } = own;
  const state = stateOf(own);
  const isCurrent = state === 'held' || state === 'paying' || state === 'confirmed';
  const seats = plural(reservation.seatIds.length, 'seat');
  return h(
    'article',
    { class: `reservation${isCurrent ? '' : ' reservation--over'}` },
    h('header', { class: 'row' }, about(own), stateView(own, state)),
    state === 'confirmed'
      ? ticketList(own)
      : h('p', { class: 'muted' }, seats, isCurrent && seatNames(reservation, plan)),
    state === 'held' && payLink(reservation, event),
    state === 'paying' &&
      h(
        'a',
        { class: 'button', href: addressOf(reservation), 'data-route': true },
        'Show the payment',
      ),
  );
}

/** @param {import('../sale/reservations.js').Reservation} reservation */
const addressOf = ({ eventId }) => `/?event=${encodeURIComponent(eventId)}`;

/** @param {OwnReservation} own */
function about({ reservation, event }) {
  const link = h('a', { href: addressOf(reservation), 'data-route': true }, event?.name ?? 'Event');
  const place = [event?.venue?.name, event?.venue?.city].filter(Boolean).join(', ');
  return h(
    'div',
    null,
    h('h2', null, link),
    event && h('p', { class: 'muted' }, longDate(event.startsAt, event.timeZone)),
    place !== '' && h('p', { class: 'muted' }, place),
  );
}

/** @param {OwnReservation} own @param {State} state */
const stateView = ({ reservation }, state) =>
  h(
    'div',
    { class: 'reservation__state' },
    h('span', { class: `badge badge--${state}` }, STATE_TEXT[state]),
    h('span', null, money(reservation.total)),
  );

/** @param {OwnReservation} own */
function ticketList({ reservation, event, plan }) {
  const stubs = ticketsOf(reservation, plan).map((ticket) =>
    ticketStub(event ?? { name: 'Event', startsAt: '', venue: null }, ticket),
  );
  return [
    h('ul', { class: 'plain tickets', 'data-reservation': reservation.reservationId }, stubs),
    ticketActions(() => reservation),
  ];
}

/** @param {import('../sale/reservations.js').Reservation} reservation @param {any} event */
function payLink(reservation, event) {
  const left = event ? deadlineOf(reservation, event) - Date.now() : 0;
  return h(
    'a',
    { class: 'button', href: addressOf(reservation), 'data-route': true },
    left > 0 ? `Pay within ${timeLeft(left)}` : 'Pay',
  );
}

/**
 * @param {import('../sale/reservations.js').Reservation} reservation
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 */
function seatNames(reservation, plan) {
  const names = ticketsOf(reservation, plan).map(({ section, row, number, rowLabel, seatLabel }) =>
    section
      ? [section, rowLabel ?? `row ${row}`, seatLabel ?? `seat ${number}`].join(', ')
      : number,
  );
  return `: ${names.join('; ')}`;
}
