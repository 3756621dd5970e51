import { OutcomeUnknown } from '../../src/commands/shared/append-once.js';
import type { CommandContext } from '../../src/commands/shared/context.js';
import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import { decide } from '../../src/domain/seat-inventory/decide/decide.js';
import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { evolve } from '../../src/domain/seat-inventory/state/evolve.js';
import { emptyInventory, type SeatInventory } from '../../src/domain/seat-inventory/state/state.js';
import type { SeatLayout } from '../../src/domain/seating-plan/layout.js';
import type { RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { openLogReader, type LogProof } from '../support/log/log-proof.js';

/** A request without an answer yet. */
export interface Asked {
  readonly command: SeatInventoryCommand;
  readonly context: CommandContext;
  /**
   * Answers that were right at any moment since the request: a rejection's code, `changes` or
   * `nothing`.
   */
  readonly right: Set<string>;
}

/**
 * Reads the log of one sale as it is written and checks every answer against it: an acknowledged
 * command must be in the log, a rejected one must never be, and the rejection must have been right
 * at some moment between request and answer.
 */
export class Auditor {
  /** Faults found; a run stops at the first. */
  readonly findings: string[] = [];
  readonly tally = new Map<string, number>();
  /** The inventory as the log has it at this moment. */
  readonly inventory: SeatInventory;
  private readonly reader = openLogReader();
  private readonly open = new Set<Asked>();
  /** Revisions that each command has written, by command id. */
  private readonly writtenBy = new Map<string, bigint[]>();
  /** Answers that say that nothing of a command is in the log, by command id. */
  private readonly saidUnwritten = new Map<string, string>();

  constructor(layout: SeatLayout) {
    this.inventory = emptyInventory(layout);
  }

  asked(command: SeatInventoryCommand, context: CommandContext): Asked {
    const asked = { command, context, right: new Set([this.judge(command)]) };
    this.open.add(asked);
    return asked;
  }

  answered(asked: Asked, outcome: Outcome): void {
    this.open.delete(asked);
    if (outcome.accepted) {
      this.count(outcome.written ? 'written' : 'done before');
      return this.checkAccepted(asked, outcome);
    }
    const { code } = outcome.rejection;
    this.count(code);
    this.expectUnwritten(asked, code);
    if (!asked.right.has(code))
      this.find(asked, `rejected with ${code}, but right was ${[...asked.right].join()}`);
  }

  failed(asked: Asked, error: Error): void {
    this.open.delete(asked);
    this.count(error.name);
    if (!(error instanceof OutcomeUnknown)) this.expectUnwritten(asked, error.name);
  }

  /** The process that was asked has died. */
  unheard(asked: Asked): void {
    this.open.delete(asked);
    this.count('unheard');
  }

  read(event: RecordedEvent): void {
    const { commandId } = event.metadata;
    const said = this.saidUnwritten.get(commandId);
    if (said)
      this.findings.push(`revision ${event.revision} is of a command that was answered ${said}`);
    this.writtenBy.set(commandId, [...(this.writtenBy.get(commandId) ?? []), event.revision]);
    try {
      this.reader.read(event);
      evolve(this.inventory, event as unknown as SeatInventoryEvent);
    } catch (error) {
      this.findings.push((error as Error).message);
    }
    for (const asked of this.open) asked.right.add(this.judge(asked.command));
  }

  proof(): LogProof {
    return this.reader.proof();
  }

  private checkAccepted(asked: Asked, outcome: Extract<Outcome, { accepted: true }>): void {
    const { reservation, revision, written } = outcome;
    const revisions = this.writtenBy.get(asked.context.commandId);
    if (written && revisions?.at(-1) !== revision) {
      const logged = revisions?.join() ?? 'none';
      this.find(asked, `acknowledged at revision ${revision}, but the log has it at ${logged}`);
    }
    if (!written && !asked.right.has('nothing')) {
      const right = [...asked.right].join();
      this.find(asked, `acknowledged as done before, but right was ${right}`);
    }
    if (!written && revisions) this.find(asked, 'acknowledged as done before, but it was written');
    if (reservation) this.checkSeats(asked, reservation);
  }

  private checkSeats(asked: Asked, reservation: { id: string; seatIds: readonly string[] }): void {
    const logged = this.reader.proof().seatsOf.get(reservation.id)?.join();
    const seats = reservation.seatIds.join();
    if (logged !== seats)
      this.find(asked, `acknowledged with seats ${seats}, but the log has ${logged}`);
  }

  private expectUnwritten(asked: Asked, answer: string): void {
    const { commandId } = asked.context;
    this.saidUnwritten.set(commandId, answer);
    if (this.writtenBy.has(commandId)) this.find(asked, `answered ${answer}, but it is in the log`);
  }

  private judge(command: SeatInventoryCommand): string {
    const decision = decide(command, this.inventory);
    if (!decision.accepted) return decision.rejection.code;
    return decision.events.length > 0 ? 'changes' : 'nothing';
  }

  private count(answer: string): void {
    this.tally.set(answer, (this.tally.get(answer) ?? 0) + 1);
  }

  private find({ command }: Asked, fault: string): void {
    this.findings.push(`${command.type} ${JSON.stringify(command)}: ${fault}`);
  }
}
