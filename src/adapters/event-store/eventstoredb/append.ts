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

/**
 * The client keeps the appends under way of the whole process in one table and sends them down one stream per
 * client. When any of these streams fails
 *  - every append in the table is rejected, whichever stream it went down, and
 *  - an answer to one of them that still comes down a healthy stream throws where nothing can catch it.
 * So the append streams of a process live and die together: one that fails takes the others with it, at once,
 * and one that is closed is closed while no append is under way.
 */
const lanes = new Set<Lane>();
const barriers = new Set<Promise<void>>();
const underWay = new Set<Flight>();
const whenIdle: (() => void)[] = [];
let resetting: Promise<void> | undefined;

/** An append that is on its way. */
interface Flight {
  /** No other has been under way at the same time, so an error that comes is about this one. */
  alone: boolean;
}

/** The append stream of one event store. */
export interface Lane {
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult>;
  /** Ends the stream; the appends under way are rejected. The next append opens another. */
  reset(): Promise<void>;
  /** Waits for the appends under way, and refuses new ones. */
  close(): Promise<void>;
}

/**
 * Appends of one store under way at once. One fewer than the messages (16) at which the client's stream tells
 * its writers to wait: a stream that fails while they wait leaves them a rejection that nobody handles, which
 * ends the process.
 */
const MAX_UNDER_WAY = 15;
/** A client is not replaced before this age. Milliseconds. */
const MIN_CLIENT_AGE_MS = 1_000;
/**
 * The server holds the client's deadline against its own clock, and allows no more than its own write timeout
 * anyway: this only has to be longer than two clocks may differ. Milliseconds.
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
  const slots = createSlots(MAX_UNDER_WAY);
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
    const flight = takeOff();
    try {
      return await withTimeout(appendByClient(client, outgoing), timeoutMs);
    } catch (error) {
      const { stream } = outgoing;
      const answer = serverAnswer(error, outgoing);
      if (answer) throw answer;
      const action = `write to the stream ${stream}`;
      if (neverSent(error)) {
        // Nothing went down a stream, so there is none to take the others down with.
        if (isOld()) void replaceClient();
        throw failedCall(error, connectionString, action);
      }
      // The answer to this append, or to the gRPC stream that the append opened.
      if (isDenied(error) && (flight.alone || !streamHasFailed(error)))
        throw failedCall(error, connectionString, action);
      if (error instanceof NotLeaderError && flight.alone) {
        throw new EventStoreUnavailable(`EventStoreDB has another leader: ${messageOf(error)}`, {
          cause: error,
        });
      }
      log(`append to ${stream} is ambiguous: ${messageOf(error)}`);
      // Told of another leader, the client goes there with its next append; a new one would have to find it.
      const goesElsewhere = error instanceof NotLeaderError && lanes.size === 1;
      if (streamHasFailed(error) && !goesElsewhere) void resetAppendStreams();
      throw new AmbiguousAppend(stream, { cause: error });
    } finally {
      land(flight);
    }
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
        if (underWay.size > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
        lanes.delete(lane);
        await closeClient(client);
      });
    },
  };
  lanes.add(lane);
  return lane;
}

function takeOff(): Flight {
  const flight = { alone: underWay.size === 0 };
  for (const other of underWay) other.alone = false;
  underWay.add(flight);
  return flight;
}

function land(flight: Flight): void {
  underWay.delete(flight);
  if (underWay.size === 0) for (const resolve of whenIdle.splice(0)) resolve();
}

/** Ends all append streams of the process before another answer can come down one of them. */
function resetAppendStreams(): Promise<void> {
  return (resetting ??= holdingAppends(async () => {
    await Promise.all([...lanes].map((lane) => lane.reset()));
  }).finally(() => (resetting = undefined)));
}

/** No append of the process starts until `work` is done. */
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

/** Metadata goes as the bytes that were counted; the client takes them as they are and spares a detour by base64. */
function toMessage({ id, type, data }: NewEvent, metadata: string): JSONEventData {
  if (!UUID.test(id)) throw new TypeError(`The id of a domain event is a UUID, not "${id}".`);
  return jsonEvent({
    id,
    type,
    data: data as Record<string, unknown>,
    metadata: new Uint8Array(Buffer.from(metadata, 'utf8')),
  }) as JSONEventData;
}

/** What the server said of this very append; nothing when it is not known whether the append has landed. */
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
    return new EventStoreUnavailable(`EventStoreDB refused the append: ${error.message}.`, options);
  }
  return undefined;
}

/** Counted as the server does: two bytes more for each letter of a type. */
const bytesOf = (events: readonly EncodedEvent[]): number =>
  events.reduce(
    (sum, { type, data, metadata }) =>
      sum + 2 * type.length + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );

/** Before its first append a client asks what the server can do. Only the errors of that question come as they are. */
const neverSent = (error: unknown): boolean =>
  !isCommandError(error as Error) && !(error instanceof NoAnswer);

/** An answer to one append has no gRPC code; the end of a stream has, and no answer at all may mean a dead stream. */
const streamHasFailed = (error: unknown): boolean =>
  error instanceof NoAnswer || (error as { code?: number }).code !== undefined;

class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** The client gives a batch append no deadline of its own. */
async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Slots {
  /** First come, first served; false when none was free in time. */
  take(timeoutMs: number): Promise<boolean>;
  free(): void;
}

function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take(timeoutMs) {
      if (free > 0) {
        free--;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const granted = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(granted), 1);
          resolve(false);
        }, timeoutMs);
        waiting.push(granted);
      });
    },
    free() {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}
