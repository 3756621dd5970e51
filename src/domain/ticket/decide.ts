import { accept, reject, type Decision } from '../shared/decider.js';
import type {
  TicketRedeemed,
  TicketRedeemedData,
  TicketReinstated,
  TicketVoided,
  VoidReason,
} from './events.js';
import type { CheckIn } from './state.js';

/** State of an issued ticket, apart from its check-in. */
export type TicketStanding = 'valid' | VoidReason;

/** A ticket, as named by its code. */
export type NamedTicket = Omit<TicketRedeemedData, 'redeemedAt'>;

export interface RedeemTicket {
  readonly type: 'RedeemTicket';
  /** The event at whose entrance the ticket was shown. */
  readonly atEventId: string;
  /** Claims of the code. */
  readonly ticket: NamedTicket;
  /** Undefined for a ticket that was never issued. */
  readonly standing: TicketStanding | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A refund or an exchange takes the seat back, so the ticket no longer admits. */
export interface VoidTicket {
  readonly type: 'VoidTicket';
  readonly ticket: NamedTicket;
  /** Id of the refund or exchange. */
  readonly changeId: string;
  readonly reason: VoidReason;
  /** Void even if the ticket was checked in. */
  readonly force: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The inventory has confirmed that the seat still belongs to the reservation. */
export interface ReinstateTicket {
  readonly type: 'ReinstateTicket';
  readonly ticket: NamedTicket;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type AlreadyRedeemed = {
  readonly code: 'ticket-already-redeemed';
  readonly redeemedAt: string;
};

/** In order of precedence. The first two are found before the ticket is known. */
export type CheckInRejection =
  | { readonly code: 'ticket-code-invalid' }
  | { readonly code: 'ticket-key-unknown' }
  | { readonly code: 'ticket-wrong-event' }
  | { readonly code: 'ticket-not-found' }
  | { readonly code: 'ticket-refunded' }
  | { readonly code: 'ticket-exchanged' }
  | AlreadyRedeemed;

const iso = (instant: number): string => new Date(instant).toISOString();

/** Rejects a code that was already checked in. */
export function decideCheckIn(
  command: RedeemTicket,
  checkIn: CheckIn,
): Decision<TicketRedeemed, CheckInRejection> {
  const { atEventId, ticket, standing, now } = command;
  if (ticket.eventId !== atEventId) return reject({ code: 'ticket-wrong-event' });
  if (standing === undefined) return reject({ code: 'ticket-not-found' });
  if (standing !== 'valid') return reject({ code: `ticket-${standing}` });
  if (checkIn.void) return reject({ code: `ticket-${checkIn.void.reason}` });
  if (checkIn.redeemed) return reject(alreadyRedeemed(checkIn.redeemed));
  return accept({ type: 'TicketRedeemed', data: { ...ticket, redeemedAt: iso(now) } });
}

/**
 * Every change writes its own void. The ticket is reinstated only after the inventory has decided
 * all of them.
 */
export function decideVoid(
  { ticket, changeId, reason, force, now }: VoidTicket,
  { redeemed, void: standing }: CheckIn,
): Decision<TicketVoided, AlreadyRedeemed> {
  if (standing?.changeIds.includes(changeId)) return accept();
  if (redeemed && !force) return reject(alreadyRedeemed(redeemed));
  const wasRedeemed = redeemed !== undefined;
  return accept({
    type: 'TicketVoided',
    data: { ...ticket, changeId, reason, wasRedeemed, voidedAt: iso(now) },
  });
}

export function decideReinstatement(
  { ticket, now }: ReinstateTicket,
  checkIn: CheckIn,
): Decision<TicketReinstated, never> {
  if (!checkIn.void) return accept();
  return accept({ type: 'TicketReinstated', data: { ...ticket, reinstatedAt: iso(now) } });
}

const alreadyRedeemed = ({ redeemedAt }: TicketRedeemedData): AlreadyRedeemed => ({
  code: 'ticket-already-redeemed',
  redeemedAt,
});
