import { createHash } from 'node:crypto';
import { START, type EventStore, type RecordedEvent } from '../../ports/event-store.js';
import type { Growth, StoredEvent, StoredLog } from '../../ports/stored-log.js';

/** Every stream, except those of the store itself. */
const ALL = [''];
const BATCH = 500;
/** Silence after which nothing more is taken to be waiting. Milliseconds. */
const QUIET_MS = 2_000;

/**
 * Any event store, by a subscription to everything. It gives JSON as values: they are written again as JavaScript wrote them
 * first, so what is checked is what the text means, not its bytes.
 */
export function subscribedStoredLog(store: EventStore): StoredLog {
  async function* batches(after = START) {
    const ending = new AbortController();
    let timer = setTimeout(() => ending.abort(), QUIET_MS);
    try {
      for await (const batch of store.subscribe({
        prefixes: ALL,
        after,
        maxBatch: BATCH,
        signal: ending.signal,
      })) {
        clearTimeout(timer);
        yield batch;
        if (batch.caughtUp) return;
        timer = setTimeout(() => ending.abort(), QUIET_MS);
      }
    } finally {
      clearTimeout(timer);
      ending.abort();
    }
  }

  return {
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
