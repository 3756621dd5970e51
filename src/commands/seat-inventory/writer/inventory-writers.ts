import { LRUCache } from 'lru-cache';
import type { SeatInventoryCommand } from '../../../domain/seat-inventory/commands.js';
import {
  seatInventoryStream,
  type InventoryOpenedData,
  type SeatInventoryEvent,
} from '../../../domain/seat-inventory/events.js';
import {
  emptyInventory,
  reservationOf,
  SEAT_INVENTORY_FOLD_VERSION,
  type Reservation,
  type SeatInventory,
} from '../../../domain/seat-inventory/state.js';
import { salesEndOf } from '../../../domain/event/state.js';
import type { Clock } from '../../../ports/system/clock.js';
import type { EventStore } from '../../../ports/event-store/event-store.js';
import { StreamWentBack } from '../../../ports/event-store/log-identity.js';
import type { Randomness } from '../../../ports/system/randomness.js';
import type { Snapshots } from '../../../ports/seat-inventory/snapshots.js';
import { NO_STREAM } from '../../shared/append-once.js';
import { derivedId, type CommandContext } from '../../shared/context.js';
import { readEvent } from '../../event/event-stream.js';
import { packInventory } from './inventory-snapshot.js';
import {
  DEFAULT_WRITER_LIMITS,
  startInventoryWriter,
  TooManyConflicts,
  type InventoryWriter,
  type Outcome,
  type WriterLimits,
  type WriterStats,
} from './inventory-writer.js';
import { loadInventory, type FromLog } from './load-inventory.js';
import type { SeatingPlans } from '../../seating-plan/seating-plans.js';

/**
 * Of inventories kept folded in memory. The one used longest ago is dropped first; it is read again
 * when needed.
 */
const MAX_BYTES = 512 * 1024 * 1024;
/** An inventory is weighed anew when it has grown to so many times what it was. */
const GROWN = 1.1;
/** Reloads of an inventory for one command because its stream went back. */
const MAX_RELOADS = 3;
/**
 * Memory of an inventory: itself, each seat, each reservation that ended unpaid, and each other
 * reservation. A test measures them
 * (`test/commands/seat-inventory/writer/inventory-memory.test.ts`).
 */
export const BYTES = { inventory: 10_000, seat: 5, finished: 200, reservation: 1_100 };
/** A snapshot is taken once an inventory has been quiet for this long. Milliseconds. */
const QUIET_MS = 1_000;
/**
 * Domain events since the last snapshot that make a new one worth its while, when quiet, and in any
 * case.
 */
const SNAPSHOT_AFTER = { quiet: 500n, always: 100_000n };

/**
 * Another node may have moved the start of the event since the last comparison with the schedule.
 * Milliseconds.
 */
export const COMPARED_FOR_MS = 60_000;

/** Commands that are refused once sales have ended. */
const SELLS: ReadonlySet<SeatInventoryCommand['type']> = new Set(['ReserveSeats', 'StartPayment']);
/** Principal in the metadata when the end of sales is copied from the schedule of the event. */
const BY_SCHEDULE = { actor: { id: 'schedule', role: 'system' }, client: undefined } as const;

export interface InventoryWriters {
  /** @param knownRevision up to which another node is known to have written */
  execute(
    eventId: string,
    command: SeatInventoryCommand,
    context: CommandContext,
    knownRevision?: bigint,
  ): Promise<Outcome>;
  /**
   * When sales open, as the log has it by now; ISO 8601. Null: at once. Undefined for an unknown
   * event. @throws EventStoreUnavailable
   */
  onSaleAt(eventId: string): Promise<string | null | undefined>;
  /**
   * Sets the end of sales from the current schedule of the event. Does nothing for an unknown event
   * or inventory.
   */
  followStart(eventId: string, context: CommandContext): Promise<void>;
  /**
   * When sales end, as this process knows; ISO 8601. Undefined for an unknown event or an older
   * sale. @throws EventStoreUnavailable
   */
  salesEndAt(eventId: string): Promise<string | undefined>;
  /**
   * Revision up to which this process has written or read the inventory, if it has it in memory.
   */
  knownRevision(eventId: string): bigint | undefined;
  /** Reloads every inventory at its next use, because another log was accepted. */
  dropAll(): void;
  /** Rules of the sale; undefined for an unknown event. @throws EventStoreUnavailable */
  rulesOf(eventId: string): Promise<InventoryOpenedData | undefined>;
  /** A reservation from memory. Undefined when the inventory is not in memory. */
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
  /** Bytes of inventories kept in memory, as `bytesOf` tells them. */
  maxBytes?: number;
  log?: (message: string) => void;
}

interface Loaded {
  readonly writer: InventoryWriter;
  snapshotRevision: bigint;
  /** A snapshot will be taken once the inventory is quiet. */
  waitsForQuiet: boolean;
  /** The comparison with the schedule of its event, while it is in progress. */
  following: Promise<void> | undefined;
  /**
   * Time of the last comparison, in milliseconds since the epoch. Undefined if the next sale has to
   * compare.
   */
  comparedAt: number | undefined;
  /** When it was last weighed. */
  bytes: number;
}

/**
 * One writer per inventory, loaded when first asked for: the newest snapshot and the tail behind
 * it.
 */
export function openInventoryWriters(parts: InventoryWritersParts): InventoryWriters {
  const { eventStore, snapshots, plans, clock, randomness, log = () => {} } = parts;
  const limits = { ...DEFAULT_WRITER_LIMITS, ...parts.limits };
  const stats: WriterStats = { commands: 0, rejections: 0, appends: 0, conflicts: 0, events: 0 };
  const { maxBytes = MAX_BYTES } = parts;
  const loaded = new LRUCache<string, Loaded>({
    maxSize: maxBytes,
    // The largest is kept even where it alone is too much: it is the one that sells.
    sizeCalculation: ({ bytes }) => Math.min(bytes, maxBytes),
  });
  const loading = new Map<string, Promise<Loaded | undefined>>();
  const closing = new AbortController();
  /** Entries whose streams went back: their state in memory is invalid. */
  const outdated = new WeakSet<Loaded>();
  /** Snapshots under way, and those that wait for quiet. */
  const snapshotting = new Set<Promise<void>>();

  const start = (eventId: string, { snapshotRevision, ...folded }: FromLog): Loaded => {
    const stream = seatInventoryStream(eventId);
    const onWritten = () => {
      weigh(eventId, entry);
      considerSnapshot(stream, entry);
    };
    const writer = startInventoryWriter({
      ...folded,
      readAt: clock.now(),
      stream,
      eventStore,
      clock,
      randomness,
      limits,
      stats,
      onWritten,
    });
    const bytes = bytesOf(folded.inventory);
    const entry: Loaded = {
      writer,
      snapshotRevision,
      waitsForQuiet: false,
      following: undefined,
      comparedAt: undefined,
      bytes,
    };
    loaded.set(eventId, entry);
    return entry;
  };

  /** An inventory grows as it sells; when it has grown for good, others have to make room. */
  const weigh = (eventId: string, entry: Loaded) => {
    const bytes = bytesOf(entry.writer.inventory);
    // One that was dropped in the middle of its work ends it, and does not come back: another may
    // have taken its place.
    if (bytes < GROWN * entry.bytes || loaded.peek(eventId) !== entry) return;
    entry.bytes = bytes;
    loaded.delete(eventId);
    loaded.set(eventId, entry);
  };

  const find = async (eventId: string): Promise<Loaded | undefined> => {
    const entry = loaded.get(eventId);
    if (entry) return entry;
    const underWay = loading.get(eventId) ?? load(eventId).finally(() => loading.delete(eventId));
    loading.set(eventId, underWay);
    return underWay;
  };

  const load = async (eventId: string): Promise<Loaded | undefined> => {
    const found = await loadInventory(
      { eventStore, snapshots, plans, clock, log },
      seatInventoryStream(eventId),
    );
    return found && (loaded.get(eventId) ?? start(eventId, found));
  };

  /**
   * After a durable append: a snapshot when it is quiet, or at once when the last one is far
   * behind.
   */
  const considerSnapshot = (stream: string, entry: Loaded) => {
    const since = entry.writer.revision() - entry.snapshotRevision;
    if (since < SNAPSHOT_AFTER.quiet || closing.signal.aborted) return;
    if (since >= SNAPSHOT_AFTER.always)
      entry.writer.settled(() => keep(stream, takeSnapshot(stream, entry)));
    else if (!entry.waitsForQuiet) keep(stream, snapshotWhenQuiet(stream, entry));
  };

  /** Or when this process ends, so that the next one starts where it left off. */
  const snapshotWhenQuiet = async (stream: string, entry: Loaded): Promise<void> => {
    const { writer } = entry;
    entry.waitsForQuiet = true;
    let seen: bigint;
    do {
      seen = writer.revision();
      await clock.sleep(QUIET_MS, closing.signal);
    } while (!closing.signal.aborted && (writer.revision() !== seen || !writer.isIdle()));
    entry.waitsForQuiet = false;
    if (writer.isIdle()) await takeSnapshot(stream, entry);
  };

  /** Packs at once, while the state stands still, and keeps it in the background. */
  const takeSnapshot = async (stream: string, entry: Loaded): Promise<void> => {
    const revision = entry.writer.revision();
    if (revision - entry.snapshotRevision < SNAPSHOT_AFTER.quiet || outdated.has(entry)) return;
    const body = packInventory(entry.writer.inventory, entry.writer.lastEventId());
    entry.snapshotRevision = revision;
    await snapshots.save({ stream, revision, foldVersion: SEAT_INVENTORY_FOLD_VERSION, body });
  };

  const keep = (stream: string, task: Promise<void>) => {
    const kept = task
      .catch((error: Error) => log(`snapshot of ${stream} not kept: ${error.message}`))
      .finally(() => snapshotting.delete(kept));
    snapshotting.add(kept);
  };

  /** The inventory in memory, or a loaded one; an empty one for a sale that is about to open. */
  const entryFor = async (
    eventId: string,
    command: SeatInventoryCommand,
  ): Promise<Loaded | undefined> => {
    const entry = await find(eventId);
    if (entry || command.type !== 'OpenInventory') return entry;
    const { layout } = await plans.load(command.inventory.seatingPlanHash);
    const nothing = { revision: NO_STREAM, lastEventId: '', snapshotRevision: -1n };
    return loaded.get(eventId) ?? start(eventId, { inventory: emptyInventory(layout), ...nothing });
  };

  /**
   * The state in memory comes from a log that no longer exists, for example after a restore from a
   * backup.
   */
  const drop = (eventId: string, entry: Loaded, reason: StreamWentBack) => {
    if (!outdated.has(entry))
      log(`inventory of event ${eventId} is loaded again: ${reason.message}`);
    outdated.add(entry);
    if (loaded.peek(eventId) === entry) loaded.delete(eventId);
  };

  /**
   * Repeats until the schedule has not changed meanwhile: after two concurrent changes of the
   * start, the last read is right.
   */
  const followStart = async (
    eventId: string,
    entry: Loaded,
    context: CommandContext,
  ): Promise<void> => {
    for (;;) {
      const { state: event, revision } = await readEvent(eventStore, eventId);
      if (!event) return;
      const commandId = derivedId(context.commandId, 'sales-end', String(revision));
      const command = {
        type: 'MoveSalesEnd',
        salesEndAt: salesEndOf(event),
        now: clock.now(),
      } as const;
      const moved = await entry.writer.execute(command, { ...context, ...BY_SCHEDULE, commandId });
      if (!moved.accepted || !moved.written) return;
      if ((await readEvent(eventStore, eventId)).revision === revision) return;
    }
  };

  /**
   * Logs from before inventories knew when their event begins, a process that died between the two
   * streams, and a move by another node: the first sale after loading, and then one a minute,
   * compares the inventory with the schedule.
   */
  const beforeSelling = async (
    eventId: string,
    entry: Loaded,
    context: CommandContext,
  ): Promise<void> => {
    const { state: event } = await readEvent(eventStore, eventId);
    if (event && entry.writer.inventory.salesEndAt !== salesEndOf(event))
      await followStart(eventId, entry, context);
  };

  const isFollowed = ({ comparedAt }: Loaded): boolean =>
    comparedAt !== undefined && clock.now() < comparedAt + COMPARED_FOR_MS;

  /**
   * One comparison for all commands that come at the same time. After a failure, the next command
   * compares again.
   */
  const followed = async (
    eventId: string,
    entry: Loaded,
    context: CommandContext,
  ): Promise<void> => {
    if (!entry.writer.inventory.rules) return;
    if (entry.following) return entry.following;
    const comparison: Promise<void> = beforeSelling(eventId, entry, context)
      .then(() => {
        // Not if the start was moved in the meantime.
        if (entry.following === comparison) entry.comparedAt = clock.now();
      })
      .finally(() => {
        if (entry.following === comparison) entry.following = undefined;
      });
    entry.following = comparison;
    return comparison;
  };

  /**
   * Repeats the work with the inventory loaded again if its stream went back. Undefined if there is
   * no inventory.
   */
  const withEntry = async <T>(
    eventId: string,
    entryOf: () => Promise<Loaded | undefined>,
    work: (entry: Loaded) => Promise<T>,
  ): Promise<T | undefined> => {
    for (let reloads = 0; reloads <= MAX_RELOADS; reloads++) {
      const entry = await entryOf();
      if (!entry) return undefined;
      try {
        return await work(entry);
      } catch (error) {
        if (!(error instanceof StreamWentBack)) throw error;
        drop(eventId, entry, error);
      }
    }
    throw new TooManyConflicts(
      `The inventory of ${eventId} was loaded ${MAX_RELOADS + 1} times in vain.`,
    );
  };

  const execute: InventoryWriters['execute'] = async (eventId, command, context, knownRevision) => {
    const outcome = await withEntry(
      eventId,
      () => entryFor(eventId, command),
      async (entry) => {
        if (knownRevision !== undefined) entry.writer.readUpTo(knownRevision);
        // What comes during a comparison waits for it too: first come, first served.
        const waits = entry.following !== undefined || SELLS.has(command.type);
        if (waits && !isFollowed(entry)) await followed(eventId, entry, context);
        return entry.writer.execute(command, context);
      },
    );
    return outcome ?? { accepted: false, rejection: { code: 'event-not-found' } };
  };

  return {
    execute,
    onSaleAt: async (eventId) => {
      const writer = (await find(eventId))?.writer;
      if (!writer) return undefined;
      let { onSaleAt } = writer.inventory;
      // Another node may have moved it.
      const from = writer.revision() + 1n;
      for await (const recorded of eventStore.readStream(seatInventoryStream(eventId), { from })) {
        const event = recorded as unknown as SeatInventoryEvent;
        if (event.type === 'OnSaleMoved') ({ onSaleAt } = event.data);
      }
      return onSaleAt;
    },
    followStart: async (eventId, context) => {
      await withEntry(
        eventId,
        () => find(eventId),
        async (entry) => {
          // If this fails, the next sale compares again.
          entry.following = undefined;
          entry.comparedAt = undefined;
          await followStart(eventId, entry, context);
        },
      );
    },
    salesEndAt: async (eventId) => (await find(eventId))?.writer.inventory.salesEndAt,
    rulesOf: async (eventId) => (await find(eventId))?.writer.inventory.rules,
    reservationOf: (eventId, reservationId) => {
      const inventory = loaded.peek(eventId)?.writer.inventory;
      return inventory && reservationOf(inventory, reservationId);
    },
    knownRevision: (eventId) => loaded.get(eventId)?.writer.revision(),
    dropAll: () => {
      for (const entry of loaded.values()) outdated.add(entry);
      loaded.clear();
    },
    stats,
    close: async () => {
      closing.abort();
      await Promise.all(snapshotting);
    },
  };
}

const bytesOf = ({ layout, reservations }: SeatInventory): number =>
  BYTES.inventory +
  BYTES.seat * layout.seatCount +
  BYTES.finished * reservations.finished +
  BYTES.reservation * (reservations.count - reservations.finished);
