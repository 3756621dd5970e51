import {
  documentOf,
  type Availability,
  type SearchedEvent,
  type SearchedVenue,
} from '../domain/search/document.js';
import { START, type Position } from '../ports/event-store.js';
import type { IndexSet, VersionedDocument } from '../ports/search-index.js';
import { tableName, tableSet, type Queryable } from './read-model.js';
import { searchDocuments } from './search-documents.js';

/** How far an index has been fed. The last event tells apart what one domain event changed. */
export interface FeedPlace extends Position {
  readonly eventId: string;
}

export const FEED_START: FeedPlace = { ...START, eventId: '' };

/** The documents that an index is fed from, and how far each has been. */
export interface SearchChanges {
  /** Every set of tables there is, and the one that queries see. */
  sets(): Promise<{ readonly sets: readonly IndexSet[]; readonly serving: IndexSet | undefined }>;
  /** In the order in which they were changed; each as it is now. */
  after(
    set: IndexSet,
    place: FeedPlace,
    limit: number,
  ): Promise<{ readonly documents: readonly VersionedDocument[]; readonly place: FeedPlace | undefined }>;
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
  commit: string;
  prepare: string;
}

const SET = /^v\d+(_g\d+)?$/;

export function searchChanges(db: Queryable): SearchChanges {
  const { name } = searchDocuments;
  return {
    sets: async () => {
      const { rows } = await db.query<{ version: number; generation: number; serving: boolean }>({
        name: 'search-changes/sets',
        text: `select c.version, c.generation,
                 (c.version, c.generation) = (p.serving_version, p.serving_generation) as serving
               from projection_checkpoints c left join projections p using (name) where name = $1`,
        values: [name],
      });
      const serving = rows.find((row) => row.serving);
      return { sets: rows.map(tableSet), serving: serving && tableSet(serving) };
    },
    after: async (set, { commit, prepare, eventId }, limit) => {
      if (!SET.test(set)) throw new Error(`${set} names no tables.`);
      const { rows } = await db.query<Row>({
        name: `search-changes/after-${set}`,
        text: `select k.event_id, d.event, v.venue, s.availability, k.version,
                 k.commit_position as commit, k.prepare_position as prepare
               from (select * from ${tableName('search_changes', set)}
                     where (commit_position, prepare_position, event_id) > ($1, $2, $3)
                     order by commit_position, prepare_position, event_id limit $4) k
               left join ${tableName('search_documents', set)} d using (event_id)
               left join ${tableName('search_venues', set)} v using (venue_id)
               left join ${tableName('search_stock', set)} s on s.event_id = k.event_id
               order by k.commit_position, k.prepare_position, k.event_id`,
        values: [String(commit), String(prepare), eventId, limit],
      });
      const last = rows.at(-1);
      return {
        documents: rows.flatMap(toDocument),
        place: last && {
          ...{ commit: BigInt(last.commit), prepare: BigInt(last.prepare), eventId: last.event_id },
        },
      };
    },
    progress: async (engine, set, index) => {
      const { rows } = await db.query<{ commit: string; prepare: string; event_id: string }>({
        text: `select commit_position as commit, prepare_position as prepare, event_id
               from search_index_progress where engine = $1 and index_set = $2 and index_id = $3`,
        values: [engine, set, index],
      });
      const [row] = rows;
      if (!row) return FEED_START;
      return { commit: BigInt(row.commit), prepare: BigInt(row.prepare), eventId: row.event_id };
    },
    moveProgress: async (engine, set, index, { commit, prepare, eventId }) => {
      await db.query({
        text: `insert into search_index_progress (engine, index_set, index_id, commit_position, prepare_position, event_id)
               values ($1, $2, $3, $4, $5, $6)
               on conflict (engine, index_set) do update set index_id = excluded.index_id,
                 commit_position = excluded.commit_position, prepare_position = excluded.prepare_position,
                 event_id = excluded.event_id, updated_at = clock_timestamp()`,
        values: [engine, set, index, String(commit), String(prepare), eventId],
      });
    },
    keepProgress: async (engine, sets) => {
      await db.query('delete from search_index_progress where engine = $1 and index_set <> all($2::text[])', [
        engine,
        sets,
      ]);
    },
  };
}

/** Nothing until the event, its venue and its inventory are all there: the last of them is a change of its own. */
function toDocument({ event, venue, availability, version }: Row): VersionedDocument[] {
  if (!event?.name || !venue || !availability) return [];
  return [{ document: documentOf(event, venue, availability), version: BigInt(version) }];
}
