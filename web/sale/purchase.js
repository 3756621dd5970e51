import { Problem } from '../api.js';
import { announce } from '../dom.js';
import { money, plural } from '../format.js';
import { explain } from '../problems.js';
import { isCanceled, isOffered, isPayable } from './event-rules.js';
import { deadlineOf } from './sale-state.js';
import { AVAILABLE } from './seat-status.js';

/** @typedef {import('./reservations.js').Reservation} Reservation */

/** Problems after which the hold cannot be paid for any more. */
const ENDS_HOLD = /^(reservation-|payment-refunded|event-over|event-cancelled)/;

/**
 * Holding seats, paying for them and giving them back.
 * @param {import('./sale-state.js').SaleState} sale
 */
export function createPurchase(sale) {
  const { state, event, reservations, changed } = sale;
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
      if (reservation.status !== 'held') return holdEnded(sale, reservation);
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

  /** Asks the server whether the hold has ended: its log decides, not this computer's clock. */
  async function checkExpiry() {
    const { reservation, phase } = state;
    if (!reservation || phase !== 'held') return;
    const now = await reservations.read(reservation.reservationId).catch(() => null);
    if (state.reservation !== reservation || state.phase !== 'held' || !now) return;
    if (now.status === 'confirmed') changed(sale.adopt(now));
    else if (now.status !== 'held') holdEnded(sale, now);
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

  return {
    ...{ hold, release, checkExpiry, endUnpayableHold, resume },
    pay: payments.pay,
    stop: () => leaving.abort(),
  };
}

/** @param {import('./sale-state.js').SaleState} sale @param {AbortSignal} signal */
function createPayments(sale, signal) {
  const { state, event, reservations, changed } = sale;

  /** @param {{token?: string, email?: string}} means */
  async function pay(means) {
    const { reservation } = state;
    if (!reservation || state.phase !== 'held') return;
    Object.assign(state, { phase: 'paying', busy: 'Paying…', notice: null });
    changed();
    try {
      const onWait = waitText(sale, 'Very busy. Still waiting for the payment…');
      const answer = await reservations.pay(reservation, means, onWait);
      if (answer) showOutcome(answer);
      else await follow(reservation);
    } catch (error) {
      Object.assign(state, { phase: 'held', busy: '' });
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'payment-under-way') return void follow(reservation);
      if (ENDS_HOLD.test(error.code)) sale.drop();
      changed(sale.showProblem(error, () => pay(means)));
    }
  }

  /** Waits for a payment that the provider has not answered yet. @param {Reservation} reservation */
  async function follow(reservation) {
    Object.assign(state, { phase: 'paying', busy: 'Waiting for the payment…', reservation });
    const { title, text } = PAYMENT_RUNNING;
    sale.notify({ kind: 'info', title, text, remedies: [] });
    changed();
    const outcome = await reservations.paymentOutcome(reservation, signal);
    if (signal.aborted || state.phase !== 'paying') return;
    if (outcome) return showOutcome(outcome);
    sale.notify({ kind: 'info', ...PAYMENT_LATE, remedies: ['reservations'] });
    changed();
  }

  /** @param {Reservation} outcome */
  function showOutcome(outcome) {
    Object.assign(state, { busy: '', notice: null });
    if (outcome.status === 'confirmed') {
      const changedSeats = sale.adopt(outcome);
      announce(`Paid. ${plural(outcome.seatIds.length, 'ticket')} for ${event.name}.`);
      return changed(changedSeats);
    }
    if (outcome.status !== 'held') return holdEnded(sale, outcome);
    changed(sale.adopt(outcome));
    const code = outcome.payment ? 'payment-declined' : 'payment-not-started';
    sale.notify({ kind: 'error', code, ...explain(new Problem(402, { code })) });
    changed();
  }

  return { pay, follow };
}

const PAYMENT_RUNNING = {
  title: 'Your payment is on its way',
  text: 'The payment provider has not answered yet. Your seats stay held, and this page shows the result.',
};
const PAYMENT_LATE = {
  title: 'Your payment is still on its way',
  text: 'The payment provider has not answered for a long time. Look at your reservations later.',
};

/** @param {Reservation} reservation */
const isMoneyReturned = ({ payment }) =>
  payment !== undefined && payment.status !== 'failed' && payment.status !== 'kept';

/** @returns {import('./sale-state.js').Notice} */
const paidTooLate = () => ({
  kind: 'info',
  isHoldEnd: true,
  ...explain(new Problem(409, { code: 'payment-refunded' })),
});

/**
 * Shows that a hold has ended, and chooses its seats again where they are still available.
 * @param {import('./sale-state.js').SaleState} sale @param {Reservation} reservation as it is now
 */
function holdEnded(sale, reservation) {
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

/** @param {any} event @param {string} [status] of the reservation @returns {import('./sale-state.js').Notice} */
function holdEndNotice(event, status) {
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

/**
 * Shows why a request is sent again.
 * @param {import('./sale-state.js').SaleState} sale @param {string} text while the server is busy
 * @returns {(tries: number, problem?: Problem) => void}
 */
const waitText = (sale, text) => (_tries, problem) => {
  const isOffline = problem?.status === 0;
  sale.state.busy = isOffline ? 'No connection. Trying again…' : text;
  sale.changed();
  announce(sale.state.busy);
};
