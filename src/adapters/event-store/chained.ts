import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import { digestOf, genesisOf } from '../../domain/audit/chain.js';
import { isTrusted } from '../../ports/event-store/log-identity.js';
import {
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
} from '../../ports/event-store/event-store.js';

/** Streams whose head is cached. For other streams, an append first reads the last domain event. */
const MAX_HEADS = 20_000;
/**
 * Seating plans and samples have deterministic ids, so two nodes may write them at once with
 * different metadata. The store keeps the first append and treats the second as a retry, so the
 * stored bytes may differ from the sent ones.
 */
const CONTENT_ADDRESSED = 'seatingPlan-';
const SAMPLES_ACTOR = 'samples';

interface Head {
  readonly revision: bigint;
  readonly digest: string;
  /** Time at which the head was read or appended; milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Links the domain events of each stream: their metadata contains the digest of the previous domain
 * event, so that alterations, removals and insertions can be detected. A retried append gets the
 * same digests, because they depend only on the domain events before the expected revision.
 */
export function chained(
  store: EventStore,
  maxHeads = MAX_HEADS,
  now: () => number = Date.now,
): EventStore {
  const heads = new LRUCache<string, Head>(atMost(maxHeads));

  const remember = (stream: string, head: Omit<Head, 'at'>) => {
    const known = heads.get(stream);
    // Of two concurrent answers, the higher revision wins; an older answer may come from a log that
    // was replaced.
    if (known && known.revision > head.revision && isTrusted(known.at, now())) return;
    heads.set(stream, { ...head, at: now() });
  };

  /** @throws WrongExpectedRevision when there is no domain event at the revision */
  const digestAt = async (stream: string, expected: ExpectedRevision): Promise<string> => {
    if (expected === 'no-stream') return genesisOf(stream);
    const known = heads.get(stream);
    if (known?.revision === expected && isTrusted(known.at, now())) return known.digest;
    for await (const event of store.readStream(stream, { from: expected, maxCount: 1 })) {
      if (event.revision === expected) return digestOf(textOf(event));
    }
    throw new WrongExpectedRevision(stream, expected);
  };

  return {
    append: async (stream, expected, events) => {
      if (events.length === 0) return store.append(stream, expected, events);
      const before = expected === 'no-stream' ? -1n : expected;
      const { linked, digest } = link(stream, before, await digestAt(stream, expected), events);
      const result = await store.append(stream, expected, linked);
      if (isWrittenOnce(stream, events))
        remember(stream, { revision: before + BigInt(events.length), digest });
      return result;
    },
    async *readStream(stream, options) {
      let last: RecordedEvent | undefined;
      try {
        for await (const event of store.readStream(stream, options)) {
          last = event;
          yield event;
        }
      } finally {
        // A reader of a stream is likely to append to it next.
        if (last && options?.direction !== 'backwards')
          remember(stream, { revision: last.revision, digest: digestOf(textOf(last)) });
      }
    },
    subscribe: (options) => store.subscribe(options),
    end: () => store.end(),
    condition: () => store.condition(),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

const isWrittenOnce = (stream: string, [first]: readonly NewEvent[]): boolean =>
  !stream.startsWith(CONTENT_ADDRESSED) && first!.metadata.actor.id !== SAMPLES_ACTOR;

function link(stream: string, before: bigint, previous: string, events: readonly NewEvent[]) {
  let digest = previous;
  let revision = before;
  const linked = events.map((event) => {
    const { id, type, data } = event;
    const metadata = { ...event.metadata, previousDigest: digest };
    const text = {
      data: event.text?.data ?? JSON.stringify(data),
      metadata: JSON.stringify(metadata),
    };
    revision++;
    digest = digestOf({ stream, revision, id, type, data: text.data, metadata: text.metadata });
    return { id, type, data, metadata, text };
  });
  return { linked, digest };
}

/** Parsed JSON serializes to the same bytes again, because JavaScript wrote it. */
const asText = ({ data, metadata }: Pick<NewEvent, 'data' | 'metadata'>) => ({
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
});

export function textOf({ stream, revision, id, type, data, metadata }: RecordedEvent) {
  return { stream, revision, id, type, ...asText({ data, metadata }) };
}
