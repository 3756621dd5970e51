import {
  WrongExpectedRevision,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../../../ports/event-store/event-store.js';
import { isSameId, isTrusted, StreamWentBack } from '../../../ports/event-store/log-identity.js';
import type { Clock } from '../../../ports/system/clock.js';
import { appendOnce, NO_STREAM } from '../../shared/append-once.js';

export interface StreamPositionParts {
  stream: string;
  eventStore: EventStore;
  clock: Clock;
  /** Revision of the last folded domain event; `NO_STREAM` for a stream that does not exist yet. */
  revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  lastEventId: string;
  /** When the stream was last seen to end there; milliseconds since the epoch. */
  readAt: number;
}

/**
 * Position up to which this process has folded a stream, and the appends and reads that rely on it.
 */
export class StreamPosition {
  readonly #stream: string;
  readonly #eventStore: EventStore;
  readonly #clock: Clock;
  #revision: bigint;
  #lastEventId: string;
  #confirmedAt: number;

  constructor(parts: StreamPositionParts) {
    this.#stream = parts.stream;
    this.#eventStore = parts.eventStore;
    this.#clock = parts.clock;
    this.#revision = parts.revision;
    this.#lastEventId = parts.lastEventId;
    this.#confirmedAt = parts.readAt;
  }

  get revision(): bigint {
    return this.#revision;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** When the stream was last seen to end here; milliseconds since the epoch. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /**
   * Appends after this position. The expected revision proves nothing if the stream was shortened
   * and has grown again, so after a pause in which the log may have been replaced, the last domain
   * event is read back first.
   * @throws WrongExpectedRevision, StreamWentBack, EventStoreUnavailable, OutcomeUnknown
   */
  async append(events: readonly NewEvent[]): Promise<void> {
    if (!isTrusted(this.#confirmedAt, this.#clock.now())) await this.confirmEnd();
    await appendOnce(this.#eventStore, this.#clock, this.#stream, this.#revision, events);
  }

  /**
   * Checks that the stream ends here. Needed before rejections and repeated commands are answered:
   * they append nothing, so no expected revision is checked.
   * @throws WrongExpectedRevision when another node has appended; StreamWentBack
   */
  async confirmEnd(): Promise<void> {
    const [stream, revision] = [this.#stream, this.#revision];
    if (revision === NO_STREAM) {
      for await (const first of this.#eventStore.readStream(stream, { maxCount: 1 }))
        if (first.revision > revision) throw new WrongExpectedRevision(stream, revision);
      return;
    }
    let isFound = false;
    for await (const event of this.#eventStore.readStream(stream, {
      from: revision,
      maxCount: 2,
    })) {
      if (!isFound && !this.#isLast(event)) throw new StreamWentBack(stream, revision);
      if (isFound) throw new WrongExpectedRevision(stream, revision);
      isFound = true;
    }
    if (!isFound) throw new StreamWentBack(stream, revision);
  }

  /** Moves on after a committed append, or after `confirmEnd` with no domain events. */
  committed(events: readonly NewEvent[]): void {
    this.#confirmedAt = this.#clock.now();
    this.#revision += BigInt(events.length);
    this.#lastEventId = events.at(-1)?.id ?? this.#lastEventId;
  }

  /**
   * Folds the domain events after this position and moves on with each of them.
   * @throws StreamWentBack, EventStoreUnavailable
   */
  async catchUp(fold: (event: RecordedEvent) => void): Promise<void> {
    const [stream, revision] = [this.#stream, this.#revision];
    let isFound = revision === NO_STREAM;
    for await (const event of this.#eventStore.readStream(stream, {
      from: isFound ? 0n : revision,
    })) {
      if (isFound) {
        fold(event);
        this.#revision = event.revision;
        this.#lastEventId = event.id;
      } else if (!this.#isLast(event)) break;
      isFound = true;
    }
    if (!isFound) throw new StreamWentBack(stream, revision);
  }

  #isLast(event: RecordedEvent): boolean {
    return event.revision === this.#revision && isSameId(event.id, this.#lastEventId);
  }
}
