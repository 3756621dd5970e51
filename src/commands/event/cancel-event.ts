import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { writeEvent, type EventOutcome } from './event-stream.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS } from '../shared/tokens.js';

/** Cancels an event: sales end and every sale is refunded. */
export class CancelEventCommand extends Command<EventOutcome> {
  constructor(
    readonly eventId: string,
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Writes the cancellation to the event first. If this process dies before it reaches the inventory,
 * the cancellation process completes the work.
 */
@CommandHandler(CancelEventCommand)
export class CancelEventHandler implements ICommandHandler<CancelEventCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ eventId, reason, context }: CancelEventCommand): Promise<EventOutcome> {
    const { clock, eventStore } = this;
    const now = clock.now();
    const command = { type: 'CancelEvent', reason, now } as const;
    const outcome = await writeEvent(eventStore, clock, eventId, command, context);
    if (!outcome.accepted) return outcome;
    await this.writers.execute(
      eventId,
      { type: 'CancelSale', reason: outcome.event.cancellation!.reason, now },
      { ...context, commandId: derivedId(context.commandId, 'cancel-sale') },
    );
    return outcome;
  }
}
