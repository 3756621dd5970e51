import type {
  SeatInventoryCommand,
  SeatInventoryRejection,
} from '../../../domain/seat-inventory/commands.js';
import { decide } from '../../../domain/seat-inventory/decide.js';
import {
  beginDraft,
  endDraft,
  evolve,
  reservationOf,
  takeBack,
  type Draft,
  type Reservation,
  type SeatInventory,
} from '../../../domain/seat-inventory/state.js';
import type { Clock } from '../../../ports/system/clock.js';
import {
  WrongExpectedRevision,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../../../ports/event-store/event-store.js';
import { isSameId, isTrusted, StreamWentBack } from '../../../ports/event-store/log-identity.js';
import type { Randomness } from '../../../ports/system/randomness.js';
import { appendOnce, NO_STREAM } from '../../shared/append-once.js';
import { toNewEvents, type CommandContext } from '../../shared/context.js';
import { bytesOf } from './event-bytes.js';
import { foldRecorded } from '../../shared/fold-recorded.js';

export interface WriterLimits {
  /** Commands that may wait; one more is refused with `MailboxFull`. */
  maxMailbox: number;
  /** Commands of one append. Not more than half of a crowd: the other half is decided while it is on its way. */
  maxBatch: number;
  /** Bytes of one append, estimated from above; the event store refuses more than 900 KiB. */
  maxBatchBytes: number;
  /** Times that a batch is decided anew because another node wrote first, before its callers get `TooManyConflicts`. */
  maxConflicts: number;
}

export const DEFAULT_WRITER_LIMITS: WriterLimits = {
  maxMailbox: 10_000,
  maxBatch: 128,
  maxBatchBytes: 800 * 1024,
  maxConflicts: 50,
};

/** What became of a command. `revision` is that of the inventory's stream, its own domain events included. */
export type Outcome =
  | {
      readonly accepted: true;
      readonly revision: bigint;
      /** False when the command had been carried out before and nothing was written. */
      readonly written: boolean;
      /** The reservation that the command names, as it stood right after. */
      readonly reservation: Reservation | undefined;
    }
  | { readonly accepted: false; readonly rejection: SeatInventoryRejection };

export interface WriterStats {
  commands: number;
  rejections: number;
  appends: number;
  /** Appends that lost to another node and were decided anew. */
  conflicts: number;
  events: number;
}

export interface InventoryWriter {
  /**
   * First come, first served. Resolves when the answer is durable. When it throws `StreamWentBack`, nothing was done:
   * the state in memory comes from a log that no longer exists, and a new writer has to be started.
   * @throws MailboxFull, EventStoreUnavailable, OutcomeUnknown, StreamWentBack
   */
  execute(command: SeatInventoryCommand, context: CommandContext): Promise<Outcome>;
  /** Another node is known to have written up to here: what is decided from now on knows of it. */
  readUpTo(revision: bigint): void;
  /** Nothing waits and nothing is being written. */
  isIdle(): boolean;
  /** Revision of the last domain event that is durable and folded in. */
  revision(): bigint;
  /** Its id. */
  lastEventId(): string;
  /** Runs `work` as soon as the state in memory is exactly that of the log: nothing decided is still on its way. */
  settled(work: () => void): void;
  readonly inventory: SeatInventory;
}

export class MailboxFull extends Error {
  override name = 'MailboxFull';
}
export class TooManyConflicts extends Error {
  override name = 'TooManyConflicts';
}

export interface WriterParts {
  stream: string;
  inventory: SeatInventory;
  /** Revision that `inventory` stands at; -1 for a stream that does not exist yet. */
  revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  lastEventId: string;
  /** When the stream was last seen to end there; milliseconds since the epoch. */
  readAt: number;
  eventStore: EventStore;
  clock: Clock;
  randomness: Randomness;
  limits: WriterLimits;
  stats: WriterStats;
  /** Called after each durable append. */
  onWritten?: (revision: bigint) => void;
}

interface Waiting {
  readonly command: SeatInventoryCommand;
  readonly context: CommandContext;
  answer(outcome: Outcome): void;
  fail(error: Error): void;
}

/** Commands decided together, to be appended together. */
interface Batch {
  readonly decided: Waiting[];
  /** One per command, in order; called once the domain events are durable. */
  readonly answers: (() => void)[];
  readonly events: NewEvent[];
  bytes: number;
  rejections: number;
  readonly draft: Draft;
}

/** Longest random pause before a batch is decided anew, so that two nodes do not go on in step. Milliseconds. */
const CONFLICT_PAUSE_MS = 5;

/** Least time between two looks at the end of the log that serve nothing but refusals. Milliseconds. */
const TIP_PAUSE_MS = 5;

/**
 * The one writer of an inventory in this process. Commands are decided in the order in which they come, each
 * against the state that the ones before it leave, while the batch before is still on its way to the log. Then all
 * that has gathered is appended at once, and only when that is durable are its callers answered. Refusals rest on the log too.
 * Another node may write too: the expected revision decides, and the loser takes everything back and decides anew.
 */
export function startInventoryWriter(parts: WriterParts): InventoryWriter {
  const { stream, inventory, eventStore, clock, randomness, limits, stats } = parts;
  let { revision, lastEventId } = parts;
  let waiting: Waiting[] = [];
  let forming = newBatch(inventory);
  let flying: Batch | undefined;
  let launching = false;
  let resting: Promise<void> | undefined;
  /** When the log last had nothing that we have not. Milliseconds since the epoch. */
  let atTip = parts.readAt;
  /** Why nothing can be decided now: the log has more than we have folded, or may have. */
  let behind = false;
  let catchingUp: Promise<void> | undefined;
  let conflictsInARow = 0;
  let whenSettled: (() => void) | undefined;
  /** Set once the stream has gone back: this writer decides nothing from then on. */
  let wentBack: StreamWentBack | undefined;

  const size = () => waiting.length + forming.decided.length + (flying?.decided.length ?? 0);

  /** Decides what is waiting, as far as one append can take it, and sees that it is sent. */
  const pump = () => {
    if (behind) return;
    let taken = 0;
    while (taken < waiting.length && !whenSettled && forming.decided.length < limits.maxBatch) {
      if (!decideInto(forming, waiting[taken]!, inventory, nextRevision(), limits.maxBatchBytes))
        break;
      taken++;
    }
    if (taken > 0) waiting = waiting.slice(taken);
    if (forming.decided.length >= limits.maxBatch) launch();
    if (!flying && !launching && forming.decided.length > 0) {
      launching = true;
      setImmediate(launch);
    }
    if (whenSettled && !flying && forming.decided.length === 0) settle();
  };

  const nextRevision = () => revision + BigInt(flying?.events.length ?? 0);

  const settle = () => {
    const work = whenSettled!;
    whenSettled = undefined;
    work();
    pump();
  };

  const launch = () => {
    launching = false;
    if (flying || behind || forming.decided.length === 0) return;
    if (forming.events.length === 0 && forming.decided.length < limits.maxBatch && rest()) return;
    const batch = forming;
    flying = batch;
    forming = newBatch(inventory);
    void (batch.events.length > 0 ? append(batch) : confirmTip()).then(
      () => landed(batch),
      (error: Error) => lost(batch, error),
    );
  };

  /** A crowd that is only refused does not make us read the log for each: they wait a little, or ride along with an append. */
  const rest = (): boolean => {
    const ms = atTip + TIP_PAUSE_MS - clock.now();
    // A clock that was set back would have them wait until it is there again.
    if (ms <= 0 || ms > TIP_PAUSE_MS) return false;
    resting ??= clock.sleep(ms).then(() => {
      resting = undefined;
      launch();
    });
    return true;
  };

  /**
   * An expected revision proves nothing if the stream was shortened and has grown again. After a silence in which the
   * log may have been replaced, the last domain event of this state is read back first.
   */
  const append = async (batch: Batch) => {
    if (!isTrusted(atTip, clock.now())) await confirmTip();
    await appendOnce(eventStore, clock, stream, revision, batch.events);
  };

  /**
   * Rejections and repeats append nothing, so no expected revision is checked. Check whether another node has appended.
   * @throws WrongExpectedRevision when it has; StreamWentBack
   */
  const confirmTip = async () => {
    if (revision === NO_STREAM) {
      for await (const first of eventStore.readStream(stream, { maxCount: 1 }))
        if (first.revision > revision) throw new WrongExpectedRevision(stream, revision);
      return;
    }
    let isThere = false;
    for await (const event of eventStore.readStream(stream, { from: revision, maxCount: 2 })) {
      if (!isThere && !isOurs(event)) throw new StreamWentBack(stream, revision);
      if (isThere) throw new WrongExpectedRevision(stream, revision);
      isThere = true;
    }
    if (!isThere) throw new StreamWentBack(stream, revision);
  };

  const isOurs = (event: RecordedEvent) =>
    event.revision === revision && isSameId(event.id, lastEventId);

  const landed = (batch: Batch) => {
    flying = undefined;
    conflictsInARow = 0;
    atTip = clock.now();
    revision += BigInt(batch.events.length);
    lastEventId = batch.events.at(-1)?.id ?? lastEventId;
    stats.commands += batch.answers.length;
    stats.rejections += batch.rejections;
    stats.events += batch.events.length;
    if (batch.events.length > 0) stats.appends++;
    // First send what has gathered: while that is on its way, the callers answered now think of their next command.
    launch();
    for (const answer of batch.answers) answer();
    if (batch.events.length > 0) parts.onWritten?.(revision);
    pump();
  };

  /** Nothing of this batch, nor of what was decided upon it, may stay: take back, read the log, decide anew. */
  const lost = (batch: Batch, error: Error) => {
    if (error instanceof StreamWentBack) return giveUp(error, batch.decided);
    behind = true;
    flying = undefined;
    takeBack(forming.draft);
    takeBack(batch.draft);
    waiting = forming.decided.concat(waiting);
    forming = newBatch(inventory);
    if (error instanceof WrongExpectedRevision) {
      if (batch.events.length > 0) stats.conflicts++;
      conflictsInARow++;
    }
    if (error instanceof WrongExpectedRevision && conflictsInARow <= limits.maxConflicts) {
      waiting = batch.decided.concat(waiting);
    } else {
      const reason =
        error instanceof WrongExpectedRevision
          ? new TooManyConflicts(
              `Other nodes wrote to ${stream} ${conflictsInARow} times in a row.`,
            )
          : error;
      conflictsInARow = 0;
      for (const { fail } of batch.decided) fail(reason);
    }
    catchUp();
  };

  /** Nothing was written for the commands that wait here: a new writer takes them. */
  const giveUp = (reason: StreamWentBack, decided: readonly Waiting[]) => {
    wentBack = reason;
    behind = true;
    const all = [...decided, ...forming.decided, ...waiting];
    flying = undefined;
    waiting = [];
    forming = newBatch(inventory);
    for (const { fail } of all) fail(reason);
  };

  const catchUp = () => {
    catchingUp ??= readTail().finally(() => {
      catchingUp = undefined;
      // These came while the others were told that the store does not answer.
      if (behind && !wentBack && waiting.length > 0) catchUp();
      pump();
    });
  };

  /** Reads what the log has beyond us. While the store does not answer, nobody can be: those who wait are told so. */
  const readTail = async (): Promise<void> => {
    try {
      if (conflictsInARow > 1) await clock.sleep(randomness.fraction() * CONFLICT_PAUSE_MS);
      endDraft(inventory);
      let isThere = revision === NO_STREAM;
      for await (const event of eventStore.readStream(stream, { from: isThere ? 0n : revision })) {
        if (isThere) {
          foldRecorded(inventory, event);
          revision = event.revision;
          lastEventId = event.id;
        } else if (!isOurs(event)) break;
        isThere = true;
      }
      if (!isThere) return giveUp(new StreamWentBack(stream, revision), []);
      behind = false;
    } catch (error) {
      for (const { fail } of waiting) fail(error as Error);
      waiting = [];
    }
    forming = newBatch(inventory);
  };

  return {
    execute: (command, context) =>
      new Promise((answer, fail) => {
        if (wentBack) return fail(wentBack);
        if (size() >= limits.maxMailbox)
          return fail(new MailboxFull(`${size()} commands wait already.`));
        waiting.push({ command, context, answer, fail });
        if (behind) catchUp();
        pump();
      }),
    readUpTo: (target) => {
      if (revision >= target || behind) return;
      const then = whenSettled;
      whenSettled = () => {
        then?.();
        if (revision >= target) return;
        behind = true;
        catchUp();
      };
      pump();
    },
    isIdle: () => size() === 0,
    revision: () => revision,
    lastEventId: () => lastEventId,
    settled: (work) => {
      const before = whenSettled;
      whenSettled = () => {
        before?.();
        work();
      };
      pump();
    },
    inventory,
  };
}

function newBatch(inventory: SeatInventory): Batch {
  return {
    decided: [],
    answers: [],
    events: [],
    bytes: 0,
    rejections: 0,
    draft: beginDraft(inventory),
  };
}

/**
 * False when the append has no room left for it. A command whose decision throws, or whose domain events no append
 * could take, is answered with its error alone.
 */
function decideInto(
  batch: Batch,
  waiting: Waiting,
  inventory: SeatInventory,
  before: bigint,
  maxBytes: number,
): boolean {
  const { command, context, answer, fail } = waiting;
  const steps = batch.draft.length;
  try {
    const decision = decide(command, inventory);
    if (!decision.accepted) {
      batch.rejections++;
      batch.answers.push(() => answer(decision));
    } else {
      const bytes = batch.bytes + bytesOf(decision.events, context);
      if (bytes > maxBytes && batch.events.length > 0) return false;
      batch.bytes = bytes;
      for (const event of decision.events) evolve(inventory, event);
      batch.events.push(...toNewEvents(decision.events, context));
      const outcome: Outcome = {
        accepted: true,
        revision: before + BigInt(batch.events.length),
        written: decision.events.length > 0,
        reservation:
          'reservationId' in command ? reservationOf(inventory, command.reservationId) : undefined,
      };
      batch.answers.push(() => answer(outcome));
    }
  } catch (error) {
    takeBack(batch.draft, steps);
    batch.answers.push(() => fail(error as Error));
  }
  batch.decided.push(waiting);
  return true;
}
