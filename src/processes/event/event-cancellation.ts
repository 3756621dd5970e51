import { FinishCancellationCommand } from '../../commands/event/finish-cancellation.js';
import type { Outcome } from '../../commands/seat-inventory/writer/outcome.js';
import { UndoSalesCommand } from '../../commands/event/undo-sales.js';
import type { UnfinishedCancellation } from '../../read-models/event/cancellations-queries.js';
import {
  contextOfProcess,
  startScanning,
  workThrough,
  type Scanning,
  type ScanningParts,
} from '../shared/scanning.js';

/** Cancelled events looked at by one scan. */
const MAX_PER_SCAN = 200;
/** Events worked on at once. */
const EVENTS_AT_ONCE = 4;
/**
 * Appends of one event in one scan, of up to 100 reservations each, so that no event keeps the
 * others waiting.
 */
const APPENDS_PER_SCAN = 50;

export interface EventCancellationParts extends ScanningParts {
  /** Cancelled events in which something may be left to do, the one cancelled last first. */
  unfinished(limit: number): Promise<UnfinishedCancellation[]>;
  undoSales(command: UndoSalesCommand): Promise<Outcome>;
  finish(command: FinishCancellationCommand): Promise<unknown>;
}

/**
 * Undoes what was sold for cancelled events. The inventory knows itself what it has sold, so
 * nothing is kept here and no read model has to be up to date: a portion is undone by one append,
 * and after a crash the next one goes on. The money follows by the settlement process; once the
 * read models show that everybody has it, that is written down.
 */
export function startEventCancellation(parts: EventCancellationParts): Scanning {
  const context = () => contextOfProcess('event-cancellation', parts.randomness);

  /** Whether nothing is left in the inventory. */
  const undo = async (
    { eventId, reason }: UnfinishedCancellation,
    stopping: AbortSignal,
  ): Promise<boolean> => {
    for (let appends = 0; appends < APPENDS_PER_SCAN && !stopping.aborted; appends++) {
      const outcome = await parts.undoSales(new UndoSalesCommand(eventId, reason, context()));
      if (!outcome.accepted) throw new Error(outcome.rejection.code);
      if (!outcome.written) return true;
    }
    return false;
  };

  const goOn = async (cancellation: UnfinishedCancellation, stopping: AbortSignal) => {
    const { eventId, sales, refunded } = cancellation;
    const isUndone = await undo(cancellation, stopping);
    if (isUndone && refunded === sales) {
      await parts.finish(new FinishCancellationCommand(eventId, sales, context()));
    }
  };

  return startScanning(parts, 'cancelled events not undone', async (stopping) => {
    const unfinished = await parts.unfinished(MAX_PER_SCAN);
    await workThrough(unfinished, EVENTS_AT_ONCE, stopping, (cancellation) =>
      goOn(cancellation, stopping).catch((error: Error) =>
        parts.log(
          `cancelled event ${cancellation.eventId} not undone, trying again: ${error.message}`,
        ),
      ),
    );
  });
}
