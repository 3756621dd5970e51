import type { Position, RecordedEvent } from '../../ports/event-store/event-store.js';
import type { EventIdentity } from '../../ports/event-store/log-identity.js';
import { tableSet, type Generation, type Queryable } from '../../read-models/tables/read-model.js';

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
               event_commit = coalesce($11, event_commit), event_prepare = coalesce($12, event_prepare),
               event_stream = coalesce($13, event_stream), event_revision = coalesce($14, event_revision),
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

/** A live checkpoint, and the last domain event that its tables have received. */
export interface Mark {
  readonly tables: Generation;
  /** Undefined if a release without identities moved the checkpoint last. */
  readonly identity: EventIdentity | undefined;
  /** Position of that domain event. */
  readonly position: Position;
  /** When it was recorded; milliseconds since the epoch. */
  readonly recordedAt: number;
}

interface MarkRow extends Generation {
  event_commit: string;
  event_prepare: string;
  event_stream: string | null;
  event_revision: string | null;
  event_id: string | null;
  recorded_at: number | null;
}

/** Marks of all live tables of these versions that have received a domain event; the newest domain event first. */
export async function liveMarks(
  db: Queryable,
  readModels: readonly { readonly name: string; readonly version: number }[],
): Promise<Mark[]> {
  const { rows } = await db.query<MarkRow>({
    name: 'live-marks',
    text: `select c.name, c.version, generation, event_commit::text, event_prepare::text, event_stream,
             event_revision::text, event_id::text, extract(epoch from last_event_at)::float8 * 1000 as recorded_at
           from projection_checkpoints c
           join unnest($1::text[], $2::int[]) as wanted (name, version) using (name, version)
           where role = 'live' and event_commit is not null
           order by last_event_at desc nulls last, c.name`,
    values: [readModels.map(({ name }) => name), readModels.map(({ version }) => version)],
  });
  return rows.map(toMark);
}

function toMark(row: MarkRow): Mark {
  const {
    name,
    version,
    generation,
    event_stream: stream,
    event_revision: revision,
    event_id: id,
  } = row;
  const isNamed = stream !== null && revision !== null && id !== null;
  return {
    tables: { name, version, generation },
    identity: isNamed ? { stream, revision: BigInt(revision), id } : undefined,
    position: { commit: BigInt(row.event_commit), prepare: BigInt(row.event_prepare) },
    recordedAt: row.recorded_at ?? 0,
  };
}

/** Stores the identity of the last domain event of a checkpoint, unless another arrived meanwhile. */
export async function nameMark(
  db: Queryable,
  { tables: { name, version, generation }, position }: Mark,
  { stream, revision, id }: EventIdentity,
): Promise<void> {
  await db.query(
    `update projection_checkpoints set event_stream = $4, event_revision = $5, event_id = $6
     where name = $1 and version = $2 and generation = $3 and event_id is null
       and event_commit = $7 and event_prepare = $8`,
    [name, version, generation, stream, revision, id, position.commit, position.prepare],
  );
}

/** The last domain event that these tables have received; undefined for none, or none that is known. */
export async function identityOf(
  db: Queryable,
  tables: Generation,
): Promise<EventIdentity | undefined> {
  const last = await receivedLast(db, tables);
  return typeof last === 'string' ? undefined : last;
}

/** The last domain event that these tables have received. `unnamed`: one of which only the position is stored. */
export async function receivedLast(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<EventIdentity | 'none' | 'unnamed'> {
  const { rows } = await db.query<MarkRow>(
    `select name, version, generation, coalesce(event_commit, -1)::text as event_commit,
       coalesce(event_prepare, -1)::text as event_prepare, event_stream, event_revision::text, event_id::text,
       extract(epoch from last_event_at)::float8 * 1000 as recorded_at
     from projection_checkpoints where name = $1 and version = $2 and generation = $3`,
    [name, version, generation],
  );
  if (!rows[0]) return 'none';
  const { identity } = toMark(rows[0]);
  return identity ?? (rows[0].recorded_at === null ? 'none' : 'unnamed');
}
