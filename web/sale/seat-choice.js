import { announce } from '../dom.js';
import { money, plural } from '../format.js';
import { isCanceled, isOffered, isOver } from './event-rules.js';
import { AVAILABLE, BLOCKED, RESERVED, SOLD } from './seat-status.js';

/** @typedef {import('../problems.js').Remedy} Remedy */

/**
 * Choosing seats on the map or from the lists, before they are held.
 * @param {import('./sale-state.js').SaleState} sale
 */
export function createSeatChoice(sale) {
  const { state, event, seats, nameOf } = sale;
  /** @param {string} title @param {string} text @param {...Remedy} remedies */
  const inform = (title, text, ...remedies) => sale.notify({ kind: 'info', title, text, remedies });

  /** @param {number} seat */
  function add(seat) {
    state.basket = [...state.basket, seat];
    state.notice = null;
    const total = money(sale.totalOf(state.basket));
    announce(`${nameOf(seat)} chosen. ${plural(state.basket.length, 'seat')}, ${total}.`);
  }

  /** @param {number} seat */
  function remove(seat) {
    state.basket = state.basket.filter((other) => other !== seat);
    announce(`${nameOf(seat)} removed. ${plural(state.basket.length, 'seat')}.`);
  }

  function informOfLimit() {
    const title = `${plural(event.maxSeatsPerCustomer, 'seat')} per customer at most`;
    if (state.ownCount === 0) inform(title, 'Remove a seat to choose another.');
    else inform(title, `You already have ${plural(state.ownCount, 'seat')}.`, 'reservations');
  }

  return {
    /** Chooses a seat, or removes it when it is chosen already. @param {number} seat */
    toggle(seat) {
      if (state.phase !== 'choosing') return;
      const isForSale = isOffered(event) && seats.codes[seat] === AVAILABLE && sale.priceOf(seat);
      if (state.basket.includes(seat)) remove(seat);
      else if (sale.isMine(seat)) inform(`${nameOf(seat)} is already yours`, '', 'reservations');
      else if (!isForSale)
        inform(`${nameOf(seat)} cannot be chosen`, whyNot(event, seats.codes[seat]));
      else if (state.basket.length >= sale.limit()) informOfLimit();
      else add(seat);
      sale.changed();
    },

    clear() {
      state.basket = [];
      sale.changed();
    },

    /** Adds the seats that the notice circles on the map, up to the limit. */
    takeToo() {
      const wanted = (state.notice?.circled ?? []).filter((seat) => !state.basket.includes(seat));
      state.basket = [...state.basket, ...wanted].slice(0, sale.limit());
      state.notice = null;
      sale.changed();
    },

    /** Removes chosen seats that are no longer available. */
    removeLost() {
      if (state.phase !== 'choosing') return;
      const lost = state.basket.filter(
        (seat) => seats.codes[seat] !== AVAILABLE && !sale.isMine(seat),
      );
      if (lost.length === 0) return;
      state.basket = state.basket.filter((seat) => !lost.includes(seat));
      inform(lossTitle(sale, lost), 'Removed from your selection.', 'best-available');
    },
  };
}

/** Why a seat cannot be chosen. @param {any} event @param {number} code of the seat's status */
function whyNot(event, code) {
  if (isCanceled(event)) return 'This event is canceled.';
  if (isOver(event)) return 'This event is over.';
  if (event.salesClosed) return 'Sales are closed.';
  if (code === RESERVED)
    return 'Another buyer is holding this seat. It may come back: watch the map.';
  if (code === SOLD) return 'This seat is sold. Choose another seat.';
  return 'This seat is not for sale. Choose another seat.';
}

/** @param {import('./sale-state.js').SaleState} sale @param {number[]} lost seats */
function lossTitle({ seats, nameOf }, lost) {
  const what = lost.length === 1 ? `${nameOf(lost[0])} was` : `${plural(lost.length, 'seat')} were`;
  const isOffSale = lost.every((seat) => seats.codes[seat] === BLOCKED);
  return isOffSale ? `${what} taken off sale` : `${what} just taken`;
}
