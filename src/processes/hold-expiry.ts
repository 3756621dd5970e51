import { ExpireReservationsCommand } from '../commands/expire-reservations.js';
import { MAX_EXPIRED_PER_COMMAND } from '../domain/seat-inventory/commands.js';
import type { CommandContext } from '../commands/context.js';
import type { Clock } from '../ports/clock.js';
import type { Randomness } from '../ports/randomness.js';
import type { OverdueHolds } from '../read-models/reservations-queries.js';

/** Between two scans for holds that are past their time. Milliseconds. */
const SCAN_MS = 1_000;
/** Holds expired by one scan, so 5,000 a second after a downtime. */
const MAX_PER_SCAN = 5_000;
/** Events worked on at once. */
const EVENTS_AT_ONCE = 8;

export interface HoldExpiryParts {
  /** The longest overdue first, at most `limit` holds. */
  overdueHolds(now: number, limit: number): Promise<OverdueHolds[]>;
  /** Runs the work unless another node is at it. */
  inTurn(work: () => Promise<void>): Promise<boolean>;
  execute(command: ExpireReservationsCommand): Promise<unknown>;
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
 * Ends holds that are past their time. It keeps nothing in memory: what is overdue is asked of the read model at every
 * scan, so restarts and downtimes need no care, and asking twice writes nothing, because the inventory decides.
 */
export function startHoldExpiry(parts: HoldExpiryParts): HoldExpiry {
  const { clock, log } = parts;
  const stopping = new AbortController();
  let asked = 0;

  const scan = async () => {
    const overdue = await parts.overdueHolds(clock.now(), MAX_PER_SCAN);
    const commands = overdue.flatMap(({ eventId, reservationIds }) => inPortions(eventId, reservationIds));
    const next = commands.values();
    const worker = async () => {
      for (const { eventId, reservationIds } of next) {
        if (stopping.signal.aborted) return;
        const context = contextOf(parts.randomness.uuid());
        await parts.execute(new ExpireReservationsCommand(eventId, reservationIds, context));
        asked += reservationIds.length;
      }
    };
    await Promise.all(Array.from({ length: EVENTS_AT_ONCE }, worker));
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

function inPortions(eventId: string, reservationIds: readonly string[]): OverdueHolds[] {
  const portions: OverdueHolds[] = [];
  for (let from = 0; from < reservationIds.length; from += MAX_EXPIRED_PER_COMMAND) {
    portions.push({ eventId, reservationIds: reservationIds.slice(from, from + MAX_EXPIRED_PER_COMMAND) });
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
