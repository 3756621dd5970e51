import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Payment } from '../../domain/payment/state.js';
import type { CommandContext } from '../shared/context.js';
import type { Settlement } from './settlement.js';
import { Inject } from '../shared/inject.js';
import { SETTLEMENT } from '../shared/tokens.js';

/** Does what is left to do for the payment of a reservation. */
export class AdvancePaymentCommand extends Command<Payment> {
  constructor(
    readonly reservationId: string,
    /**
     * Charges requested later than this are left to the process that made them. Milliseconds since
     * the epoch.
     */
    readonly silentSince: number,
    readonly context: CommandContext,
    /** Requested by an operator: refunds that have failed too often are tried once more. */
    readonly retryGivenUp = false,
  ) {
    super();
  }
}

@CommandHandler(AdvancePaymentCommand)
export class AdvancePaymentHandler implements ICommandHandler<AdvancePaymentCommand> {
  constructor(@Inject(SETTLEMENT) private readonly settlement: Settlement) {}

  execute({
    reservationId,
    silentSince,
    context,
    retryGivenUp,
  }: AdvancePaymentCommand): Promise<Payment> {
    return this.settlement.advance(reservationId, silentSince, context, retryGivenUp);
  }
}
