import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { SeatInventoryCommand } from '../domain/seat-inventory/commands.js';
import type { Clock } from '../ports/clock.js';
import type { PaymentGateway } from '../ports/payment-gateway.js';
import { derivedId, type CommandContext } from './context.js';
import type { Outcome } from './inventory-writer.js';
import type { InventoryWriters } from './inventory-writers.js';
import { CLOCK, INVENTORY_WRITERS, PAYMENT_GATEWAY } from './tokens.js';

export type PaymentRejection =
  | { readonly code: 'payment-declined' }
  | { readonly code: 'payment-token-unknown' }
  | { readonly code: 'payment-refunded' };

export type PayOutcome = Outcome | { readonly accepted: false; readonly rejection: PaymentRejection };

/** Take the money for a held reservation and sell its seats. */
export class PayReservationCommand extends Command<PayOutcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    readonly customerId: string,
    /** From the payment provider's form. */
    readonly token: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(PayReservationCommand)
export class PayReservationHandler implements ICommandHandler<PayReservationCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: PayReservationCommand): Promise<PayOutcome> {
    const { reservationId, customerId } = command;
    const named = { reservationId, customerId };
    const started = await this.write(command, { type: 'StartPayment', ...named, now: this.clock.now() });
    if (!started.accepted || started.reservation?.status === 'confirmed') return started;
    const capture = await this.gateway.capture({
      idempotencyKey: reservationId,
      token: command.token,
      amount: started.reservation!.total,
      description: `reservation ${reservationId}`,
    });
    if (!capture.captured) return { accepted: false, rejection: { code: `payment-${capture.reason}` } };
    const paid = { ...named, paymentReference: capture.reference };
    const confirmed = await this.write(command, {
      type: 'ConfirmReservation',
      ...paid,
      now: this.clock.now(),
    });
    if (confirmed.accepted) return confirmed;
    return this.makeGood(command, capture.reference);
  }

  /** The hold ended while the bank was thinking: sell the same seats if they are still free, else give the money back. */
  private async makeGood(command: PayReservationCommand, paymentReference: string): Promise<PayOutcome> {
    const { reservationId, customerId } = command;
    const reinstated = await this.write(command, {
      type: 'ReinstateReservation',
      reservationId,
      customerId,
      paymentReference,
      now: this.clock.now(),
    });
    if (reinstated.accepted) return reinstated;
    await this.gateway.refund(paymentReference);
    return { accepted: false, rejection: { code: 'payment-refunded' } };
  }

  /** Each step is a command of its own, with an id of its own. */
  private write(
    { eventId, context }: PayReservationCommand,
    command: SeatInventoryCommand,
  ): Promise<Outcome> {
    const commandId = derivedId(context.commandId, command.type);
    return this.writers.execute(eventId, command, { ...context, commandId });
  }
}
