import type { ParkedView, ProjectionView } from '../../ports/projection/projection-operations.js';
import type { Generation, Queryable } from '../tables/read-model.js';
import { lastRebuilds } from './rebuilds.js';

/** Maximum of parked domain events in a list. */
export const MAX_PARKED_LISTED = 200;

/** State of a runner of this node. */
export interface ProjectionState {
  readonly name: string;
  readonly state: ProjectionView['state'];
  readonly lagSeconds: number | null;
}

interface Row {
  name: string;
  serving_version: number;
  serving_generation: number;
  last_event_at: Date | null;
  lag_ms: number | null;
  failed: number;
  waiting: number;
  kept: number | null;
}

const VIEWS = `
  select p.name, p.serving_version, p.serving_generation, c.last_event_at,
    case when c.updated_at > clock_timestamp() - interval '3 seconds' then c.lag_ms end as lag_ms,
    count(k.stream) filter (where k.error is not null)::int as failed,
    count(k.stream) filter (where k.error is null)::int as waiting,
    (select generation from projection_checkpoints o
     where o.name = p.name and o.version = p.serving_version and o.role = 'kept'
     order by o.updated_at desc limit 1) as kept
  from projections p
  join serving_checkpoints c on c.name = p.name
  left join parked_events k
    on k.name = c.name and k.version = c.version and k.generation = c.generation
  group by p.name, c.last_event_at, c.updated_at, c.lag_ms`;

/**
 * Returns one view per projection, in the given order.
 * @param withheldMs age of the oldest domain event that the log withholds from all projections,
 * milliseconds
 */
export async function listProjections(
  db: Queryable,
  projections: readonly { readonly name: string; readonly version: number }[],
  states: readonly ProjectionState[],
  withheldMs: number,
): Promise<ProjectionView[]> {
  const { rows } = await db.query<Row>({ name: 'projections/views', text: VIEWS });
  const rebuilds = await lastRebuilds(db);
  return projections.flatMap(({ name, version }) => {
    const row = rows.find((one) => one.name === name);
    const runner = states.find((one) => one.name === name);
    if (!row) return [];
    return {
      name,
      version,
      serving: { version: row.serving_version, generation: row.serving_generation },
      state: runner?.state ?? 'waiting',
      lagSeconds: runner?.lagSeconds ?? Math.max(row.lag_ms ?? 0, withheldMs) / 1_000,
      lastEventAt: row.last_event_at?.toISOString() ?? null,
      parked: { failed: row.failed, waiting: row.waiting },
      previous: row.kept === null ? null : { version: row.serving_version, generation: row.kept },
      rebuild: rebuilds.get(name) ?? null,
    };
  });
}

interface ParkedRow {
  event_id: string;
  stream: string;
  revision: number;
  type: string;
  error: string;
  attempts: number;
  parked_at: Date;
  waiting: number;
  event: unknown;
}

/**
 * Returns failed domain events, longest parked first, at most `MAX_PARKED_LISTED`.
 * @param eventId returns only this domain event
 */
export async function listParked(
  db: Queryable,
  { name, version, generation }: Generation,
  eventId: string | null = null,
): Promise<ParkedView[]> {
  const { rows } = await db.query<ParkedRow>(
    `select event_id, stream, revision::float8 as revision, type, error, attempts, parked_at, event,
       (select count(*)::int from parked_events w
        where w.name = k.name and w.version = k.version and w.generation = k.generation
          and w.stream = k.stream and w.error is null) as waiting
     from parked_events k
     where name = $1 and version = $2 and generation = $3 and error is not null
       and ($4::uuid is null or event_id = $4)
     order by parked_at, stream, k.revision limit ${MAX_PARKED_LISTED}`,
    [name, version, generation, eventId],
  );
  return rows.map((row) => ({
    id: row.event_id,
    stream: row.stream,
    revision: row.revision,
    type: row.type,
    error: row.error,
    attempts: row.attempts,
    parkedAt: row.parked_at.toISOString(),
    waiting: row.waiting,
    event: row.event,
  }));
}
