import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeEvent, EventChanges, EventRejection } from '../../domain/event/commands.js';
import { eventDecider } from '../../domain/event/decide.js';
import type { SeatInventoryRejection } from '../../domain/seat-inventory/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { readEvent, writeEvent } from './event-stream.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS, WAITING_ROOM_LOG } from '../shared/tokens.js';
import type { WaitingRoomLog } from '../waiting-room/waiting-room-log.js';

export type ChangeEventOutcome =
  | {
      readonly accepted: true;
      /** Whether anything changed. */
      readonly written: boolean;
      /** Revision of the inventory. Undefined unless the command names an opening of the sale. */
      readonly revision: bigint | undefined;
    }
  | { readonly accepted: false; readonly rejection: EventRejection | SeatInventoryRejection };

/** Changes details of an event after scheduling. */
export class ChangeEventCommand extends Command<ChangeEventOutcome> {
  constructor(
    readonly eventId: string,
    readonly changes: EventChanges,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Writes the opening of the sale to the inventory first, so that its rejection changes nothing;
 * then the event; then a waiting room that opens with the sale. Changes are absolute values, so a
 * client without an answer can repeat the request.
 */
@CommandHandler(ChangeEventCommand)
export class ChangeEventHandler implements ICommandHandler<ChangeEventCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(WAITING_ROOM_LOG) private readonly rooms: WaitingRoomLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ eventId, changes, context }: ChangeEventCommand): Promise<ChangeEventOutcome> {
    const { clock, eventStore } = this;
    const now = clock.now();
    const { onSaleAt } = changes;
    const current = (await this.writers.onSaleAt(eventId)) ?? null;
    const command: ChangeEvent = { type: 'ChangeEvent', changes, onSaleAt: current, now };
    const { state: event } = await readEvent(eventStore, eventId);
    const preview = eventDecider.decide(command, event);
    if (!preview.accepted) return preview;
    const moved =
      onSaleAt === undefined
        ? undefined
        : await this.writers.execute(
            eventId,
            { type: 'MoveOnSale', onSaleAt, now },
            { ...context, commandId: derivedId(context.commandId, 'move-on-sale') },
          );
    if (moved && !moved.accepted) return moved;
    const outcome = await writeEvent(eventStore, clock, eventId, command, context);
    if (!outcome.accepted) return outcome;
    // Also when nothing was written: this completes an earlier request whose process died here.
    await this.writers.followStart(eventId, context);
    if (onSaleAt !== undefined) {
      const follow = { type: 'FollowOnSale', eventId, onSaleAt, now } as const;
      await this.rooms.write(follow, {
        ...context,
        commandId: derivedId(context.commandId, 'follow-on-sale'),
      });
    }
    const written = outcome.written.length > 0 || moved?.written === true;
    return { accepted: true, written, revision: moved?.revision };
  }
}
