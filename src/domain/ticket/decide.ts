import { accept, reject, type Decider, type Decision } from '../shared/decider.js';
import type { CheckInEvent, TicketRedeemedData, VoidReason } from './events.js';
import { evolveCheckIn, UNTOUCHED, type CheckIn } from './state.js';

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

export type CheckInCommand = RedeemTicket | VoidTicket | ReinstateTicket;

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

type CheckInDecision = Decision<CheckInEvent, CheckInRejection>;

export const checkInDecider: Decider<CheckIn, CheckInCommand, CheckInEvent, CheckInRejection> = {
  initial: () => UNTOUCHED,
  evolve: evolveCheckIn,
  decide: decideCheckIn,
};

export function decideCheckIn(command: CheckInCommand, checkIn: CheckIn): CheckInDecision {
  switch (command.type) {
    case 'RedeemTicket':
      return redeemTicket(command, checkIn);
    case 'VoidTicket':
      return voidTicket(command, checkIn);
    case 'ReinstateTicket':
      return reinstateTicket(command, checkIn);
  }
}

const iso = (instant: number): string => new Date(instant).toISOString();

/** Rejects a code that was already checked in. */
function redeemTicket(
  { atEventId, ticket, standing, now }: RedeemTicket,
  checkIn: CheckIn,
): CheckInDecision {
  if (ticket.eventId !== atEventId) return reject({ code: 'ticket-wrong-event' });
  if (standing === undefined) return reject({ code: 'ticket-not-found' });
  if (standing !== 'valid') return reject({ code: `ticket-${standing}` });
  if (checkIn.void) return reject({ code: `ticket-${checkIn.void.reason}` });
  if (checkIn.redeemed) return reject(alreadyRedeemed(checkIn.redeemed));
  return accept({ type: 'TicketRedeemed', data: { ...ticket, redeemedAt: iso(now) } });
}

/**
 * Every change writes its own void. The ticket is reinstated only after the inventory has decided
 * all of them. The only rejection is `ticket-already-redeemed`.
 */
function voidTicket(
  { ticket, changeId, reason, force, now }: VoidTicket,
  { redeemed, void: standing }: CheckIn,
): CheckInDecision {
  if (standing?.changeIds.includes(changeId)) return accept();
  if (redeemed && !force) return reject(alreadyRedeemed(redeemed));
  const wasRedeemed = redeemed !== undefined;
  return accept({
    type: 'TicketVoided',
    data: { ...ticket, changeId, reason, wasRedeemed, voidedAt: iso(now) },
  });
}

function reinstateTicket({ ticket, now }: ReinstateTicket, checkIn: CheckIn): CheckInDecision {
  if (!checkIn.void) return accept();
  return accept({ type: 'TicketReinstated', data: { ...ticket, reinstatedAt: iso(now) } });
}

export const alreadyRedeemed = ({ redeemedAt }: TicketRedeemedData): AlreadyRedeemed => ({
  code: 'ticket-already-redeemed',
  redeemedAt,
});
