import type { Position, RecordedEvent } from '../ports/event-store.js';
import { tableSet, type Generation, type Queryable } from '../read-models/read-model.js';

/** Another runner has moved this projection on: whatever this one was about to write must not be written. */
export class CheckpointMoved extends Error {
  override name = 'CheckpointMoved';
  constructor(projection: string) {
    super(`Another runner has moved the checkpoint of ${projection}.`);
  }
}

/** How far these tables have read the log. Their row is made together with them. */
export async function loadCheckpoint(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<Position> {
  const { rows } = await db.query<{ commit: string; prepare: string }>(
    `select commit_position::text as commit, prepare_position::text as prepare
     from projection_checkpoints where name = $1 and version = $2 and generation = $3`,
    [name, version, generation],
  );
  const row = rows[0];
  if (!row)
    throw new Error(
      `Projection ${name} has no tables ${tableSet({ version, generation })}: migrate the database.`,
    );
  return { commit: BigInt(row.commit), prepare: BigInt(row.prepare) };
}

/** Who feeds some tables: the runner those that are live, a rebuild those that it builds. */
export type Role = 'live' | 'building';

export interface Step {
  readonly from: Position;
  readonly to: Position;
  /** Of those that it passes. */
  readonly first: RecordedEvent | undefined;
  readonly last: RecordedEvent | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Moves the checkpoint on within the caller's transaction; until that ends nobody else can move it.
 * @throws CheckpointMoved when it does not stand at `from` any more, or the tables are somebody else's to feed
 */
export async function moveCheckpoint(
  transaction: Queryable,
  { name, version, generation }: Generation,
  role: Role,
  { from, to, first, last, now }: Step,
): Promise<void> {
  const { rowCount } = await transaction.query({
    name: 'move-checkpoint',
    text: `update projection_checkpoints
           set commit_position = $5, prepare_position = $6, updated_at = clock_timestamp(),
               last_event_at = coalesce(to_timestamp($7::float8 / 1000), last_event_at), lag_ms = $10::float8,
               event_commit = coalesce($11, event_commit), event_prepare = coalesce($12, event_prepare)
           where name = $1 and version = $2 and commit_position = $3 and prepare_position = $4
             and generation = $8 and role = $9`,
    values: [
      name,
      version,
      from.commit,
      from.prepare,
      to.commit,
      to.prepare,
      last?.recordedAt,
      generation,
      role,
      first ? Math.max(0, now - first.recordedAt) : 0,
      last?.position.commit,
      last?.position.prepare,
    ],
  });
  if (rowCount !== 1) throw new CheckpointMoved(name);
}
