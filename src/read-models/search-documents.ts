import type { SearchedEvent, SearchedVenue } from '../domain/search/document.js';
import type { Position } from '../ports/event-store.js';
import { bulk, tableName, type Queryable, type ReadModel, type TableSet } from './read-model.js';

/** What one domain event changes of what is searched. `position` is its own. */
export type SearchChange = { readonly position: Position } & (
  | {
      readonly kind: 'event';
      readonly eventId: string;
      readonly venueId?: string;
      readonly fields: Partial<SearchedEvent>;
    }
  | { readonly kind: 'venue'; readonly venueId: string; readonly fields: SearchedVenue }
  | {
      readonly kind: 'stock';
      readonly eventId: string;
      /** Seats that can be had again; less than 0 when they were taken. */
      readonly freed: number;
      /** Seats of an inventory that opens, else 0. */
      readonly seats: number;
      readonly closed: boolean;
    }
);

/** Fewer of the seats than this share are few. */
const FEW_LEFT = 0.1;

/**
 * What search documents are made of. `search_changes` tells where in the log each was changed last: the indexer follows
 * that. A sale counts in `search_stock` alone, and is a change only when the seats left get another word.
 */
export const searchDocuments: ReadModel<SearchChange> = {
  name: 'search',
  // Also of what the engines make of a document: raise it when that changes.
  version: 3,
  tables: ['search_documents', 'search_stock', 'search_venues', 'search_changes'],
  // Whether seats that ran out and came back are a change depends on whether a batch ended in between.
  passing: ['search_changes'],
  createTables: (set) => `
    create table ${tableName('search_documents', set)} (
      event_id text collate "C" primary key,
      venue_id text collate "C",
      event jsonb not null
    );
    create table ${tableName('search_stock', set)} (
      event_id text collate "C" primary key,
      available int not null,
      seats int not null,
      closed boolean not null,
      availability text not null generated always as (
        case when closed or available <= 0 then 'SOLD_OUT'
             when available < seats * ${FEW_LEFT}::float8 then 'FEW_LEFT' else 'AVAILABLE' end) stored
    ) with (fillfactor = 70);
    create table ${tableName('search_venues', set)} (
      venue_id text collate "C" primary key,
      venue jsonb not null
    );
    create table ${tableName('search_changes', set)} (
      event_id text collate "C" primary key,
      -- Grows with every change, never below the position of it: the version by which an index tells old from new.
      version bigint not null,
      commit_position numeric(20) not null,
      prepare_position numeric(20) not null
    )`,
  createIndices: (set) => `
    create index on ${tableName('search_changes', set)} (commit_position, prepare_position, event_id);
    create index on ${tableName('search_documents', set)} (venue_id)`,
  write,
};

interface DocumentRow {
  event_id: string;
  venue_id: string | null;
  event: object;
  commit: string;
  prepare: string;
}
interface StockRow {
  event_id: string;
  available: number;
  seats: number;
  closed: boolean;
  commit: string;
  prepare: string;
}
const documentRows = bulk<DocumentRow>({
  ...{ event_id: 'text', venue_id: 'text', event: 'jsonb', commit: 'numeric', prepare: 'numeric' },
});
const stockRows = bulk<StockRow>({
  ...{ event_id: 'text', available: 'int', seats: 'int', closed: 'boolean' },
  ...{ commit: 'numeric', prepare: 'numeric' },
});
interface VenueRow {
  venue_id: string;
  venue: object;
  commit: string;
  prepare: string;
}
const venueRows = bulk<VenueRow>({
  ...{ venue_id: 'text', venue: 'jsonb', commit: 'numeric', prepare: 'numeric' },
});

async function write(transaction: Queryable, set: TableSet, changes: readonly SearchChange[]): Promise<void> {
  const { documents, stock, venues } = coalesce(changes);
  if (venues.length > 0) await writeVenues(transaction, set, venues);
  if (documents.length > 0) await writeDocuments(transaction, set, documents);
  if (stock.length > 0) await writeStock(transaction, set, stock);
}

/** One row per event and table; what came last stands. */
function coalesce(changes: readonly SearchChange[]) {
  const documents = new Map<string, DocumentRow>();
  const stock = new Map<string, StockRow>();
  const venues = new Map<string, VenueRow>();
  for (const change of changes) {
    const at = { commit: String(change.position.commit), prepare: String(change.position.prepare) };
    if (change.kind === 'venue') {
      venues.set(change.venueId, { venue_id: change.venueId, venue: change.fields, ...at });
    } else if (change.kind === 'event') {
      const { eventId, venueId, fields } = change;
      const before = documents.get(eventId);
      const venue_id = venueId ?? before?.venue_id ?? null;
      documents.set(eventId, { event_id: eventId, venue_id, event: { ...before?.event, ...fields }, ...at });
    } else {
      const { eventId, freed, seats, closed } = change;
      const before = stock.get(eventId);
      stock.set(eventId, {
        event_id: eventId,
        available: (before?.available ?? 0) + freed,
        seats: (before?.seats ?? 0) + seats,
        closed: (before?.closed ?? false) || closed,
        ...at,
      });
    }
  }
  return { documents: [...documents.values()], stock: [...stock.values()], venues: [...venues.values()] };
}

/** Notes the changes that a sub-select gives, one row per event: `event_id, commit, prepare`. */
const noteChanges = (set: TableSet, changed: string): string => `
  insert into ${tableName('search_changes', set)} as k (event_id, version, commit_position, prepare_position)
  select event_id, commit::bigint, commit, prepare from (${changed}) changed
  on conflict (event_id) do update
  set version = greatest(k.version + 1, excluded.version), commit_position = excluded.commit_position,
      prepare_position = excluded.prepare_position`;

async function writeVenues(transaction: Queryable, set: TableSet, rows: VenueRow[]): Promise<void> {
  const changed = `
    select d.event_id, c.commit, c.prepare from c join ${tableName('search_documents', set)} d using (venue_id)`;
  await transaction.query({
    name: `search-venues-${set}`,
    text: `with c (${venueRows.names}) as materialized (${venueRows.rows}),
           written as (insert into ${tableName('search_venues', set)} (venue_id, venue) select venue_id, venue from c
             on conflict (venue_id) do update set venue = excluded.venue)
           ${noteChanges(set, changed)}`,
    values: venueRows.values(rows),
  });
}

async function writeDocuments(transaction: Queryable, set: TableSet, rows: DocumentRow[]): Promise<void> {
  await transaction.query({
    name: `search-documents-${set}`,
    text: `with c (${documentRows.names}) as materialized (${documentRows.rows}),
           written as (
             insert into ${tableName('search_documents', set)} as d (event_id, venue_id, event)
             select event_id, venue_id, event from c
             on conflict (event_id) do update
             set venue_id = coalesce(excluded.venue_id, d.venue_id), event = d.event || excluded.event)
           ${noteChanges(set, 'select event_id, commit, prepare from c')}`,
    values: documentRows.values(rows),
  });
}

async function writeStock(transaction: Queryable, set: TableSet, rows: StockRow[]): Promise<void> {
  const changed = `
    select c.event_id, c.commit, c.prepare from c join counted using (event_id) left join before using (event_id)
    where before.availability is distinct from counted.availability`;
  await transaction.query({
    name: `search-stock-${set}`,
    text: `with c (${stockRows.names}) as materialized (${stockRows.rows}),
           before as (
             select event_id, availability from ${tableName('search_stock', set)} join c using (event_id)),
           counted as (
             insert into ${tableName('search_stock', set)} as s (event_id, available, seats, closed)
             select event_id, available, seats, closed from c
             on conflict (event_id) do update
             set available = s.available + excluded.available, seats = s.seats + excluded.seats,
                 closed = s.closed or excluded.closed
             returning event_id, availability)
           ${noteChanges(set, changed)}`,
    values: stockRows.values(rows),
  });
}
