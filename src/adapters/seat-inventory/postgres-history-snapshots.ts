import type pg from 'pg';
import type { HistorySnapshots } from '../../ports/seat-inventory/snapshots.js';
import { inSlices, whole, type Slice } from './slices.js';

/**
 * History snapshots in the database of the read models, one of which holds the revision of each
 * sale.
 */
export function openPostgresHistorySnapshots(pool: pg.Pool): HistorySnapshots {
  const run = async (text: string, ...values: unknown[]) =>
    void (await pool.query({ text, values }));
  return {
    nearest: async (stream, foldVersion, atMost) => {
      const { rows } = await pool.query<Slice>({
        name: 'history-snapshot-nearest',
        text: inSlices(
          `select revision, body from history_snapshots
           where stream = $1 and fold_version = $2 and revision <= $3
           order by revision desc limit 1`,
        ),
        values: [stream, foldVersion, atMost],
      });
      const found = whole(rows);
      return found && { stream, foldVersion, ...found };
    },
    save: ({ stream, revision, foldVersion, body }) =>
      run(
        `insert into history_snapshots (stream, fold_version, revision, body)
         values ($1, $2, $3, $4) on conflict do nothing`,
        stream,
        foldVersion,
        revision,
        Buffer.from(body),
      ),
    discard: (stream, from) =>
      run('delete from history_snapshots where stream = $1 and revision >= $2', stream, from),
    thin: (stream, foldVersion, spacing) =>
      run(
        `delete from history_snapshots h
         where stream = $1 and fold_version = $2 and revision % $3 <> 0 and revision < (
           select max(revision) from history_snapshots where stream = $1 and fold_version = $2)`,
        stream,
        foldVersion,
        spacing,
      ),
    discardOlder: (foldVersion) =>
      run('delete from history_snapshots where fold_version < $1', foldVersion),
    bytes: async () => {
      const { rows } = await pool.query<{ bytes: string | null }>(
        'select sum(octet_length(body))::text as bytes from history_snapshots',
      );
      return Number(rows[0]?.bytes ?? 0);
    },
    lagging: async (foldVersion, spacing, limit) => {
      const { rows } = await pool.query<{ eventId: string }>(
        `select event_id as "eventId" from inventories i where revision >= $2 and not exists
           (select from history_snapshots h where h.stream = 'seatInventory-' || i.event_id
            and h.fold_version = $1 and h.revision > i.revision - $2)
         order by revision desc limit $3`,
        [foldVersion, spacing, limit],
      );
      return rows.map(({ eventId }) => eventId);
    },
  };
}
