import pg from 'pg';
import type { EncodedEvent } from '../encode.js';

/**
 * Separate domain events of an append, and appends of a group. JSON text never contains them
 * unescaped; names and UUIDs never contain them.
 */
const SEPARATOR = '\x1e';
const GROUP_SEPARATOR = '\x1d';

const APPEND = `
  insert into domain_events (stream, revision, id, type, data, metadata)
  select $1, $2::bigint + n, id::uuid, type, data, metadata
  from unnest(string_to_array($3, E'\\x1e'), string_to_array($4, E'\\x1e'),
              string_to_array($5, E'\\x1e'), string_to_array($6, E'\\x1e'))
       with ordinality as e (id, type, data, metadata, n)
  where coalesce((select max(revision) from domain_events where stream = $1), -1) = $2::bigint
  order by n`;

/**
 * Appends to many streams. Each stream is written or skipped on its own; returns the written
 * streams.
 */
const APPEND_GROUP = `
  with written as (
    insert into domain_events (stream, revision, id, type, data, metadata)
    select a.stream, a.before::bigint + e.n, e.id::uuid, e.type, e.data, e.metadata
    from unnest(string_to_array($1, E'\\x1d'), string_to_array($2, E'\\x1d'),
                string_to_array($3, E'\\x1d'), string_to_array($4, E'\\x1d'),
                string_to_array($5, E'\\x1d'), string_to_array($6, E'\\x1d'))
         with ordinality as a (stream, before, ids, types, datas, metadatas, n)
    cross join lateral
         unnest(string_to_array(a.ids, E'\\x1e'), string_to_array(a.types, E'\\x1e'),
                string_to_array(a.datas, E'\\x1e'), string_to_array(a.metadatas, E'\\x1e'))
         with ordinality as e (id, type, data, metadata, n)
    where coalesce((select max(d.revision) from domain_events d where d.stream = a.stream), -1)
          = a.before::bigint
    order by a.n, e.n
    returning stream
  )
  select distinct stream from written`;

const IDS_AFTER = `
  select id::text from domain_events where stream = $1 and revision > $2
  order by revision limit $3`;

/** One append of a statement. */
export interface PendingInsert {
  readonly stream: string;
  /** Revision of the last domain event before; -1 for none. */
  readonly before: bigint;
  readonly events: readonly EncodedEvent[];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Inserts the appends of a group. Returns the written streams; streams that are not at their
 * expected revision are left out.
 */
export async function insertAppends(
  client: pg.PoolClient,
  group: readonly PendingInsert[],
): Promise<ReadonlySet<string>> {
  if (group.length > 1) return insertGroup(client, group);
  const { stream, before, events } = group[0]!;
  const values = [stream, before, ...columns(events)];
  try {
    const { rowCount } = await client.query({ name: 'append', text: APPEND, values });
    return rowCount === events.length ? new Set([stream]) : NONE;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '23505') return NONE;
    throw error;
  }
}

async function insertGroup(
  client: pg.PoolClient,
  group: readonly PendingInsert[],
): Promise<ReadonlySet<string>> {
  // A fixed order prevents deadlocks between nodes whose groups share streams.
  const inOrder = group.toSorted((a, b) => (a.stream < b.stream ? -1 : 1));
  const rows = inOrder.map(({ stream, before, events }) => [
    stream,
    String(before),
    ...columns(events),
  ]);
  const values = rows[0]!.map((_, column) => rows.map((row) => row[column]).join(GROUP_SEPARATOR));
  const written = await client.query<[string]>({
    name: 'append-group',
    text: APPEND_GROUP,
    values,
    rowMode: 'array',
  });
  return new Set(written.rows.map(([stream]) => stream));
}

function columns(events: readonly EncodedEvent[]): string[] {
  const column = (name: keyof EncodedEvent) => events.map((event) => event[name]).join(SEPARATOR);
  return [column('id'), column('type'), column('data'), column('metadata')];
}

/** Checks whether the same append was committed before: its ids follow the expected revision. */
export async function isAlreadyStored(
  client: pg.PoolClient,
  { stream, before, events }: PendingInsert,
): Promise<boolean> {
  const { rows } = await client.query<[string]>({
    name: 'ids-after',
    text: IDS_AFTER,
    values: [stream, before, events.length],
    rowMode: 'array',
  });
  return (
    rows.length === events.length && events.every(({ id }, at) => rows[at]![0] === id.toLowerCase())
  );
}
