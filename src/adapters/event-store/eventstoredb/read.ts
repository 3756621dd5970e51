import { setImmediate } from 'node:timers/promises';
import { NotLeaderError, StreamDeletedError, convertToCommandError } from '@eventstore/db-client';
import {
  START,
  StreamDeleted,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
} from '../../../ports/event-store/event-store.js';
import { withTimeout } from '../timeout.js';
import { endRead, openRead } from './wire/calls.js';
import type { Connection } from './connection.js';
import { failedCall, isHandlerFault, leavesConnectionUsable } from './errors.js';
import type { Patience } from './patience.js';
import { encodeLogQuery, encodeStreamQuery, type ReadMessage } from './wire/read-messages.js';

/**
 * The client has no timeout for reads: after this time without data, the read fails. Milliseconds.
 */
const DEFAULT_READ_IDLE_MS = 10_000;

/** Redirects of a read to the leader that a node names; that node may no longer be the leader. */
const MAX_REDIRECTS = 2;
/** Prefix of the event store's own streams. */
const SYSTEM_PREFIX = '$';

/** Permission that a call needs, described for an operator. */
export const READ_LOG =
  'read $all, which EventStoreDB allows only to members of $admins by default';

/** @throws StreamDeleted, EventStoreUnavailable */
export async function* readStream(
  connection: Connection,
  stream: string,
  { from, direction = 'forwards', maxCount }: ReadStreamOptions = {},
  idleMs = DEFAULT_READ_IDLE_MS,
): AsyncGenerator<RecordedEvent> {
  if (maxCount !== undefined && maxCount <= 0) return;
  const backwards = direction === 'backwards';
  const query = encodeStreamQuery({
    stream,
    from: from ?? (backwards ? 'end' : 0n),
    backwards,
    maxCount,
  });
  try {
    yield* fromLeader(connection, { query, idleMs, action: `read the stream ${stream}` });
  } catch (error) {
    if (error instanceof StreamDeletedError) throw new StreamDeleted(stream);
    throw error;
  }
}

/**
 * Like `readStream`, but survives an election: continues after the last event read.
 * @throws StreamDeleted, EventStoreUnavailable
 */
export async function* readStreamPatiently(
  connection: Connection,
  patience: Patience,
  stream: string,
  options: ReadStreamOptions = {},
): AsyncGenerator<RecordedEvent> {
  let left = options;
  for (;;) {
    try {
      for await (const event of readStream(connection, stream, left)) {
        left = leftAfter(event, left);
        patience.succeeded();
        yield event;
      }
      patience.succeeded();
      return;
    } catch (error) {
      await patience.failed(error);
      if (left.from !== undefined && left.from < 0n) return;
    }
  }
}

function leftAfter({ revision }: RecordedEvent, options: ReadStreamOptions): ReadStreamOptions {
  const { direction, maxCount } = options;
  const from = direction === 'backwards' ? revision - 1n : revision + 1n;
  return { direction, from, maxCount: maxCount === undefined ? undefined : maxCount - 1 };
}

/**
 * Returns the position of the last domain event. System streams do not count: subscriptions leave
 * them out, and the server writes them all the time.
 * @throws EventStoreUnavailable
 */
export async function readEnd(
  connection: Connection,
  idleMs = DEFAULT_READ_IDLE_MS,
): Promise<Position> {
  const query = encodeLogQuery({ from: 'end', backwards: true });
  for await (const { stream, position } of fromLeader(connection, {
    query,
    idleMs,
    action: READ_LOG,
  }))
    if (!stream.startsWith(SYSTEM_PREFIX)) return position;
  return START;
}

/**
 * Position of the last record of the log, system records included.
 * @throws EventStoreUnavailable
 */
export async function lastPosition(
  connection: Connection,
  idleMs = DEFAULT_READ_IDLE_MS,
): Promise<Position> {
  const query = encodeLogQuery({ from: 'end', backwards: true, maxCount: 1 });
  for await (const { position } of fromLeader(connection, { query, idleMs, action: READ_LOG }))
    return position;
  return START;
}

/**
 * Bytes that may lie between the last record and the end of the log: a record, and the unused rest
 * of a file.
 */
const MAX_GAP_BYTES = 64n * 1024n * 1024n;

/**
 * Whether a position after the last record, at `last`, is also after the end of the log. The server
 * may send its end, where the next record will begin, as a checkpoint. A read from after the end is
 * an error within the last file, and empty further on.
 * @throws EventStoreUnavailable
 */
export async function isBeyondEnd(
  connection: Connection,
  position: Position,
  last: Position,
): Promise<boolean> {
  const query = encodeLogQuery({ from: position, maxCount: 1 });
  try {
    const read = { query, idleMs: DEFAULT_READ_IDLE_MS, action: READ_LOG };
    for await (const _event of fromLeader(connection, read)) return false;
    return position.commit - last.commit > MAX_GAP_BYTES;
  } catch (error) {
    if (isHandlerFault((error as Error).cause)) return true;
    throw error;
  }
}

interface LeaderRead {
  query: Buffer;
  idleMs: number;
  /** Permission that the account needs. */
  action: string;
}

/**
 * Reads from the leader only: a follower may lag, and its answer may be outdated. The client sends
 * its next call to the leader that a follower names.
 * @throws EventStoreUnavailable, and the errors of a missing or deleted stream
 */
async function* fromLeader(
  connection: Connection,
  read: LeaderRead,
): AsyncGenerator<RecordedEvent> {
  for (let sentOn = 0; ; sentOn++) {
    try {
      return yield* readOnce(connection, read);
    } catch (error) {
      // A node reports before its first answer that it does not lead, so nothing was yielded yet.
      const notLeader = (error as Error).cause instanceof NotLeaderError;
      if (!notLeader || sentOn === MAX_REDIRECTS) throw error;
      await setImmediate();
    }
  }
}

async function* readOnce(
  connection: Connection,
  { query, idleMs, action }: LeaderRead,
): AsyncGenerator<RecordedEvent> {
  const lease = connection.lease();
  const opening = openRead(lease.client, query, { requiresLeader: true });
  let idle: NodeJS.Timeout | undefined;
  try {
    const call = await withTimeout(opening, idleMs);
    let awaited = true;
    idle = setTimeout(() => {
      if (awaited) call.destroy(new Error(`no answer within ${idleMs} ms`));
    }, idleMs);
    const messages: AsyncIterable<ReadMessage> = call.iterator({ destroyOnReturn: false });
    for await (const message of messages) {
      awaited = false;
      if (message.kind === 'event') yield message.event;
      awaited = true;
      idle.refresh();
    }
  } catch (raw) {
    const error = convertToCommandError(raw as Error);
    if (error instanceof StreamDeletedError) throw error;
    // A client that has found the leader keeps it; a new client would have to find the leader
    // again.
    if (!leavesConnectionUsable(error)) lease.failed();
    throw failedCall(error, connection.connectionString, action);
  } finally {
    clearTimeout(idle);
    opening.then(endRead, () => {});
    lease.release();
  }
}
