import { OutcomeUnknown } from '../../src/commands/shared/append-once.js';
import type { CommandContext } from '../../src/commands/shared/context.js';
import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import { decide } from '../../src/domain/seat-inventory/decide.js';
import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { evolve } from '../../src/domain/seat-inventory/evolve.js';
import { emptyInventory, type SeatInventory } from '../../src/domain/seat-inventory/state.js';
import type { SeatLayout } from '../../src/domain/seating-plan/layout.js';
import type { RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { openLogReader, type LogProof } from '../support/log/log-proof.js';

/** A request that nobody has answered yet. */
export interface Asked {
  readonly command: SeatInventoryCommand;
  readonly context: CommandContext;
  /**
   * What would have been right at any moment since it was asked: a refusal's code, `changes` or
   * `nothing`.
   */
  readonly right: Set<string>;
}

/**
 * Reads the log of one sale as it is written and holds every answer against it: an acknowledgement
 * must be in the log, a refusal must never be, and must have been right at some moment between
 * question and answer.
 */
export interface Auditor {
  asked(command: SeatInventoryCommand, context: CommandContext): Asked;
  answered(asked: Asked, outcome: Outcome): void;
  failed(asked: Asked, error: Error): void;
  /** The one who asked has heard that the process is gone. */
  unheard(asked: Asked): void;
  read(event: RecordedEvent): void;
  /** What was found wrong; a run stops at the first. */
  readonly findings: readonly string[];
  readonly tally: ReadonlyMap<string, number>;
  /** The inventory as the log has it at this moment. */
  readonly inventory: SeatInventory;
  proof(): LogProof;
}

export function openAuditor(layout: SeatLayout): Auditor {
  const inventory = emptyInventory(layout);
  const reader = openLogReader();
  const findings: string[] = [];
  const tally = new Map<string, number>();
  const open = new Set<Asked>();
  /** Revisions of what each command has written. */
  const writtenBy = new Map<string, bigint[]>();
  /** Commands that were told that nothing of theirs is in the log. */
  const toldUnwritten = new Map<string, string>();

  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
  const find = (asked: Asked, what: string) =>
    findings.push(`${asked.command.type} ${JSON.stringify(asked.command)}: ${what}`);
  const judge = (command: SeatInventoryCommand) => {
    const decision = decide(command, inventory);
    if (!decision.accepted) return decision.rejection.code;
    return decision.events.length > 0 ? 'changes' : 'nothing';
  };
  const tellUnwritten = (asked: Asked, why: string) => {
    const { commandId } = asked.context;
    toldUnwritten.set(commandId, why);
    if (writtenBy.has(commandId)) find(asked, `told ${why}, but it is in the log`);
  };

  const checkAccepted = (asked: Asked, outcome: Extract<Outcome, { accepted: true }>) => {
    const revisions = writtenBy.get(asked.context.commandId);
    if (outcome.written && revisions?.at(-1) !== outcome.revision) {
      find(
        asked,
        `acknowledged at revision ${outcome.revision}, but the log has it at ${revisions?.join() ?? 'none'}`,
      );
    }
    if (!outcome.written && !asked.right.has('nothing')) {
      find(asked, `acknowledged as done before, which it never was: ${[...asked.right].join()}`);
    }
    if (!outcome.written && revisions)
      find(asked, 'acknowledged as done before, but it was written');
    const { reservation } = outcome;
    const logged = reservation && reader.proof().seatsOf.get(reservation.id);
    if (reservation && logged?.join() !== reservation.seatIds.join()) {
      find(
        asked,
        `acknowledged with seats ${reservation.seatIds.join()}, but the log has ${logged?.join()}`,
      );
    }
  };

  return {
    asked: (command, context) => {
      const asked = { command, context, right: new Set([judge(command)]) };
      open.add(asked);
      return asked;
    },
    answered: (asked, outcome) => {
      open.delete(asked);
      if (outcome.accepted) {
        count(outcome.written ? 'written' : 'done before');
        return checkAccepted(asked, outcome);
      }
      const { code } = outcome.rejection;
      count(code);
      tellUnwritten(asked, code);
      if (!asked.right.has(code))
        find(asked, `refused with ${code}, but right was ${[...asked.right].join()}`);
    },
    failed: (asked, error) => {
      open.delete(asked);
      count(error.name);
      if (!(error instanceof OutcomeUnknown)) tellUnwritten(asked, error.name);
    },
    unheard: (asked) => {
      open.delete(asked);
      count('unheard');
    },
    read: (event) => {
      const { commandId } = event.metadata;
      const told = toldUnwritten.get(commandId);
      if (told) findings.push(`revision ${event.revision} is of a command that was told ${told}`);
      writtenBy.set(commandId, [...(writtenBy.get(commandId) ?? []), event.revision]);
      try {
        reader.read(event);
        evolve(inventory, event as unknown as SeatInventoryEvent);
      } catch (error) {
        findings.push((error as Error).message);
      }
      for (const asked of open) asked.right.add(judge(asked.command));
    },
    findings,
    tally,
    inventory,
    proof: () => reader.proof(),
  };
}
