import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Makes blocked seats available. */
export class UnblockSeatsCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly seatIds: readonly string[],
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(UnblockSeatsCommand)
export class UnblockSeatsHandler implements ICommandHandler<UnblockSeatsCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: UnblockSeatsCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'UnblockSeats', ...named, now: this.clock.now() },
      context,
    );
  }
}
