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

/** Canceled events of one scan. */
const MAX_PER_SCAN = 200;
/** Events that are processed at the same time. */
const EVENTS_AT_ONCE = 4;
/**
 * Appends per event and scan, of up to 100 reservations each, so that no event delays the others.
 */
const APPENDS_PER_SCAN = 50;

export interface EventCancellationParts extends ScanningParts {
  /** Returns canceled events with possible work left, the latest cancellation first. */
  unfinished(limit: number): Promise<UnfinishedCancellation[]>;
  undoSales(command: UndoSalesCommand): Promise<Outcome>;
  finish(command: FinishCancellationCommand): Promise<unknown>;
}

/**
 * Undoes the sales of canceled events. The inventory knows its sales, so the process keeps no state
 * and needs no current read model: each append undoes some sales, and after a crash the next scan
 * continues. The settlement process refunds the payments. Once the read models show that all are
 * refunded, the cancellation is recorded as finished.
 */
export function startEventCancellation(parts: EventCancellationParts): Scanning {
  const context = () => contextOfProcess('event-cancellation', parts.randomness);

  /** Undoes sales and returns whether none is left. */
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
        parts.warn(
          `cancelled event ${cancellation.eventId} not undone, trying again: ${error.message}`,
        ),
      ),
    );
  });
}
