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

/** Every stream, except those of the store itself. */
const ALL = [''];
const BATCH = 500;
/** A subscription that gives nothing for so long, though it is not at the end, gives nothing more. Milliseconds. */
const SILENCE_MS = 30_000;

/** The log could not be read as far as it went when the reading began: whatever is missing may well be there. */
export class LogCutShort extends EventStoreUnavailable {
  override name = 'LogCutShort';
  constructor(reached: Position, end: Position) {
    super(`The log was read up to ${told(reached)} only, and ends at ${told(end)} or later.`);
  }
}

const told = ({ commit, prepare }: Position): string => `${commit}/${prepare}`;

/**
 * Any event store, by a subscription to everything, up to where the log ended when the reading began: a subscription that
 * believes to have caught up may be wrong. It gives JSON as values: they are written again as JavaScript wrote them first,
 * so what is checked is what the text means, not its bytes.
 */
export function subscribedStoredLog(store: EventStore, silenceMs = SILENCE_MS): StoredLog {
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
    ...{ stream, revision, id, type },
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
    recordedAt: microseconds(event),
  };
}
