import type { Position, RecordedEvent } from '../../ports/event-store/event-store.js';
import type { EventIdentity } from '../../ports/event-store/log-identity.js';
import { tableSet, type Generation, type Queryable } from '../../read-models/tables/read-model.js';

/** Another runner has moved the checkpoint: the batch at hand must not be written. */
export class CheckpointMoved extends Error {
  override name = 'CheckpointMoved';
  constructor(projection: string) {
    super(`Another runner has moved the checkpoint of ${projection}.`);
  }
}

/** Returns the position up to which these tables have read the log. */
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
      `Projection ${name} has no tables ${tableSet({ version, generation })}: run the migrations.`,
    );
  return { commit: BigInt(row.commit), prepare: BigInt(row.prepare) };
}

/** `live`: the runner writes these tables; `building`: a rebuild writes them. */
export type Role = 'live' | 'building';

export interface CheckpointStep {
  readonly from: Position;
  readonly to: Position;
  /** First domain event of the batch. */
  readonly first: RecordedEvent | undefined;
  readonly last: RecordedEvent | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Moves the checkpoint in the caller's transaction, which locks it until its end.
 * @throws CheckpointMoved when the checkpoint is no longer at `from`, or the tables have another
 * role
 */
export async function moveCheckpoint(
  transaction: Queryable,
  { name, version, generation }: Generation,
  role: Role,
  { from, to, first, last, now }: CheckpointStep,
): Promise<void> {
  const { rowCount } = await transaction.query({
    name: 'move-checkpoint',
    text: `update projection_checkpoints
           set commit_position = $5, prepare_position = $6, updated_at = clock_timestamp(),
               last_event_at = coalesce(to_timestamp($7::float8 / 1000), last_event_at),
               lag_ms = $10::float8, event_commit = coalesce($11, event_commit),
               event_prepare = coalesce($12, event_prepare),
               event_stream = coalesce($13, event_stream),
               event_revision = coalesce($14, event_revision),
               event_id = coalesce($15, event_id)
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
      last?.stream,
      last?.revision,
      last?.id,
    ],
  });
  if (rowCount !== 1) throw new CheckpointMoved(name);
}

/** A live checkpoint and the last domain event that its tables have received. */
export interface LiveCheckpoint {
  readonly tables: Generation;
  /** Undefined if a release without identities moved the checkpoint last. */
  readonly identity: EventIdentity | undefined;
  /** Position of that domain event. */
  readonly position: Position;
  /** When it was recorded; milliseconds since the epoch. */
  readonly recordedAt: number;
}

interface CheckpointRow extends Generation {
  event_commit: string;
  event_prepare: string;
  event_stream: string | null;
  event_revision: string | null;
  event_id: string | null;
  recorded_at: number | null;
}

const IDENTITY_COLUMNS = `generation, event_stream, event_revision::text, event_id::text,
  extract(epoch from last_event_at)::float8 * 1000 as recorded_at`;

/**
 * Returns the live checkpoints of these versions that have received a domain event, newest domain
 * event first.
 */
export async function liveCheckpoints(
  db: Queryable,
  readModels: readonly { readonly name: string; readonly version: number }[],
): Promise<LiveCheckpoint[]> {
  const { rows } = await db.query<CheckpointRow>({
    name: 'live-marks',
    text: `select c.name, c.version, ${IDENTITY_COLUMNS},
             event_commit::text, event_prepare::text
           from projection_checkpoints c
           join unnest($1::text[], $2::int[]) as wanted (name, version) using (name, version)
           where role = 'live' and event_commit is not null
           order by last_event_at desc nulls last, c.name`,
    values: [readModels.map(({ name }) => name), readModels.map(({ version }) => version)],
  });
  return rows.map(toLiveCheckpoint);
}

function toLiveCheckpoint(row: CheckpointRow): LiveCheckpoint {
  const {
    name,
    version,
    generation,
    event_stream: stream,
    event_revision: revision,
    event_id: id,
  } = row;
  const isIdentified = stream !== null && revision !== null && id !== null;
  return {
    tables: { name, version, generation },
    identity: isIdentified ? { stream, revision: BigInt(revision), id } : undefined,
    position: { commit: BigInt(row.event_commit), prepare: BigInt(row.event_prepare) },
    recordedAt: row.recorded_at ?? 0,
  };
}

/**
 * Stores the identity of the last domain event of a checkpoint, unless another arrived meanwhile.
 */
export async function storeIdentity(
  db: Queryable,
  { tables: { name, version, generation }, position }: LiveCheckpoint,
  { stream, revision, id }: EventIdentity,
): Promise<void> {
  await db.query(
    `update projection_checkpoints set event_stream = $4, event_revision = $5, event_id = $6
     where name = $1 and version = $2 and generation = $3 and event_id is null
       and event_commit = $7 and event_prepare = $8`,
    [name, version, generation, stream, revision, id, position.commit, position.prepare],
  );
}

/**
 * Returns the last domain event that these tables have received; undefined for none, or an unknown
 * one.
 */
export async function identityOf(
  db: Queryable,
  tables: Generation,
): Promise<EventIdentity | undefined> {
  const last = await lastReceived(db, tables);
  return typeof last === 'string' ? undefined : last;
}

/**
 * Returns the last domain event that these tables have received. `unidentified`: only its position
 * is stored.
 */
export async function lastReceived(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<EventIdentity | 'none' | 'unidentified'> {
  const { rows } = await db.query<CheckpointRow>(
    `select name, version, ${IDENTITY_COLUMNS}, coalesce(event_commit, -1)::text as event_commit,
       coalesce(event_prepare, -1)::text as event_prepare
     from projection_checkpoints where name = $1 and version = $2 and generation = $3`,
    [name, version, generation],
  );
  if (!rows[0]) return 'none';
  const { identity } = toLiveCheckpoint(rows[0]);
  return identity ?? (rows[0].recorded_at === null ? 'none' : 'unidentified');
}
