import {
  waitingRoomDecider,
  type ConfigureWaitingRoom,
  type WaitingRoomCommand,
} from '../../../src/domain/waiting-room/decide.js';
import type { RoomSettings, WaitingRoomEvent } from '../../../src/domain/waiting-room/events.js';
import { commitmentTo } from '../../../src/domain/waiting-room/shuffle.js';

export const NOON = Date.parse('2026-07-01T12:00:00.000Z');
export const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();
export const SEED = '00112233445566778899aabbccddeeff';
export const SETTINGS: RoomSettings = {
  admitPerMinute: 500,
  maxShoppers: 1_000,
  passSeconds: 600,
  claimSeconds: 60,
  shuffleAtOpening: false,
  queueAll: true,
  opensAt: at(60),
};
export const E = 'event-1';
export const configured = (settings: Partial<RoomSettings> = {}): WaitingRoomEvent => ({
  type: 'WaitingRoomConfigured',
  data: {
    eventId: E,
    settings: { ...SETTINGS, ...settings },
    seedCommitment: settings.shuffleAtOpening ? commitmentTo(SEED) : null,
    configuredAt: at(0),
  },
});
export const moved = (to: 'open' | 'paused' | 'ended' | 'off'): WaitingRoomEvent => ({
  type: 'WaitingRoomMoved',
  data: { eventId: E, to, movedAt: at(0) },
});
const { initial, evolve } = waitingRoomDecider;
export const roomAfter = (...events: WaitingRoomEvent[]) =>
  events.reduce((room, event) => evolve(room, event), initial());
export const decide = (given: WaitingRoomEvent[], command: WaitingRoomCommand) =>
  waitingRoomDecider.decide(command, roomAfter(...given));
export const eventsOf = (
  given: WaitingRoomEvent[],
  command: WaitingRoomCommand,
): readonly WaitingRoomEvent[] => {
  const decision = decide(given, command);
  if (!decision.accepted) throw new Error(decision.rejection.code);
  return decision.events;
};
export const configure = (
  settings: Partial<RoomSettings>,
  onSaleAt: string | null = null,
): ConfigureWaitingRoom => ({
  type: 'ConfigureWaitingRoom',
  eventId: E,
  settings,
  startsNewRun: true,
  onSaleAt,
  seed: SEED,
  now: NOON,
});
export const move = (to: 'open' | 'paused' | 'ended' | 'off', now = NOON): WaitingRoomCommand => ({
  type: 'MoveWaitingRoom',
  eventId: E,
  to,
  now,
});
