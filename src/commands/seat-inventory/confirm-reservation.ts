import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Sells the seats of a paid hold. */
export class ConfirmReservationCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    /** Null for the system, which may use any reservation. */
    readonly customerId: string | null,
    readonly paymentReference: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ConfirmReservationCommand)
export class ConfirmReservationHandler implements ICommandHandler<ConfirmReservationCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: ConfirmReservationCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'ConfirmReservation', ...named, now: this.clock.now() },
      context,
    );
  }
}
