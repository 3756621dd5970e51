import { announce } from '../dom.js';
import { explain } from '../problems.js';
import { Problem } from '../api.js';
import { localDeadline, localTime } from '../server-clock.js';
import { RESERVED, SOLD } from './seat-status.js';

/**
 * @typedef {'choosing' | 'holding' | 'held' | 'paying' | 'confirmed'} Phase
 * @typedef {{
 *   kind: 'error' | 'info', title: string, text: string,
 *   remedies: import('../problems.js').Remedy[], retry?: () => void, circled?: number[],
 *   code?: string, isHoldEnd?: boolean,
 * }} Notice
 * `code`: the problem's code; `isHoldEnd`: the notice reports that a hold has ended
 * @typedef {{
 *   phase: Phase, basket: number[], own: Set<number>, ownCount: number, notice: Notice | null,
 *   busy: string, reservation: import('./reservations.js').Reservation | null, deadline: number,
 * }} State
 * `basket`, `own`: seat indices; `busy`: the text shown while a request runs; `deadline`:
 * milliseconds by this computer's clock
 * @typedef {{
 *   event: any, layout: import('../seat-map/plan.js').PlanDocument,
 *   plan: import('../seat-map/plan.js').Plan, seats: import('./seat-status.js').SeatStatus,
 *   reservations: ReturnType<typeof import('./reservations.js').reservationsOf>,
 * }} SaleParts
 * @typedef {ReturnType<typeof createSaleState>} SaleState
 */

/** @returns {State} */
const initialState = () => ({
  phase: 'choosing',
  basket: [],
  own: new Set(),
  ownCount: 0,
  notice: null,
  busy: '',
  reservation: null,
  deadline: 0,
});

/**
 * The state of one visitor's purchase, the listeners that show it, and the changes that several
 * steps of the purchase share.
 * @param {SaleParts} parts
 */
export function createSaleState({ event, layout, plan, seats, reservations }) {
  const state = initialState();
  /** @type {Set<(changedSeats: number[]) => void>} */
  const listeners = new Set();
  /** @param {string[]} ids */
  const indices = (ids) =>
    ids.map((id) => plan.indexOf.get(id)).filter((seat) => seat !== undefined);

  /** @param {Notice | null} notice */
  function notify(notice) {
    state.notice = notice;
    if (notice) announce(`${notice.title}. ${notice.text}`, notice.kind === 'error');
  }

  return {
    ...{ state, event, layout, plan, seats, reservations, indices, notify },
    ...seatFacts(event, plan),
    /** @param {number} seat */
    isMine: (seat) => state.own.has(seat),
    limit: () => Math.max(0, event.maxSeatsPerCustomer - state.ownCount),
    /** @param {(changedSeats: number[]) => void} listener */
    subscribe: (listener) => listeners.add(listener),
    /** @param {number[]} [changedSeats] */
    changed: (changedSeats = []) => listeners.forEach((listener) => listener(changedSeats)),

    /**
     * Shows a rejected request; seats that it names as taken leave the basket.
     * @param {unknown} error @param {() => void} retry @returns {number[]} changed seats
     */
    showProblem(error, retry) {
      if (!(error instanceof Problem)) throw error;
      const circled = indices(error.body.strandedSeatIds ?? []);
      notify({ kind: 'error', code: error.code, ...explain(error), retry, circled });
      const taken = indices(error.body.unavailableSeatIds ?? []);
      state.basket = state.basket.filter((seat) => !taken.includes(seat));
      return seats.note(taken, RESERVED);
    },

    /**
     * Makes a held or paid reservation the current one.
     * @param {import('./reservations.js').Reservation} reservation @returns {number[]} changed
     * seats
     */
    adopt(reservation) {
      const mine = indices(reservation.seatIds);
      const isPaid = reservation.status === 'confirmed';
      state.reservation = reservation;
      state.deadline = deadlineOf(reservation, event);
      state.phase = isPaid ? 'confirmed' : 'held';
      state.basket = [];
      // After a payment no earlier problem matters.
      if (isPaid) state.notice = null;
      for (const seat of mine) state.own.add(seat);
      state.ownCount = state.own.size;
      return seats.note(mine, isPaid ? SOLD : RESERVED);
    },

    /** Returns to choosing and forgets the current reservation. @returns {number[]} its seats */
    drop() {
      const mine = indices(state.reservation?.seatIds ?? []);
      if (state.reservation?.status !== 'confirmed') mine.forEach((seat) => state.own.delete(seat));
      state.ownCount = state.own.size;
      state.basket = [];
      state.reservation = null;
      state.phase = 'choosing';
      reservations.forget();
      return mine;
    },
  };
}

/**
 * End of a hold by this computer's clock: the hold's own end, or the end of sales if that is
 * earlier, because a payment must begin before it.
 * @param {import('./reservations.js').Reservation} reservation @param {any} event
 */
export const deadlineOf = (reservation, event) =>
  Math.min(localDeadline(reservation), localTime(event.salesEndAt ?? event.startsAt));

/**
 * Names and prices of seats.
 * @param {any} event @param {import('../seat-map/plan.js').Plan} plan
 */
function seatFacts(event, plan) {
  /** @type {Map<string, {amountMinor: number, currency: string}>} */
  const prices = new Map(event.prices.map((/** @type {any} */ price) => [price.category, price]));
  const currency = event.prices[0]?.currency ?? 'EUR';
  /** @param {number} seat */
  const priceOf = (seat) => prices.get(plan.categories[plan.category[seat]]?.name);
  return {
    priceOf,
    /** @param {number[]} list */
    totalOf: (list) => ({
      amountMinor: list.reduce((sum, seat) => sum + (priceOf(seat)?.amountMinor ?? 0), 0),
      currency,
    }),
    /** @param {number} seat */
    nameOf: (seat) =>
      [plan.sections[plan.section[seat]].name, plan.rowText(seat), plan.seatText(seat)].join(', '),
  };
}
