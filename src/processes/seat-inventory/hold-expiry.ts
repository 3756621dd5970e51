import { ExpireReservationsCommand } from '../../commands/seat-inventory/expire-reservations.js';
import { MAX_EXPIRED_PER_COMMAND } from '../../domain/seat-inventory/commands.js';
import type { Outcome } from '../../commands/seat-inventory/writer/outcome.js';
import type { OverdueHolds } from '../../read-models/seat-inventory/reservations-queries.js';
import {
  contextOfProcess,
  startScanning,
  workThrough,
  type Scanning,
  type ScanningParts,
} from '../shared/scanning.js';

/** Holds of one scan, which is 5,000 per second after a downtime. */
const MAX_PER_SCAN = 5_000;
/** Events that are processed at the same time. */
const EVENTS_AT_ONCE = 8;

/**
 * Time for which an event is skipped after a failure, or if there was nothing to do. Milliseconds.
 */
const REST_MS = 5_000;

export interface HoldExpiryParts extends ScanningParts {
  /**
   * Returns at most `limit` overdue holds, longest overdue first, without the events of `leaveOut`.
   */
  overdueHolds(now: number, limit: number, leaveOut: readonly string[]): Promise<OverdueHolds[]>;
  execute(command: ExpireReservationsCommand): Promise<Outcome>;
}

export interface HoldExpiry extends Scanning {
  /** Number of holds for which this node has sent an expiry since it started. */
  asked(): number;
}

/**
 * Expires overdue holds. Each scan reads them from the read model, so that a restart loses nothing.
 * A repeated command writes nothing, because the inventory decides. Memory holds only the events to
 * skip: an event whose inventory fails, or whose holds have already ended in the log, would
 * otherwise come first in every scan and delay all others.
 */
export function startHoldExpiry(parts: HoldExpiryParts): HoldExpiry {
  const { clock, warn } = parts;
  /** Time from which an event is skipped, in milliseconds since the epoch. */
  const resting = new Map<string, number>();
  let asked = 0;

  /**
   * Expires one portion after the other, because buyers use the same inventory. False if there was
   * nothing to do.
   */
  const expireAll = async (
    { eventId, reservationIds }: OverdueHolds,
    stopping: AbortSignal,
  ): Promise<boolean> => {
    let written = false;
    for (const portion of inPortions(reservationIds)) {
      if (stopping.aborted) return true;
      const context = contextOfProcess('hold-expiry', parts.randomness);
      const outcome = await parts.execute(new ExpireReservationsCommand(eventId, portion, context));
      asked += portion.length;
      written ||= outcome.accepted && outcome.written;
    }
    return written;
  };

  const scanning = startScanning(parts, 'holds not expired', async (stopping) => {
    const now = clock.now();
    for (const [eventId, since] of resting) {
      // A clock that was set back must not make it skip an event for hours.
      if (now < since || now >= since + REST_MS) resting.delete(eventId);
    }
    const overdue = await parts.overdueHolds(now, MAX_PER_SCAN, [...resting.keys()]);
    await workThrough(overdue, EVENTS_AT_ONCE, stopping, async (holds) => {
      const served = await expireAll(holds, stopping).catch((error: Error) => {
        warn(`holds of event ${holds.eventId} not expired, trying again: ${error.message}`);
        return false;
      });
      if (!served) resting.set(holds.eventId, clock.now());
    });
  });

  return { asked: () => asked, stop: scanning.stop };
}

function inPortions(reservationIds: readonly string[]): string[][] {
  const portions: string[][] = [];
  for (let from = 0; from < reservationIds.length; from += MAX_EXPIRED_PER_COMMAND) {
    portions.push(reservationIds.slice(from, from + MAX_EXPIRED_PER_COMMAND));
  }
  return portions;
}
