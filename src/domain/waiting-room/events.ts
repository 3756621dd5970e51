import type { DomainEvent } from '../shared/domain-event.js';

/** Stream of one event's waiting room. */
export const WAITING_ROOM = 'waitingRoom-';
export const waitingRoomStream = (eventId: string): string => WAITING_ROOM + eventId;

export interface RoomSettings {
  readonly admitPerMinute: number;
  /** Called or inside at once. */
  readonly maxShoppers: number;
  readonly passSeconds: number;
  /** For whoever is called to fetch the pass. */
  readonly claimSeconds: number;
  readonly shuffleAtOpening: boolean;
  /** Everybody needs a pass; otherwise the room stands aside as long as nobody has to wait. */
  readonly queueAll: boolean;
  /** ISO 8601. */
  readonly opensAt: string;
}

export type WaitingRoomConfigured = DomainEvent<
  'WaitingRoomConfigured',
  {
    readonly eventId: string;
    readonly settings: RoomSettings;
    /** SHA-256 of the seed that will shuffle the early arrivals; null when none are shuffled. */
    readonly seedCommitment: string | null;
    /** Nobody said another time: where the opening of the sale goes, `opensAt` follows. */
    readonly opensWithSale?: boolean;
    readonly configuredAt: string;
  }
>;
export type RoomPhase = 'scheduled' | 'open' | 'paused' | 'ended' | 'off';
/** By hand; at `opensAt` a scheduled room is open without it. */
export type WaitingRoomMoved = DomainEvent<
  'WaitingRoomMoved',
  {
    readonly eventId: string;
    readonly to: Exclude<RoomPhase, 'scheduled'>;
    readonly movedAt: string;
  }
>;
/** Numbers up to `early` came before the opening; their places follow from the seed. */
export type EarlyArrivalsShuffled = DomainEvent<
  'EarlyArrivalsShuffled',
  {
    readonly eventId: string;
    readonly early: number;
    readonly seed: string;
    readonly shuffledAt: string;
  }
>;
/** Numbers up to here may have been given: whatever else is lost, none of them is given again. */
export type NumbersSetAside = DomainEvent<
  'NumbersSetAside',
  {
    readonly eventId: string;
    readonly upTo: number;
    /** The highest that was given by then, as far as whoever wrote it knew. */
    readonly issued?: number;
    readonly nowServing: number;
    readonly setAsideAt: string;
  }
>;
export type WaitingRoomEvent =
  WaitingRoomConfigured | WaitingRoomMoved | EarlyArrivalsShuffled | NumbersSetAside;
