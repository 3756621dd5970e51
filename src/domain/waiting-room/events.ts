import type { DomainEvent } from '../shared/domain-event.js';

/** Stream of one event's waiting room. */
export const WAITING_ROOM = 'waitingRoom-';
export const waitingRoomStream = (eventId: string): string => WAITING_ROOM + eventId;

export interface RoomSettings {
  readonly admitPerMinute: number;
  /** Maximum of shoppers called or inside. */
  readonly maxShoppers: number;
  readonly passSeconds: number;
  /** Time to fetch the pass after the call. */
  readonly claimSeconds: number;
  readonly shuffleAtOpening: boolean;
  /**
   * True: everyone needs a pass. False: the room admits without a queue as long as nobody has to
   * wait.
   */
  readonly queueAll: boolean;
  /** ISO 8601. */
  readonly opensAt: string;
}

export type WaitingRoomConfigured = DomainEvent<
  'WaitingRoomConfigured',
  {
    readonly eventId: string;
    readonly settings: RoomSettings;
    /** SHA-256 of the seed that will shuffle the early arrivals; null without a shuffle. */
    readonly seedCommitment: string | null;
    /** `opensAt` follows the opening of the sale, because no other time was set. */
    readonly opensWithSale?: boolean;
    readonly configuredAt: string;
  }
>;
export type RoomPhase = 'scheduled' | 'open' | 'paused' | 'ended' | 'off';
/** Changed by a person. A scheduled room opens at `opensAt` without this event. */
export type WaitingRoomMoved = DomainEvent<
  'WaitingRoomMoved',
  {
    readonly eventId: string;
    readonly to: Exclude<RoomPhase, 'scheduled'>;
    readonly movedAt: string;
  }
>;
/** Numbers up to `early` were issued before the opening. Their places follow from the seed. */
export type EarlyArrivalsShuffled = DomainEvent<
  'EarlyArrivalsShuffled',
  {
    readonly eventId: string;
    readonly early: number;
    readonly seed: string;
    readonly shuffledAt: string;
  }
>;
/**
 * Numbers up to `upTo` may have been issued. None of them is issued again after a loss of state.
 */
export type NumbersSetAside = DomainEvent<
  'NumbersSetAside',
  {
    readonly eventId: string;
    readonly upTo: number;
    /** The highest number issued by then, as far as the writing node knew. */
    readonly issued?: number;
    readonly nowServing: number;
    readonly setAsideAt: string;
  }
>;
export type WaitingRoomEvent =
  WaitingRoomConfigured | WaitingRoomMoved | EarlyArrivalsShuffled | NumbersSetAside;
