import type { RoomPhase, RoomSettings, WaitingRoomEvent } from './events.js';
import { shuffledPlace } from './shuffle.js';

/** Undefined until it is configured. */
export type WaitingRoom = RoomState | undefined;

interface RoomState {
  readonly settings: RoomSettings;
  readonly phase: RoomPhase;
  readonly seedCommitment: string | null;
  readonly shuffled: { readonly early: number; readonly seed: string } | undefined;
  /** Numbers up to here may have been given. */
  readonly setAside: number;
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

/** Where a number stands in the row; undefined while that is not drawn yet. */
export function placeOf(room: NonNullable<WaitingRoom>, number: number): number | undefined {
  if (room.shuffled) return shuffledPlace(number, room.shuffled.early, room.shuffled.seed);
  return room.settings.shuffleAtOpening ? undefined : number;
}

export function evolveWaitingRoom(room: WaitingRoom, domainEvent: WaitingRoomEvent): WaitingRoom {
  if (domainEvent.type === 'WaitingRoomConfigured') {
    const { settings, seedCommitment } = domainEvent.data;
    const phase = room && room.phase !== 'ended' && room.phase !== 'off' ? room.phase : 'scheduled';
    const { shuffled, setAside = 0, nowServing = 0 } = room ?? {};
    return { settings, phase, seedCommitment, shuffled, setAside, nowServing };
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
      const { upTo, nowServing } = domainEvent.data;
      return {
        ...room,
        setAside: Math.max(room.setAside, upTo),
        nowServing: Math.max(room.nowServing, nowServing),
      };
    }
    default:
      throw new Error(
        `Unknown domain event type ${(domainEvent as { type: string }).type}: run the newer version.`,
      );
  }
}
