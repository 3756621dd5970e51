import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Releases a hold. */
export class ReleaseReservationCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    /** Null for the system, which may use any reservation. */
    readonly customerId: string | null,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ReleaseReservationCommand)
export class ReleaseReservationHandler implements ICommandHandler<ReleaseReservationCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: ReleaseReservationCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'ReleaseReservation', ...named, now: this.clock.now() },
      context,
    );
  }
}
