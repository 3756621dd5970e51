import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  decideChange,
  type ChangeEventRejection,
  type EventChanges,
} from '../../domain/event/change.js';
import type { SeatInventoryRejection } from '../../domain/seat-inventory/commands.js';
import type { ScheduledEvent } from '../../domain/event/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { readEvent, writeEvent } from './event-stream.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS, WAITING_ROOM_LOG } from '../shared/tokens.js';
import type { WaitingRoomLog } from '../waiting-room/waiting-room-log.js';

export type ChangeEventOutcome =
  | {
      readonly accepted: true;
      /** Whether anything was other than asked for. */
      readonly written: boolean;
      /** Of the inventory, when its opening was to be moved. */
      readonly revision: bigint | undefined;
    }
  | { readonly accepted: false; readonly rejection: ChangeEventRejection | SeatInventoryRejection };

/** Another name, description, start, time zone or opening of the sale. */
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
 * The opening of the sale belongs to the inventory, which decides who may reserve, and is written first: refused there, nothing is
 * changed at all; a waiting room that opens with the sale comes last. Everything is asked for as it is to be, so whoever got no answer asks again.
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
    const command = { type: 'ChangeEvent', changes, onSaleAt: current, now } as const;
    const decide = (event: ScheduledEvent) => decideChange(command, event);
    const foreseen = decide((await readEvent(eventStore, eventId)).event);
    if (!foreseen.accepted) return foreseen;
    const moved =
      onSaleAt === undefined
        ? undefined
        : await this.writers.execute(
            eventId,
            { type: 'MoveOnSale', onSaleAt, now },
            { ...context, commandId: derivedId(context.commandId, 'move-on-sale') },
          );
    if (moved && !moved.accepted) return moved;
    const outcome = await writeEvent(eventStore, clock, eventId, 'ChangeEvent', decide, context);
    if (!outcome.accepted) return outcome;
    // Also when nothing was written: this finishes an earlier request whose process died at this point.
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
