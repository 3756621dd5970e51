import { LiftVoidCommand } from '../../commands/ticket/lift-void.js';
import type { TicketVoidQueries } from '../../read-models/ticket/ticket-voids.js';
import {
  contextOfProcess,
  startScanning,
  workThrough,
  type Scanning,
  type ScanningParts,
} from '../shared/scanning.js';

/** Maximum of tickets per scan. */
const MAX_PER_SCAN = 200;
/** Tickets checked concurrently. */
const AT_ONCE = 4;

export interface TicketVoidsParts extends Omit<ScanningParts, 'withLock'> {
  readonly uncertain: TicketVoidQueries;
  /**
   * Whether the log is not the one that the read models were built from: its content settles
   * nothing.
   */
  isLogReplaced(): boolean;
  lift(command: LiftVoidCommand): Promise<unknown>;
}

/**
 * Finishes a refund or exchange whose process died between the tickets and the inventory: tickets
 * whose seats the inventory has taken back stay void, all others are made valid again. Several
 * nodes may run: each claims the rows that it checks.
 */
export function startTicketVoids({
  uncertain,
  isLogReplaced,
  lift,
  ...parts
}: TicketVoidsParts): Scanning {
  const withLock = async (work: () => Promise<void>) => {
    if (isLogReplaced()) return false;
    await work();
    return true;
  };
  return startScanning({ ...parts, withLock }, 'void tickets not checked', async (stopping) => {
    await workThrough(await uncertain.claim(MAX_PER_SCAN), AT_ONCE, stopping, async (ticket) => {
      const { eventId, reservationId, seatId } = ticket;
      const context = contextOfProcess('ticket-voids', parts.randomness);
      try {
        await lift(new LiftVoidCommand(eventId, reservationId, seatId, context));
        // Otherwise the row stays: it is due again after the grace.
        if (!isLogReplaced()) await uncertain.settled(ticket);
      } catch (error) {
        const { message } = error as Error;
        parts.warn(
          `void ticket of seat ${seatId} in reservation ${reservationId} not checked, ` +
            `trying again: ${message}`,
        );
      }
    });
  });
}
