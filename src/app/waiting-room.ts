import { systemClock } from '../adapters/system/clock.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import { ticketKeys } from '../adapters/ticket/ticket-keys.js';
import { openAdmissionsInMemory } from '../adapters/waiting-room/memory.js';
import { openPlaceSigner } from '../adapters/waiting-room/place-signer.js';
import { openAdmissionsInRedis } from '../adapters/waiting-room/redis.js';
import { openSeeds } from '../adapters/waiting-room/seeds.js';
import type { RedisConnection } from '../adapters/redis/connection.js';
import * as commandTokens from '../commands/shared/tokens.js';
import { openWaitingRoomLog } from '../commands/waiting-room/waiting-room-log.js';
import { openWaitingRooms, type WaitingRooms } from '../commands/waiting-room/waiting-rooms.js';
import type { Config } from '../config/config.js';
import * as httpTokens from '../http/platform/tokens.js';
import type { EventStore } from '../ports/event-store/event-store.js';
import type { Admissions } from '../ports/waiting-room/admissions.js';
import type { ShoppingRecord } from '../ports/waiting-room/shopping-record.js';

/** The rows in front of events. */
export interface WaitingRoomService {
  readonly rooms: WaitingRooms;
  readonly admissions: Admissions;
  /** What is kept in memory of numbers and passes is lost; for tests. */
  forget(): Promise<void>;
  /** What the handlers and the routes of waiting rooms ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

export interface WaitingRoomServiceParts {
  readonly eventStore: EventStore;
  readonly record: ShoppingRecord;
  /** Shared by all nodes; without it numbers and passes are kept in the memory of this one. */
  readonly redis: RedisConnection | undefined;
  readonly log: (message: string) => void;
}

/**
 * Numbers and passes are signed with keys derived from those of tickets: they are there, the same for every node, and old ones still
 * verify while they are in the set with their private halves.
 * @throws Error when the keys that sign tickets cannot be read
 */
export function openWaitingRoomService(
  config: Config,
  parts: WaitingRoomServiceParts,
): WaitingRoomService {
  const secrets = ticketKeys(config.ticketSigningKeys, config.dataDir).flatMap(
    ({ kid, privateKey }) =>
      privateKey ? [{ kid, secret: privateKey.export({ format: 'der', type: 'pkcs8' }) }] : [],
  );
  const signer = openPlaceSigner(secrets);
  const seedOf = openSeeds(secrets.map(({ secret }) => secret));
  const log = openWaitingRoomLog(parts.eventStore, systemClock);
  const admissions = parts.redis
    ? openAdmissionsInRedis(parts.redis.client, undefined, parts.redis.usedMemory)
    : openAdmissionsInMemory(systemClock);
  const rooms = openWaitingRooms({
    ...{ log, signer, seedOf, record: parts.record, warn: parts.log },
    admissions,
    clock: systemClock,
    randomness: systemRandomness,
  });
  return {
    ...{ rooms, admissions },
    forget: () => admissions.close(),
    bindings: [
      [commandTokens.WAITING_ROOM_LOG, log],
      [commandTokens.WAITING_ROOM_SEEDS, seedOf],
      [commandTokens.WAITING_ROOMS, rooms],
      [httpTokens.PLACE_SIGNER, signer],
    ],
    close: () => rooms.close(),
  };
}
