import type { CommandContext } from '../commands/context.js';
import { FinishCancellationCommand } from '../commands/finish-cancellation.js';
import type { Outcome } from '../commands/inventory-writer.js';
import { UndoSalesCommand } from '../commands/undo-sales.js';
import type { Clock } from '../ports/clock.js';
import type { Randomness } from '../ports/randomness.js';
import type { UnfinishedCancellation } from '../read-models/cancellations-queries.js';

/** Between two scans. Milliseconds. */
const SCAN_MS = 1_000;
/** Cancelled events looked at by one scan. */
const MAX_PER_SCAN = 200;
/** Events worked on at once. */
const EVENTS_AT_ONCE = 4;
/** Appends of one event in one scan, of up to 100 reservations each, so that no event keeps the others waiting. */
const APPENDS_PER_SCAN = 50;

export interface EventCancellationParts {
  /** Cancelled events in which something may be left to do, the one cancelled last first. */
  unfinished(limit: number): Promise<UnfinishedCancellation[]>;
  /** Runs the work unless another node is at it. */
  inTurn(work: () => Promise<void>): Promise<boolean>;
  undoSales(command: UndoSalesCommand): Promise<Outcome>;
  finish(command: FinishCancellationCommand): Promise<unknown>;
  clock: Clock;
  randomness: Randomness;
  log(message: string): void;
}

export interface EventCancellation {
  /** Resolves when the scan under way has ended. */
  stop(): Promise<void>;
}

/**
 * Undoes what was sold for cancelled events. The inventory knows itself what it has sold, so nothing is kept here and
 * no read model has to be up to date: a portion is undone by one append, and after a crash the next one goes on.
 * The money follows by the settlement process; once the read models show that everybody has it, that is written down.
 */
export function startEventCancellation(parts: EventCancellationParts): EventCancellation {
  const { clock, log } = parts;
  const stopping = new AbortController();
  const context = () => contextOf(parts.randomness.uuid());

  /** Whether nothing is left in the inventory. */
  const undo = async ({ eventId, reason }: UnfinishedCancellation): Promise<boolean> => {
    for (let appends = 0; appends < APPENDS_PER_SCAN && !stopping.signal.aborted; appends++) {
      const outcome = await parts.undoSales(new UndoSalesCommand(eventId, reason, context()));
      if (!outcome.accepted) throw new Error(outcome.rejection.code);
      if (!outcome.written) return true;
    }
    return false;
  };

  const goOn = async (cancellation: UnfinishedCancellation) => {
    const { eventId, sales, refunded } = cancellation;
    const isUndone = await undo(cancellation);
    if (isUndone && refunded === sales) {
      await parts.finish(new FinishCancellationCommand(eventId, sales, context()));
    }
  };

  const scan = async () => {
    const next = (await parts.unfinished(MAX_PER_SCAN)).values();
    const worker = async () => {
      for (const cancellation of next) {
        if (stopping.signal.aborted) return;
        await goOn(cancellation).catch((error: Error) =>
          log(`cancelled event ${cancellation.eventId} not undone, trying again: ${error.message}`),
        );
      }
    };
    await Promise.all(Array.from({ length: EVENTS_AT_ONCE }, worker));
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      await parts
        .inTurn(scan)
        .catch((error: Error) => log(`cancelled events not undone, trying again: ${error.message}`));
      await clock.sleep(SCAN_MS, stopping.signal);
    }
  };
  const running = run();

  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function contextOf(commandId: string): CommandContext {
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'event-cancellation', role: 'system' },
  };
}
