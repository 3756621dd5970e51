import { LRUCache } from 'lru-cache';
import {
  waitingRoomDecider,
  type WaitingRoomCommand,
  type WaitingRoomRejection,
} from '../../domain/waiting-room/decide.js';
import { waitingRoomStream, type WaitingRoomEvent } from '../../domain/waiting-room/events.js';
import type { WaitingRoom } from '../../domain/waiting-room/state.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { isSameId } from '../../ports/event-store/log-identity.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

/** Rooms in the cache. Most events have no room, which is cached too. */
const MAX_ROOMS = 10_000;
/**
 * A decision of another node is visible here after the first time, and awaited after the second.
 * Milliseconds.
 */
const READ_AGAIN_MS = 1_000;
const TOO_OLD_MS = 3_000;
/** Times that a decision is repeated because another writer appended first. */
const MAX_CONFLICTS = 10;

export type WaitingRoomOutcome =
  | { readonly accepted: true; readonly room: NonNullable<WaitingRoom> }
  | { readonly accepted: false; readonly rejection: WaitingRoomRejection };

/**
 * The waiting rooms' settings and phases, and the facts that must outlive all other state of a
 * room.
 */
export interface WaitingRoomLog {
  /** Returns the room, at most about a second old. */
  room(eventId: string): Promise<WaitingRoom>;
  /** Returns the room as it stands in the log now. */
  latest(eventId: string): Promise<WaitingRoom>;
  /** @throws EventStoreUnavailable, OutcomeUnknown */
  write(command: WaitingRoomCommand, context: CommandContext): Promise<WaitingRoomOutcome>;
  /**
   * The same for a command that depends on the room. `commandOf` is called again after a conflict.
   */
  writeFor(
    eventId: string,
    commandOf: (room: WaitingRoom) => WaitingRoomCommand,
    context: CommandContext,
  ): Promise<WaitingRoomOutcome>;
}

interface CachedRoom {
  room: WaitingRoom;
  revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  lastEventId: string;
  /** Milliseconds since the epoch. */
  readAt: number;
  reading: Promise<void> | undefined;
}

export const openWaitingRoomLog = (eventStore: EventStore, clock: Clock): WaitingRoomLog =>
  new CachedRooms(eventStore, clock);

class CachedRooms implements WaitingRoomLog {
  private readonly rooms = new LRUCache<string, CachedRoom>({ max: MAX_ROOMS });

  constructor(
    private readonly eventStore: EventStore,
    private readonly clock: Clock,
  ) {}

  async room(eventId: string): Promise<WaitingRoom> {
    const cached = this.cachedRoom(eventId);
    const age = this.clock.now() - cached.readAt;
    const isFresh = age >= 0 && age < READ_AGAIN_MS;
    if (isFresh) return cached.room;
    const reading = this.read(eventId, cached);
    if (age < 0 || age >= TOO_OLD_MS) await reading;
    // A caller that needs the newest state gets the error; this one reads again at the next call.
    else reading.catch(() => {});
    return cached.room;
  }

  async latest(eventId: string): Promise<WaitingRoom> {
    const cached = this.cachedRoom(eventId);
    // A read in progress may have begun too early.
    await cached.reading?.catch(() => {});
    await this.read(eventId, cached);
    return cached.room;
  }

  write(command: WaitingRoomCommand, context: CommandContext): Promise<WaitingRoomOutcome> {
    return this.writeFor(command.eventId, () => command, context);
  }

  async writeFor(
    eventId: string,
    commandOf: (room: WaitingRoom) => WaitingRoomCommand,
    context: CommandContext,
  ): Promise<WaitingRoomOutcome> {
    for (let conflicts = 0; ; conflicts++) {
      await this.latest(eventId);
      const { room, revision } = this.cachedRoom(eventId);
      const command = commandOf(room);
      const decision = waitingRoomDecider.decide(command, room);
      if (!decision.accepted) return decision;
      if (decision.events.length === 0) return { accepted: true, room: room! };
      const commandId = derivedId(context.commandId, command.type, String(revision));
      const stored = toNewEvents(decision.events, { ...context, commandId });
      const stream = waitingRoomStream(eventId);
      try {
        await appendOnce(this.eventStore, this.clock, stream, revision, stored);
        return { accepted: true, room: (await this.latest(eventId))! };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  private cachedRoom(eventId: string): CachedRoom {
    const cached = this.rooms.get(eventId) ?? {
      room: waitingRoomDecider.initial(),
      revision: NO_STREAM,
      lastEventId: '',
      readAt: -Infinity,
      reading: undefined,
    };
    this.rooms.set(eventId, cached);
    return cached;
  }

  private read(eventId: string, cached: CachedRoom): Promise<void> {
    cached.reading ??= this.readNewer(eventId, cached).finally(() => (cached.reading = undefined));
    return cached.reading;
  }

  /**
   * Reads only newer domain events, usually none. Reads the whole stream if it was replaced by a
   * shorter one.
   */
  private async readNewer(eventId: string, cached: CachedRoom): Promise<void> {
    const readAt = this.clock.now();
    let { room, revision, lastEventId } = cached;
    let isFound = revision === NO_STREAM;
    for await (const event of this.eventStore.readStream(waitingRoomStream(eventId), {
      from: isFound ? 0n : revision,
    })) {
      if (!isFound) {
        if (event.revision !== revision || !isSameId(event.id, lastEventId)) break;
        isFound = true;
        continue;
      }
      room = waitingRoomDecider.evolve(room, event as unknown as WaitingRoomEvent);
      ({ revision, id: lastEventId } = event);
    }
    if (isFound) Object.assign(cached, { room, revision, lastEventId, readAt });
    else {
      Object.assign(cached, { room: undefined, revision: NO_STREAM, lastEventId: '' });
      await this.readNewer(eventId, cached);
    }
  }
}
