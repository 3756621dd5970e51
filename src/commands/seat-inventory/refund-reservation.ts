import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { UndoneReason } from '../../domain/seat-inventory/events.js';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** The sale is undone: its seats are anybody's again. */
export class RefundReservationCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    /** Null when the system asks, for any customer. */
    readonly customerId: string | null,
    readonly reason: UndoneReason,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RefundReservationCommand)
export class RefundReservationHandler implements ICommandHandler<RefundReservationCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: RefundReservationCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'RefundReservation', ...named, now: this.clock.now() },
      context,
    );
  }
}
