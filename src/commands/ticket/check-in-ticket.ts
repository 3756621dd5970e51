import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CheckInRejection, RedeemTicket, TicketStanding } from '../../domain/ticket/decide.js';
import type { TicketRedeemedData } from '../../domain/ticket/events.js';
import { readCode } from '../../domain/ticket/read-code.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import type { TicketLedger } from '../../ports/ticket/ticket-ledger.js';
import type { TicketSigner } from '../../ports/ticket/ticket-signer.js';
import { writeCheckIn } from './check-in-stream.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import {
  CLOCK,
  EVENT_STORE,
  INVENTORY_WRITERS,
  TICKET_LEDGER,
  TICKET_SIGNER,
} from '../shared/tokens.js';

export type CheckInOutcome =
  | { readonly accepted: true; readonly redeemed: TicketRedeemedData }
  | { readonly accepted: false; readonly rejection: CheckInRejection };

/** Checks a ticket in at the entrance of an event. */
export class CheckInTicketCommand extends Command<CheckInOutcome> {
  constructor(
    readonly eventId: string,
    readonly code: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(CheckInTicketCommand)
export class CheckInTicketHandler implements ICommandHandler<CheckInTicketCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(TICKET_SIGNER) private readonly signer: TicketSigner,
    @Inject(TICKET_LEDGER) private readonly ledger: TicketLedger,
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Only one writer can append at a revision of the ticket's stream. The other one then reads that
   * event and is rejected.
   */
  async execute({ eventId, code, context }: CheckInTicketCommand): Promise<CheckInOutcome> {
    const checked = this.signer.check(readCode(code));
    if (!checked.genuine) return { accepted: false, rejection: { code: checked.code } };
    const { ticketId, reservationId, seatId } = checked.claims;
    const ticket = { ticketId, eventId: checked.claims.eventId, reservationId, seatId };
    const standing = ticket.eventId === eventId ? await this.standing(ticket, context) : undefined;
    const command = {
      type: 'RedeemTicket',
      atEventId: eventId,
      ticket,
      standing,
      now: this.clock.now(),
    } as const;

    const { eventStore, clock } = this;
    const log = { eventStore, clock };
    const written = await writeCheckIn(log, ticketId, 'redeem', () => command, context);
    if (!written.accepted) return written;
    return { accepted: true, redeemed: written.checkIn.redeemed! };
  }

  /**
   * Returns the standing of the ticket. The read model may lag, so the inventory is asked too:
   * `StartPayment` changes nothing for a paid sale and returns its current state.
   */
  private async standing(
    { ticketId, eventId, reservationId, seatId }: RedeemTicket['ticket'],
    context: CommandContext,
  ): Promise<TicketStanding | undefined> {
    const shown = await this.ledger.standing(eventId, ticketId);
    // A refund is final. An exchanged seat may have come back, which the projection does not show
    // yet.
    if (shown === undefined || shown === 'refunded') return shown;
    const sale = await this.writers.execute(
      eventId,
      { type: 'StartPayment', reservationId, customerId: null, now: this.clock.now() },
      { ...context, commandId: derivedId(context.commandId, 'stands') },
    );
    if (!sale.accepted)
      return sale.rejection.code === 'reservation-refunded' ? 'refunded' : undefined;
    return sale.reservation?.seatIds.includes(seatId) ? 'valid' : 'exchanged';
  }
}
