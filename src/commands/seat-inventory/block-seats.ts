import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Blocks available seats. */
export class BlockSeatsCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly seatIds: readonly string[],
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(BlockSeatsCommand)
export class BlockSeatsHandler implements ICommandHandler<BlockSeatsCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: BlockSeatsCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'BlockSeats', ...named, now: this.clock.now() },
      context,
    );
  }
}
