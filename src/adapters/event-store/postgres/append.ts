import pg from 'pg';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  MAX_APPEND_BYTES,
  WrongExpectedRevision,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
} from '../../../ports/event-store/event-store.js';
import { encodeAppend } from '../encode.js';
import { withTimeout } from '../timeout.js';
import { insertAppends, isAlreadyStored, type PendingInsert } from './append-statements.js';

/**
 * Statements in flight. Meanwhile appends to other streams gather for the next statement, so more
 * statements would only commit smaller groups. Two have the total throughput of one, and three
 * times its throughput for the busiest stream.
 */
const MAX_IN_FLIGHT = 2;
/** Appends of one statement. Its bytes are limited to those of one append. */
const MAX_GROUP = 256;

interface Append extends PendingInsert {
  readonly expected: ExpectedRevision;
  readonly bytes: number;
  readonly startedAt: number;
  /** Must be sent alone, because its group failed for one of its appends. */
  alone: boolean;
  /** Ends its wait for a statement. */
  waitLimit: NodeJS.Timeout | undefined;
  committed(): void;
  failed(error: Error): void;
}

export interface AppenderParts {
  pool: pg.Pool;
  /** An append without an answer after this time is ambiguous. Milliseconds. */
  timeoutMs: number;
  /** Called when the log has grown. */
  onAppended(): void;
  maxInFlight?: number;
}

/**
 * Opens a group commit over streams: waiting appends share a statement, which is one round trip and
 * one commit. Each succeeds or fails on its own. Appends to one stream keep their order, and only
 * one of them is in flight.
 */
export function openAppender(parts: AppenderParts): EventStore['append'] {
  const groups = new GroupCommit(parts);
  return async (stream, expected, events) => {
    const { encoded, bytes } = encodeAppend(events);
    const before = expected === 'no-stream' ? -1n : expected;
    const result: AppendResult = { revision: before + BigInt(encoded.length) };
    if (encoded.length === 0) return result;
    return new Promise((resolve, failed) =>
      groups.enqueue({
        stream,
        expected,
        before,
        events: encoded,
        bytes,
        failed,
        startedAt: performance.now(),
        alone: false,
        waitLimit: undefined,
        committed: () => resolve(result),
      }),
    );
  };
}

class GroupCommit {
  private waiting: Append[] = [];
  private readonly writing = new Set<string>();
  private inFlight = 0;
  private gathering = false;
  private readonly maxInFlight: number;

  constructor(private readonly parts: AppenderParts) {
    this.maxInFlight = parts.maxInFlight ?? MAX_IN_FLIGHT;
  }

  /**
   * Sends at once when nothing is in flight, else with all appends of this event loop iteration.
   */
  enqueue(append: Append): void {
    this.waiting.push(append);
    if (this.inFlight === 0) return this.launch();
    // The same limit as for a connection.
    append.waitLimit = setTimeout(() => {
      this.waiting = this.waiting.filter((other) => other !== append);
      append.failed(
        new EventStoreUnavailable(
          `The append to ${append.stream} waited too long for the database.`,
        ),
      );
    }, this.parts.timeoutMs / 2);
    if (this.inFlight < this.maxInFlight && !this.gathering) {
      this.gathering = true;
      setImmediate(this.launch);
    }
  }

  private readonly launch = (): void => {
    this.gathering = false;
    while (this.inFlight < this.maxInFlight) {
      const { group, rest } = nextGroup(this.waiting, this.writing);
      this.waiting = rest;
      if (group.length === 0) return;
      this.inFlight++;
      for (const { stream, waitLimit } of group) {
        this.writing.add(stream);
        clearTimeout(waitLimit);
      }
      void this.send(group).then(() => {
        this.inFlight--;
        for (const { stream } of group) this.writing.delete(stream);
        this.launch();
      });
    }
  };

  /** Settles the group. When one append made the statement fail, sends each append again, alone. */
  private async send(group: readonly Append[]): Promise<void> {
    const { pool, timeoutMs, onAppended } = this.parts;
    try {
      await onConnection(pool, group, timeoutMs, onAppended);
    } catch (error) {
      if (group.length > 1 && isCausedByOneAppend(error)) {
        for (const append of group) append.alone = true;
        this.waiting = [...group, ...this.waiting];
        return;
      }
      for (const { stream, failed } of group) failed(outcomeOf(error as Error, stream));
    }
  }
}

/** Selects the longest waiting appends that one statement may take, at most one per stream. */
function nextGroup(
  waiting: readonly Append[],
  writing: ReadonlySet<string>,
): { group: Append[]; rest: Append[] } {
  const group: Append[] = [];
  const rest: Append[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const append of waiting) {
    const isNext = !seen.has(append.stream) && !writing.has(append.stream);
    seen.add(append.stream);
    const hasRoom =
      group.length === 0 ||
      (group.length < MAX_GROUP &&
        !append.alone &&
        !group[0]!.alone &&
        bytes + append.bytes <= MAX_APPEND_BYTES);
    if (!isNext || !hasRoom) {
      rest.push(append);
      continue;
    }
    group.push(append);
    bytes += append.bytes;
  }
  return { group, rest };
}

async function onConnection(
  pool: pg.Pool,
  group: readonly Append[],
  timeoutMs: number,
  onAppended: () => void,
): Promise<void> {
  const client = await pool.connect().catch((error: Error) => {
    throw new EventStoreUnavailable(`Postgres does not answer: ${error.message}`, { cause: error });
  });
  const leftMs = Math.round(timeoutMs - (performance.now() - group[0]!.startedAt));
  // An append sent now would time out at once and leave the whole group ambiguous, so nothing is
  // sent.
  if (leftMs < timeoutMs / 5) {
    client.release();
    throw new EventStoreUnavailable('No database connection was available in time.');
  }
  // A lost connection fails the query and emits this event, which ends the process without a
  // listener.
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await withTimeout(writeGroup(client, group, onAppended), leftMs);
  } catch (error) {
    if (!isCausedByOneAppend(error)) broken = error as Error;
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

async function writeGroup(
  client: pg.PoolClient,
  group: readonly Append[],
  onAppended: () => void,
): Promise<void> {
  const written = await insertAppends(client, group);
  if (written.size > 0) onAppended();
  for (const append of group) if (written.has(append.stream)) append.committed();
  for (const append of group) {
    if (written.has(append.stream)) continue;
    if (await isAlreadyStored(client, append)) append.committed();
    else append.failed(new WrongExpectedRevision(append.stream, append.expected));
  }
}

/**
 * Checks whether Postgres rolled the statement back because of one append: an invalid value, or a
 * revision that another node has written meanwhile.
 */
function isCausedByOneAppend(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|40)/.test(error.code ?? '');
}

function outcomeOf(error: Error, stream: string): Error {
  if (error instanceof EventStoreUnavailable) return error;
  // With an SQLSTATE the server has rolled back; without one the outcome is unknown.
  const isRolledBack = error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? '08');
  if (isRolledBack)
    return new EventStoreUnavailable(`Postgres rejected the append: ${error.message}`, {
      cause: error,
    });
  return new AmbiguousAppend(stream, { cause: error });
}

function ignore(): void {}
