import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { writeCancellation, type CancellationOutcome } from './event-stream.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS } from '../shared/tokens.js';

/** The event will not take place: nothing is sold any more, and every sale is paid back. */
export class CancelEventCommand extends Command<CancellationOutcome> {
  constructor(
    readonly eventId: string,
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * The intention is written down first, so that it outlives this process: whatever is left to do then is found by the
 * cancellation process. In the same breath the inventory is told, and from there on no sale can come about.
 */
@CommandHandler(CancelEventCommand)
export class CancelEventHandler implements ICommandHandler<CancelEventCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ eventId, reason, context }: CancelEventCommand): Promise<CancellationOutcome> {
    const { clock, eventStore } = this;
    const now = clock.now();
    const command = { type: 'CancelEvent', reason, now } as const;
    const outcome = await writeCancellation(eventStore, clock, eventId, command, context);
    if (!outcome.accepted) return outcome;
    await this.writers.execute(
      eventId,
      { type: 'CancelSale', reason: outcome.event.cancellation!.reason, now },
      { ...context, commandId: derivedId(context.commandId, 'cancel-sale') },
    );
    return outcome;
  }
}
