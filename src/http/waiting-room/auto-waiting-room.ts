import { Logger } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import type { CommandContext } from '../../commands/shared/context.js';
import type { InventoryWriters } from '../../commands/seat-inventory/writer/inventory-writers.js';
import { ConfigureWaitingRoomCommand } from '../../commands/waiting-room/steer-waiting-room.js';
import type { WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { Protection } from '../abuse/protection.js';
import { slidingCount, type SlidingCount } from '../abuse/sliding-count.js';

/**
 * A room starts when new accounts hold this share of the seats unpaid, or at this many reservation
 * attempts per minute.
 */
export const AUTO_ROOM = { unpaidShare: 0.2, triesPerMinute: 1_200 };
/**
 * Settings of such a room, as shares of all possible buyers: admitted per minute, and inside at
 * once.
 */
const SHARES = { admitPerMinute: 0.1, maxShoppers: 0.25 };
const MIN = { admitPerMinute: 30, maxShoppers: 20 };
/** Maximum of events whose attempts are counted, and of events whose room was started recently. */
const MAX_EVENTS = 10_000;
/** Pause before a failed start is retried. Milliseconds. */
const RETRY_MS = 10_000;
const MINUTE_MS = 60_000;

/** Starts waiting rooms for events with `autoWaitingRoom`. */
export interface AutoWaitingRoom {
  /**
   * Counts a reservation attempt. Starts a room in the background if needed, unless a room was ever
   * set up for the event.
   */
  recordAttempt(eventId: string): void;
}

export interface AutoWaitingRoomParts {
  readonly bus: CommandBus;
  readonly writers: InventoryWriters;
  readonly rooms: WaitingRooms;
  readonly protection: Protection | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export function openAutoWaitingRoom(parts: AutoWaitingRoomParts): AutoWaitingRoom {
  const { bus, writers, rooms, protection, clock, randomness } = parts;
  const logger = new Logger('WaitingRoom');
  const attempts = new LRUCache<string, SlidingCount>({ max: MAX_EVENTS });
  const checkedAt = new LRUCache<string, number>({ max: MAX_EVENTS });

  const countOf = (eventId: string): SlidingCount => {
    const count = attempts.get(eventId) ?? slidingCount(MINUTE_MS);
    attempts.set(eventId, count);
    return count;
  };
  const start = async (eventId: string, triesPerMinute: number): Promise<void> => {
    const rules = await writers.rulesOf(eventId);
    if (!rules) return;
    const unpaid = (protection?.unpaidSeats(eventId) ?? 0) / rules.seatCount;
    if (unpaid < AUTO_ROOM.unpaidShare && triesPerMinute < AUTO_ROOM.triesPerMinute) return;
    checkedAt.set(eventId, clock.now());
    if (await rooms.room(eventId)) return;
    const buyers = rules.seatCount / rules.maxSeatsPerCustomer;
    const settings = {
      admitPerMinute: Math.max(MIN.admitPerMinute, Math.ceil(SHARES.admitPerMinute * buyers)),
      maxShoppers: Math.max(MIN.maxShoppers, Math.ceil(SHARES.maxShoppers * buyers)),
      opensAt: new Date(clock.now()).toISOString(),
    };
    await bus.execute(
      new ConfigureWaitingRoomCommand(eventId, settings, false, systemContext(randomness)),
    );
    logger.warn(
      `Started a waiting room for event ${eventId}: ${Math.round(100 * unpaid)} % of the seats ` +
        `are held unpaid by new accounts, with ${triesPerMinute} reservation attempts in the ` +
        'last ' +
        'minute.',
    );
  };

  return {
    recordAttempt: (eventId) => {
      const now = clock.now();
      const count = countOf(eventId);
      count.add(now, 1);
      if (now - (checkedAt.get(eventId) ?? -Infinity) < RETRY_MS) return;
      start(eventId, count.total(now)).catch((error: Error) =>
        logger.warn(`Cannot start a waiting room for event ${eventId}: ${error.message}`),
      );
    },
  };
}

function systemContext(randomness: Randomness): CommandContext {
  const commandId = randomness.uuid();
  return {
    ...{ commandId, correlationId: commandId, causationId: commandId },
    actor: { id: 'auto-waiting-room', role: 'system' },
  };
}
