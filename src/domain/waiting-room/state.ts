import type { RoomPhase, RoomSettings, WaitingRoomEvent } from './events.js';
import { shuffledPlace } from './shuffle.js';

/** Undefined until it is configured. */
export type WaitingRoom = RoomState | undefined;

interface RoomState {
  readonly settings: RoomSettings;
  readonly phase: RoomPhase;
  readonly seedCommitment: string | null;
  /** `opensAt` follows the opening of the sale. */
  readonly opensWithSale: boolean;
  /** Counted from 0: it is another one each time that the room is set up again after it was over. */
  readonly run: number;
  /** Numbers up to here are of earlier runs: none of them counts any more. */
  readonly startsAfter: number;
  readonly shuffled: { readonly early: number; readonly seed: string } | undefined;
  /** Numbers up to here may have been given. */
  readonly setAside: number;
  /** The highest that was given, as last written down; it may be further. Undefined when nobody wrote it down. */
  readonly issued: number | undefined;
  /** As last written down; it may be further. */
  readonly nowServing: number;
}

/** As everybody sees it. */
export type ShownState = 'off' | 'countdown' | 'open' | 'paused' | 'ended';

/** The clock alone opens a room at its time. */
export function stateOf(room: WaitingRoom, now: number): ShownState {
  if (!room) return 'off';
  if (room.phase !== 'scheduled') return room.phase;
  return now < Date.parse(room.settings.opensAt) ? 'countdown' : 'open';
}

/** While it is on, seats are reserved with a pass. */
export const isOn = (state: ShownState): boolean =>
  state === 'countdown' || state === 'open' || state === 'paused';

/** Set up again after that, it is another run, in front of which nobody stands. */
export const isOver = ({ phase }: NonNullable<WaitingRoom>): boolean =>
  phase === 'ended' || phase === 'off';

/** Those who stand in front of an event in one run of its room. */
export interface Row {
  readonly id: string;
  readonly eventId: string;
  readonly run: number;
}
export const rowOf = (eventId: string, { run }: NonNullable<WaitingRoom>): Row => ({
  ...{ id: `${eventId}/${run}`, eventId, run },
});

/** Where a number stands in the row; undefined while that is not drawn yet. */
export function placeOf(room: NonNullable<WaitingRoom>, number: number): number | undefined {
  const { startsAfter, shuffled } = room;
  if (!shuffled) return room.settings.shuffleAtOpening ? undefined : number;
  return (
    startsAfter + shuffledPlace(number - startsAfter, shuffled.early - startsAfter, shuffled.seed)
  );
}

export function evolveWaitingRoom(room: WaitingRoom, domainEvent: WaitingRoomEvent): WaitingRoom {
  if (domainEvent.type === 'WaitingRoomConfigured') {
    const { settings, seedCommitment, opensWithSale = false } = domainEvent.data;
    if (room && !isOver(room)) return { ...room, settings, seedCommitment, opensWithSale };
    const { run, setAside } = room ?? { run: -1, setAside: 0 };
    return {
      ...{
        settings,
        seedCommitment,
        opensWithSale,
        phase: 'scheduled',
        run: run + 1,
        shuffled: undefined,
      },
      ...{ startsAfter: setAside, setAside, issued: setAside, nowServing: setAside },
    };
  }
  if (!room) throw new Error(`${domainEvent.type} of a waiting room that was never configured.`);
  switch (domainEvent.type) {
    case 'WaitingRoomMoved':
      return { ...room, phase: domainEvent.data.to };
    case 'EarlyArrivalsShuffled': {
      const { early, seed } = domainEvent.data;
      return { ...room, shuffled: { early, seed } };
    }
    case 'NumbersSetAside': {
      const { upTo, issued, nowServing } = domainEvent.data;
      return {
        ...room,
        setAside: Math.max(room.setAside, upTo),
        issued: issued && Math.max(room.issued ?? 0, issued),
        nowServing: Math.max(room.nowServing, nowServing),
      };
    }
    default:
      throw new Error(
        `Unknown domain event type ${(domainEvent as { type: string }).type}: run the newer version.`,
      );
  }
}
