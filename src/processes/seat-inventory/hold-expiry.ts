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

/** Holds expired by one scan, so 5,000 a second after a downtime. */
const MAX_PER_SCAN = 5_000;
/** Events worked on at once. */
const EVENTS_AT_ONCE = 8;

/**
 * An event that could not be served, or where there was nothing to do, is left alone for this long.
 * Milliseconds.
 */
const REST_MS = 5_000;

export interface HoldExpiryParts extends ScanningParts {
  /** The longest overdue first, at most `limit` holds, none of the events of `leaveOut`. */
  overdueHolds(now: number, limit: number, leaveOut: readonly string[]): Promise<OverdueHolds[]>;
  execute(command: ExpireReservationsCommand): Promise<Outcome>;
}

export interface HoldExpiry extends Scanning {
  /** Holds that this node has asked to expire since it started. */
  asked(): number;
}

/**
 * Ends holds that are past their time. What is overdue is asked of the read model at every scan, so
 * restarts and downtimes need no care, and asking twice writes nothing, because the inventory
 * decides. In memory is only which events rest: one whose inventory does not answer, or whose holds
 * have long ended in the log, would come first in every scan and keep all others waiting.
 */
export function startHoldExpiry(parts: HoldExpiryParts): HoldExpiry {
  const { clock, log } = parts;
  /** Since when an event rests, milliseconds since the epoch. */
  const resting = new Map<string, number>();
  let asked = 0;

  /**
   * One portion after the other: a crowd buys at the same inventory. False when there was nothing
   * to do.
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
      // A clock that was set back must not let an event rest for hours.
      if (now < since || now >= since + REST_MS) resting.delete(eventId);
    }
    const overdue = await parts.overdueHolds(now, MAX_PER_SCAN, [...resting.keys()]);
    await workThrough(overdue, EVENTS_AT_ONCE, stopping, async (holds) => {
      const served = await expireAll(holds, stopping).catch((error: Error) => {
        log(`holds of event ${holds.eventId} not expired, trying again: ${error.message}`);
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
