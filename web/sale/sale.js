import { createPurchase } from './purchase.js';
import { createSaleState } from './sale-state.js';
import { createSeatChoice } from './seat-choice.js';
import { isOffered, isPayable } from './event-rules.js';
import { RESERVED } from './seat-status.js';

/** @typedef {ReturnType<typeof createSale>} Sale */

/**
 * One visitor's purchase at one event, from choosing seats to the tickets.
 * @param {import('./sale-state.js').SaleParts} parts
 */
export function createSale(parts) {
  const sale = createSaleState(parts);
  const { state, event, plan, seats, changed } = sale;
  const choice = createSeatChoice(sale);
  const purchase = createPurchase(sale);

  function dismiss() {
    state.notice = null;
    changed();
  }

  return {
    ...sale,
    ...choice,
    ...purchase,
    dismiss,
    holdBasket: () => purchase.hold({ seatIds: state.basket.map((seat) => plan.ids[seat]) }),

    /**
     * Applies a change of the event: its own data are already the new ones.
     * @param {{title: string, text: string} | null} [news] shown unless a hold has ended by it
     */
    eventChanged(news = null) {
      if (!isOffered(event) && state.phase === 'choosing') state.basket = [];
      if (news) sale.notify({ kind: 'info', ...news, remedies: [], ...keepHoldEnd(state) });
      changed();
      purchase.endUnpayableHold();
    },

    /** @param {number[]} changedSeats */
    seatsChanged(changedSeats) {
      choice.removeLost();
      changed(changedSeats);
      // The hold expired, or another tab released or paid for it.
      const isSettled = (/** @type {number} */ seat) =>
        sale.isMine(seat) && seats.codes[seat] !== RESERVED;
      if (state.phase === 'held' && changedSeats.some(isSettled)) void purchase.checkExpiry();
    },

    /** @param {import('./reservations.js').Reservation[]} list this customer's, of this event */
    async knowOwn(list) {
      for (const reservation of list) {
        const isHeld = reservation.status === 'held' && isPayable(event);
        if (!isHeld && reservation.status !== 'confirmed') continue;
        for (const seat of sale.indices(reservation.seatIds)) state.own.add(seat);
      }
      state.ownCount = state.own.size;
      changed();
      const held = list.find(({ status }) => status === 'held');
      if (!held) return purchase.resume(null);
      // A hold of another tab. The list does not say whether a payment is running.
      if (state.phase === 'choosing')
        purchase.resume(await sale.reservations.read(held.reservationId));
    },

    buyMore() {
      sale.drop();
      dismiss();
    },
  };
}

/** @param {import('./sale-state.js').State} state */
const keepHoldEnd = ({ notice }) => ({ isHoldEnd: notice?.isHoldEnd === true });
