import { kind } from './problem-kind.js';

/** Refusals at the door and about tickets. Part of the one table, `problem-table.ts`. */
export const TICKET_PROBLEMS = {
  'ticket-not-found': kind(
    404,
    'Ticket not found',
    'Check the ticket and the account; `GET /v1/me/tickets` lists your own. At the door: nobody was ever sold it.',
  ),
  'ticket-wrong-event': kind(
    409,
    'Ticket for another event',
    'Send its bearer to the event that it is for.',
  ),
  'ticket-refunded': kind(
    409,
    'Ticket refunded',
    'The money was given back and the seat may be somebody else’s: let nobody in with it.',
  ),
  'ticket-exchanged': kind(
    409,
    'Ticket exchanged',
    'Its bearer has a new ticket in place of it: ask for that one.',
  ),
  'ticket-already-redeemed': kind(
    409,
    'Ticket redeemed before',
    'The ticket was checked in at `redeemedAt`: let nobody else in. To refund or exchange the reservation anyway, send `force: true`.',
    { carries: ['redeemedAt'] },
  ),
  'ticket-code-invalid': kind(
    422,
    'No genuine ticket',
    'Read the code again, whole; if it stays so, it was altered or is no ticket at all.',
  ),
  'ticket-key-unknown': kind(
    422,
    'Signed by an unknown key',
    'The ticket is not of this shop, or its key is no longer in `TICKET_SIGNING_KEYS`.',
  ),
  'printer-busy': kind(
    503,
    'Too many are printing at once',
    'Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
};
