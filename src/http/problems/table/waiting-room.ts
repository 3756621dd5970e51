import { kind } from './problem-kind.js';

const NEW_NUMBER = 'Take a new queue number at `POST …/waiting-room/tickets`.';

/** Problems with the waiting room, its queue numbers and passes. */
export const WAITING_ROOM_PROBLEMS = {
  'pass-missing': kind(
    403,
    'Pass required',
    "The event's waiting room is on. Take a queue number at `POST …/waiting-room/tickets`, trade " +
      'the number for a pass when called, and send the pass in the header `Boxoffice-Pass`.',
  ),
  'pass-invalid': kind(
    403,
    'Invalid pass',
    'The pass was altered or was not issued here. Send the pass exactly as issued.',
  ),
  'pass-wrong-event': kind(
    403,
    'Pass for another event',
    'The pass is valid for another event. Trade a queue number of this event for a pass.',
  ),
  'pass-wrong-account': kind(
    403,
    'Pass of another account',
    'A pass is valid only for the account that received it. Sign in with that account, or take a ' +
      'queue number with this one.',
  ),
  'pass-expired': kind(403, 'Pass expired', `The pass has expired. ${NEW_NUMBER}`),
  'pass-outdated': kind(
    403,
    'Pass from before an outage',
    'The pass was issued before an outage. Trade the queue number again at ' +
      '`POST …/waiting-room/pass`; the place in the queue is kept.',
  ),
  'number-invalid': kind(
    403,
    'Invalid queue number',
    'The queue number was altered or was not issued here. Send `ticket` exactly as issued.',
  ),
  'number-wrong-event': kind(
    403,
    'Queue number of another event',
    'The queue number is valid for another event. Take a queue number of this event.',
  ),
  'number-wrong-account': kind(
    403,
    'Queue number of another account',
    'A queue number is valid only for the account that took it. Sign in with that account, or ' +
      'take a queue number with this one.',
  ),
  'pass-already-used': kind(
    409,
    'Pass already used',
    'A pass allows one reservation at a time and ends when the reservation is paid for or ' +
      `released. ${NEW_NUMBER}`,
  ),
  'number-spent': kind(
    409,
    'Queue number already used',
    `The queue number was used, or this account has an earlier one. ${NEW_NUMBER}`,
  ),
  'number-outdated': kind(
    409,
    'Queue number of an earlier queue',
    `The waiting room was set up again after this queue number was issued. ${NEW_NUMBER}`,
  ),
  'waiting-room-closed': kind(
    409,
    'Waiting room not open',
    'The waiting room is in the state `state` and issues no queue numbers. Reserve without a pass.',
    { carries: ['state'] },
  ),
  'waiting-room-not-configured': kind(
    409,
    'Waiting room not configured',
    'The waiting room has no settings. Send `admitPerMinute` and `maxShoppers` to ' +
      '`PUT …/waiting-room` first.',
  ),
  'waiting-room-open': kind(
    409,
    'Waiting room already open',
    'These `fields` cannot change once the waiting room is open. Pause the waiting room, or end ' +
      'it and set up a new one.',
    { carries: ['fields'] },
  ),
  'waiting-room-over': kind(
    409,
    'Waiting room over',
    'The waiting room has ended or is off. Set up a new one at `PUT …/waiting-room`.',
  ),
  'waiting-room-full': kind(
    503,
    'Waiting room full',
    'No memory is left for more queue numbers. Numbers already issued stay valid. Try again ' +
      'after `Retry-After` seconds.',
    { retryAfter: 30 },
  ),
  'waiting-room-unavailable': kind(
    503,
    'Waiting room unavailable',
    'The waiting room does not answer. Nothing was changed and no place in the queue is lost. ' +
      'Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
};
