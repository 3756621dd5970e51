import type { CheckInEvent, TicketRedeemedData } from './events.js';

/** Undefined until the ticket is redeemed. */
export type CheckIn = TicketRedeemedData | undefined;

export function evolveCheckIn(_checkIn: CheckIn, event: CheckInEvent): CheckIn {
  return event.data;
}
