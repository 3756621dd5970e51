import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AlreadyRedeemed } from '../../domain/ticket/decide.js';
import type { SeatInventoryRejection } from '../../domain/seat-inventory/commands.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import type { Payments } from './payments.js';
import { payBackInTime, refundOfSale, type RefundProgress } from './refund-progress.js';
import type { Settlement } from './settlement.js';
import type { TicketVoids } from '../ticket/ticket-voids.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS, PAYMENTS, SETTLEMENT, TICKET_VOIDS } from '../shared/tokens.js';

export type RefundSaleOutcome =
  | {
      readonly accepted: true;
      readonly reservation: Reservation;
      /** Revision of the inventory. */
      readonly revision: bigint;
      readonly refund: RefundProgress;
    }
  | { readonly accepted: false; readonly rejection: SeatInventoryRejection | AlreadyRedeemed };

/** Refunds a sale for the organizer: its seats are free again. */
export class RefundSaleCommand extends Command<RefundSaleOutcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    /** Refund even if one of the tickets was checked in. */
    readonly force: boolean,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Voids the tickets, then the inventory decides in one append. From then on the refund is owed,
 * even if this process dies.
 */
@CommandHandler(RefundSaleCommand)
export class RefundSaleHandler implements ICommandHandler<RefundSaleCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(PAYMENTS) private readonly payments: Payments,
    @Inject(SETTLEMENT) private readonly settlement: Settlement,
    @Inject(TICKET_VOIDS) private readonly voids: TicketVoids,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({
    eventId,
    reservationId,
    force,
    context,
  }: RefundSaleCommand): Promise<RefundSaleOutcome> {
    const reason = 'refunded-by-organizer';
    const undone = await this.voids.change(
      {
        id: context.commandId,
        eventId,
        reservationId,
        reason: 'refunded',
        force,
        takesBack: ({ status, seatIds }) => (status === 'confirmed' ? seatIds : []),
        ask: (change) =>
          this.writers.execute(
            eventId,
            {
              type: 'RefundReservation',
              reservationId,
              customerId: null,
              reason,
              change,
              now: this.clock.now(),
            },
            { ...context, commandId: derivedId(context.commandId, 'refund') },
          ),
      },
      context,
    );
    if (!undone.accepted) return undone;
    const { payments, settlement, clock } = this;
    const payment = await payBackInTime({ payments, settlement, clock }, reservationId, context);
    const { revision } = undone;
    const reservation = undone.reservation!;
    return { accepted: true, reservation, revision, refund: refundOfSale(reservation, payment) };
  }
}
