import type { SeatInventoryCommand, SeatInventoryRejection } from '../domain/seat-inventory/commands.js';
import { decide } from '../domain/seat-inventory/decide.js';
import type { SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import {
  beginDraft,
  dropDraft,
  evolve,
  keepDraft,
  reservationOf,
  takeBack,
  type Reservation,
  type SeatInventory,
} from '../domain/seat-inventory/state.js';
import type { Clock } from '../ports/clock.js';
import { WrongExpectedRevision, type EventStore, type NewEvent } from '../ports/event-store.js';
import type { Randomness } from '../ports/randomness.js';
import { appendOnce } from './append-once.js';
import { toNewEvents, type CommandContext } from './context.js';

export interface WriterLimits {
  /** Commands that may wait; one more is refused with `MailboxFull`. */
  maxMailbox: number;
  /** Commands decided for one append. */
  maxBatch: number;
  /** Bytes of one append, estimated from above; the event store refuses more than 900 KiB. */
  maxBatchBytes: number;
  /** Times that a batch is decided anew because another node wrote first, before its callers get `TooManyConflicts`. */
  maxConflicts: number;
}

export const DEFAULT_WRITER_LIMITS: WriterLimits = {
  maxMailbox: 10_000,
  maxBatch: 1_000,
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
  /** First come, first served. Resolves when the answer is durable. @throws MailboxFull, EventStoreUnavailable, OutcomeUnknown */
  execute(command: SeatInventoryCommand, context: CommandContext): Promise<Outcome>;
  /** Nothing waits and nothing is being written. */
  isIdle(): boolean;
  /** Revision of the last domain event that is durable and folded in. */
  revision(): bigint;
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

/** Longest random pause before a batch is decided anew, so that two nodes do not go on in step. Milliseconds. */
const CONFLICT_PAUSE_MS = 5;

/**
 * The one writer of an inventory in this process. All commands queue in its mailbox; it takes what is waiting,
 * decides each against the state that the ones before it left, appends all their domain events at once, and only
 * then answers. Another node may write too: the expected revision decides, and the loser decides anew.
 */
export function startInventoryWriter(parts: WriterParts): InventoryWriter {
  const { stream, inventory, eventStore, clock, limits, stats } = parts;
  let { revision } = parts;
  let mailbox: Waiting[] = [];
  let draining = false;
  /** An append ended without a sure outcome: the log must be read before anything else is decided. */
  let mustCatchUp = false;

  const drain = async () => {
    while (mailbox.length > 0) {
      const batch = mailbox.slice(0, limits.maxBatch);
      mailbox = mailbox.slice(batch.length);
      try {
        const left = await writeBatch(batch);
        if (left.length > 0) mailbox = left.concat(mailbox);
      } catch (error) {
        mustCatchUp = true;
        for (const { fail } of batch) fail(error as Error);
      }
    }
    draining = false;
  };

  /** Decides, appends and answers; gives back the commands that did not fit into one append. */
  const writeBatch = async (batch: Waiting[]): Promise<Waiting[]> => {
    for (let conflicts = 0; conflicts <= limits.maxConflicts; conflicts++) {
      if (mustCatchUp) await catchUp();
      beginDraft(inventory);
      const decided = decideBatch(batch, inventory, revision, limits.maxBatchBytes);
      try {
        if (decided.events.length > 0) {
          await appendOnce(eventStore, clock, stream, revision, decided.events);
          stats.appends++;
          stats.events += decided.events.length;
        }
      } catch (error) {
        dropDraft(inventory);
        mustCatchUp = true;
        if (!(error instanceof WrongExpectedRevision)) throw error;
        stats.conflicts++;
        if (conflicts > 0) await clock.sleep(parts.randomness.fraction() * CONFLICT_PAUSE_MS);
        continue;
      }
      keepDraft(inventory);
      revision += BigInt(decided.events.length);
      stats.commands += decided.answers.length;
      stats.rejections += decided.rejections;
      for (const answer of decided.answers) answer();
      if (decided.events.length > 0) parts.onWritten?.(revision);
      return batch.slice(decided.answers.length);
    }
    throw new TooManyConflicts(`Other nodes wrote to ${stream} ${limits.maxConflicts} times in a row.`);
  };

  const catchUp = async () => {
    for await (const event of eventStore.readStream(stream, { from: revision + 1n })) {
      evolve(inventory, event as unknown as SeatInventoryEvent);
      revision = event.revision;
    }
    mustCatchUp = false;
  };

  return {
    execute: (command, context) =>
      new Promise((answer, fail) => {
        if (mailbox.length >= limits.maxMailbox)
          return fail(new MailboxFull(`${mailbox.length} commands wait already.`));
        mailbox.push({ command, context, answer, fail });
        if (draining) return;
        draining = true;
        setImmediate(() => void drain());
      }),
    isIdle: () => !draining,
    revision: () => revision,
    inventory,
  };
}

interface DecidedBatch {
  events: NewEvent[];
  /** One per command decided, in order; called once the domain events are durable. */
  answers: (() => void)[];
  rejections: number;
}

/** Decides until the batch or the append is full. A command whose decision throws is answered with its error alone. */
function decideBatch(
  batch: readonly Waiting[],
  inventory: SeatInventory,
  before: bigint,
  maxBytes: number,
): DecidedBatch {
  const decided: DecidedBatch = { events: [], answers: [], rejections: 0 };
  let bytes = 0;
  for (const { command, context, answer, fail } of batch) {
    const steps = inventory.draft!.length;
    try {
      const decision = decide(command, inventory);
      if (!decision.accepted) {
        decided.rejections++;
        decided.answers.push(() => answer(decision));
        continue;
      }
      bytes += decision.events.reduce((sum, event) => sum + bytesAtMost(event), 0);
      if (bytes > maxBytes && decided.events.length > 0) break;
      for (const event of decision.events) evolve(inventory, event);
      decided.events.push(...toNewEvents(decision.events, context));
      const outcome: Outcome = {
        accepted: true,
        revision: before + BigInt(decided.events.length),
        written: decision.events.length > 0,
        reservation: 'reservationId' in command ? reservationOf(inventory, command.reservationId) : undefined,
      };
      decided.answers.push(() => answer(outcome));
    } catch (error) {
      takeBack(inventory, steps);
      decided.answers.push(() => fail(error as Error));
    }
  }
  return decided;
}

/** Ids, times, names and metadata of one domain event, its seats apart. */
const BYTES_WITHOUT_SEATS = 1_400;

/** A bound from above for the JSON of a domain event and its metadata: a character is three bytes of UTF-8 at most. */
function bytesAtMost({ data }: SeatInventoryEvent): number {
  if (!('seatIds' in data))
    return BYTES_WITHOUT_SEATS + ('prices' in data ? JSON.stringify(data.prices).length * 3 : 0);
  return data.seatIds.reduce((sum, seatId) => sum + seatId.length * 3 + 3, BYTES_WITHOUT_SEATS);
}
