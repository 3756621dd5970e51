import { count, plural, timeLeft } from './format.js';
import { serverNow } from './server-clock.js';

/**
 * What to say about a refusal, and what might help.
 * @typedef {'best-available' | 'take-too' | 'choose-again' | 'retry' | 'reload' | 'reservations'} Remedy
 * `take-too`: the seats that would be left alone
 * @typedef {{title: string, text: string, remedies: Remedy[]}} Explanation
 */

/** @type {Record<string, (problem: import('./api.js').Problem) => Explanation>} by `code`; see docs/http-api.md */
const EXPLANATIONS = {
  'event-over': () => say('This event is over', 'No more seats are sold.'),
  'ticket-already-redeemed': () =>
    say('This ticket was used', 'The ticket was already checked in.'),
  'seats-unavailable': ({ body }) =>
    (body.unavailableSeatIds ?? []).length === 0
      ? say(
          'Not that many seats left together',
          'Try fewer seats, or another category.',
          'choose-again',
        )
      : say(
          plural(body.unavailableSeatIds.length, 'seat was', 'seats were') + ' just taken',
          'Somebody was a moment faster. The other seats are still chosen, and nothing has been charged.',
          'best-available',
        ),
  'single-seat-left': ({ body }) =>
    say(
      'This would leave a single seat behind',
      body.strandedSeatIds?.length === 1
        ? 'It is circled on the map. Take it too, or choose seats side by side.'
        : 'They are circled on the map. Take them too, or choose seats side by side.',
      'take-too',
      'best-available',
    ),
  'too-many-seats': ({ body, detail }) =>
    body.limit === undefined
      ? say('Too many seats', detail || 'Choose fewer seats.')
      : say(
          `${plural(body.limit, 'seat')} per customer at most`,
          body.alreadyYours > 0
            ? `You have ${count(body.alreadyYours)} already, so ${count(Math.max(0, body.limit - body.alreadyYours))} more can be yours.`
            : 'Remove some seats and try again.',
          ...(body.alreadyYours > 0 ? /** @type {const} */ (['reservations']) : []),
        ),
  'sales-not-open': ({ body }) =>
    say(
      'Not on sale yet',
      body.onSaleAt
        ? `Sales open in ${timeLeft(Date.parse(body.onSaleAt) - serverNow())}. Your seats stay chosen here.`
        : 'Sales have not opened yet.',
    ),
  'pass-missing': () =>
    say('It is not your turn yet', 'Take a number: you are let in when it is served.'),
  'pass-outdated': () =>
    say(
      'One moment',
      'There was an outage. Your place is kept, and you are let in again by itself.',
      'retry',
    ),
  'pass-expired': () => say('Your turn is over', 'Take a new number to come in again.'),
  'pass-already-used': () =>
    say('One purchase for each turn', 'Take a new number for another one.', 'reservations'),
  'sales-closed': () => say('Sales are closed', 'No more seats are sold for this event.'),
  'event-cancelled': () =>
    say(
      'This event is canceled',
      'Nothing is sold any more. Ticket holders are refunded automatically.',
    ),
  'reservation-expired': () =>
    say(
      'Your hold has ended',
      'The seats went back on sale. Nothing has been charged.',
      'choose-again',
    ),
  'reservation-released': () =>
    say('These seats were given back', 'Choose seats again to buy.', 'choose-again'),
  'reservation-confirmed': () =>
    say('These seats are yours already', 'You find the tickets here:', 'reservations'),
  'reservation-refunded': () =>
    say('This order was refunded', 'Choose seats again to buy.', 'choose-again'),
  'reservation-not-found': () =>
    say('This hold is not known', 'It may have ended. Choose seats again.', 'choose-again'),
  'payment-declined': () =>
    say(
      'The payment was declined',
      'Your seats are still held and nothing was charged. Try another way to pay.',
    ),
  'payment-attempts-exhausted': () =>
    say(
      'Too many payments were declined',
      'Your seats are still held and nothing was charged. Try another card in some minutes.',
    ),
  'payment-refunded': () =>
    say(
      'Paid too late',
      'The hold had ended and the seats are gone. Your money has been given back.',
      'choose-again',
    ),
  'payment-token-unknown': () =>
    say('This card is not known', 'Your seats are still held. Choose another card.'),
  'payment-outcome-unknown': () =>
    say(
      'The payment provider does not answer',
      'Your seats are still held. Trying again never charges twice.',
      'retry',
    ),
  'outcome-unknown': () =>
    say('No answer yet', 'It may have worked. Trying again never holds or charges twice.', 'retry'),
  'event-not-found': () =>
    say('There is no such event', 'It may have been removed. Look for another one.'),
  'idempotency-key-reused': () => say('That did not go through', 'Please try again.', 'retry'),
  'no-account': () => say('You are not signed in', 'Sign in to hold seats.', 'retry'),
  offline: () =>
    say('No connection', 'Your choice is kept. Check the connection and try again.', 'retry'),
};

/** @param {string} title @param {string} text @param {...Remedy} remedies @returns {Explanation} */
const say = (title, text, ...remedies) => ({ title, text, remedies });

/** @param {import('./api.js').Problem} problem @returns {Explanation} */
export function explain(problem) {
  const known = EXPLANATIONS[problem.code];
  if (known) return known(problem);
  if (problem.status === 429)
    return say('That was a little fast', 'Wait a moment and try again.', 'retry');
  if (problem.status === 401 || problem.status === 403) {
    return say(
      'You are not signed in',
      problem.detail || 'Reload the page and try again.',
      'reload',
    );
  }
  if (problem.status >= 500) {
    return say(
      'The box office is very busy',
      'Nothing was lost or charged. Please try again.',
      'retry',
    );
  }
  return say(
    problem.body?.title || 'That did not work',
    problem.detail || 'Please try again.',
    'retry',
  );
}
