import type { SeatInventoryCommand } from '../../../domain/seat-inventory/commands.js';
import type { SeatInventory } from '../../../domain/seat-inventory/state/state.js';
import { WrongExpectedRevision } from '../../../ports/event-store/event-store.js';
import { StreamWentBack } from '../../../ports/event-store/log-identity.js';
import type { Clock } from '../../../ports/system/clock.js';
import type { Randomness } from '../../../ports/system/randomness.js';
import type { CommandContext } from '../../shared/context.js';
import { foldRecorded } from '../../shared/fold-recorded.js';
import { decideInto, newBatch, type Batch, type PendingCommand } from './batch.js';
import { MailboxFull, TooManyConflicts, type Outcome } from './outcome.js';
import { StreamPosition, type StreamPositionParts } from './stream-position.js';
import type { WriterLimits } from './writer-limits.js';

export interface WriterStats {
  commands: number;
  rejections: number;
  appends: number;
  /** Appends that failed because another node had written first. */
  conflicts: number;
  events: number;
}

export interface WriterParts extends StreamPositionParts {
  /** State at `revision`. */
  inventory: SeatInventory;
  clock: Clock;
  randomness: Randomness;
  limits: WriterLimits;
  stats: WriterStats;
  /** Called after each committed append. */
  onWritten?: () => void;
}

/**
 * Longest random pause before a conflict is retried, so that two nodes do not stay in step.
 * Milliseconds.
 */
const CONFLICT_PAUSE_MS = 5;

/** Shortest time between two reads of the end of the stream for rejections alone. Milliseconds. */
const CONFIRM_PAUSE_MS = 5;

/**
 * The only writer of an inventory in this process. It decides commands in order of arrival, each on
 * the state after the ones before, while the previous batch is in flight. It appends all gathered
 * domain events at once and answers callers after the commit. Rejections are confirmed against the
 * stream too. If another node has written first, the expected revision fails the append: the writer
 * rolls back, reads the stream and decides again.
 */
export class InventoryWriter {
  readonly inventory: SeatInventory;
  readonly #parts: WriterParts;
  readonly #position: StreamPosition;
  #waiting: PendingCommand[] = [];
  #forming: Batch;
  #inFlight: Batch | undefined;
  #isSendScheduled = false;
  #isPostponed = false;
  /**
   * True while the stream has, or may have, domain events that are not folded: nothing is decided.
   */
  #isBehind = false;
  #isCatchingUp = false;
  #conflictsInARow = 0;
  #whenSettled: (() => void) | undefined;
  /** Set once the stream has gone back: this writer decides nothing from then on. */
  #wentBack: StreamWentBack | undefined;

  constructor(parts: WriterParts) {
    this.inventory = parts.inventory;
    this.#parts = parts;
    this.#position = new StreamPosition(parts);
    this.#forming = newBatch(parts.inventory);
  }

  /**
   * Decides a command in order of arrival. Resolves after the commit. `StreamWentBack` means that
   * nothing was done: the state comes from a log that no longer exists, and a new writer is needed.
   * @throws MailboxFull, EventStoreUnavailable, OutcomeUnknown, StreamWentBack
   */
  execute(command: SeatInventoryCommand, context: CommandContext): Promise<Outcome> {
    return new Promise((answer, fail) => {
      if (this.#wentBack) return fail(this.#wentBack);
      const size = this.#size();
      if (size >= this.#parts.limits.maxMailbox)
        return fail(new MailboxFull(`${size} commands are waiting already`));
      this.#waiting.push({ command, context, answer, fail });
      if (this.#isBehind) this.#catchUp();
      this.#decideWaiting();
    });
  }

  /** Reads up to this revision, which another node has written, before the next decision. */
  readUpTo(revision: bigint): void {
    if (this.revision >= revision || this.#isBehind) return;
    this.settled(() => {
      if (this.revision >= revision) return;
      this.#isBehind = true;
      this.#catchUp();
    });
  }

  /** Whether no command is waiting or in flight. */
  isIdle(): boolean {
    return this.#size() === 0;
  }

  /** Revision of the last domain event that is committed and folded. */
  get revision(): bigint {
    return this.#position.revision;
  }

  /** Id of the last domain event that is committed and folded. */
  get lastEventId(): string {
    return this.#position.lastEventId;
  }

  /** Runs `work` as soon as the state contains exactly the committed domain events. */
  settled(work: () => void): void {
    const before = this.#whenSettled;
    this.#whenSettled = () => {
      before?.();
      work();
    };
    this.#decideWaiting();
  }

  #size(): number {
    const inFlight = this.#inFlight?.decided.length ?? 0;
    return this.#waiting.length + this.#forming.decided.length + inFlight;
  }

  /** Decides waiting commands, as many as fit one append, and has them sent. */
  #decideWaiting(): void {
    if (this.#isBehind) return;
    if (!this.#whenSettled) this.#fill(this.#forming);
    if (this.#forming.decided.length >= this.#parts.limits.maxBatch) this.#send();
    this.#scheduleSend();
    if (this.#whenSettled && !this.#inFlight && this.#forming.decided.length === 0) this.#settle();
  }

  #fill(batch: Batch): void {
    const { maxBatch, maxBatchBytes } = this.#parts.limits;
    const waiting = this.#waiting;
    const revision = this.revision + BigInt(this.#inFlight?.events.length ?? 0);
    let taken = 0;
    while (taken < waiting.length && batch.decided.length < maxBatch) {
      if (!decideInto(batch, waiting[taken]!, this.inventory, revision, maxBatchBytes)) break;
      taken++;
    }
    if (taken > 0) this.#waiting = waiting.slice(taken);
  }

  #scheduleSend(): void {
    if (this.#inFlight || this.#isSendScheduled || this.#forming.decided.length === 0) return;
    this.#isSendScheduled = true;
    setImmediate(() => this.#send());
  }

  #settle(): void {
    const work = this.#whenSettled!;
    this.#whenSettled = undefined;
    work();
    this.#decideWaiting();
  }

  #send(): void {
    this.#isSendScheduled = false;
    const batch = this.#forming;
    if (this.#inFlight || this.#isBehind || batch.decided.length === 0) return;
    const isFull = batch.decided.length >= this.#parts.limits.maxBatch;
    if (batch.events.length === 0 && !isFull && this.#postpone()) return;
    this.#inFlight = batch;
    this.#forming = newBatch(this.inventory);
    const isAppend = batch.events.length > 0;
    void (isAppend ? this.#position.append(batch.events) : this.#position.confirmEnd()).then(
      () => this.#committed(batch),
      (error: Error) => this.#failed(batch, error),
    );
  }

  /**
   * Lets rejections wait for a moment, or for the next append, so that a crowd that is only
   * rejected does not cause one read each.
   */
  #postpone(): boolean {
    const { clock } = this.#parts;
    const ms = this.#position.confirmedAt + CONFIRM_PAUSE_MS - clock.now();
    // A clock that was set back would make them wait until it has caught up.
    if (ms <= 0 || ms > CONFIRM_PAUSE_MS) return false;
    if (this.#isPostponed) return true;
    this.#isPostponed = true;
    void clock.sleep(ms).then(() => {
      this.#isPostponed = false;
      this.#send();
    });
    return true;
  }

  #committed(batch: Batch): void {
    const { stats, onWritten } = this.#parts;
    this.#inFlight = undefined;
    this.#conflictsInARow = 0;
    this.#position.committed(batch.events);
    stats.commands += batch.answers.length;
    stats.rejections += batch.rejections;
    stats.events += batch.events.length;
    if (batch.events.length > 0) stats.appends++;
    // Sends the next batch first, so that callers prepare their next commands while it is in
    // flight.
    this.#send();
    for (const answer of batch.answers) answer();
    if (batch.events.length > 0) onWritten?.();
    this.#decideWaiting();
  }

  /**
   * Rolls back this batch and the one that was decided on it, reads the stream and decides again.
   */
  #failed(batch: Batch, error: Error): void {
    if (error instanceof StreamWentBack) return this.#giveUp(error, batch.decided);
    this.#isBehind = true;
    this.#inFlight = undefined;
    this.#forming.undoLog.rollback();
    batch.undoLog.rollback();
    this.#waiting = this.#forming.decided.concat(this.#waiting);
    this.#forming = newBatch(this.inventory);
    if (this.#countConflict(error, batch)) this.#waiting = batch.decided.concat(this.#waiting);
    else {
      const reason =
        error instanceof WrongExpectedRevision
          ? new TooManyConflicts(
              `Other nodes wrote to ${this.#parts.stream} ${this.#conflictsInARow} times in a row`,
            )
          : error;
      this.#conflictsInARow = 0;
      for (const { fail } of batch.decided) fail(reason);
    }
    this.#catchUp();
  }

  /** Counts a conflict, and returns whether the batch may be decided again. */
  #countConflict(error: Error, batch: Batch): boolean {
    if (!(error instanceof WrongExpectedRevision)) return false;
    if (batch.events.length > 0) this.#parts.stats.conflicts++;
    this.#conflictsInARow++;
    return this.#conflictsInARow <= this.#parts.limits.maxConflicts;
  }

  /** Fails all commands: nothing was written for them, and a new writer can take them. */
  #giveUp(reason: StreamWentBack, decided: readonly PendingCommand[]): void {
    this.#wentBack = reason;
    this.#isBehind = true;
    const all = [...decided, ...this.#forming.decided, ...this.#waiting];
    this.#inFlight = undefined;
    this.#waiting = [];
    this.#forming = newBatch(this.inventory);
    for (const { fail } of all) fail(reason);
  }

  #catchUp(): void {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    void this.#readNewer().finally(() => {
      this.#isCatchingUp = false;
      // Commands that arrived after the waiting ones had failed.
      if (this.#isBehind && !this.#wentBack && this.#waiting.length > 0) this.#catchUp();
      this.#decideWaiting();
    });
  }

  /** Folds newer domain events. Without the event store, all waiting commands fail. */
  async #readNewer(): Promise<void> {
    const { clock, randomness } = this.#parts;
    try {
      if (this.#conflictsInARow > 1) await clock.sleep(randomness.fraction() * CONFLICT_PAUSE_MS);
      await this.#position.catchUp((event) => foldRecorded(this.inventory, event));
      this.#isBehind = false;
    } catch (error) {
      if (error instanceof StreamWentBack) return this.#giveUp(error, []);
      for (const { fail } of this.#waiting) fail(error as Error);
      this.#waiting = [];
    }
  }
}
