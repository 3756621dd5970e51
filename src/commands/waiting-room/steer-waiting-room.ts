import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { runToConfigure, type MoveWaitingRoom } from '../../domain/waiting-room/decide.js';
import type { RoomSettings } from '../../domain/waiting-room/events.js';
import type { SeedOf } from '../../domain/waiting-room/shuffle.js';
import type { WaitingRoom } from '../../domain/waiting-room/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { CommandContext } from '../shared/context.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import {
  CLOCK,
  INVENTORY_WRITERS,
  WAITING_ROOM_LOG,
  WAITING_ROOM_SEEDS,
} from '../shared/tokens.js';
import type { WaitingRoomLog, WaitingRoomOutcome } from './waiting-room-log.js';

type Outcome =
  | WaitingRoomOutcome
  | { readonly accepted: false; readonly rejection: { readonly code: 'event-not-found' } };

/** Sets up a waiting room in front of an event, or changes its settings. */
export class ConfigureWaitingRoomCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    /** Missing settings keep their value or get the default. */
    readonly settings: Partial<RoomSettings>,
    /** Whether a room that is over starts another run. A change of settings alone never does. */
    readonly startsNewRun: boolean,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ConfigureWaitingRoomCommand)
export class ConfigureWaitingRoomHandler implements ICommandHandler<ConfigureWaitingRoomCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(WAITING_ROOM_LOG) private readonly log: WaitingRoomLog,
    @Inject(WAITING_ROOM_SEEDS) private readonly seedOf: SeedOf,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: ConfigureWaitingRoomCommand): Promise<Outcome> {
    const { eventId, settings, startsNewRun, context } = command;
    const onSaleAt = await this.writers.onSaleAt(eventId);
    if (onSaleAt === undefined) return { accepted: false, rejection: { code: 'event-not-found' } };
    const now = this.clock.now();
    const commandOf = (room: WaitingRoom) => {
      const { run, seedCommitment } = runToConfigure(room);
      const seed = this.seedOf(eventId, run, seedCommitment);
      return {
        type: 'ConfigureWaitingRoom',
        eventId,
        settings,
        startsNewRun,
        onSaleAt,
        seed,
        now,
      } as const;
    };
    return this.log.writeFor(eventId, commandOf, context);
  }
}

/** Opens, pauses, ends or switches off a waiting room. */
export class MoveWaitingRoomCommand extends Command<WaitingRoomOutcome> {
  constructor(
    readonly eventId: string,
    readonly to: MoveWaitingRoom['to'],
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(MoveWaitingRoomCommand)
export class MoveWaitingRoomHandler implements ICommandHandler<MoveWaitingRoomCommand> {
  constructor(
    @Inject(WAITING_ROOM_LOG) private readonly log: WaitingRoomLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ eventId, to, context }: MoveWaitingRoomCommand): Promise<WaitingRoomOutcome> {
    return this.log.write({ type: 'MoveWaitingRoom', eventId, to, now: this.clock.now() }, context);
  }
}
