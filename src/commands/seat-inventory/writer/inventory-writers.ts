import type { SeatInventoryCommand } from '../../../domain/seat-inventory/commands.js';
import {
  seatInventoryStream,
  type InventoryOpenedData,
  type SeatInventoryEvent,
} from '../../../domain/seat-inventory/events.js';
import type { Reservation } from '../../../domain/seat-inventory/state/reservation.js';
import { reservationOf } from '../../../domain/seat-inventory/state/state.js';
import type { EventStore } from '../../../ports/event-store/event-store.js';
import { StreamWentBack } from '../../../ports/event-store/log-identity.js';
import type { Snapshots } from '../../../ports/seat-inventory/snapshots.js';
import type { Clock } from '../../../ports/system/clock.js';
import type { Randomness } from '../../../ports/system/randomness.js';
import type { SeatingPlans } from '../../seating-plan/seating-plans.js';
import type { CommandContext } from '../../shared/context.js';
import { openInventoryCache, type InventoryCache } from './inventory-cache.js';
import type { WriterStats } from './inventory-writer.js';
import type { LoadedInventory } from './loaded-inventory.js';
import { TooManyConflicts, type Outcome } from './outcome.js';
import { openSalesEndSync } from './sales-end.js';
import { openSnapshotSaver } from './snapshot-saver.js';
import { DEFAULT_WRITER_LIMITS, type WriterLimits } from './writer-limits.js';

/** Estimated bytes of the inventories that are kept in memory. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Reloads of an inventory for one command because its stream went back. */
const MAX_RELOADS = 3;

export interface InventoryWriters {
  /**
   * Executes a command. See `InventoryWriter.execute`.
   * @param knownRevision revision that another node is known to have written
   */
  execute(
    eventId: string,
    command: SeatInventoryCommand,
    context: CommandContext,
    knownRevision?: bigint,
  ): Promise<Outcome>;
  /**
   * Returns the current opening of the sale from the stream, ISO 8601. Null: on sale at once.
   * Undefined for an unknown event.
   * @throws EventStoreUnavailable
   */
  onSaleAt(eventId: string): Promise<string | null | undefined>;
  /** Copies the end of sales from the schedule of the event. Does nothing for an unknown event. */
  followStart(eventId: string, context: CommandContext): Promise<void>;
  /**
   * Returns the end of sales that this process knows, ISO 8601. Undefined for an unknown event and
   * for sales of older versions.
   * @throws EventStoreUnavailable
   */
  salesEndAt(eventId: string): Promise<string | undefined>;
  /** Returns the revision that this process has written or read. Undefined if not in memory. */
  knownRevision(eventId: string): bigint | undefined;
  /** Reloads every inventory at its next use, because another log was accepted. */
  dropAll(): void;
  /**
   * Returns the rules of the sale; undefined for an unknown event. @throws EventStoreUnavailable
   */
  rulesOf(eventId: string): Promise<InventoryOpenedData | undefined>;
  /** Returns a reservation if its inventory is in memory. */
  reservationOf(eventId: string, reservationId: string): Reservation | undefined;
  readonly stats: Readonly<WriterStats>;
  close(): Promise<void>;
}

export interface InventoryWritersParts {
  eventStore: EventStore;
  snapshots: Snapshots;
  plans: SeatingPlans;
  clock: Clock;
  randomness: Randomness;
  limits?: Partial<WriterLimits>;
  /** Estimated bytes of the inventories that are kept in memory. */
  maxBytes?: number;
  warn?: (message: string) => void;
}

/** Opens the writers of all inventories. Each inventory is loaded at its first use. */
export function openInventoryWriters(parts: InventoryWritersParts): InventoryWriters {
  const { eventStore, clock, maxBytes = MAX_BYTES, warn = () => {} } = parts;
  const limits = { ...DEFAULT_WRITER_LIMITS, ...parts.limits };
  const stats: WriterStats = { commands: 0, rejections: 0, appends: 0, conflicts: 0, events: 0 };
  const saver = openSnapshotSaver({ ...parts, warn });
  const salesEnd = openSalesEndSync(eventStore, clock);
  const cache = openInventoryCache({
    ...parts,
    limits,
    stats,
    maxBytes,
    warn,
    onWritten: saver.consider,
  });

  return {
    execute: async (eventId, command, context, knownRevision) => {
      const find = () =>
        command.type === 'OpenInventory'
          ? cache.findOrCreate(eventId, command.inventory.seatingPlanHash)
          : cache.find(eventId);
      const outcome = await withInventory(cache, eventId, find, async (loaded) => {
        if (knownRevision !== undefined) loaded.writer.readUpTo(knownRevision);
        const comparison = salesEnd.before(command, eventId, loaded, context);
        if (comparison) await comparison;
        return loaded.writer.execute(command, context);
      });
      return outcome ?? { accepted: false, rejection: { code: 'event-not-found' } };
    },
    onSaleAt: async (eventId) => {
      const writer = (await cache.find(eventId))?.writer;
      if (!writer) return undefined;
      let { onSaleAt } = writer.inventory;
      // Another node may have moved it.
      const from = writer.revision + 1n;
      for await (const recorded of eventStore.readStream(seatInventoryStream(eventId), { from })) {
        const event = recorded as unknown as SeatInventoryEvent;
        if (event.type === 'OnSaleMoved') ({ onSaleAt } = event.data);
      }
      return onSaleAt;
    },
    followStart: async (eventId, context) => {
      await withInventory(
        cache,
        eventId,
        () => cache.find(eventId),
        (loaded) => salesEnd.follow(eventId, loaded, context),
      );
    },
    salesEndAt: async (eventId) => (await cache.find(eventId))?.writer.inventory.salesEndAt,
    rulesOf: async (eventId) => (await cache.find(eventId))?.writer.inventory.rules,
    reservationOf: (eventId, reservationId) => {
      const inventory = cache.peek(eventId)?.writer.inventory;
      return inventory && reservationOf(inventory, reservationId);
    },
    knownRevision: (eventId) => cache.get(eventId)?.writer.revision,
    dropAll: cache.dropAll,
    stats,
    close: saver.close,
  };
}

/** Repeats the work with a reloaded inventory if the stream has gone back. */
async function withInventory<Result>(
  cache: InventoryCache,
  eventId: string,
  find: () => Promise<LoadedInventory | undefined>,
  work: (loaded: LoadedInventory) => Promise<Result>,
): Promise<Result | undefined> {
  for (let reloads = 0; reloads <= MAX_RELOADS; reloads++) {
    const loaded = await find();
    if (!loaded) return undefined;
    try {
      return await work(loaded);
    } catch (error) {
      if (!(error instanceof StreamWentBack)) throw error;
      cache.drop(eventId, loaded, error);
    }
  }
  throw new TooManyConflicts(
    `The stream of inventory ${eventId} went back after each of ${MAX_RELOADS + 1} loads`,
  );
}
