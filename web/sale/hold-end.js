import { Problem } from '../api.js';
import { explain } from '../problems.js';
import { isCanceled, isOffered, isPayable } from './event-rules.js';
import { AVAILABLE } from './seat-status.js';

/** @typedef {import('./reservations.js').Reservation} Reservation */

/** Whether money has been or will be returned. @param {Reservation} reservation */
export const isMoneyReturned = ({ payment }) =>
  payment !== undefined && payment.status !== 'failed' && payment.status !== 'kept';

/** @returns {import('./sale-state.js').Notice} */
export const paidTooLate = () => ({
  kind: 'info',
  isHoldEnd: true,
  ...explain(new Problem(409, { code: 'payment-refunded' })),
});

/**
 * Shows that a hold has ended, and chooses its seats again where they are still available.
 * @param {import('./sale-state.js').SaleState} sale @param {Reservation} reservation as it is now
 */
export function showHoldEnd(sale, reservation) {
  const { state, event, seats } = sale;
  const mine = sale.drop();
  if (isOffered(event)) {
    // The live feed may report the released seats later than this answer.
    if (seats.revision < reservation.revision) seats.note(mine, AVAILABLE);
    state.basket = mine.filter((seat) => seats.codes[seat] === AVAILABLE);
  }
  const isReturned = isMoneyReturned(reservation);
  sale.notify(isReturned ? paidTooLate() : holdEndNotice(event, reservation.status));
  sale.changed(mine);
}

/**
 * @param {any} event @param {string} [status] of the reservation @returns
 * {import('./sale-state.js').Notice}
 */
export function holdEndNotice(event, status) {
  const notice = { kind: /** @type {const} */ ('info'), remedies: [], isHoldEnd: true };
  const title = 'Your hold has ended';
  if (isCanceled(event))
    return {
      ...notice,
      title,
      text: 'The event was canceled before you paid. Nothing was charged.',
    };
  if (!isPayable(event))
    return { ...notice, title, text: 'Sales ended before you paid. Nothing was charged.' };
  const next = isOffered(event) ? ' Seats that are still available are chosen below.' : '';
  if (status === 'released')
    return { ...notice, title: 'The seats were given back', text: `Nothing was charged.${next}` };
  return { ...notice, title, text: `You did not pay in time. Nothing was charged.${next}` };
}
