import { LRUCache } from 'lru-cache';
import {
  decideWaitingRoom,
  type WaitingRoomCommand,
  type WaitingRoomRejection,
} from '../../domain/waiting-room/decide.js';
import { waitingRoomStream, type WaitingRoomEvent } from '../../domain/waiting-room/events.js';
import { evolveWaitingRoom, type WaitingRoom } from '../../domain/waiting-room/state.js';
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
const LOOK_AGAIN_MS = 1_000;
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
}

interface Known {
  room: WaitingRoom;
  revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  lastEventId: string;
  /** Milliseconds since the epoch. */
  readAt: number;
  reading: Promise<void> | undefined;
}

export function openWaitingRoomLog(eventStore: EventStore, clock: Clock): WaitingRoomLog {
  const rooms = new LRUCache<string, Known>({ max: MAX_ROOMS });
  const knownOf = (eventId: string): Known => {
    const known = rooms.get(eventId) ?? {
      ...{
        room: undefined,
        revision: NO_STREAM,
        lastEventId: '',
        readAt: -Infinity,
        reading: undefined,
      },
    };
    rooms.set(eventId, known);
    return known;
  };

  /**
   * Reads only newer domain events, usually none. Reads the whole stream if it was replaced by a
   * shorter one.
   */
  const readOn = async (eventId: string, known: Known): Promise<void> => {
    const asked = clock.now();
    let { room, revision, lastEventId } = known;
    let isThere = revision === NO_STREAM;
    const stream = waitingRoomStream(eventId);
    for await (const event of eventStore.readStream(stream, { from: isThere ? 0n : revision })) {
      if (!isThere) {
        if (event.revision !== revision || !isSameId(event.id, lastEventId)) break;
        isThere = true;
        continue;
      }
      room = evolveWaitingRoom(room, event as unknown as WaitingRoomEvent);
      ({ revision, id: lastEventId } = event);
    }
    if (isThere) Object.assign(known, { room, revision, lastEventId, readAt: asked });
    else {
      Object.assign(known, { room: undefined, revision: NO_STREAM, lastEventId: '' });
      await readOn(eventId, known);
    }
  };
  const look = (eventId: string, known: Known): Promise<void> => {
    known.reading ??= readOn(eventId, known).finally(() => (known.reading = undefined));
    return known.reading;
  };

  const latest = async (eventId: string): Promise<WaitingRoom> => {
    const known = knownOf(eventId);
    // A read in progress may have begun too early.
    await known.reading?.catch(() => {});
    await look(eventId, known);
    return known.room;
  };

  return {
    latest,
    room: async (eventId) => {
      const known = knownOf(eventId);
      const age = clock.now() - known.readAt;
      const isFresh = age >= 0 && age < LOOK_AGAIN_MS;
      if (isFresh) return known.room;
      const looking = look(eventId, known);
      if (age < 0 || age >= TOO_OLD_MS) await looking;
      // A caller that needs the newest state gets the error; this one reads again at the next call.
      else looking.catch(() => {});
      return known.room;
    },
    write: async (command, context) => {
      for (let conflicts = 0; ; conflicts++) {
        await latest(command.eventId);
        const known = knownOf(command.eventId);
        const { room, revision } = known;
        const decision = decideWaitingRoom(command, room);
        if (!decision.accepted) return decision;
        if (decision.events.length === 0) return { accepted: true, room: room! };
        const commandId = derivedId(context.commandId, command.type, String(revision));
        const stored = toNewEvents(decision.events, { ...context, commandId });
        try {
          await appendOnce(eventStore, clock, waitingRoomStream(command.eventId), revision, stored);
          return { accepted: true, room: (await latest(command.eventId))! };
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
        }
      }
    },
  };
}
