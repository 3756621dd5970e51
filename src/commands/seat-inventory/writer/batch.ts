import type { SeatInventoryCommand } from '../../../domain/seat-inventory/commands.js';
import { decide } from '../../../domain/seat-inventory/decide/decide.js';
import { evolve } from '../../../domain/seat-inventory/state/evolve.js';
import { reservationOf, type SeatInventory } from '../../../domain/seat-inventory/state/state.js';
import type { NewEvent } from '../../../ports/event-store/event-store.js';
import { toNewEvents, type CommandContext } from '../../shared/context.js';
import { bytesOf } from './event-bytes.js';
import type { Outcome } from './outcome.js';
import { UndoLog } from './undo-log.js';

/** A command in the mailbox, and the caller that waits for its outcome. */
export interface PendingCommand {
  readonly command: SeatInventoryCommand;
  readonly context: CommandContext;
  answer(outcome: Outcome): void;
  fail(error: Error): void;
}

/** Commands that are decided together and appended together. */
export interface Batch {
  readonly decided: PendingCommand[];
  /** One per command, in order. Called once the domain events are committed. */
  readonly answers: (() => void)[];
  readonly events: NewEvent[];
  bytes: number;
  rejections: number;
  readonly undoLog: UndoLog;
}

export const newBatch = (inventory: SeatInventory): Batch => ({
  decided: [],
  answers: [],
  events: [],
  bytes: 0,
  rejections: 0,
  undoLog: new UndoLog(inventory),
});

/**
 * Decides a command, folds its domain events and adds them to the batch. Returns false, without a
 * change, if the append has no space left. A command whose decision throws, or whose domain events
 * exceed every append, fails alone.
 * @param revision of the domain event before the batch
 */
export function decideInto(
  batch: Batch,
  pending: PendingCommand,
  inventory: SeatInventory,
  revision: bigint,
  maxBytes: number,
): boolean {
  const { command, context, answer, fail } = pending;
  const { undoLog } = batch;
  const { length } = undoLog;
  try {
    const decision = decide(command, inventory);
    if (!decision.accepted) {
      batch.rejections++;
      batch.answers.push(() => answer(decision));
    } else {
      const bytes = batch.bytes + bytesOf(decision.events, context);
      if (bytes > maxBytes && batch.events.length > 0) return false;
      batch.bytes = bytes;
      for (const event of decision.events) evolve(inventory, event, undoLog.record);
      batch.events.push(...toNewEvents(decision.events, context));
      const outcome: Outcome = {
        accepted: true,
        revision: revision + BigInt(batch.events.length),
        written: decision.events.length > 0,
        reservation:
          'reservationId' in command ? reservationOf(inventory, command.reservationId) : undefined,
      };
      batch.answers.push(() => answer(outcome));
    }
  } catch (error) {
    undoLog.rollback(length);
    batch.answers.push(() => fail(error as Error));
  }
  batch.decided.push(pending);
  return true;
}
