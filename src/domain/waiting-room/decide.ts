import { accept, reject, type Decider, type Decision } from '../shared/decider.js';
import type { RoomPhase, RoomSettings, WaitingRoomEvent } from './events.js';
import { commitmentTo } from './shuffle.js';
import { evolveWaitingRoom, isOver, stateOf, type WaitingRoom } from './state.js';

/** Limits of the organizer's settings. */
export const ROOM_LIMITS = {
  admitPerMinute: { min: 1, max: 600_000 },
  maxShoppers: { min: 1, max: 100_000 },
  passSeconds: { min: 10, max: 7_200 },
  claimSeconds: { min: 5, max: 3_600 },
} as const;
export const DEFAULT_PASS_SECONDS = 600;
export const DEFAULT_CLAIM_SECONDS = 60;

export interface ConfigureWaitingRoom {
  readonly type: 'ConfigureWaitingRoom';
  readonly eventId: string;
  /** Missing settings keep their value or get the default. */
  readonly settings: Partial<RoomSettings>;
  /** Whether a room that is over starts another run. A change of settings alone never does. */
  readonly startsNewRun: boolean;
  /** Opening of the sale, if set; ISO 8601. */
  readonly onSaleAt: string | null;
  /** Shuffles the early arrivals of `runToConfigure`. 32 hex characters. */
  readonly seed: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
/** The opening of the sale changes. A room that opens with the sale follows. */
export interface FollowOnSale {
  readonly type: 'FollowOnSale';
  readonly eventId: string;
  /** ISO 8601; null: at once. */
  readonly onSaleAt: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
export interface MoveWaitingRoom {
  readonly type: 'MoveWaitingRoom';
  readonly eventId: string;
  readonly to: Exclude<RoomPhase, 'scheduled'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
export interface ShuffleEarlyArrivals {
  readonly type: 'ShuffleEarlyArrivals';
  readonly eventId: string;
  readonly run: number;
  readonly early: number;
  readonly seed: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
export interface SetNumbersAside {
  readonly type: 'SetNumbersAside';
  readonly eventId: string;
  /** The run that the facts below belong to. Facts of another run are ignored. */
  readonly run: number;
  readonly upTo: number;
  /** The highest number known to be issued. */
  readonly issued: number;
  readonly nowServing: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
export type WaitingRoomCommand =
  ConfigureWaitingRoom | FollowOnSale | MoveWaitingRoom | ShuffleEarlyArrivals | SetNumbersAside;

/** In order of precedence. */
export type WaitingRoomRejection =
  | { readonly code: 'waiting-room-not-configured' }
  | { readonly code: 'waiting-room-over' }
  | { readonly code: 'waiting-room-open'; readonly fields: readonly string[] };

type WaitingRoomDecision = Decision<WaitingRoomEvent, WaitingRoomRejection>;

export const waitingRoomDecider: Decider<
  WaitingRoom,
  WaitingRoomCommand,
  WaitingRoomEvent,
  WaitingRoomRejection
> = { initial: () => undefined, evolve: evolveWaitingRoom, decide: decideWaitingRoom };

export function decideWaitingRoom(
  command: WaitingRoomCommand,
  room: WaitingRoom,
): WaitingRoomDecision {
  const at = new Date(command.now).toISOString();
  if (command.type === 'ConfigureWaitingRoom') return configure(command, room, at);
  if (command.type === 'FollowOnSale') return follow(command, room, at);
  if (!room) return reject({ code: 'waiting-room-not-configured' });
  switch (command.type) {
    case 'MoveWaitingRoom':
      return move(command, room, at);
    case 'ShuffleEarlyArrivals':
      return shuffle(command, room, at);
    case 'SetNumbersAside':
      return setAside(command, room, at);
  }
}

type CommandOf<Type> = Extract<WaitingRoomCommand, { readonly type: Type }>;
type ExistingRoom = NonNullable<WaitingRoom>;

function move(
  { eventId, to, now }: CommandOf<'MoveWaitingRoom'>,
  room: ExistingRoom,
  at: string,
): WaitingRoomDecision {
  if (room.phase === to || stateOf(room, now) === to) return accept();
  // Its numbers are void, so a room is only opened again by an explicit configuration.
  if (isOver(room)) return reject({ code: 'waiting-room-over' });
  return accept({ type: 'WaitingRoomMoved', data: { eventId, to, movedAt: at } });
}

function shuffle(
  { eventId, run, early, seed }: CommandOf<'ShuffleEarlyArrivals'>,
  room: ExistingRoom,
  at: string,
): WaitingRoomDecision {
  if (run !== room.run || room.shuffled || !room.settings.shuffleAtOpening) return accept();
  return accept({
    type: 'EarlyArrivalsShuffled',
    data: { eventId, early, seed, shuffledAt: at },
  });
}

function setAside(
  { eventId, run, upTo, nowServing, issued }: CommandOf<'SetNumbersAside'>,
  room: ExistingRoom,
  at: string,
): WaitingRoomDecision {
  const isKnown = upTo <= room.setAside && nowServing <= room.nowServing;
  if (run !== room.run || isKnown) return accept();
  return accept({
    type: 'NumbersSetAside',
    data: {
      eventId,
      upTo: Math.max(upTo, room.setAside),
      issued: Math.max(issued, room.issued ?? 0),
      nowServing,
      setAsideAt: at,
    },
  });
}

/**
 * Returns the run that a `ConfigureWaitingRoom` would set up, and the commitment that was published
 * for the seed of this run, if any. The command's seed must fit both.
 */
export function runToConfigure(room: WaitingRoom): {
  readonly run: number;
  readonly seedCommitment: string | null;
} {
  if (!room) return { run: 0, seedCommitment: null };
  if (isOver(room)) return { run: room.run + 1, seedCommitment: null };
  return { run: room.run, seedCommitment: room.seedCommitment };
}

function configure(
  command: ConfigureWaitingRoom,
  room: WaitingRoom,
  at: string,
): WaitingRoomDecision {
  const { settings: given, startsNewRun, now } = command;
  if (!room && (given.admitPerMinute === undefined || given.maxShoppers === undefined)) {
    return reject({ code: 'waiting-room-not-configured' });
  }
  if (!room) return setUp(command, room, at);
  if (isOver(room)) {
    return startsNewRun ? setUp(command, room, at) : reject({ code: 'waiting-room-over' });
  }
  const settings = settingsOf(command, room, at);
  if (isSame(settings, room.settings)) return accept();
  const fields = alteredThough(decidedBy(room, now), settings, room);
  if (fields.length > 0) return reject({ code: 'waiting-room-open', fields });
  return setUp(command, room, at);
}

function setUp(command: ConfigureWaitingRoom, room: WaitingRoom, at: string): WaitingRoomDecision {
  const { eventId, settings: given, seed } = command;
  const settings = settingsOf(command, room, at);
  const opensWithSale =
    given.opensAt === undefined && (isNewRun(room) || room?.opensWithSale === true);
  return accept({
    type: 'WaitingRoomConfigured',
    data: {
      eventId,
      settings,
      seedCommitment: settings.shuffleAtOpening ? commitmentTo(seed) : null,
      ...(opensWithSale && { opensWithSale }),
      configuredAt: at,
    },
  });
}

/** Returns whether a configuration of this room starts a run. */
const isNewRun = (room: WaitingRoom): boolean => room === undefined || isOver(room);

/** Returns the given settings, then those of the room, then the defaults. */
function settingsOf(
  { settings: given, onSaleAt }: ConfigureWaitingRoom,
  room: WaitingRoom,
  at: string,
): RoomSettings {
  const known = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  return {
    passSeconds: DEFAULT_PASS_SECONDS,
    claimSeconds: DEFAULT_CLAIM_SECONDS,
    shuffleAtOpening: false,
    queueAll: true,
    ...room?.settings,
    ...(isNewRun(room) && { opensAt: onSaleAt ?? at }),
    ...known,
  } as RoomSettings;
}

/**
 * Returns the settings that can no longer change. After the opening, early arrivals have their
 * places and shoppers are inside: such a room can only be paused or ended. If the sale was
 * postponed after the opening, drawn places stay.
 */
function decidedBy(room: NonNullable<WaitingRoom>, now: number): readonly (keyof RoomSettings)[] {
  if (stateOf(room, now) !== 'countdown') return ['shuffleAtOpening', 'opensAt'];
  return room.shuffled ? ['shuffleAtOpening'] : [];
}

const alteredThough = (
  decided: readonly (keyof RoomSettings)[],
  settings: RoomSettings,
  room: NonNullable<WaitingRoom>,
): string[] => decided.filter((name) => settings[name] !== room.settings[name]);

/** A postponed sale takes its room along, and everyone keeps the place. */
function follow(
  { eventId, onSaleAt, now }: FollowOnSale,
  room: WaitingRoom,
  at: string,
): WaitingRoomDecision {
  if (!room?.opensWithSale || room.phase !== 'scheduled') return accept();
  const { settings, seedCommitment } = room;
  const isDone =
    onSaleAt === null ? Date.parse(settings.opensAt) <= now : settings.opensAt === onSaleAt;
  if (isDone) return accept();
  const data = { seedCommitment, opensWithSale: true, configuredAt: at };
  return accept({
    type: 'WaitingRoomConfigured',
    data: { eventId, settings: { ...settings, opensAt: onSaleAt ?? at }, ...data },
  });
}

const isSame = (one: RoomSettings, other: RoomSettings): boolean =>
  Object.entries(one).every(([name, value]) => other[name as keyof RoomSettings] === value);
