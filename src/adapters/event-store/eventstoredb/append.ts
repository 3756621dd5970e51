import {
  NotLeaderError,
  jsonEvent,
  type EventStoreDBClient,
  type JSONEventData,
} from '@eventstore/db-client';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../../../ports/event-store/event-store.js';
import { encodeEvents } from '../encode.js';
import { withTimeout } from '../timeout.js';
import { neverSent, serverAnswer, streamHasFailed, type SentAppend } from './append-answers.js';
import {
  addStream,
  appendsReleased,
  areAppendsHeld,
  beginAppend,
  closeStream,
  endAppend,
  isOnlyStream,
  resetAppendStreams,
  type AppendInFlight,
  type AppendStream,
} from './append-streams.js';
import { closeClient, openClient } from './connection.js';
import { failedCall, isDenied, messageOf } from './errors.js';
import { EventStoreBusy, type Patience } from './patience.js';
import { createSlots } from './slots.js';

/**
 * Appends of one store in flight. One fewer than the 16 messages at which the client's stream makes
 * its writers wait: when a stream fails meanwhile, they get an unhandled rejection, which ends the
 * process.
 */
const MAX_IN_FLIGHT = 15;
/** A client is not replaced before this age. Milliseconds. */
const MIN_CLIENT_AGE_MS = 1_000;
/**
 * Deadline sent to the server, which compares it with its own clock and also applies its own write
 * timeout. It only has to exceed the difference between the clocks. Milliseconds.
 */
const SERVER_DEADLINE_MS = 10 * 60_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Outgoing extends SentAppend {
  readonly events: JSONEventData[];
}

export interface AppenderOptions {
  readonly patience: Patience;
  readonly connectionString: string;
  readonly appendTimeoutMs: number;
  readonly warn: (message: string) => void;
}

/** Appends to one event store over a client, and so a gRPC stream, of its own. */
export class Appender implements AppendStream {
  private readonly slots = createSlots(MAX_IN_FLIGHT);
  private client: EventStoreDBClient;
  private openedAt = performance.now();
  private closed = false;

  constructor(private readonly options: AppenderOptions) {
    this.client = openClient(options.connectionString);
    addStream(this);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    newEvents: readonly NewEvent[],
  ): Promise<AppendResult> {
    const encoded = encodeEvents(newEvents);
    if (encoded.length === 0) return { revision: expected === 'no-stream' ? -1n : expected };
    const events = newEvents.map((event, at) => toMessage(event, encoded[at]!.metadata));
    const { patience } = this.options;
    for (;;) {
      try {
        const result = await this.attempt({ stream, expected, events, encoded });
        patience.succeeded();
        return result;
      } catch (error) {
        await patience.failed(error);
      }
    }
  }

  reset(): Promise<void> {
    const old = this.client;
    this.client = openClient(this.options.connectionString);
    this.openedAt = performance.now();
    return closeClient(old);
  }

  /** Waits for the appends in flight and rejects new ones. */
  async close(): Promise<void> {
    this.closed = true;
    await closeStream(this, () => closeClient(this.client));
  }

  /** One attempt: waits for a free slot, then up to the timeout for the answer. */
  private async attempt(outgoing: Outgoing): Promise<AppendResult> {
    const { appendTimeoutMs } = this.options;
    const startedAt = performance.now();
    if (!(await this.slots.take(appendTimeoutMs / 2))) {
      throw new EventStoreBusy(
        `Too many appends are waiting: none was answered in ${appendTimeoutMs / 2} ms.`,
      );
    }
    try {
      while (areAppendsHeld()) await appendsReleased();
      if (this.closed) throw new EventStoreBusy('The event store is closed.');
      const leftMs = Math.round(appendTimeoutMs - (performance.now() - startedAt));
      return { revision: await this.send(outgoing, leftMs) };
    } finally {
      this.slots.free();
    }
  }

  private async send(outgoing: Outgoing, timeoutMs: number): Promise<bigint> {
    const inFlight = beginAppend();
    try {
      // The client has no timeout for batch appends.
      return await withTimeout(appendByClient(this.client, outgoing), timeoutMs);
    } catch (error) {
      throw this.failureOf(error, outgoing, inFlight);
    } finally {
      endAppend(inFlight);
    }
  }

  /** Returns the error for the caller, and replaces broken connections. */
  private failureOf(error: unknown, outgoing: Outgoing, { alone }: AppendInFlight): Error {
    const { stream } = outgoing;
    const answer = serverAnswer(error, outgoing);
    if (answer) return answer;
    const action = `write to the stream ${stream}`;
    const { connectionString, warn } = this.options;
    if (neverSent(error)) {
      // Nothing was sent on an append stream, so no other append is affected.
      if (this.isOld()) void this.reset();
      return failedCall(error, connectionString, action);
    }
    // The answer to this append, or to the gRPC stream that the append opened.
    if (isDenied(error) && (alone || !streamHasFailed(error)))
      return failedCall(error, connectionString, action);
    if (error instanceof NotLeaderError && alone) {
      return new EventStoreUnavailable(`EventStoreDB has another leader: ${messageOf(error)}`, {
        cause: error,
      });
    }
    warn(`append to ${stream} is ambiguous: ${messageOf(error)}`);
    // The client sends its next append to the named leader; a new client would have to find it.
    const followsLeader = error instanceof NotLeaderError && isOnlyStream();
    if (streamHasFailed(error) && !followsLeader) void resetAppendStreams();
    return new AmbiguousAppend(stream, { cause: error });
  }

  private isOld(): boolean {
    return performance.now() - this.openedAt >= MIN_CLIENT_AGE_MS;
  }
}

async function appendByClient(
  client: EventStoreDBClient,
  { stream, expected, events }: Outgoing,
): Promise<bigint> {
  const { nextExpectedRevision } = await client.appendToStream(stream, events, {
    expectedRevision: expected === 'no-stream' ? 'no_stream' : expected,
    deadline: SERVER_DEADLINE_MS,
  });
  return nextExpectedRevision;
}

/** Sends metadata as the counted bytes, which the client does not encode again. */
function toMessage({ id, type, data }: NewEvent, metadata: string): JSONEventData {
  if (!UUID.test(id)) throw new TypeError(`The id of a domain event is a UUID, not "${id}".`);
  return jsonEvent({
    id,
    type,
    data: data as Record<string, unknown>,
    metadata: new Uint8Array(Buffer.from(metadata, 'utf8')),
  }) as JSONEventData;
}
