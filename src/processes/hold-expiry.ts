import { ExpireReservationsCommand } from '../commands/expire-reservations.js';
import { MAX_EXPIRED_PER_COMMAND } from '../domain/seat-inventory/commands.js';
import type { CommandContext } from '../commands/context.js';
import type { Outcome } from '../commands/inventory-writer.js';
import type { Clock } from '../ports/clock.js';
import type { Randomness } from '../ports/randomness.js';
import type { OverdueHolds } from '../read-models/reservations-queries.js';

/** Between two scans for holds that are past their time. Milliseconds. */
const SCAN_MS = 1_000;
/** Holds expired by one scan, so 5,000 a second after a downtime. */
const MAX_PER_SCAN = 5_000;
/** Events worked on at once. */
const EVENTS_AT_ONCE = 8;

/** An event that could not be served, or where there was nothing to do, is left alone for this long. Milliseconds. */
const REST_MS = 5_000;

export interface HoldExpiryParts {
  /** The longest overdue first, at most `limit` holds, none of the events of `leaveOut`. */
  overdueHolds(now: number, limit: number, leaveOut: readonly string[]): Promise<OverdueHolds[]>;
  /** Runs the work unless another node is at it. */
  inTurn(work: () => Promise<void>): Promise<boolean>;
  execute(command: ExpireReservationsCommand): Promise<Outcome>;
  clock: Clock;
  randomness: Randomness;
  log(message: string): void;
}

export interface HoldExpiry {
  /** Holds that this node has asked to expire since it started. */
  asked(): number;
  /** Resolves when the scan under way has ended. */
  stop(): Promise<void>;
}

/**
 * Ends holds that are past their time. What is overdue is asked of the read model at every scan, so restarts and downtimes
 * need no care, and asking twice writes nothing, because the inventory decides. In memory is only which events rest: one whose
 * inventory does not answer, or whose holds have long ended in the log, would come first in every scan and keep all others waiting.
 */
export function startHoldExpiry(parts: HoldExpiryParts): HoldExpiry {
  const { clock, log } = parts;
  const stopping = new AbortController();
  /** Since when an event rests, milliseconds since the epoch. */
  const resting = new Map<string, number>();
  let asked = 0;

  const scan = async () => {
    const now = clock.now();
    for (const [eventId, since] of resting) {
      // A clock that was set back must not let an event rest for hours.
      if (now < since || now >= since + REST_MS) resting.delete(eventId);
    }
    const overdue = await parts.overdueHolds(now, MAX_PER_SCAN, [...resting.keys()]);
    const next = overdue.values();
    const worker = async () => {
      for (const holds of next) {
        const served = await expireAll(holds).catch((error: Error) => {
          log(`holds of event ${holds.eventId} not expired, trying again: ${error.message}`);
          return false;
        });
        if (!served) resting.set(holds.eventId, clock.now());
      }
    };
    await Promise.all(Array.from({ length: EVENTS_AT_ONCE }, worker));
  };

  /** One portion after the other: a crowd buys at the same inventory. False when there was nothing to do. */
  const expireAll = async ({ eventId, reservationIds }: OverdueHolds): Promise<boolean> => {
    let written = false;
    for (const portion of inPortions(reservationIds)) {
      if (stopping.signal.aborted) return true;
      const context = contextOf(parts.randomness.uuid());
      const outcome = await parts.execute(new ExpireReservationsCommand(eventId, portion, context));
      asked += portion.length;
      written ||= outcome.accepted && outcome.written;
    }
    return written;
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      await parts
        .inTurn(scan)
        .catch((error: Error) => log(`holds not expired, trying again: ${error.message}`));
      await clock.sleep(SCAN_MS, stopping.signal);
    }
  };
  const running = run();

  return {
    asked: () => asked,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function inPortions(reservationIds: readonly string[]): string[][] {
  const portions: string[][] = [];
  for (let from = 0; from < reservationIds.length; from += MAX_EXPIRED_PER_COMMAND) {
    portions.push(reservationIds.slice(from, from + MAX_EXPIRED_PER_COMMAND));
  }
  return portions;
}

function contextOf(commandId: string): CommandContext {
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'hold-expiry', role: 'system' },
  };
}
