import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import type { CommandContext } from '../shared/context.js';
import { writeEvent, type EventOutcome } from './event-stream.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, EVENT_STORE } from '../shared/tokens.js';

/** Records that all sales of a canceled event have been refunded. */
export class FinishCancellationCommand extends Command<EventOutcome> {
  constructor(
    readonly eventId: string,
    readonly sales: number,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(FinishCancellationCommand)
export class FinishCancellationHandler implements ICommandHandler<FinishCancellationCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, sales, context }: FinishCancellationCommand): Promise<EventOutcome> {
    const command = { type: 'FinishCancellation', sales, now: this.clock.now() } as const;
    return writeEvent(this.eventStore, this.clock, eventId, command, context);
  }
}
