import {
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  UnknownError,
  WrongExpectedVersionError,
  isCommandError,
  jsonEvent,
  type EventStoreDBClient,
  type JSONEventData,
} from '@eventstore/db-client';
import {
  AmbiguousAppend,
  AppendTooLarge,
  EventStoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../../../ports/event-store/event-store.js';
import { encodeEvents, type EncodedEvent } from '../encode.js';
import { closeClient, openClient } from './connection.js';
import { failedCall, isDenied, messageOf } from './errors.js';
import { EventStoreBusy, type Patience } from './patience.js';
import { createSlots } from './slots.js';

/**
 * The client keeps all appends in flight of the process in one table and sends them over one gRPC stream
 * per client. When any of these streams fails
 *  - every append in the table is rejected, whichever stream carried it, and
 *  - a later answer over a healthy stream throws where nothing can catch it.
 * Therefore a failure of one append stream resets all of them at once, and a stream is closed only while
 * no append is in flight.
 */
const lanes = new Set<Lane>();
const barriers = new Set<Promise<void>>();
const inFlight = new Set<InFlight>();
const whenIdle: (() => void)[] = [];
let resetting: Promise<void> | undefined;

/** An append in flight. */
interface InFlight {
  /** No other append was in flight at the same time, so an error concerns this one. */
  alone: boolean;
}

/** The append stream of one event store. */
export interface Lane {
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult>;
  /** Ends the stream and rejects the appends in flight. The next append opens another stream. */
  reset(): Promise<void>;
  /** Waits for the appends in flight and rejects new ones. */
  close(): Promise<void>;
}

/**
 * Appends of one store in flight. One fewer than the 16 messages at which the client's stream makes its
 * writers wait: when a stream fails meanwhile, they get an unhandled rejection, which ends the process.
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

interface Outgoing {
  stream: string;
  expected: ExpectedRevision;
  events: JSONEventData[];
  encoded: readonly EncodedEvent[];
}

export interface LaneOptions {
  patience: Patience;
  connectionString: string;
  appendTimeoutMs: number;
  log: (message: string) => void;
}

export function openLane({ connectionString, appendTimeoutMs, patience, log }: LaneOptions): Lane {
  const slots = createSlots(MAX_IN_FLIGHT);
  let client = openClient(connectionString);
  let openedAt = performance.now();
  let closed = false;

  const isOld = () => performance.now() - openedAt >= MIN_CLIENT_AGE_MS;
  const replaceClient = () => {
    const old = client;
    client = openClient(connectionString);
    openedAt = performance.now();
    return closeClient(old);
  };

  const send = async (outgoing: Outgoing, timeoutMs: number): Promise<bigint> => {
    const flight = beginAppend();
    try {
      return await withTimeout(appendByClient(client, outgoing), timeoutMs);
    } catch (error) {
      throw failureOf(error, outgoing, flight);
    } finally {
      endAppend(flight);
    }
  };

  /** Returns the error for the caller, and replaces broken connections. */
  const failureOf = (error: unknown, outgoing: Outgoing, flight: InFlight): Error => {
    const { stream } = outgoing;
    const answer = serverAnswer(error, outgoing);
    if (answer) return answer;
    const action = `write to the stream ${stream}`;
    if (neverSent(error)) {
      // Nothing was sent on an append stream, so no other append is affected.
      if (isOld()) void replaceClient();
      return failedCall(error, connectionString, action);
    }
    // The answer to this append, or to the gRPC stream that the append opened.
    if (isDenied(error) && (flight.alone || !streamHasFailed(error)))
      return failedCall(error, connectionString, action);
    if (error instanceof NotLeaderError && flight.alone) {
      return new EventStoreUnavailable(`EventStoreDB has another leader: ${messageOf(error)}`, {
        cause: error,
      });
    }
    log(`append to ${stream} is ambiguous: ${messageOf(error)}`);
    // The client sends its next append to the named leader; a new client would have to find it.
    const followsLeader = error instanceof NotLeaderError && lanes.size === 1;
    if (streamHasFailed(error) && !followsLeader) void resetAppendStreams();
    return new AmbiguousAppend(stream, { cause: error });
  };

  /** One attempt: waits for a free slot, then up to the timeout for the answer. */
  const attempt = async (outgoing: Outgoing): Promise<AppendResult> => {
    const startedAt = performance.now();
    if (!(await slots.take(appendTimeoutMs / 2))) {
      throw new EventStoreBusy(
        `Too many appends are waiting: none was answered in ${appendTimeoutMs / 2} ms.`,
      );
    }
    try {
      while (barriers.size > 0) await Promise.all(barriers);
      if (closed) throw new EventStoreBusy('The event store is closed.');
      const leftMs = Math.round(appendTimeoutMs - (performance.now() - startedAt));
      return { revision: await send(outgoing, leftMs) };
    } finally {
      slots.free();
    }
  };

  const lane: Lane = {
    async append(stream, expected, events) {
      const encoded = encodeEvents(events);
      if (encoded.length === 0) return { revision: expected === 'no-stream' ? -1n : expected };
      const messages = events.map((event, at) => toMessage(event, encoded[at]!.metadata));
      for (;;) {
        try {
          const result = await attempt({ stream, expected, events: messages, encoded });
          patience.succeeded();
          return result;
        } catch (error) {
          await patience.failed(error);
        }
      }
    },
    reset: replaceClient,
    async close() {
      closed = true;
      await holdingAppends(async () => {
        if (inFlight.size > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
        lanes.delete(lane);
        await closeClient(client);
      });
    },
  };
  lanes.add(lane);
  return lane;
}

function beginAppend(): InFlight {
  const flight = { alone: inFlight.size === 0 };
  for (const other of inFlight) other.alone = false;
  inFlight.add(flight);
  return flight;
}

function endAppend(flight: InFlight): void {
  inFlight.delete(flight);
  if (inFlight.size === 0) for (const resolve of whenIdle.splice(0)) resolve();
}

/** Ends all append streams of the process before another answer can arrive. */
function resetAppendStreams(): Promise<void> {
  return (resetting ??= holdingAppends(async () => {
    await Promise.all([...lanes].map((lane) => lane.reset()));
  }).finally(() => (resetting = undefined)));
}

/** Runs `work`; no append of the process starts meanwhile. */
async function holdingAppends(work: () => Promise<void>): Promise<void> {
  const barrier = work().catch(() => {});
  barriers.add(barrier);
  await barrier;
  barriers.delete(barrier);
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

/** Returns the server's answer to this append; undefined when its outcome is unknown. */
function serverAnswer(error: unknown, { stream, expected, encoded }: Outgoing): Error | undefined {
  const options = { cause: error };
  if (error instanceof WrongExpectedVersionError)
    return new WrongExpectedRevision(stream, expected);
  if (error instanceof StreamDeletedError) return new StreamDeleted(stream);
  if (error instanceof MaxAppendSizeExceededError)
    return new AppendTooLarge(bytesOf(encoded), error.maxAppendSize);
  if (
    error instanceof UnknownError &&
    /Server Is (Not Ready|Busy)|No leader|BadRequest/.test(error.message)
  ) {
    return new EventStoreUnavailable(
      `EventStoreDB rejected the append: ${error.message}.`,
      options,
    );
  }
  return undefined;
}

/** Counts like the server: two bytes for each character of a type. */
const bytesOf = (events: readonly EncodedEvent[]): number =>
  events.reduce(
    (sum, { type, data, metadata }) =>
      sum + 2 * type.length + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );

/** Before its first append a client queries the server's features. Only errors of that query are raw. */
const neverSent = (error: unknown): boolean =>
  !isCommandError(error as Error) && !(error instanceof NoAnswer);

/** The answer to an append has no gRPC code, the end of a stream has one. No answer may mean a dead stream. */
const streamHasFailed = (error: unknown): boolean =>
  error instanceof NoAnswer || (error as { code?: number }).code !== undefined;

class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** The client has no timeout for batch appends. */
async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
