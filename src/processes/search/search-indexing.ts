import type { Clock } from '../../ports/system/clock.js';
import {
  SearchUnavailable,
  type IndexSet,
  type SearchIndex,
  type VersionedDocument,
} from '../../ports/search/search-index.js';
import type { FeedPlace, SearchChanges } from '../../read-models/search/search-changes.js';

/** Between looks for changes. Milliseconds. */
const LOOK_MS = 100;
/** After a turn that failed, doubling up to the last; also how often a node that stands by tries to take over. Milliseconds. */
const RETRY_MS = { first: 200, last: 2_000 };
/** Between looks for sets of tables that came or went. Milliseconds. */
const SETS_MS = 1_000;
/** How long a node keeps its turn before another may have it. Milliseconds. */
const TURN_MS = 60_000;
/** Documents of one request. */
const MAX_BATCH = 500;

export interface SearchIndexingParts {
  readonly index: SearchIndex;
  readonly changes: SearchChanges;
  /** Runs the work unless another node is at it. */
  withLock(work: () => Promise<void>): Promise<boolean>;
  readonly clock: Clock;
  /** Of what goes wrong. */
  readonly warn: (message: string) => void;
  /** Of what goes as it should. */
  readonly log?: (message: string) => void;
}

export interface SearchIndexing {
  /** Resolves when the request under way has ended. */
  stop(): Promise<void>;
}

interface Feed {
  readonly set: IndexSet;
  /** Of the very index: it is another when it was lost and made anew. */
  readonly id: string;
  place: FeedPlace;
}

/**
 * Feeds the index with what has changed, one node at a time. Each set of the tables of this code's version feeds an
 * index of its own; the one that
 * queries see is searched as soon as its index has caught up. Progress is stored when the documents are in, so whatever
 * fails is sent again, and an engine that was away is caught up with.
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
  const ends = clock.now() + TURN_MS;
  while (!stopping.aborted && clock.now() < ends) {
    const feeds = await openFeeds(parts);
    const lookAgain = clock.now() + SETS_MS;
    let looked = false;
    do {
      let fed = 0;
      for (const feed of feeds) fed += await feedOnce(parts, feed);
      succeeded();
      if (fed > 0) continue;
      if (!looked) await serveCaughtUp(parts, feeds);
      looked = true;
      await clock.sleep(LOOK_MS, stopping);
    } while (!stopping.aborted && clock.now() < lookAgain);
  }
}

async function openFeeds({ index, changes }: SearchIndexingParts): Promise<Feed[]> {
  const { sets } = await changes.sets();
  const feeds: Feed[] = [];
  for (const set of sets) {
    const id = await index.prepare(set);
    feeds.push({ set, id, place: await changes.progress(index.engine, set, id) });
  }
  return feeds;
}

/** How many documents there were to put. */
async function feedOnce(parts: SearchIndexingParts, feed: Feed): Promise<number> {
  const { index, changes } = parts;
  const { documents, place } = await changes.after(feed.set, feed.place, MAX_BATCH);
  if (!place) return 0;
  await put(parts, feed.set, documents);
  await changes.moveProgress(index.engine, feed.set, feed.id, place);
  feed.place = place;
  return documents.length;
}

/** One that the engine will not have must not keep the others out: it is told, and left out. */
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

/** Goes over to the set that queries see once its index has caught up, and then removes what nobody needs. */
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
  // A look after the switch, so that no search is still under way in what goes.
  for (const set of await index.sets()) if (!known.includes(set)) await index.remove(set);
  await changes.keepProgress(index.engine, known);
}
