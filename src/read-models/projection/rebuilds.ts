import type { RebuildPhase, RebuildView } from '../../ports/projection/projection-operations.js';
import type { Generation, Queryable } from '../tables/read-model.js';

/** A rebuild to work on. */
export interface RebuildJob {
  readonly id: string;
  /** Tables that are to serve. */
  readonly tables: Generation;
  readonly kind: RebuildView['kind'];
  readonly phase: RebuildPhase;
  readonly acceptDifference: boolean;
}

interface JobRow extends Generation {
  id: string;
  kind: RebuildView['kind'];
  phase: RebuildPhase;
  accept_difference: boolean;
}

const JOB = 'id::text, name, version, generation, kind, phase, accept_difference';

const toJob = ({
  id,
  name,
  version,
  generation,
  kind,
  phase,
  accept_difference,
}: JobRow): RebuildJob => ({
  id,
  tables: { name, version, generation },
  kind,
  phase,
  acceptDifference: accept_difference,
});

export async function unfinishedRebuilds(db: Queryable): Promise<RebuildJob[]> {
  const { rows } = await db.query<JobRow>({
    name: 'rebuilds/under-way',
    text: `select ${JOB} from projection_rebuilds where ended_at is null`,
  });
  return rows.map(toJob);
}

export async function rebuildJob(db: Queryable, id: string): Promise<RebuildJob> {
  const { rows } = await db.query<JobRow>(`select ${JOB} from projection_rebuilds where id = $1`, [
    id,
  ]);
  return toJob(rows[0]!);
}

/**
 * Returns the phase in which these tables are being built, and locks it until the end of the
 * transaction.
 */
export async function phaseOf(
  transaction: Queryable,
  { name, version, generation }: Generation,
): Promise<RebuildPhase | undefined> {
  const { rows } = await transaction.query<{ phase: RebuildPhase }>(
    `select phase from projection_rebuilds
     where name = $1 and version = $2 and generation = $3 and ended_at is null for share`,
    [name, version, generation],
  );
  return rows[0]?.phase;
}

/** Returns false when the rebuild is not in the phase `from`. */
export async function enterPhase(
  db: Queryable,
  id: string,
  from: RebuildPhase,
  to: RebuildPhase,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update projection_rebuilds set phase = $3, error = null,
       ended_at = case when $3 in ('switched', 'cancelled') then clock_timestamp() end
     where id = $1 and phase = $2`,
    [id, from, to],
  );
  return rowCount === 1;
}

/**
 * Adds to the number of applied domain events. Returns false when the rebuild has left that phase.
 */
export async function recordProgress(
  transaction: Queryable,
  id: string,
  phase: RebuildPhase,
  events: number,
  perSecond: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query({
    name: 'rebuilds/progress',
    text: `update projection_rebuilds
           set done = done + $3, per_second = $4, progressed_at = clock_timestamp(), error = null
           where id = $1 and phase = $2`,
    values: [id, phase, events, perSecond],
  });
  return rowCount === 1;
}

export async function recordInterruption(db: Queryable, id: string, error: string): Promise<void> {
  await db.query('update projection_rebuilds set error = $2 where id = $1 and ended_at is null', [
    id,
    error.replaceAll('\0', '').slice(0, 2_000),
  ]);
}

export interface NewRebuild {
  readonly tables: Generation;
  readonly kind: RebuildView['kind'];
  readonly by: string;
  readonly acceptDifference: boolean;
}

/** Returns false when a rebuild of the projection is unfinished. */
export async function addRebuild(
  db: Queryable,
  { tables: { name, version, generation }, kind, by, acceptDifference }: NewRebuild,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into projection_rebuilds
       (name, version, generation, kind, phase, started_by, accept_difference)
     values ($1, $2, $3, $4, case $4 when 'switch-back' then 'following' else 'loading' end, $5, $6)
     on conflict (name) where ended_at is null do nothing`,
    [name, version, generation, kind, by, acceptDifference],
  );
  return rowCount === 1;
}

/** Returns the generation after all earlier ones, including dropped ones. */
export async function nextGeneration(
  db: Queryable,
  { name, version }: Pick<Generation, 'name' | 'version'>,
): Promise<Generation> {
  const { rows } = await db.query<{ generation: number }>(
    `select greatest(
       (select max(generation) from projection_checkpoints where name = $1 and version = $2),
       (select max(generation) from projection_rebuilds where name = $1 and version = $2),
       0) + 1 as generation`,
    [name, version],
  );
  return { name, version, generation: rows[0]!.generation };
}

interface ViewRow extends JobRow {
  started_by: string;
  started_at: Date;
  decided_by: string | null;
  ended_at: Date | null;
  done: number;
  total: number | null;
  per_second: number;
  comparison: RebuildView['comparison'];
  error: string | null;
}

/**
 * The last rebuild of each projection. The total is estimated from the share of the log that was
 * read: in both event stores positions grow roughly evenly with the domain events.
 */
const LAST = `
  select distinct on (r.name) r.id::text, r.name, r.version, r.generation, kind, phase,
    accept_difference, started_by, started_at, decided_by, ended_at, done::float8 as done,
    comparison, error,
    case when progressed_at < clock_timestamp() - interval '10 seconds' then 0
         else per_second end as per_second,
    case when phase not in ('loading', 'cancelling') then done::float8
         when own.prepare_position > 0
         then greatest(done, round(done * live.prepare_position / own.prepare_position))::float8
         end as total
  from projection_rebuilds r
  left join projection_checkpoints own
    on own.name = r.name and own.version = r.version and own.generation = r.generation
  left join projection_checkpoints live
    on live.name = r.name and live.version = r.version and live.role = 'live'`;

export async function lastRebuild(db: Queryable, name: string): Promise<RebuildView | null> {
  const { rows } = await db.query<ViewRow>(`${LAST} where r.name = $1 order by r.name, r.id desc`, [
    name,
  ]);
  return rows[0] ? toView(rows[0]) : null;
}

export async function lastRebuilds(db: Queryable): Promise<Map<string, RebuildView>> {
  const { rows } = await db.query<ViewRow>(`${LAST} order by r.name, r.id desc`);
  return new Map(rows.map((row) => [row.name, toView(row)]));
}

function toView(row: ViewRow): RebuildView {
  const left = row.total === null ? null : row.total - row.done;
  return {
    projection: row.name,
    version: row.version,
    generation: row.generation,
    kind: row.kind,
    phase: row.phase,
    acceptDifference: row.accept_difference,
    startedBy: row.started_by,
    startedAt: row.started_at.toISOString(),
    decidedBy: row.decided_by,
    endedAt: row.ended_at?.toISOString() ?? null,
    done: row.done,
    total: row.total,
    perSecond: Math.round(row.per_second),
    etaSeconds: left === null || row.per_second <= 0 ? null : Math.ceil(left / row.per_second),
    comparison: row.comparison,
    error: row.error,
  };
}
