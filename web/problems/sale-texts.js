import { count, plural, timeLeft } from '../format.js';
import { serverNow } from '../server-clock.js';
import { explanation, fixed, OUTDATED_PAGE } from './explanation.js';

/** @typedef {import('./explanation.js').Explain} Explain */

/** @type {Explain} */
function seatsUnavailable({ body }) {
  const taken = body.unavailableSeatIds ?? [];
  if (taken.length === 0)
    return explanation(
      'Not that many seats left together',
      'Try fewer seats, or another category.',
      'choose-again',
    );
  return explanation(
    `${plural(taken.length, 'seat was', 'seats were')} just taken`,
    'Another buyer was faster. Your other seats are still chosen, and nothing was charged.',
    'best-available',
  );
}

/** @type {Explain} */
function singleSeatLeft({ body }) {
  const text =
    body.strandedSeatIds?.length === 1
      ? 'The seat is circled on the map. Take it too, or choose seats side by side.'
      : 'The seats are circled on the map. Take them too, or choose seats side by side.';
  return explanation('This would leave a single seat behind', text, 'take-too', 'best-available');
}

/** @type {Explain} */
function tooManySeats({ body }) {
  const { limit, alreadyYours } = body;
  if (limit === undefined) return explanation('Too many seats', 'Choose fewer seats.');
  const title = `${plural(limit, 'seat')} per customer at most`;
  if (!(alreadyYours > 0)) return explanation(title, 'Remove some seats and try again.');
  const more = count(Math.max(0, limit - alreadyYours));
  const text = `You already have ${count(alreadyYours)}, so you can choose ${more} more.`;
  return explanation(title, text, 'reservations');
}

/** @type {Explain} */
function salesNotOpen({ body }) {
  const left = timeLeft(Date.parse(body.onSaleAt ?? '') - serverNow());
  const text = body.onSaleAt
    ? `Sales open in ${left}. Your seats stay chosen here.`
    : 'Sales have not opened yet.';
  return explanation('Not on sale yet', text);
}

/** @type {Explain} */
function tooManyHolds({ body }) {
  const limit = body.limit === undefined ? 'too many' : plural(body.limit, 'open hold');
  const text = `You already have ${limit}. Pay for one or release one, then try again.`;
  return explanation('Too many open holds', text, 'reservations');
}

/**
 * With 409 the reservation has had all its attempts; otherwise the account has to wait.
 * @type {Explain}
 */
function attemptsExhausted({ status }) {
  const text =
    status === 409
      ? 'Release these seats, then hold and pay for them again. Nothing was charged.'
      : 'Your seats are still held and nothing was charged. Try another card in some minutes.';
  return explanation('Too many payments were declined', text);
}

/** @type {Record<string, Explain>} */
export const SALE_TEXTS = {
  'event-not-found': fixed(
    'There is no such event',
    'The event may have been removed. Look for another one.',
  ),
  'event-over': fixed('This event is over', 'No more seats are sold.'),
  'event-cancelled': fixed(
    'This event is canceled',
    'No more seats are sold. Ticket holders are refunded automatically.',
  ),
  'sales-closed': fixed('Sales are closed', 'No more seats are sold for this event.'),
  'sales-not-open': salesNotOpen,
  'seats-unavailable': seatsUnavailable,
  'single-seat-left': singleSeatLeft,
  'too-many-seats': tooManySeats,
  'no-seats-requested': fixed('No seats chosen', 'Choose at least one seat.', 'choose-again'),
  'seats-unknown': OUTDATED_PAGE,
  'seats-repeated': OUTDATED_PAGE,
  'category-unknown': OUTDATED_PAGE,
  'contact-required': fixed(
    'This event needs an account with an email address',
    'Sign in with an account that has a confirmed email address to hold seats.',
  ),
  'too-many-holds-of-account': tooManyHolds,
  'too-many-holds-of-address': fixed(
    'Too many open holds from your network',
    'People who share your internet connection hold many seats. Try again in a minute.',
    'retry',
  ),
  'idempotency-key-reused': fixed('The seats were not held', 'Please try again.', 'retry'),
  'reservation-expired': fixed(
    'Your hold has ended',
    'The seats are on sale again. Nothing was charged.',
    'choose-again',
  ),
  'reservation-released': fixed(
    'These seats were given back',
    'Choose seats again to buy.',
    'choose-again',
  ),
  'reservation-confirmed': fixed(
    'You have already bought these seats',
    'Your tickets are in My reservations.',
    'reservations',
  ),
  'reservation-not-confirmed': fixed(
    'These seats are not paid for',
    'Tickets are available after the payment.',
    'reservations',
  ),
  'reservation-refunded': fixed(
    'This order was refunded',
    'Choose seats again to buy.',
    'choose-again',
  ),
  'reservation-not-found': fixed(
    'This hold was not found',
    'It may have ended. Choose seats again.',
    'choose-again',
  ),
};

/** @type {Record<string, Explain>} */
export const PAYMENT_TEXTS = {
  'payment-declined': fixed(
    'The payment was declined',
    'Your seats are still held and nothing was charged. Try another way to pay.',
  ),
  'payment-under-way': fixed(
    'Your payment is on its way',
    'The provider has not answered yet. Your seats stay held. Wait for the result.',
  ),
  'payment-not-started': fixed(
    'The payment did not start',
    'Your seats are still held and nothing was charged. Please pay again.',
  ),
  'payment-attempts-exhausted': attemptsExhausted,
  'payment-refunded': fixed(
    'Paid too late',
    'The hold had ended before your payment arrived. Your money is refunded automatically.',
  ),
  'payment-token-unknown': fixed(
    'This card is not accepted',
    'Your seats are still held and nothing was charged. Choose another card.',
  ),
  'payment-amount-mismatch': fixed(
    'The payment needs a review',
    'The amount differs from the price. The box office reviews your payment: do not pay again.',
  ),
  'amount-not-chargeable': fixed(
    'This amount cannot be paid by card',
    'Nothing was charged. Choose fewer or other seats.',
  ),
  'payment-outcome-unknown': fixed(
    'The payment provider does not answer',
    'Your seats are still held. Trying again never charges twice.',
    'retry',
  ),
  'outcome-unknown': fixed(
    'No answer yet',
    'The request may have succeeded. Trying again never holds or charges twice.',
    'retry',
  ),
};
