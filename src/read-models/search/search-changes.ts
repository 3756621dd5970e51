import {
  documentOf,
  type Availability,
  type SearchedEvent,
  type SearchedVenue,
} from '../../domain/search/document.js';
import type { IndexSet, VersionedDocument } from '../../ports/search/search-index.js';
import { tableName, tableSet, type Queryable } from '../tables/read-model.js';
import { searchDocuments } from './search-documents.js';

/** How far an index has been fed: the last number of `search_changes.sequence` that it has seen. */
export type FeedPlace = bigint;

export const FEED_START: FeedPlace = 0n;

export interface SearchSets {
  /** Those of this code's version: no others can be read. */
  readonly sets: readonly IndexSet[];
  /** Of all versions: nodes of other releases may need them. */
  readonly known: readonly IndexSet[];
  /** The one of `sets` that queries see, if it is one of them. */
  readonly serving: IndexSet | undefined;
}

/** The documents that an index is fed from, and how far each has been. */
export interface SearchChanges {
  sets(): Promise<SearchSets>;
  /** In the order in which they were changed; each as it is now. */
  after(
    set: IndexSet,
    place: FeedPlace,
    limit: number,
  ): Promise<{
    readonly documents: readonly VersionedDocument[];
    readonly place: FeedPlace | undefined;
  }>;
  /** FEED_START for an index that was never fed. */
  progress(engine: string, set: IndexSet, index: string): Promise<FeedPlace>;
  moveProgress(engine: string, set: IndexSet, index: string, place: FeedPlace): Promise<void>;
  /** Forgets what is not among these. */
  keepProgress(engine: string, sets: readonly IndexSet[]): Promise<void>;
}

interface Row {
  event_id: string;
  event: SearchedEvent | null;
  venue: SearchedVenue | null;
  availability: Availability | null;
  version: string;
  sequence: string;
}

const SET = /^v\d+(_g\d+)?$/;

export function searchChanges(db: Queryable): SearchChanges {
  const { name, version } = searchDocuments;
  return {
    sets: async () => {
      const { rows } = await db.query<{ version: number; generation: number; serving: boolean }>({
        name: 'search-changes/sets',
        text: `select c.version, c.generation,
                 (c.version, c.generation) = (p.serving_version, p.serving_generation) as serving
               from projection_checkpoints c left join projections p using (name) where name = $1`,
        values: [name],
      });
      const own = rows.filter((row) => row.version === version);
      const serving = own.find((row) => row.serving);
      return {
        sets: own.map(tableSet),
        known: rows.map(tableSet),
        serving: serving && tableSet(serving),
      };
    },
    after: async (set, place, limit) => {
      if (!SET.test(set)) throw new Error(`${set} names no tables.`);
      const { rows } = await db.query<Row>({
        name: `search-changes/after-${set}`,
        text: `select k.event_id, d.event, v.venue, s.availability, k.version, k.sequence
               from (select * from ${tableName('search_changes', set)}
                     where sequence > $1 order by sequence limit $2) k
               left join ${tableName('search_documents', set)} d using (event_id)
               left join ${tableName('search_venues', set)} v using (venue_id)
               left join ${tableName('search_stock', set)} s on s.event_id = k.event_id
               order by k.sequence`,
        values: [place, limit],
      });
      const last = rows.at(-1);
      return { documents: rows.flatMap(toDocument), place: last && BigInt(last.sequence) };
    },
    progress: async (engine, set, index) => {
      const { rows } = await db.query<{ sequence: string }>({
        text: `select sequence from search_feed_progress where engine = $1 and index_set = $2 and index_id = $3`,
        values: [engine, set, index],
      });
      return rows[0] ? BigInt(rows[0].sequence) : FEED_START;
    },
    moveProgress: async (engine, set, index, place) => {
      await db.query({
        text: `insert into search_feed_progress (engine, index_set, index_id, sequence) values ($1, $2, $3, $4)
               on conflict (engine, index_set) do update
               set index_id = excluded.index_id, sequence = excluded.sequence, updated_at = clock_timestamp()`,
        values: [engine, set, index, place],
      });
    },
    keepProgress: async (engine, sets) => {
      await db.query(
        'delete from search_feed_progress where engine = $1 and index_set <> all($2::text[])',
        [engine, sets],
      );
    },
  };
}

/** Nothing until the event, its venue and its inventory are all there: the last of them is a change of its own. */
function toDocument({ event, venue, availability, version }: Row): VersionedDocument[] {
  if (!event?.name || !venue || !availability) return [];
  return [{ document: documentOf(event, venue, availability), version: BigInt(version) }];
}
