import { NotLeaderError, type EventStoreDBClient } from '@eventstore/db-client';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../../../ports/event-store/event-store.js';
import { encodeEvents } from '../encode.js';
import { NoAnswer, withTimeout } from '../timeout.js';
import { AppendLane, LaneFailed } from './append-lane.js';
import { isNotReady, rejectionOf, type SentAppend } from './wire/append-messages.js';
import { closeClient, openClient } from './connection.js';
import { failedCall, isDenied, messageOf } from './errors.js';
import { EventStoreBusy, type Patience } from './patience.js';
import { createSlots } from './slots.js';

/** Appends of one store in flight. A server on two cores writes most per second at this number. */
export const MAX_IN_FLIGHT = 256;
/** A client is not replaced before this age. Milliseconds. */
const MIN_CLIENT_AGE_MS = 1_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface AppenderOptions {
  readonly patience: Patience;
  readonly connectionString: string;
  readonly appendTimeoutMs: number;
  readonly warn: (message: string) => void;
}

/** Appends to one event store over a client, and so a network connection, of its own. */
export class Appender {
  private readonly slots = createSlots(MAX_IN_FLIGHT);
  private readonly inFlight = new Set<Promise<unknown>>();
  private client: EventStoreDBClient;
  private openedAt = performance.now();
  private lane: Promise<AppendLane> | undefined;
  private closed = false;

  constructor(private readonly options: AppenderOptions) {
    this.client = openClient(options.connectionString);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    newEvents: readonly NewEvent[],
  ): Promise<AppendResult> {
    const encoded = encodeEvents(newEvents);
    if (encoded.length === 0) return { revision: expected === 'no-stream' ? -1n : expected };
    for (const { id } of encoded)
      if (!UUID.test(id)) throw new TypeError(`The id of a domain event is a UUID, not "${id}".`);
    const { patience } = this.options;
    for (;;) {
      try {
        const revision = await this.attempt({ stream, expected, encoded });
        patience.succeeded();
        return { revision };
      } catch (error) {
        await patience.failed(error);
      }
    }
  }

  /** Waits for the appends in flight and rejects new ones. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.inFlight);
    await closeClient(this.client);
  }

  /** One attempt: waits for a free slot, then up to the timeout for the answer. */
  private async attempt(append: SentAppend): Promise<bigint> {
    const { appendTimeoutMs } = this.options;
    const deadline = performance.now() + appendTimeoutMs;
    if (!(await this.slots.take(appendTimeoutMs / 2))) {
      throw new EventStoreBusy(
        `Too many appends are waiting: none was answered in ${appendTimeoutMs / 2} ms.`,
      );
    }
    try {
      if (this.closed) throw new EventStoreBusy('The event store is closed.');
      const sent = this.send(append, deadline);
      this.inFlight.add(sent);
      return await sent.finally(() => this.inFlight.delete(sent));
    } finally {
      this.slots.free();
    }
  }

  private async send(append: SentAppend, deadline: number): Promise<bigint> {
    const leftMs = () => Math.max(0, Math.round(deadline - performance.now()));
    const lane = await this.openLane(append, leftMs());
    const { revision, error } = await lane.send(append, leftMs()).catch((failure: unknown) => {
      // No answer may mean a dead call.
      if (failure instanceof NoAnswer) this.replaceClient(lane.client);
      throw this.failureOf(failure, append);
    });
    if (!error) return revision;
    const rejection = rejectionOf(error, append);
    if (!rejection) throw this.ambiguous(new Error(error.message || error.type), append);
    throw isDenied(rejection) ? this.failed(rejection, append) : rejection;
  }

  /** @throws EventStoreUnavailable; nothing was sent */
  private async openLane(append: SentAppend, timeoutMs: number): Promise<AppendLane> {
    const { client } = this;
    const lane = (this.lane ??= AppendLane.open(client, (error, inFlight) =>
      this.laneFailed(client, error, inFlight),
    ));
    try {
      return await withTimeout(lane, timeoutMs);
    } catch (error) {
      if (this.lane === lane) this.lane = undefined;
      if (performance.now() - this.openedAt >= MIN_CLIENT_AGE_MS) this.replaceClient(client);
      throw this.failed(error, append);
    }
  }

  /**
   * After a refusal the next call goes out over the same client: it knows the leader then, and
   * another one would be refused too.
   */
  private laneFailed(client: EventStoreDBClient, error: Error, inFlight: number): void {
    const refused = isRefusal(error);
    if (inFlight > (refused ? 1 : 0))
      this.options.warn(`${inFlight} appends are ambiguous: ${messageOf(error)}`);
    if (refused && client === this.client) this.lane = undefined;
    else this.replaceClient(client);
  }

  /** Closes a client, which ends its calls, unless another one is in use already. */
  private replaceClient(client: EventStoreDBClient): void {
    if (client !== this.client || this.closed) return;
    this.client = openClient(this.options.connectionString);
    this.openedAt = performance.now();
    this.lane = undefined;
    void closeClient(client);
  }

  /** Returns the error for the caller after no answer came. */
  private failureOf(error: unknown, append: SentAppend): Error {
    if (!(error instanceof LaneFailed)) return this.ambiguous(error, append);
    const { cause, alone } = error;
    if (!alone || !isRefusal(cause)) return new AmbiguousAppend(append.stream, { cause });
    if (isDenied(cause)) return this.failed(cause, append);
    const message = `EventStoreDB rejected the append: ${cause.message}`;
    return new EventStoreUnavailable(message, { cause });
  }

  private ambiguous(cause: unknown, { stream }: SentAppend): AmbiguousAppend {
    this.options.warn(`append to ${stream} is ambiguous: ${messageOf(cause)}`);
    return new AmbiguousAppend(stream, { cause });
  }

  private failed(error: unknown, { stream }: SentAppend): EventStoreUnavailable {
    return failedCall(error, this.options.connectionString, `write to the stream ${stream}`);
  }
}

/** The server ended the call because it does not write, or not for this account. */
const isRefusal = (error: Error): boolean =>
  error instanceof NotLeaderError || isDenied(error) || isNotReady(error.message);
