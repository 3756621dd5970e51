import { fixed } from './explanation.js';

/** @typedef {import('./explanation.js').Explain} Explain */

const NEW_NUMBER = fixed(
  'Your number is not valid here',
  'Take a new number to join the queue.',
  'reload',
);
const NEW_PASS = fixed(
  'You cannot enter with this pass',
  'Take a new number to join the queue again.',
  'reload',
);

/** @type {Record<string, Explain>} */
export const QUEUE_TEXTS = {
  'pass-missing': fixed(
    'It is not your turn yet',
    'Take a number: you are let in when it is served.',
  ),
  'pass-outdated': fixed(
    'One moment',
    'There was an outage. Your place is kept, and you are let in again automatically.',
    'retry',
  ),
  'pass-expired': fixed('Your turn is over', 'Take a new number to enter again.'),
  'pass-already-used': fixed(
    'One purchase for each turn',
    'Take a new number for another purchase.',
    'reservations',
  ),
  'pass-invalid': NEW_PASS,
  'pass-wrong-event': NEW_PASS,
  'pass-wrong-account': NEW_PASS,
  'number-invalid': NEW_NUMBER,
  'number-wrong-event': NEW_NUMBER,
  'number-wrong-account': NEW_NUMBER,
  'number-outdated': fixed('The queue started again', 'Take a new number to join the queue.'),
  'number-spent': fixed('Your number was used', 'Take a new number to enter again.'),
  'waiting-room-closed': fixed('There is no queue now', 'You can hold seats without a number.'),
  'waiting-room-full': fixed(
    'The queue is full',
    'No more numbers can be given at the moment. Try again in a minute.',
    'retry',
  ),
  'waiting-room-unavailable': fixed(
    'The queue does not answer',
    'Your place is kept. The page tries again automatically.',
    'retry',
  ),
};
