import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Expires those of the named holds that are past their time. */
export class ExpireReservationsCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly reservationIds: readonly string[],
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ExpireReservationsCommand)
export class ExpireReservationsHandler implements ICommandHandler<ExpireReservationsCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: ExpireReservationsCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'ExpireReservations', ...named, now: this.clock.now() },
      context,
    );
  }
}
