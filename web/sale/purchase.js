import { announce } from '../dom.js';
import { money, plural } from '../format.js';
import { isPayable } from './event-rules.js';
import { holdEndNotice, isMoneyReturned, paidTooLate, showHoldEnd } from './hold-end.js';
import { createPayments } from './payments.js';
import { deadlineOf } from './sale-state.js';
import { AVAILABLE } from './seat-status.js';
import { waitText } from './wait-text.js';

/** @typedef {import('./reservations.js').Reservation} Reservation */

/**
 * Holding seats, paying for them and giving them back.
 * @param {import('./sale-state.js').SaleState} sale
 */
export function createPurchase(sale) {
  const { state, reservations, changed } = sale;
  const leaving = new AbortController();
  const payments = createPayments(sale, leaving.signal);

  /** @param {import('./reservations.js').Selection} selection */
  async function hold(selection) {
    if (state.phase !== 'choosing') return;
    const basket = [...state.basket];
    Object.assign(state, { phase: 'holding', busy: 'Holding your seats…', notice: null });
    changed();
    try {
      const onWait = waitText(sale, 'Very busy. Still trying to hold your seats…');
      const reservation = await reservations.hold(selection, onWait);
      state.busy = '';
      if (reservation.status !== 'held') return showHoldEnd(sale, reservation);
      const changedSeats = sale.adopt(reservation);
      const names = sale.indices(reservation.seatIds).map(sale.nameOf).join('; ');
      announce(`Held for you: ${names}. ${money(reservation.total)}.`);
      changed(changedSeats);
    } catch (error) {
      Object.assign(state, { phase: 'choosing', busy: '', basket });
      changed(sale.showProblem(error, () => hold(selection)));
    }
  }

  async function release() {
    const { reservation } = state;
    if (!reservation || state.phase !== 'held') return;
    Object.assign(state, { busy: 'Giving the seats back…', notice: null });
    changed();
    try {
      await reservations.release(reservation.reservationId);
      state.busy = '';
      const mine = sale.drop();
      announce('The seats are on sale again.');
      changed(sale.seats.note(mine, AVAILABLE));
    } catch (error) {
      state.busy = '';
      changed(sale.showProblem(error, () => release()));
    }
  }

  return {
    ...{ hold, release, pay: payments.pay },
    ...createHoldWatch(sale, payments),
    stop: () => leaving.abort(),
  };
}

/**
 * Follows a hold whose state changes elsewhere: on the server, in another tab, by the event.
 * @param {import('./sale-state.js').SaleState} sale @param {ReturnType<typeof createPayments>}
 * payments
 */
function createHoldWatch(sale, payments) {
  const { state, event, reservations, changed } = sale;

  /** Asks the server whether the hold has ended: its log decides, not this computer's clock. */
  async function checkExpiry() {
    const { reservation, phase } = state;
    if (!reservation || phase !== 'held') return;
    const now = await reservations.read(reservation.reservationId).catch(() => null);
    if (state.reservation !== reservation || state.phase !== 'held' || !now) return;
    if (now.status === 'confirmed') changed(sale.adopt(now));
    else if (now.status !== 'held') showHoldEnd(sale, now);
    else if (reservations.isPaymentRunning(now)) void payments.follow(now);
    else state.deadline = deadlineOf(now, event);
  }

  /** Ends a hold that cannot be paid for any more because of the event. */
  function endUnpayableHold() {
    if (isPayable(event)) return;
    if (state.phase !== 'held' && !state.notice?.isHoldEnd) return;
    const mine = state.phase === 'held' ? sale.drop() : [];
    sale.notify(holdEndNotice(event));
    changed(mine);
  }

  /**
   * Continues a hold that a reload interrupted or that another tab made.
   * @param {Reservation | null} found
   */
  function resume(found) {
    if (!found) return void checkExpiry();
    const isCurrent = state.reservation?.reservationId === found.reservationId;
    const isRunning = reservations.isPaymentRunning(found);
    if (state.phase === 'held' && isCurrent && isRunning) return void payments.follow(found);
    if (state.phase !== 'choosing') return;
    if (found.status !== 'held' || (!isRunning && !isPayable(event))) return reportEnd(found);
    state.notice = null;
    changed(sale.adopt(found));
    if (isRunning) void payments.follow(found);
    else announce(`${plural(found.seatIds.length, 'seat')} still held for you.`);
  }

  /** The hold ended while no page showed it. @param {Reservation} found */
  function reportEnd(found) {
    reservations.forget();
    if (isMoneyReturned(found)) sale.notify(paidTooLate());
    else if (found.status === 'held') sale.notify(holdEndNotice(event));
    changed();
  }

  return { checkExpiry, endUnpayableHold, resume };
}
