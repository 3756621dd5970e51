import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Closes the sale. Existing holds can still be paid. */
export class CloseSalesCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(CloseSalesCommand)
export class CloseSalesHandler implements ICommandHandler<CloseSalesCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, context, ...named }: CloseSalesCommand): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      { type: 'CloseSales', ...named, now: this.clock.now() },
      context,
    );
  }
}
