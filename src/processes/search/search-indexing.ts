import type { Clock } from '../../ports/system/clock.js';
import {
  SearchUnavailable,
  type IndexSet,
  type SearchIndex,
  type VersionedDocument,
} from '../../ports/search/search-index.js';
import type { FeedPosition, SearchChanges } from '../../read-models/search/search-changes.js';

/** Interval at which changes are polled. Milliseconds. */
const POLL_MS = 100;
/**
 * Pause after a failure; doubles up to `last`. Also the interval at which a node that stands by
 * tries to get the lock. Milliseconds.
 */
const RETRY_MS = { first: 200, last: 2_000 };
/** Interval at which new and dropped sets of tables are polled. Milliseconds. */
const SETS_POLL_MS = 1_000;
/** Time after which a node releases the lock, so that another can take over. Milliseconds. */
const LOCK_PERIOD_MS = 60_000;
/** Maximum of documents per request. */
const MAX_BATCH = 500;

export interface SearchIndexingParts {
  readonly index: SearchIndex;
  readonly changes: SearchChanges;
  /** Runs the work unless another node is doing it. */
  withLock(work: () => Promise<void>): Promise<boolean>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly log?: (message: string) => void;
}

export interface SearchIndexing {
  /** Resolves when the current request has ended. */
  stop(): Promise<void>;
}

interface Feed {
  readonly set: IndexSet;
  /** Identifies the index itself. It differs after the index was lost and created again. */
  readonly id: string;
  position: FeedPosition;
}

/**
 * Sends changed documents to the index, one node at a time. Each set of tables of this code's
 * version has an index of its own. The index of the set that queries see is searched once it has
 * caught up. The position is stored after the documents, so a failed request is repeated, and an
 * engine catches up after an outage.
 */
export function startSearchIndexing(parts: SearchIndexingParts): SearchIndexing {
  const { withLock, clock, warn } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    let retryMs = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        await withLock(() => feedForPeriod(parts, signal, () => (retryMs = RETRY_MS.first)));
      } catch (error) {
        if (!signal.aborted)
          warn(`search: indexing failed, trying again: ${(error as Error).message}`);
      }
      await clock.sleep(retryMs, signal);
      retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function feedForPeriod(
  parts: SearchIndexingParts,
  stopping: AbortSignal,
  succeeded: () => void,
): Promise<void> {
  const { clock } = parts;
  const ends = clock.now() + LOCK_PERIOD_MS;
  while (!stopping.aborted && clock.now() < ends) {
    const feeds = await openFeeds(parts);
    const nextSetsPoll = clock.now() + SETS_POLL_MS;
    let isServed = false;
    do {
      let fed = 0;
      for (const feed of feeds) fed += await feedOnce(parts, feed);
      succeeded();
      if (fed > 0) continue;
      if (!isServed) await serveCaughtUp(parts, feeds);
      isServed = true;
      await clock.sleep(POLL_MS, stopping);
    } while (!stopping.aborted && clock.now() < nextSetsPoll);
  }
}

async function openFeeds({ index, changes }: SearchIndexingParts): Promise<Feed[]> {
  const { sets } = await changes.sets();
  const feeds: Feed[] = [];
  for (const set of sets) {
    const id = await index.prepare(set);
    feeds.push({ set, id, position: await changes.progress(index.engine, set, id) });
  }
  return feeds;
}

/** Sends one batch. Returns the number of its documents. */
async function feedOnce(parts: SearchIndexingParts, feed: Feed): Promise<number> {
  const { index, changes } = parts;
  const { documents, position } = await changes.after(feed.set, feed.position, MAX_BATCH);
  if (!position) return 0;
  await put(parts, feed.set, documents);
  await changes.moveProgress(index.engine, feed.set, feed.id, position);
  feed.position = position;
  return documents.length;
}

/** A document that the engine rejects must not block the others: it is logged and skipped. */
async function put(
  { index, warn }: SearchIndexingParts,
  set: IndexSet,
  documents: readonly VersionedDocument[],
): Promise<void> {
  try {
    await index.put(set, documents);
  } catch (error) {
    if (error instanceof SearchUnavailable) throw error;
    for (const one of documents) {
      await index.put(set, [one]).catch((refused: Error) => {
        if (refused instanceof SearchUnavailable) throw refused;
        warn(`search: event ${one.document.eventId} cannot be indexed: ${refused.message}`);
      });
    }
  }
}

/**
 * Switches to the set that queries see once its index has caught up. Later removes unneeded
 * indices.
 */
async function serveCaughtUp(parts: SearchIndexingParts, feeds: readonly Feed[]): Promise<void> {
  const { index, changes, log } = parts;
  const { known, serving } = await changes.sets();
  const feed = feeds.find(({ set }) => set === serving);
  if (!feed) return;
  if ((await index.serving()) !== feed.set) {
    if ((await feedOnce(parts, feed)) > 0) return;
    await index.serve(feed.set);
    log?.(`search: index ${feed.set} serves`);
    return;
  }
  // One poll after the switch, so that no search still uses an index that is removed.
  for (const set of await index.sets()) if (!known.includes(set)) await index.remove(set);
  await changes.keepProgress(index.engine, known);
}
