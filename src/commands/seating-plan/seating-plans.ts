import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { buildLayout } from '../../domain/seating-plan/build-layout.js';
import { parseCanonicalPlan } from '../../domain/seating-plan/canonical.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import type { SeatingPlan } from '../../domain/seating-plan/import/import.js';
import { preparePlan } from '../../domain/seating-plan/prepared-plan.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import type { PackedPlan } from '../../ports/venue/venue-reader.js';
import { derivedId, metadataOf, type CommandContext } from '../shared/context.js';

/** Stream of one plan. It is content-addressed, so it is written once and never changes. */
const SEATING_PLAN = 'seatingPlan-';
/** Base64 characters of one chunk, far below the limit for one domain event. */
const CHUNK_CHARACTERS = 180_000;
/** Chunks of one append, below the limit for an append. */
const CHUNKS_PER_APPEND = 4;
/** Layouts kept in memory, by number of seats: a few dozen stadiums. */
const MAX_CACHED_SEATS = 4_000_000;

/** One piece of a plan: gzipped canonical JSON, base64, cut into `of` pieces. */
interface SeatingPlanChunkStored {
  readonly hash: string;
  readonly index: number;
  readonly of: number;
  readonly text: string;
}

export interface StoredPlan {
  readonly plan: SeatingPlan;
  readonly layout: SeatLayout;
}

export interface SeatingPlans {
  /**
   * Stores a plan under its hash (SHA-256 of its canonical JSON, hex). Storing it again writes
   * nothing.
   */
  store(plan: SeatingPlan, context: CommandContext): Promise<StoredPlan>;
  /** Stores a packed plan. Its layout is built at its first use. */
  storePacked(plan: PackedPlan, context: CommandContext): Promise<void>;
  /** @throws Error when the plan is not stored: every hash in the log belongs to a stored plan */
  load(hash: string): Promise<StoredPlan>;
}

export function openSeatingPlans(eventStore: EventStore): SeatingPlans {
  const cache = new LRUCache<string, StoredPlan>({
    maxSize: MAX_CACHED_SEATS,
    sizeCalculation: ({ layout }) => Math.max(1, layout.seatCount),
  });
  const loading = new Map<string, Promise<StoredPlan>>();

  const load = async (hash: string): Promise<StoredPlan> => {
    const text = await readChunks(eventStore, hash);
    const plan = parseCanonicalPlan(text);
    const stored = { plan, layout: buildLayout(plan, hash) };
    cache.set(hash, stored);
    return stored;
  };

  return {
    store: async (plan, context) => {
      const { hash, canonical } = preparePlan(plan);
      const encoded = gzipSync(canonical).toString('base64');
      // Writes even if the plan is cached: a log restored from a backup may have lost it.
      await writeChunks(eventStore, hash, encoded, context);
      const stored = cache.get(hash) ?? { plan, layout: buildLayout(plan, hash) };
      cache.set(hash, stored);
      return stored;
    },
    storePacked: ({ hash, encoded }, context) => writeChunks(eventStore, hash, encoded, context),
    load: (hash) => {
      const known = cache.get(hash);
      if (known) return Promise.resolve(known);
      const underWay = loading.get(hash) ?? load(hash).finally(() => loading.delete(hash));
      loading.set(hash, underWay);
      return underWay;
    },
  };
}

/** Continues where an earlier attempt ended: the chunks of one hash are always the same. */
async function writeChunks(
  eventStore: EventStore,
  hash: string,
  encoded: string,
  context: CommandContext,
): Promise<void> {
  const stream = SEATING_PLAN + hash;
  const of = Math.ceil(encoded.length / CHUNK_CHARACTERS);
  const type = 'SeatingPlanChunkStored';
  const events = Array.from({ length: of }, (_, index) => ({
    id: derivedId(hash, index),
    type,
    data: {
      hash,
      index,
      of,
      text: encoded.slice(index * CHUNK_CHARACTERS, (index + 1) * CHUNK_CHARACTERS),
    } satisfies SeatingPlanChunkStored,
    metadata: metadataOf(context, type),
  }));
  for (let from = await countStored(eventStore, stream); from < of;) {
    const expected = from === 0 ? 'no-stream' : BigInt(from - 1);
    try {
      const upTo = Math.min(from + CHUNKS_PER_APPEND, of);
      await eventStore.append(stream, expected, events.slice(from, upTo));
      from = upTo;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      from = await countStored(eventStore, stream);
    }
  }
}

async function countStored(eventStore: EventStore, stream: string): Promise<number> {
  for await (const { revision } of eventStore.readStream(stream, {
    direction: 'backwards',
    maxCount: 1,
  })) {
    return Number(revision) + 1;
  }
  return 0;
}

async function readChunks(eventStore: EventStore, hash: string): Promise<string> {
  const chunks: SeatingPlanChunkStored[] = [];
  for await (const { data } of eventStore.readStream(SEATING_PLAN + hash))
    chunks.push(data as SeatingPlanChunkStored);
  if (chunks.length === 0 || chunks.length < chunks[0]!.of)
    throw new Error(`Seating plan ${hash} is not stored whole.`);
  const text = gunzipSync(
    Buffer.from(chunks.map((chunk) => chunk.text).join(''), 'base64'),
  ).toString('utf8');
  if (createHash('sha256').update(text).digest('hex') !== hash)
    throw new Error(`Seating plan ${hash} is damaged.`);
  return text;
}
