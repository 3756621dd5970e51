import { setImmediate } from 'node:timers/promises';
import {
  AccessDeniedError,
  END,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  type AllStreamRecordedEvent,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import {
  EventStoreUnavailable,
  START,
  StreamDeleted,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
} from '../../ports/event-store.js';
import type { Connection } from './eventstoredb-connection.js';

/** The client gives reads no deadline: this long without an answer, and the event store counts as gone. Milliseconds. */
const DEFAULT_READ_IDLE_MS = 10_000;

/** Times that a read is sent on to the leader that a node names, which may not lead any more itself. */
const MAX_SENT_ON = 2;
/** What the names of the event store's own streams begin with. */
const OF_THE_STORE = '$';

type Read = StreamingRead<ResolvedEvent> | StreamingRead<AllStreamResolvedEvent>;

/** @throws StreamDeleted, EventStoreUnavailable */
export async function* readStream(
  connection: Connection,
  stream: string,
  { from, direction = 'forwards', maxCount }: ReadStreamOptions = {},
  idleMs = DEFAULT_READ_IDLE_MS,
): AsyncGenerator<RecordedEvent> {
  if (maxCount !== undefined && maxCount <= 0) return;
  const fromRevision = from ?? (direction === 'backwards' ? END : 0n);
  const open = (client: EventStoreDBClient) =>
    client.readStream(stream, { direction, fromRevision, maxCount, requiresLeader: true });
  try {
    for await (const event of fromLeader(connection, open, idleMs)) yield toRecordedEvent(event);
  } catch (error) {
    if (error instanceof StreamNotFoundError) return;
    if (error instanceof StreamDeletedError) throw new StreamDeleted(stream);
    throw error;
  }
}

/**
 * Of the log without the streams of the store itself, which no subscription of ours gives. Those are written all the time, so
 * the last record is rarely the one. @throws EventStoreUnavailable
 */
export async function readEnd(connection: Connection, idleMs = DEFAULT_READ_IDLE_MS): Promise<Position> {
  const open = (client: EventStoreDBClient) =>
    client.readAll({ direction: 'backwards', fromPosition: END, requiresLeader: true });
  for await (const { streamId, position } of fromLeader(connection, open, idleMs))
    if (!streamId.startsWith(OF_THE_STORE)) return { commit: position.commit, prepare: position.prepare };
  return START;
}

/**
 * Only the leader's answer counts: a follower may lag, and a refusal would then rest on what was. The client goes to the leader
 * that a follower names, with its next call.
 * @throws EventStoreUnavailable, and what the server says of a stream
 */
async function* fromLeader(
  connection: Connection,
  open: (client: EventStoreDBClient) => Read,
  idleMs: number,
): AsyncGenerator<AllStreamRecordedEvent> {
  for (let sentOn = 0; ; sentOn++) {
    try {
      return yield* readOnce(connection, open, idleMs);
    } catch (error) {
      // Before its first answer a node says that it does not lead, so nothing has been passed on.
      const notLeader = (error as Error).cause instanceof NotLeaderError;
      if (!notLeader || sentOn === MAX_SENT_ON) throw error;
      await setImmediate();
    }
  }
}

async function* readOnce(
  connection: Connection,
  open: (client: EventStoreDBClient) => Read,
  idleMs: number,
): AsyncGenerator<AllStreamRecordedEvent> {
  const lease = connection.lease();
  const read = open(lease.client);
  // An error may come at any time, also when nobody iterates any more: unheard, it would end the process.
  read.on('error', () => {});
  let awaited = true;
  const idle = setTimeout(() => {
    if (awaited) read.destroy(new Error(`no answer within ${idleMs} ms`));
  }, idleMs);
  try {
    for await (const { event } of read.iterator({ destroyOnReturn: false })) {
      awaited = false;
      if (event) yield event as AllStreamRecordedEvent;
      awaited = true;
      idle.refresh();
    }
  } catch (error) {
    if (error instanceof StreamNotFoundError || error instanceof StreamDeletedError) throw error;
    // Another client would have to find the leader anew.
    if (!(error instanceof AccessDeniedError || error instanceof NotLeaderError)) lease.failed();
    throw new EventStoreUnavailable(`EventStoreDB does not answer: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    clearTimeout(idle);
    endRead(read);
    lease.release();
  }
}

/**
 * Leaving the loop does not end the call behind the client's stream, and a call that has ended without being read
 * to its end makes the client's `dispose` wait for ever: it is cancelled, and what has arrived is read and dropped.
 */
export function endRead(read: Pick<StreamingRead<unknown>, 'cancel' | 'resume'>): void {
  read.cancel().catch(() => {});
  read.resume();
}

/** A position is missing on the reads of a stream before server 22.6: it then stands for the end of all logs. */
export function toRecordedEvent(event: AllStreamRecordedEvent): RecordedEvent {
  return {
    id: event.id,
    stream: event.streamId,
    revision: event.revision,
    type: event.type,
    data: event.data,
    metadata: (event.metadata ?? {}) as unknown as RecordedEvent['metadata'],
    recordedAt: event.created.getTime(),
    position: event.position,
  };
}
