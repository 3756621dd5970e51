import { Problem } from '../api.js';
import { announce } from '../dom.js';
import { plural } from '../format.js';
import { explain } from '../problems.js';
import { showHoldEnd } from './hold-end.js';
import { waitText } from './wait-text.js';

/** @typedef {import('./reservations.js').Reservation} Reservation */

/** Problems after which the hold cannot be paid for any more. */
const ENDS_HOLD = /^(reservation-|payment-refunded|event-over|event-cancelled)/;

/** @param {import('./sale-state.js').SaleState} sale @param {AbortSignal} signal */
export function createPayments(sale, signal) {
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

  /**
   * Waits for a payment that the provider has not answered yet.
   * @param {Reservation} reservation
   */
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
    if (outcome.status !== 'held') return showHoldEnd(sale, outcome);
    changed(sale.adopt(outcome));
    const code = outcome.payment ? 'payment-declined' : 'payment-not-started';
    sale.notify({ kind: 'error', code, ...explain(new Problem(402, { code })) });
    changed();
  }

  return { pay, follow };
}

const PAYMENT_RUNNING = {
  title: 'Your payment is on its way',
  text: 'The provider has not answered yet. Your seats stay held, and this page shows the result.',
};
const PAYMENT_LATE = {
  title: 'Your payment is still on its way',
  text: 'The payment provider has not answered for a long time. Look at your reservations later.',
};
