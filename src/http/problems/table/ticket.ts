import { kind } from './problem-kind.js';

/** Problems with tickets and their check-in. */
export const TICKET_PROBLEMS = {
  'ticket-not-found': kind(
    404,
    'Ticket not found',
    'This account has no ticket with this id; `GET /v1/me/tickets` lists your tickets. At ' +
      'check-in: this ticket was never sold. Do not admit.',
  ),
  'ticket-wrong-event': kind(
    409,
    'Ticket for another event',
    'The ticket is valid for another event. Direct the ticket holder to that event.',
  ),
  'ticket-refunded': kind(
    409,
    'Ticket refunded',
    'The ticket was refunded and the seat may be sold again. Do not admit.',
  ),
  'ticket-exchanged': kind(
    409,
    'Ticket exchanged',
    'The ticket was replaced by a new one. Ask the ticket holder for the new ticket.',
  ),
  'ticket-already-redeemed': kind(
    409,
    'Ticket already used',
    'The ticket was checked in at `redeemedAt`. Do not admit again. To refund or exchange the ' +
      'reservation anyway, send `force: true`.',
    { carries: ['redeemedAt'] },
  ),
  'ticket-code-invalid': kind(
    422,
    'Invalid ticket code',
    'The code is incomplete, was altered, or is not a ticket code. Scan the whole code again. If ' +
      'the code stays invalid, do not admit.',
  ),
  'ticket-key-unknown': kind(
    422,
    'Unknown ticket key',
    'The ticket is signed with a key that is not in `TICKET_SIGNING_KEYS`, or by another shop. ' +
      'Do not admit.',
  ),
  'printer-busy': kind(
    503,
    'Too many print requests',
    'Other tickets or reports are being printed. Send the same request again after `Retry-After` ' +
      'seconds.',
    { retryAfter: 2 },
  ),
};
