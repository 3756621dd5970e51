import type { AcceptLogRejection } from '../../../commands/projection/accept-log.js';
import type { ProjectionRejection } from '../../../ports/projection/projection-operations.js';
import type { NotChargeable } from '../../../commands/payment/chargeable.js';
import type { ExchangeRejection } from '../../../commands/seat-inventory/exchange-seats.js';
import type { PayRejection } from '../../../commands/payment/pay-reservation.js';
import type { RegisterVenueOutcome } from '../../../commands/venue/register-venue.js';
import type { CheckInRejection } from '../../../domain/ticket/decide.js';
import type { EventRejection } from '../../../domain/event/commands.js';
import type { SeatInventoryRejection } from '../../../domain/seat-inventory/commands.js';
import type { WaitingRoomRejection } from '../../../domain/waiting-room/decide.js';
import type { NoticeRefusal } from '../../../ports/payment/payment-gateway.js';
import { ABUSE_PROBLEMS } from './abuse.js';
import { ACCOUNT_PROBLEMS } from './account.js';
import { AUDIT_PROBLEMS } from './audit.js';
import { BUSY_PROBLEMS } from './busy.js';
import { EVENT_PROBLEMS } from './event.js';
import { PAYMENT_PROBLEMS } from './payment.js';
import type { ProblemKind } from './problem-kind.js';
import { PROJECTION_PROBLEMS } from './projection.js';
import { REQUEST_PROBLEMS } from './request.js';
import { SEAT_INVENTORY_PROBLEMS } from './seat-inventory.js';
import { SEATING_PLAN_PROBLEMS } from './seating-plan.js';
import { TICKET_PROBLEMS } from './ticket.js';
import { WAITING_ROOM_PROBLEMS } from './waiting-room.js';

/** Rejections of commands; each code has a row in the table of problems. */
export type Rejection =
  | SeatInventoryRejection
  | EventRejection
  | NotChargeable
  | Extract<RegisterVenueOutcome, { accepted: false }>['rejection']
  | PayRejection
  | ExchangeRejection
  | { readonly code: NoticeRefusal }
  | ProjectionRejection
  | AcceptLogRejection
  | WaitingRoomRejection
  | CheckInRejection;

/**
 * A rejection that is added to a union of the domain does not compile until its code has a row
 * here.
 */
const ROWS = {
  ...REQUEST_PROBLEMS,
  ...ACCOUNT_PROBLEMS,
  ...EVENT_PROBLEMS,
  ...SEATING_PLAN_PROBLEMS,
  ...SEAT_INVENTORY_PROBLEMS,
  ...PAYMENT_PROBLEMS,
  ...TICKET_PROBLEMS,
  ...WAITING_ROOM_PROBLEMS,
  ...ABUSE_PROBLEMS,
  ...AUDIT_PROBLEMS,
  ...PROJECTION_PROBLEMS,
  ...BUSY_PROBLEMS,
} satisfies Record<Rejection['code'], ProblemKind>;

export type ProblemCode = keyof typeof ROWS;

/** The table of problems: code, status and texts, ordered by status and code. */
export const PROBLEMS = Object.fromEntries(
  Object.entries(ROWS).sort(
    ([one, a], [other, b]) => a.status - b.status || (one < other ? -1 : 1),
  ),
) as typeof ROWS;

export const problemKind = (code: ProblemCode): ProblemKind => PROBLEMS[code];
