import type pg from 'pg';
import type { Snapshots } from '../../ports/seat-inventory/snapshots.js';
import { inSlices, whole, type Slice } from './slices.js';

/** Snapshots in the database of the read models. They can be computed from the log again. */
export function openPostgresSnapshots(pool: pg.Pool): Snapshots {
  return {
    load: async (stream, foldVersion) => {
      const { rows } = await pool.query<Slice>({
        name: 'snapshot-load',
        text: inSlices(
          'select revision, body from snapshots where stream = $1 and fold_version = $2',
        ),
        values: [stream, foldVersion],
      });
      const found = whole(rows);
      return found && { stream, foldVersion, ...found };
    },
    save: async ({ stream, revision, foldVersion, body }) => {
      await pool.query({
        name: 'snapshot-save',
        text: `insert into snapshots (stream, revision, fold_version, body, taken_at)
               values ($1, $2, $3, $4, now())
               on conflict (stream) do update
               set revision = excluded.revision, fold_version = excluded.fold_version,
                   body = excluded.body, taken_at = excluded.taken_at
               where (snapshots.fold_version, snapshots.revision)
                     < (excluded.fold_version, excluded.revision)`,
        values: [stream, revision, foldVersion, Buffer.from(body)],
      });
    },
    discard: async (stream, revision) => {
      await pool.query({
        name: 'snapshot-discard',
        text: 'delete from snapshots where stream = $1 and revision = $2',
        values: [stream, revision],
      });
    },
  };
}
