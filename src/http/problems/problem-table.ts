import { AUDIT_PROBLEMS } from './audit-problems.js';
import { BUSY_PROBLEMS } from './busy-problems.js';
import { HALL_PROBLEMS } from './seating-plan-problems.js';
import { PAYMENT_PROBLEMS } from './payment-problems.js';
import { PROJECTION_PROBLEMS } from './projection-problems.js';
import { kind, type ProblemKind } from './problem-kind.js';
import { PROTECTION_PROBLEMS } from './abuse-problems.js';
import { TICKET_PROBLEMS } from './ticket-problems.js';
import type { AcceptLogRejection } from '../../commands/projection/accept-log.js';
import type { ProjectionRejection } from '../../ports/projection/projection-operations.js';
import { WAITING_ROOM_PROBLEMS } from './waiting-room-problems.js';
import type { NotChargeable } from '../../commands/payment/chargeable.js';
import type { ExchangeRejection } from '../../commands/seat-inventory/exchange-seats.js';
import type { PayRejection } from '../../commands/payment/pay-reservation.js';
import type { RegisterVenueOutcome } from '../../commands/venue/register-venue.js';
import type { CheckInRejection } from '../../domain/ticket/decide.js';
import type { CancelEventRejection } from '../../domain/event/cancel.js';
import type { ChangeEventRejection } from '../../domain/event/change.js';
import type { ScheduleEventRejection } from '../../domain/event/decide.js';
import type { SeatInventoryRejection } from '../../domain/seat-inventory/commands.js';
import type { WaitingRoomRejection } from '../../domain/waiting-room/decide.js';
import type { NoticeRefusal } from '../../ports/payment/payment-gateway.js';

type NoticeRejection = { readonly code: NoticeRefusal };
type VenueRejection = Extract<RegisterVenueOutcome, { accepted: false }>['rejection'];

export type Rejection =
  | SeatInventoryRejection
  | ScheduleEventRejection
  | NotChargeable
  | VenueRejection
  | PayRejection
  | ExchangeRejection
  | CancelEventRejection
  | ChangeEventRejection
  | NoticeRejection
  | ProjectionRejection
  | AcceptLogRejection
  | WaitingRoomRejection
  | CheckInRejection;

/** Refusals that the HTTP layer makes itself. */
type HttpCode =
  | keyof typeof PROTECTION_PROBLEMS
  | 'token-missing'
  | 'token-invalid'
  | 'token-expired'
  | 'role-required'
  | 'validation-failed'
  | 'request-malformed'
  | 'url-malformed'
  | 'body-malformed'
  | 'body-too-large'
  | 'headers-too-large'
  | 'request-timeout'
  | 'media-type-unsupported'
  | 'idempotency-key-missing'
  | 'idempotency-key-invalid'
  | 'cursor-invalid'
  | 'not-found'
  | 'mailbox-full'
  | 'too-many-uploads'
  | 'too-many-conflicts'
  | 'event-store-unavailable'
  | 'log-replaced'
  | 'read-model-unavailable'
  | 'read-model-behind'
  | 'outcome-unknown'
  | 'payment-outcome-unknown'
  | 'payment-provider-unknown'
  | 'payment-notice-unknown'
  | 'token-keys-unavailable'
  | 'too-many-streams'
  | 'search-unavailable'
  | 'printer-busy'
  | keyof typeof AUDIT_PROBLEMS
  | 'shutting-down'
  | 'not-ready'
  | 'internal-error';

/** Every refusal: a rejection added to a domain union does not compile until it has its row here. */
const ROWS = {
  ...PAYMENT_PROBLEMS,
  ...TICKET_PROBLEMS,
  ...PROJECTION_PROBLEMS,
  ...AUDIT_PROBLEMS,
  ...WAITING_ROOM_PROBLEMS,
  ...PROTECTION_PROBLEMS,
  'request-malformed': kind(400, 'Not an HTTP request', 'Send a well-formed HTTP/1.1 request.'),
  'url-malformed': kind(
    400,
    'URL malformed',
    'Percent-encode path and query as UTF-8, and keep each part of the path short.',
  ),
  'body-malformed': kind(
    400,
    'Body malformed',
    'Send one JSON document in UTF-8, with a `Content-Length` that is true, or no body at all.',
  ),
  'validation-failed': kind(
    400,
    'Request not valid',
    'Correct what `errors` names: each has a JSON pointer or parameter name as `path`, and a `message`.',
    { carries: ['errors'] },
  ),
  'idempotency-key-missing': kind(
    400,
    'No Idempotency-Key',
    'Send the header `Idempotency-Key`, new for each wish and the same for each repetition of it.',
  ),
  'idempotency-key-invalid': kind(
    400,
    'Idempotency-Key not valid',
    'Make the `Idempotency-Key` 1 to 255 visible ASCII characters, for example a UUID.',
  ),
  'cursor-invalid': kind(
    400,
    'Cursor not valid',
    'Use `next` of the previous page unchanged, with the same filters, or begin again without a cursor.',
  ),
  'no-seats-requested': kind(
    400,
    'No seats asked for',
    'Name at least one seat, or ask for a quantity of at least one.',
  ),
  'seats-repeated': kind(
    400,
    'Seats repeated',
    'Name each seat once; `seatIds` are named more than once.',
    {
      carries: ['seatIds'],
    },
  ),
  'token-missing': kind(
    401,
    'No token',
    'Send a token in the header `Authorization: Bearer <token>`.',
  ),
  'token-invalid': kind(401, 'Token not valid', 'Sign in again and send the new token.'),
  'token-expired': kind(401, 'Token expired', 'Sign in again and send the new token.'),
  'role-required': kind(
    403,
    'Role missing',
    'Use an account that has one of the roles in `requiredRoles`.',
    {
      carries: ['requiredRoles'],
    },
  ),
  'not-found': kind(
    404,
    'Not found',
    'There is nothing at this address for this method; see /docs for what there is.',
  ),
  'event-not-found': kind(
    404,
    'Event not found',
    'Check the event id; `GET /v1/events` lists the events.',
  ),
  'event-not-cancelled': kind(
    404,
    'Event not cancelled',
    'It takes place as announced, so nothing is being paid back.',
  ),
  'venue-not-found': kind(
    404,
    'Venue not found',
    'Check the venue id; `GET /v1/venues` lists the venues.',
  ),
  'reservation-not-found': kind(
    404,
    'Reservation not found',
    'Check the reservation id and the account; `GET /v1/me/reservations` lists your own.',
  ),
  'request-timeout': kind(
    408,
    'Request took too long',
    'Send the whole request without long pauses.',
  ),
  'inventory-already-open': kind(
    409,
    'Already on sale',
    'The event has its seats already, from another plan: schedule a new event.',
  ),
  'reservation-expired': kind(
    409,
    'Reservation expired',
    'The seats were not paid for in time: reserve again, with a new `Idempotency-Key`.',
  ),
  'reservation-released': kind(
    409,
    'Reservation released',
    'The seats were given back: reserve again, with a new `Idempotency-Key`.',
  ),
  'reservation-refunded': kind(
    409,
    'Reservation refunded',
    'The money was given back and the seats are gone: reserve again, with a new `Idempotency-Key`.',
  ),
  'reservation-confirmed': kind(
    409,
    'Reservation already paid for',
    'The seats are sold to you: there is nothing left to release.',
  ),
  'reservation-not-confirmed': kind(
    409,
    'Reservation not paid for',
    'Only a confirmed reservation can be refunded or exchanged.',
  ),
  'reservation-not-expired': kind(
    409,
    'Reservation still stands',
    'Only an expired or released reservation can be reinstated.',
  ),
  'event-cancelled': kind(
    409,
    'Event cancelled',
    'It will not take place: nothing is sold any more, and whatever was paid is given back.',
  ),
  'event-fixed': kind(
    409,
    'Fixed since it is on sale',
    'Leave `fields` as they were, or schedule another event with another `externalId`.',
    { carries: ['fields'] },
  ),
  'event-over': kind(
    409,
    'Event over',
    'Sales for this event ended at `salesEndAt`. Payments that have already started can still complete.',
    { carries: ['salesEndAt'] },
  ),
  'sales-closed': kind(
    409,
    'Sales closed',
    'No more seats are sold for this event; what is held may still be paid for.',
  ),
  'sales-not-open': kind(409, 'Not on sale yet', 'Come back when sales open, at `onSaleAt`.', {
    carries: ['onSaleAt'],
  }),
  'seats-unavailable': kind(
    409,
    'Seats taken',
    'Choose other seats than `unavailableSeatIds`; if that is empty, ask for fewer seats or another category.',
    { carries: ['unavailableSeatIds'] },
  ),
  'single-seat-left': kind(
    409,
    'A single seat would be left',
    'Choose seats that do not leave `strandedSeatIds` alone, or take those too.',
    { carries: ['strandedSeatIds'] },
  ),
  'body-too-large': kind(413, 'Body too large', 'Send at most `limitBytes` bytes.', {
    carries: ['limitBytes'],
  }),
  'media-type-unsupported': kind(
    415,
    'Not JSON',
    'Send the body as JSON, with the header `Content-Type: application/json`.',
  ),
  'start-in-the-past': kind(
    422,
    'The new start is past',
    'Put the event off to a time that is still to come; `startsAt` is not.',
    { carries: ['startsAt'] },
  ),
  'on-sale-after-start': kind(
    422,
    'Sales would open too late',
    'Open sales before the event begins, at `startsAt`.',
    { carries: ['startsAt'] },
  ),
  'idempotency-key-reused': kind(
    422,
    'Idempotency-Key used for another wish',
    'Use a new `Idempotency-Key` for another choice of seats.',
  ),
  'seats-unknown': kind(
    422,
    'Seats unknown',
    'Take seat ids from the seating plan of this event; it does not have `seatIds`.',
    { carries: ['seatIds'] },
  ),
  'category-unknown': kind(
    422,
    'Category unknown',
    'Take the category from the seating plan of this event; it does not have `category`.',
    { carries: ['category'] },
  ),
  'too-many-seats': kind(
    422,
    'Too many seats',
    'Ask for no more than `limit` seats, counting the `alreadyYours` that you hold or own.',
    { carries: ['limit', 'alreadyYours'] },
  ),
  ...HALL_PROBLEMS,
  'headers-too-large': kind(
    431,
    'Headers too large',
    'Send shorter headers and a shorter URL: 16 KiB together at most.',
  ),
  'internal-error': kind(
    500,
    'Something broke',
    'Try again; if it goes on, tell the operator the `requestId`.',
    { carries: ['requestId'] },
  ),
  ...BUSY_PROBLEMS,
} satisfies Record<Rejection['code'] | HttpCode, ProblemKind>;

export type ProblemCode = keyof typeof ROWS;

/** In the order of the statuses, as the documentation lists them. */
export const PROBLEMS = Object.fromEntries(
  Object.entries(ROWS).sort(([, a], [, b]) => a.status - b.status),
) as typeof ROWS;

export const problemKind = (code: ProblemCode): ProblemKind => PROBLEMS[code];
