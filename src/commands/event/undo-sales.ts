import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS } from '../shared/tokens.js';

/**
 * Undoes holds and sales of a canceled event, as many as fit one append. `written` is false if none
 * is left.
 */
export class UndoSalesCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    /** Reason of the cancellation, for an inventory that is not canceled yet. */
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(UndoSalesCommand)
export class UndoSalesHandler implements ICommandHandler<UndoSalesCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Cancels the sale first: the process that canceled the event may have died before it did. */
  async execute({ eventId, reason, context }: UndoSalesCommand): Promise<Outcome> {
    const now = this.clock.now();
    const cancelled = await this.writers.execute(
      eventId,
      { type: 'CancelSale', reason, now },
      { ...context, commandId: derivedId(context.commandId, 'cancel-sale') },
    );
    if (!cancelled.accepted) return cancelled;
    return this.writers.execute(
      eventId,
      { type: 'UndoSales', now },
      { ...context, commandId: derivedId(context.commandId, 'undo-sales') },
    );
  }
}
