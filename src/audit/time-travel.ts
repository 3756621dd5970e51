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
} from '../domain/seat-inventory/state.js';
import type { EventStore, RecordedEvent } from '../ports/event-store/event-store.js';
import type { HistorySnapshots } from '../ports/seat-inventory/snapshots.js';

/** Domain events between two rungs of the ladder: folding so many takes a tenth of a second. */
export const RUNG = 5_000n;
/** Rungs of one sale; behind that many, every second one goes. */
export const MAX_RUNGS = 64n;
const BREATH = 500;
/** More than a log has. */
const END = 2n ** 62n;

/** An inventory as it stood right behind one of its domain events. */
export interface Moment {
  readonly inventory: SeatInventory;
  readonly revision: bigint;
  /** When the log took that domain event; milliseconds since the epoch. */
  readonly recordedAt: number;
  /** Revision of the snapshot that this rests on; -1 for none. */
  readonly from: bigint;
}

export interface TimeTravel {
  /** Undefined when the sale has not come so far. */
  at(eventId: string, revision: bigint): Promise<Moment | undefined>;
  /** Revision of the last domain event that the log had taken by then; undefined when it had none. */
  revisionAt(eventId: string, time: number): Promise<bigint | undefined>;
  /** Revision of the last domain event; undefined when there is none. */
  newest(eventId: string): Promise<bigint | undefined>;
}

export interface TimeTravelParts {
  readonly eventStore: EventStore;
  readonly plans: SeatingPlans;
  readonly rungs: HistorySnapshots;
  readonly log: (message: string) => void;
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
      for await (const moment of await climbFrom(parts, stream, revision))
        if (moment.revision === revision) return moment;
      return undefined;
    },
    revisionAt: async (eventId, time) => {
      const stream = seatInventoryStream(eventId);
      const end = await newest(eventId);
      if (end === undefined) return undefined;
      // The first `low` were taken by then, and of those from `high` on none.
      let [low, high] = [0n, end + 1n];
      while (low < high) {
        const middle = (low + high) / 2n;
        const event = await eventAt(stream, middle);
        // Times are shown in milliseconds: what is shown as taken then, was.
        if (event && Math.floor(event.recordedAt) <= time) low = middle + 1n;
        else high = middle;
      }
      return low === 0n ? undefined : low - 1n;
    },
  };
}

/** Every moment from the nearest rung up to `revision`, or to the end; one inventory, folded on from moment to moment. */
export async function climbFrom(
  { eventStore, plans, rungs, log }: TimeTravelParts,
  stream: string,
  revision = END,
): Promise<AsyncGenerator<Moment & { readonly lastEventId: string }>> {
  const snapshot = await rungs
    .nearest(stream, SEAT_INVENTORY_FOLD_VERSION, revision)
    .catch((error: Error) => {
      log(`history of ${stream} read from its beginning: ${error.message}`);
      return undefined;
    });
  const rung = snapshot && (await unpackInventory(snapshot.body, plans).catch(() => undefined));
  const from = rung ? snapshot!.revision : -1n;

  async function* climb(
    start: typeof rung,
    from: bigint,
  ): AsyncGenerator<Moment & { lastEventId: string }> {
    let inventory = start?.inventory;
    const first = from < 0n ? 0n : from;
    const maxCount = revision === END ? undefined : Number(revision - first) + 1;
    let seen = 0;
    for await (const event of eventStore.readStream(stream, { from: first, maxCount })) {
      if (start && event.revision === from) {
        if (event.id.toLowerCase() !== start.lastEventId.toLowerCase()) {
          // The log was restored, and has gone on in another way since.
          await rungs.discard(stream, from).catch(() => undefined);
          return yield* climb(undefined, -1n);
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
      if (++seen % BREATH === 0) await setImmediate();
    }
    // Or it ends before.
    if (start && seen === 0) {
      await rungs.discard(stream, from).catch(() => undefined);
      yield* climb(undefined, -1n);
    }
  }
  return climb(rung, from);
}

const hashOf = ({ data }: RecordedEvent): string => (data as InventoryOpenedData).seatingPlanHash;

/**
 * Puts in the rungs that a sale has grown beyond, the lowest first, and takes out those that are too many. Works a little and rests three
 * times as long: a shop may be selling in this process.
 */
export async function extendLadder(
  parts: TimeTravelParts,
  eventId: string,
  stopping: AbortSignal,
  rest: (ms: number) => Promise<void>,
): Promise<void> {
  const stream = seatInventoryStream(eventId);
  const foldVersion = SEAT_INVENTORY_FOLD_VERSION;
  let workedSince = performance.now();
  let last = 0n;
  for await (const { inventory, revision, lastEventId, from } of await climbFrom(parts, stream)) {
    if (stopping.aborted) return;
    last = revision;
    if (revision % RUNG === 0n && revision > 0n && revision !== from) {
      const body = packInventory(inventory, lastEventId);
      await parts.rungs.save({ stream, revision, foldVersion, body });
    }
    if (performance.now() - workedSince < WORK_MS) continue;
    await rest(REST * (performance.now() - workedSince));
    workedSince = performance.now();
  }
  const spacing = spacingOf(last);
  if (spacing > RUNG) await parts.rungs.thin(stream, foldVersion, spacing);
}

/** Worked at a stretch, milliseconds, and how many times as long it then rests. */
const WORK_MS = 20;
const REST = 3;

/** Twice as far apart whenever a sale has grown to twice as many as may be kept. */
export function spacingOf(revision: bigint): bigint {
  let spacing = RUNG;
  while (revision / spacing > MAX_RUNGS) spacing *= 2n;
  return spacing;
}
