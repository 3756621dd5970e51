import {
  documentOf,
  type Availability,
  type SearchedEvent,
  type SearchedVenue,
} from '../../domain/search/document.js';
import type { IndexSet, VersionedDocument } from '../../ports/search/search-index.js';
import { tableName, tableSet, type Queryable } from '../tables/read-model.js';
import { searchDocuments } from './search-documents.js';

/** Position of an index: the last `search_changes.sequence` that it has received. */
export type FeedPosition = bigint;

export const FEED_START: FeedPosition = 0n;

export interface SearchSets {
  /** Sets of this code's version: no others can be read. */
  readonly sets: readonly IndexSet[];
  /** Sets of all versions: nodes of other releases may need them. */
  readonly known: readonly IndexSet[];
  /** The set that queries see, if it is one of `sets`. */
  readonly serving: IndexSet | undefined;
}

/** The changed documents for the indices, and the position of each index. */
export interface SearchChanges {
  sets(): Promise<SearchSets>;
  /**
   * Returns the current documents in the order in which they changed, and the position after them;
   * no position when there are no changes.
   */
  after(
    set: IndexSet,
    position: FeedPosition,
    limit: number,
  ): Promise<{
    readonly documents: readonly VersionedDocument[];
    readonly position: FeedPosition | undefined;
  }>;
  /** Returns FEED_START for an index that has received nothing. */
  progress(engine: string, set: IndexSet, index: string): Promise<FeedPosition>;
  moveProgress(engine: string, set: IndexSet, index: string, position: FeedPosition): Promise<void>;
  /** Deletes the positions of all other sets. */
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
    after: async (set, position, limit) => {
      if (!SET.test(set)) throw new Error(`${set} is not a set of tables.`);
      const { rows } = await db.query<Row>({
        name: `search-changes/after-${set}`,
        text: `select k.event_id, d.event, v.venue, s.availability, k.version, k.sequence
               from (select * from ${tableName('search_changes', set)}
                     where sequence > $1 order by sequence limit $2) k
               left join ${tableName('search_documents', set)} d using (event_id)
               left join ${tableName('search_venues', set)} v using (venue_id)
               left join ${tableName('search_stock', set)} s on s.event_id = k.event_id
               order by k.sequence`,
        values: [position, limit],
      });
      const last = rows.at(-1);
      return { documents: rows.flatMap(toDocument), position: last && BigInt(last.sequence) };
    },
    progress: async (engine, set, index) => {
      const { rows } = await db.query<{ sequence: string }>({
        text: `select sequence from search_feed_progress
               where engine = $1 and index_set = $2 and index_id = $3`,
        values: [engine, set, index],
      });
      return rows[0] ? BigInt(rows[0].sequence) : FEED_START;
    },
    moveProgress: async (engine, set, index, position) => {
      await db.query({
        text: `insert into search_feed_progress (engine, index_set, index_id, sequence)
               values ($1, $2, $3, $4)
               on conflict (engine, index_set) do update
               set index_id = excluded.index_id, sequence = excluded.sequence,
                   updated_at = clock_timestamp()`,
        values: [engine, set, index, position],
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

/**
 * Returns nothing until event, venue and inventory are all projected: the last of them is a change
 * of its own.
 */
function toDocument({ event, venue, availability, version }: Row): VersionedDocument[] {
  if (!event?.name || !venue || !availability) return [];
  return [{ document: documentOf(event, venue, availability), version: BigInt(version) }];
}
