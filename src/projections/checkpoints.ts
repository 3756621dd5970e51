import type { Position } from '../ports/event-store.js';
import type { Queryable } from '../read-models/read-model.js';

/** Another runner has moved this projection on: whatever this one was about to write must not be written. */
export class CheckpointMoved extends Error {
  override name = 'CheckpointMoved';
  constructor(projection: string) {
    super(`Another runner has moved the checkpoint of ${projection}.`);
  }
}

/** How far this version has read the log. Its row is made together with its tables. */
export async function loadCheckpoint(db: Queryable, name: string, version: number): Promise<Position> {
  const { rows } = await db.query<{ commit: string; prepare: string }>(
    `select commit_position::text as commit, prepare_position::text as prepare
     from projection_checkpoints where name = $1 and version = $2`,
    [name, version],
  );
  const row = rows[0];
  if (!row) throw new Error(`Projection ${name} has no tables of version ${version}: migrate the database.`);
  return { commit: BigInt(row.commit), prepare: BigInt(row.prepare) };
}

/**
 * Moves the checkpoint on within the caller's transaction; until that ends no other runner can move it.
 * @throws CheckpointMoved when it does not stand at `from` any more
 */
export async function moveCheckpoint(
  transaction: Queryable,
  projection: { readonly name: string; readonly version: number },
  from: Position,
  to: Position,
  /** When the last domain event was recorded, milliseconds since the epoch. */
  lastEventAt: number | undefined,
): Promise<void> {
  const { rowCount } = await transaction.query({
    name: 'move-checkpoint',
    text: `update projection_checkpoints
           set commit_position = $5, prepare_position = $6, updated_at = clock_timestamp(),
               last_event_at = coalesce(to_timestamp($7::float8 / 1000), last_event_at)
           where name = $1 and version = $2 and commit_position = $3 and prepare_position = $4`,
    values: [
      projection.name,
      projection.version,
      from.commit,
      from.prepare,
      to.commit,
      to.prepare,
      lastEventAt,
    ],
  });
  if (rowCount !== 1) throw new CheckpointMoved(projection.name);
}
