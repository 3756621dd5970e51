import { kind } from './problem-kind.js';

/** Refusals of the waiting room. Part of the one table, `problem-table.ts`. */
export const WAITING_ROOM_PROBLEMS = {
  'pass-missing': kind(
    403,
    'A pass is needed',
    'Take a number at `POST …/waiting-room/tickets`, trade it for a pass when it is served, and send that in the header `Boxoffice-Pass`.',
  ),
  'pass-invalid': kind(
    403,
    'No genuine pass',
    'Send the pass as it was given; it was not signed here, or altered since.',
  ),
  'pass-wrong-event': kind(
    403,
    'Pass for another event',
    'Trade a number of this event for a pass.',
  ),
  'pass-wrong-account': kind(
    403,
    'Pass of another account',
    'A pass is good for the account that it was given to: sign in with that, or take a number of your own.',
  ),
  'pass-expired': kind(
    403,
    'Pass expired',
    'Its time is over: take a new number at `POST …/waiting-room/tickets`.',
  ),
  'pass-outdated': kind(
    403,
    'Pass from before an outage',
    'Trade your number again at `POST …/waiting-room/pass`: it has kept its place.',
  ),
  'number-invalid': kind(
    403,
    'No genuine number',
    'Send the ticket as it was given; it was not signed here, or altered since.',
  ),
  'number-wrong-event': kind(403, 'Number of another event', 'Take a number of this event.'),
  'number-wrong-account': kind(
    403,
    'Number of another account',
    'A number is good for the account that took it: sign in with that, or take one of your own.',
  ),
  'pass-already-used': kind(
    409,
    'Pass used already',
    'It is good for one reservation at a time, until that is paid for or given back; after that take a new number.',
  ),
  'number-spent': kind(
    409,
    'Number used already',
    'It has had its turn, or your account has an earlier one: take a new number at `POST …/waiting-room/tickets`.',
  ),
  'number-outdated': kind(
    409,
    'Number of an earlier row',
    'The waiting room was set up anew since it was given: take a new number at `POST …/waiting-room/tickets`.',
  ),
  'waiting-room-closed': kind(409, 'No waiting room', 'It is in `state`: reserve without a pass.', {
    carries: ['state'],
  }),
  'waiting-room-not-configured': kind(
    409,
    'Waiting room not set up',
    'Give `admitPerMinute` and `maxShoppers` at `PUT …/waiting-room` first.',
  ),
  'waiting-room-open': kind(
    409,
    'Waiting room open already',
    'Leave `fields` as they were, for they were decided by the opening: pause the room, or end it and set it up again.',
    { carries: ['fields'] },
  ),
  'waiting-room-over': kind(
    409,
    'Waiting room over',
    'It has ended, or was switched off: set it up again at `PUT …/waiting-room`.',
  ),
  'waiting-room-full': kind(
    503,
    'Waiting room full',
    'No memory is left for more queue numbers. Numbers already issued stay valid. Try again after `Retry-After` seconds.',
    { retryAfter: 30 },
  ),
  'waiting-room-unavailable': kind(
    503,
    'The waiting room is out of reach',
    'Nothing was done and no place is lost. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
};
