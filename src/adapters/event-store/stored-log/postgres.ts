import type pg from 'pg';
import {
  EventStoreUnavailable,
  START,
  comparePositions,
  type Position,
} from '../../../ports/event-store/event-store.js';
import { SETTLED } from '../postgres/numbering.js';
import type { Growth, StoredEvent, StoredLog } from '../../../ports/event-store/stored-log.js';

/** Rows per query. */
const PAGE = 2_000;

const WINDOW = `
  select transaction_id::text as commit, position::text as prepare, count(*) over ()::int as count
  from (
    select transaction_id, position from domain_events
    where (transaction_id, position) > ($1::xid8, $2::bigint) and ${SETTLED}
    order by transaction_id, position limit $3) w
  order by w.transaction_id desc, w.position desc limit 1`;

/** Aggregates in the database, so that the process receives only the last event of each stream. */
const GROWTH = `
  with grown as (
    select stream, max(revision) as revision, encode(sha256(convert_to(
             string_agg(revision || ' ' || (extract(epoch from recorded_at) * 1000000)::bigint,
                        E'\\n' order by revision),
             'UTF8')), 'base64') as recorded
    from domain_events
    where (transaction_id, position) > ($1::xid8, $2::bigint)
      and (transaction_id, position) <= ($3::xid8, $4::bigint)
    group by stream)
  select e.stream, e.revision::text, e.id::text, e.type, e.data, e.metadata, g.recorded
  from grown g join domain_events e using (stream, revision)`;

const AFTER = `
  select stream, revision::text, id::text, type, data, metadata,
         ((extract(epoch from recorded_at) * 1000000)::bigint)::text as recorded
  from domain_events where (stream, revision) > ($1, $2::bigint)
  order by domain_events.stream, domain_events.revision limit $3`;

interface Row {
  stream: string;
  revision: string;
  id: string;
  type: string;
  data: string;
  metadata: string;
  recorded: string;
}

const textOf = ({ stream, revision, id, type, data, metadata }: Row) => ({
  stream,
  id,
  type,
  data,
  metadata,
  revision: BigInt(revision),
});

/** Reads the log from the table of the Postgres event store. */
export function postgresStoredLog(db: Pick<pg.Pool, 'query'>): StoredLog {
  return {
    inStreams: true,
    growth: async (after, maxEvents): Promise<Growth> => {
      const low = comparePositions(after, START) <= 0 ? [0n, 0n] : [after.commit, after.prepare];
      const [window] = await ask<{ commit: string; prepare: string; count: number }>(db, WINDOW, [
        ...low,
        maxEvents,
      ]);
      if (!window) return { streams: [], upTo: after, domainEvents: 0, caughtUp: true };
      const rows = await ask<Row>(db, GROWTH, [...low, window.commit, window.prepare]);
      return {
        streams: rows.map((row) => ({
          last: textOf(row),
          recordedDigest: base64url(row.recorded),
        })),
        upTo: positionOf(window),
        domainEvents: window.count,
        caughtUp: window.count < maxEvents,
      };
    },
    async *portions() {
      for (let last: StoredEvent | undefined; ;) {
        const rows = await ask<Row>(db, AFTER, [last?.stream ?? '', last?.revision ?? -1n, PAGE]);
        const portion = rows.map((row) => ({ ...textOf(row), recordedAt: Number(row.recorded) }));
        if (portion.length > 0) yield portion;
        if (portion.length < PAGE) return;
        last = portion.at(-1);
      }
    },
    estimate: async () => {
      const [row] = await ask<{ count: number }>(
        db,
        'select count(*)::int as count from domain_events',
        [],
      );
      return row?.count;
    },
  };
}

async function ask<R extends pg.QueryResultRow>(
  db: Pick<pg.Pool, 'query'>,
  text: string,
  values: unknown[],
): Promise<R[]> {
  try {
    return (await db.query<R>(text, values)).rows;
  } catch (error) {
    throw new EventStoreUnavailable(`Postgres does not answer: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const positionOf = ({ commit, prepare }: { commit: string; prepare: string }): Position => ({
  commit: BigInt(commit),
  prepare: BigInt(prepare),
});

const base64url = (base64: string): string => Buffer.from(base64, 'base64').toString('base64url');
