import { createHash } from 'node:crypto';
import {
  EventStoreUnavailable,
  START,
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../../ports/event-store/event-store.js';
import type { Growth, StoredEvent, StoredLog } from '../../../ports/event-store/stored-log.js';

/** Matches every stream except system streams. */
const ALL = [''];
const BATCH = 500;
/** A subscription without progress for this time before the end counts as stuck. Milliseconds. */
const MAX_IDLE_MS = 30_000;

/** The log could not be read up to its end: missing domain events may still exist. */
export class LogCutShort extends EventStoreUnavailable {
  override name = 'LogCutShort';
  constructor(reached: Position, end: Position) {
    super(`The log was read up to ${textOf(reached)} only, and ends at ${textOf(end)} or later.`);
  }
}

const textOf = ({ commit, prepare }: Position): string => `${commit}/${prepare}`;

/**
 * Reads the log of any event store with a subscription to all streams, up to the end at the start
 * of the read, because a subscription may report `caughtUp` too early. It yields parsed JSON, which
 * is serialized again, so the check covers the meaning of the JSON text, not its bytes.
 */
export function subscribedStoredLog(store: EventStore, silenceMs = MAX_IDLE_MS): StoredLog {
  async function* batches(after = START) {
    const end = await store.end();
    let reached = after;
    if (comparePositions(reached, end) >= 0) return;
    const ending = new AbortController();
    const { signal } = ending;
    const wait = () => setTimeout(() => ending.abort(), silenceMs);
    let timer = wait();
    try {
      for await (const batch of store.subscribe({
        prefixes: ALL,
        after,
        maxBatch: BATCH,
        signal,
      })) {
        clearTimeout(timer);
        yield batch;
        reached = batch.checkpoint;
        if (comparePositions(reached, end) >= 0) return;
        timer = wait();
      }
    } finally {
      clearTimeout(timer);
      ending.abort();
    }
    throw new LogCutShort(reached, end);
  }

  return {
    inStreams: false,
    growth: async (after, maxEvents): Promise<Growth> => {
      const grown = new Map<string, { event: RecordedEvent; lines: string[] }>();
      let upTo = after;
      let domainEvents = 0;
      for await (const { events, checkpoint } of batches(after)) {
        for (const event of events) {
          const known = grown.get(event.stream) ?? { event, lines: [] };
          known.event = event;
          known.lines.push(`${event.revision} ${microseconds(event)}`);
          grown.set(event.stream, known);
        }
        upTo = checkpoint;
        domainEvents += events.length;
        if (domainEvents >= maxEvents) break;
      }
      const streams = Array.from(grown.values(), ({ event, lines }) => ({
        last: storedOf(event),
        recordedDigest: createHash('sha256').update(lines.join('\n')).digest('base64url'),
      }));
      return { streams, upTo, domainEvents, caughtUp: domainEvents < maxEvents };
    },
    async *portions() {
      for await (const { events } of batches()) yield events.map(storedOf);
    },
    estimate: () => Promise.resolve(undefined),
  };
}

const microseconds = ({ recordedAt }: RecordedEvent): number => Math.round(recordedAt * 1_000);

function storedOf(event: RecordedEvent): StoredEvent {
  const { stream, revision, id, type, data, metadata } = event;
  return {
    stream,
    revision,
    id,
    type,
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
    recordedAt: microseconds(event),
  };
}
