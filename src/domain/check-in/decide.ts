import { accept, reject, type Decision } from '../domain-event.js';
import type { CheckInEvent, TicketRedeemedData } from './events.js';
import type { CheckIn } from './state.js';

/** What has become of a ticket that was issued; whether it has been used is another question. */
export type TicketStanding = 'valid' | 'refunded' | 'exchanged';

export interface RedeemTicket {
  readonly type: 'RedeemTicket';
  /** The event at whose door it was shown. */
  readonly atEventId: string;
  /** What its code says. */
  readonly ticket: Omit<TicketRedeemedData, 'redeemedAt'>;
  /** Undefined for a ticket that was never issued. */
  readonly standing: TicketStanding | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** In order of precedence. The first two are found before there is a ticket to decide about. */
export type CheckInRejection =
  | { readonly code: 'ticket-code-invalid' }
  | { readonly code: 'ticket-key-unknown' }
  | { readonly code: 'ticket-wrong-event' }
  | { readonly code: 'ticket-not-found' }
  | { readonly code: 'ticket-refunded' }
  | { readonly code: 'ticket-exchanged' }
  | { readonly code: 'ticket-already-redeemed'; readonly redeemedAt: string };

export type CheckInDecision = Decision<CheckInEvent, CheckInRejection>;

/** The same code twice is refused the second time: that is what a check-in is for. */
export function decideCheckIn(command: RedeemTicket, checkIn: CheckIn): CheckInDecision {
  const { atEventId, ticket, standing, now } = command;
  if (ticket.eventId !== atEventId) return reject({ code: 'ticket-wrong-event' });
  if (standing === undefined) return reject({ code: 'ticket-not-found' });
  if (standing !== 'valid') return reject({ code: `ticket-${standing}` });
  if (checkIn) return reject({ code: 'ticket-already-redeemed', redeemedAt: checkIn.redeemedAt });
  return accept({ type: 'TicketRedeemed', data: { ...ticket, redeemedAt: new Date(now).toISOString() } });
}
