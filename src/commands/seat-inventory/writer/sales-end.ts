import { salesEndOf } from '../../../domain/event/state.js';
import type { SeatInventoryCommand } from '../../../domain/seat-inventory/commands.js';
import type { EventStore } from '../../../ports/event-store/event-store.js';
import type { Clock } from '../../../ports/system/clock.js';
import { readEvent } from '../../event/event-stream.js';
import { derivedId, type CommandContext } from '../../shared/context.js';
import type { LoadedInventory } from './loaded-inventory.js';

/** Time after which the end of sales is compared with the schedule again. Milliseconds. */
export const COMPARED_FOR_MS = 60_000;

/** Commands that are rejected once sales have ended. */
const SELLING: ReadonlySet<SeatInventoryCommand['type']> = new Set([
  'ReserveSeats',
  'StartPayment',
]);

/** Principal in the metadata when the end of sales is copied from the schedule of the event. */
const BY_SCHEDULE = { actor: { id: 'schedule', role: 'system' }, client: undefined } as const;

/**
 * Keeps the end of sales in an inventory equal to the schedule of its event, which is another
 * stream. They can differ in logs of older versions, after a crash between the two streams, and
 * after a change by another node. So the first sale after loading, and then one per minute,
 * compares them.
 */
export interface SalesEndSync {
  /**
   * Compares before a command if it is due. Returns undefined if it is not, so that most commands
   * wait for nothing.
   * @throws EventStoreUnavailable
   */
  before(
    command: SeatInventoryCommand,
    eventId: string,
    loaded: LoadedInventory,
    context: CommandContext,
  ): Promise<void> | undefined;
  /** Copies the end of sales after the schedule was changed. @throws EventStoreUnavailable */
  follow(eventId: string, loaded: LoadedInventory, context: CommandContext): Promise<void>;
}

export function openSalesEndSync(eventStore: EventStore, clock: Clock): SalesEndSync {
  /**
   * Repeats until the schedule has not changed meanwhile, so that the last of two concurrent
   * changes wins.
   */
  const copy = async (eventId: string, { writer }: LoadedInventory, context: CommandContext) => {
    for (;;) {
      const { state: event, revision } = await readEvent(eventStore, eventId);
      if (!event) return;
      const commandId = derivedId(context.commandId, 'sales-end', String(revision));
      const salesEndAt = salesEndOf(event);
      const moved = await writer.execute(
        { type: 'MoveSalesEnd', salesEndAt, now: clock.now() },
        { ...context, ...BY_SCHEDULE, commandId },
      );
      if (!moved.accepted || !moved.written) return;
      if ((await readEvent(eventStore, eventId)).revision === revision) return;
    }
  };

  const compare = async (eventId: string, loaded: LoadedInventory, context: CommandContext) => {
    const { state: event } = await readEvent(eventStore, eventId);
    if (event && loaded.writer.inventory.salesEndAt !== salesEndOf(event))
      await copy(eventId, loaded, context);
  };

  /**
   * Shares one comparison among concurrent commands. After a failure, the next command compares
   * again.
   */
  const compareOnce = (
    eventId: string,
    loaded: LoadedInventory,
    context: CommandContext,
  ): Promise<void> => {
    if (loaded.comparison) return loaded.comparison;
    const comparison: Promise<void> = compare(eventId, loaded, context)
      .then(() => {
        // Not if the schedule was changed in the meantime.
        if (loaded.comparison === comparison) loaded.comparedAt = clock.now();
      })
      .finally(() => {
        if (loaded.comparison === comparison) loaded.comparison = undefined;
      });
    loaded.comparison = comparison;
    return comparison;
  };

  const isDue = ({ comparedAt }: LoadedInventory): boolean =>
    comparedAt === undefined || clock.now() >= comparedAt + COMPARED_FOR_MS;

  return {
    before: (command, eventId, loaded, context) => {
      // Commands that arrive during a comparison wait for it too: first come, first served.
      const isConcerned = loaded.comparison !== undefined || SELLING.has(command.type);
      return isConcerned && isDue(loaded) && loaded.writer.inventory.rules
        ? compareOnce(eventId, loaded, context)
        : undefined;
    },
    follow: async (eventId, loaded, context) => {
      // If this fails, the next sale compares again.
      loaded.comparison = undefined;
      loaded.comparedAt = undefined;
      await copy(eventId, loaded, context);
    },
  };
}
