import {
  comparePositions,
  START,
  type EventStore,
  type Position,
} from '../../ports/event-store/event-store.js';
import { isSameId, type EventIdentity } from '../../ports/event-store/log-identity.js';
import type { Generation, Queryable } from '../../read-models/tables/read-model.js';
import { loadCheckpoint, lastReceived } from '../runner/checkpoints.js';

/**
 * Moves a checkpoint beyond the end of the log back to the last domain event that its tables have
 * received. Between the two there were only records of other streams, so the tables show nothing
 * that the log does not have. Does nothing when the log does not have that domain event.
 * @throws EventStoreUnavailable
 */
export async function rewindCheckpoint(
  db: Queryable,
  log: Pick<EventStore, 'readStream' | 'end'>,
  tables: Generation,
): Promise<Position | undefined> {
  const from = await loadCheckpoint(db, tables);
  const last = await lastReceived(db, tables);
  // A release without identities moved the checkpoint last.
  if (last === 'unidentified') return undefined;
  const to = last === 'none' ? START : await positionOf(log, last);
  if (!to) return undefined;
  const { rowCount } = await db.query(
    `update projection_checkpoints
     set commit_position = $4::numeric, prepare_position = $5::numeric,
         updated_at = clock_timestamp(),
         event_commit = case when event_commit is not null then $4::numeric end,
         event_prepare = case when event_commit is not null then $5::numeric end
     where name = $1 and version = $2 and generation = $3
       and commit_position = $6 and prepare_position = $7`,
    [
      tables.name,
      tables.version,
      tables.generation,
      to.commit,
      to.prepare,
      from.commit,
      from.prepare,
    ],
  );
  return rowCount === 1 ? to : undefined;
}

/** Returns the current position of the domain event; undefined when the log does not have it. */
async function positionOf(
  log: Pick<EventStore, 'readStream' | 'end'>,
  { stream, revision, id }: EventIdentity,
): Promise<Position | undefined> {
  for await (const event of log.readStream(stream, { from: revision, maxCount: 1 })) {
    if (event.revision !== revision || !isSameId(event.id, id)) return undefined;
    // A server that reports no positions in a stream returns one that no log reaches.
    return comparePositions(event.position, await log.end()) <= 0 ? event.position : undefined;
  }
  return undefined;
}
