import type { RoomPhase, RoomSettings, WaitingRoomConfigured, WaitingRoomEvent } from './events.js';
import { shuffledPlace } from './shuffle.js';

/** Undefined until it is configured. */
export type WaitingRoom = RoomState | undefined;

interface RoomState {
  readonly settings: RoomSettings;
  readonly phase: RoomPhase;
  readonly seedCommitment: string | null;
  /** `opensAt` follows the opening of the sale. */
  readonly opensWithSale: boolean;
  /** Counts from 0. A room that is set up again after its end starts another run. */
  readonly run: number;
  /** Numbers up to here belong to earlier runs and are void. */
  readonly startsAfter: number;
  readonly shuffled: { readonly early: number; readonly seed: string } | undefined;
  /** Numbers up to here may have been issued. */
  readonly setAside: number;
  /**
   * The highest number issued, as last stored; the real one may be higher. Undefined if never
   * stored.
   */
  readonly issued: number | undefined;
  /** As last stored; the real one may be higher. */
  readonly nowServing: number;
}

/** The public state. */
export type ShownState = 'off' | 'countdown' | 'open' | 'paused' | 'ended';

/** A scheduled room opens by the clock alone. */
export function stateOf(room: WaitingRoom, now: number): ShownState {
  if (!room) return 'off';
  if (room.phase !== 'scheduled') return room.phase;
  return now < Date.parse(room.settings.opensAt) ? 'countdown' : 'open';
}

/** Returns whether reserving needs a pass. */
export const isOn = (state: ShownState): boolean =>
  state === 'countdown' || state === 'open' || state === 'paused';

/**
 * Returns whether the room has ended. Setting it up again starts another run with an empty queue.
 */
export const isOver = ({ phase }: NonNullable<WaitingRoom>): boolean =>
  phase === 'ended' || phase === 'off';

/** The queue of one run of an event's room. */
export interface Queue {
  readonly id: string;
  readonly eventId: string;
  readonly run: number;
}
export const queueOf = (eventId: string, { run }: NonNullable<WaitingRoom>): Queue => ({
  id: `${eventId}/${run}`,
  eventId,
  run,
});

/** Returns the place of a number in the queue; undefined before the shuffle. */
export function placeOf(room: NonNullable<WaitingRoom>, number: number): number | undefined {
  const { startsAfter, shuffled } = room;
  if (!shuffled) return room.settings.shuffleAtOpening ? undefined : number;
  return (
    startsAfter + shuffledPlace(number - startsAfter, shuffled.early - startsAfter, shuffled.seed)
  );
}

/** @throws Error for a domain event of a later version */
export function evolveWaitingRoom(room: WaitingRoom, event: WaitingRoomEvent): WaitingRoom {
  if (event.type === 'WaitingRoomConfigured') return configured(room, event.data);
  if (!room) throw new Error(`${event.type} without a WaitingRoomConfigured before it.`);
  switch (event.type) {
    case 'WaitingRoomMoved':
      return { ...room, phase: event.data.to };
    case 'EarlyArrivalsShuffled': {
      const { early, seed } = event.data;
      return { ...room, shuffled: { early, seed } };
    }
    case 'NumbersSetAside': {
      const { upTo, issued, nowServing } = event.data;
      return {
        ...room,
        setAside: Math.max(room.setAside, upTo),
        issued: issued && Math.max(room.issued ?? 0, issued),
        nowServing: Math.max(room.nowServing, nowServing),
      };
    }
    default:
      throw new Error(
        `Unknown domain event type ${(event as { type: string }).type}: run the newer version.`,
      );
  }
}

/** A room that is over starts another run: numbers of the runs before are void. */
function configured(
  room: WaitingRoom,
  { settings, seedCommitment, opensWithSale = false }: WaitingRoomConfigured['data'],
): WaitingRoom {
  if (room && !isOver(room)) return { ...room, settings, seedCommitment, opensWithSale };
  const { run, setAside } = room ?? { run: -1, setAside: 0 };
  return {
    settings,
    seedCommitment,
    opensWithSale,
    phase: 'scheduled',
    run: run + 1,
    shuffled: undefined,
    startsAfter: setAside,
    setAside,
    issued: setAside,
    nowServing: setAside,
  };
}
