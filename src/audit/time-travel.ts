import { setImmediate } from 'node:timers/promises';
import { foldRecorded } from '../commands/shared/fold-recorded.js';
import {
  packInventory,
  unpackInventory,
} from '../commands/seat-inventory/writer/inventory-snapshot.js';
import type { SeatingPlans } from '../commands/seating-plan/seating-plans.js';
import { seatInventoryStream, type InventoryOpenedData } from '../domain/seat-inventory/events.js';
import {
  emptyInventory,
  SEAT_INVENTORY_FOLD_VERSION,
  type SeatInventory,
} from '../domain/seat-inventory/state/state.js';
import type { EventStore, RecordedEvent } from '../ports/event-store/event-store.js';
import type { HistorySnapshots } from '../ports/seat-inventory/snapshots.js';

/** Domain events between two history snapshots: folding that many takes about 0.1 s. */
export const SNAPSHOT_SPACING = 5_000n;
/** Most history snapshots of one sale; beyond that, every second one is removed. */
export const MAX_SNAPSHOTS = 64n;
/** Domain events processed before the event loop continues. */
const YIELD_EVERY = 500;
/** Revision beyond the end of every stream. */
const END = 2n ** 62n;

/** An inventory directly after one of its domain events. */
export interface Moment {
  readonly inventory: SeatInventory;
  readonly revision: bigint;
  /** Recorded time of that domain event; milliseconds since the epoch. */
  readonly recordedAt: number;
  /** Revision of the snapshot from which the replay started; -1 for none. */
  readonly from: bigint;
}

export interface TimeTravel {
  /** Returns undefined when the sale has not reached the revision. */
  at(eventId: string, revision: bigint): Promise<Moment | undefined>;
  /**
   * Returns the revision of the last domain event recorded by a time; undefined when there is none.
   */
  revisionAt(eventId: string, time: number): Promise<bigint | undefined>;
  /** Returns the revision of the last domain event; undefined when there is none. */
  newest(eventId: string): Promise<bigint | undefined>;
}

export interface TimeTravelParts {
  readonly eventStore: EventStore;
  readonly plans: SeatingPlans;
  readonly snapshots: HistorySnapshots;
  readonly warn: (message: string) => void;
}

export function openTimeTravel(parts: TimeTravelParts): TimeTravel {
  const { eventStore } = parts;
  const eventAt = async (stream: string, revision: bigint): Promise<RecordedEvent | undefined> => {
    for await (const event of eventStore.readStream(stream, { from: revision, maxCount: 1 }))
      return event;
    return undefined;
  };
  const newest = async (eventId: string): Promise<bigint | undefined> => {
    const last = { direction: 'backwards', maxCount: 1 } as const;
    for await (const { revision } of eventStore.readStream(seatInventoryStream(eventId), last))
      return revision;
    return undefined;
  };

  return {
    newest,
    at: async (eventId, revision) => {
      const stream = seatInventoryStream(eventId);
      for await (const moment of await replayFrom(parts, stream, revision))
        if (moment.revision === revision) return moment;
      return undefined;
    },
    revisionAt: async (eventId, time) => {
      const stream = seatInventoryStream(eventId);
      const end = await newest(eventId);
      if (end === undefined) return undefined;
      // Binary search: events before `low` were recorded by then, those from `high` on were not.
      let [low, high] = [0n, end + 1n];
      while (low < high) {
        const middle = (low + high) / 2n;
        const event = await eventAt(stream, middle);
        // Clients see whole milliseconds, so the fraction is ignored.
        if (event && Math.floor(event.recordedAt) <= time) low = middle + 1n;
        else high = middle;
      }
      return low === 0n ? undefined : low - 1n;
    },
  };
}

/**
 * Yields every moment from the nearest snapshot up to `revision` or the end. All moments share one
 * inventory object, which the next step changes.
 */
export async function replayFrom(
  { eventStore, plans, snapshots, warn }: TimeTravelParts,
  stream: string,
  revision = END,
): Promise<AsyncGenerator<Moment & { readonly lastEventId: string }>> {
  const snapshot = await snapshots
    .nearest(stream, SEAT_INVENTORY_FOLD_VERSION, revision)
    .catch((error: Error) => {
      warn(`history snapshot of ${stream} not read, replaying from the start: ${error.message}`);
      return undefined;
    });
  const unpacked = snapshot && (await unpackInventory(snapshot.body, plans).catch(() => undefined));
  const from = unpacked ? snapshot!.revision : -1n;

  async function* replay(
    start: typeof unpacked,
    from: bigint,
  ): AsyncGenerator<Moment & { lastEventId: string }> {
    let inventory = start?.inventory;
    const first = from < 0n ? 0n : from;
    const maxCount = revision === END ? undefined : Number(revision - first) + 1;
    let seen = 0;
    for await (const event of eventStore.readStream(stream, { from: first, maxCount })) {
      if (start && event.revision === from) {
        if (event.id.toLowerCase() !== start.lastEventId.toLowerCase()) {
          // The log was restored from a backup and has different domain events since.
          await snapshots.discard(stream, from).catch(() => undefined);
          return yield* replay(undefined, -1n);
        }
      } else {
        inventory ??= emptyInventory((await plans.load(hashOf(event))).layout);
        foldRecorded(inventory, event);
      }
      yield {
        inventory: inventory!,
        revision: event.revision,
        recordedAt: event.recordedAt,
        from,
        lastEventId: event.id,
      };
      if (++seen % YIELD_EVERY === 0) await setImmediate();
    }
    // The restored stream ends before the snapshot.
    if (start && seen === 0) {
      await snapshots.discard(stream, from).catch(() => undefined);
      yield* replay(undefined, -1n);
    }
  }
  return replay(unpacked, from);
}

const hashOf = ({ data }: RecordedEvent): string => (data as InventoryOpenedData).seatingPlanHash;

/**
 * Saves the missing history snapshots of a sale, the oldest first, and removes surplus ones. Pauses
 * three times as long as it works, because the process may be selling.
 */
export async function extendHistorySnapshots(
  parts: TimeTravelParts,
  eventId: string,
  stopping: AbortSignal,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const stream = seatInventoryStream(eventId);
  const foldVersion = SEAT_INVENTORY_FOLD_VERSION;
  let workedSince = performance.now();
  let last = 0n;
  for await (const { inventory, revision, lastEventId, from } of await replayFrom(parts, stream)) {
    if (stopping.aborted) return;
    last = revision;
    if (revision % SNAPSHOT_SPACING === 0n && revision > 0n && revision !== from) {
      const body = packInventory(inventory, lastEventId);
      await parts.snapshots.save({ stream, revision, foldVersion, body });
    }
    if (performance.now() - workedSince < WORK_MS) continue;
    await pause(PAUSE_FACTOR * (performance.now() - workedSince));
    workedSince = performance.now();
  }
  const spacing = spacingOf(last);
  if (spacing > SNAPSHOT_SPACING) await parts.snapshots.thin(stream, foldVersion, spacing);
}

/** Milliseconds of work between two pauses. */
const WORK_MS = 20;
/** Duration of a pause as a multiple of the work before it. */
const PAUSE_FACTOR = 3;

/**
 * Returns the spacing of snapshots: it doubles whenever a sale would have more than the maximum.
 */
export function spacingOf(revision: bigint): bigint {
  let spacing = SNAPSHOT_SPACING;
  while (revision / spacing > MAX_SNAPSHOTS) spacing *= 2n;
  return spacing;
}
