import type { Position } from '../../ports/event-store/event-store.js';
import { enterPhase, type RebuildJob } from '../../read-models/projection/rebuilds.js';
import { recordLosses } from '../../read-models/projection/log-losses.js';
import {
  tableName,
  tableSet,
  type Generation,
  type Queryable,
  type ReadModel,
} from '../../read-models/tables/read-model.js';
import { serve } from '../../read-models/tables/versions.js';
import { CheckpointMoved } from '../runner/checkpoints.js';

/** Memory of a sort while indices are built. */
const SORT_MIB = 64;

/**
 * An operator or another node has ended the current phase: the rebuild must write nothing more in
 * it.
 */
export class RebuildStopped extends CheckpointMoved {
  override name = 'RebuildStopped';
}

export type Tables = Pick<
  ReadModel<never>,
  | 'name'
  | 'tables'
  | 'createTables'
  | 'createIndices'
  | 'beginLoading'
  | 'endLoading'
  | 'served'
  | 'dropped'
  | 'losses'
>;

/** Creates the tables of a new generation if they do not exist, and prepares them for loading. */
export async function createGeneration(
  transaction: Queryable,
  readModel: Tables,
  { name, version, generation }: Generation,
): Promise<void> {
  const { rowCount } = await transaction.query(
    `insert into projection_checkpoints (name, version, generation, role)
     values ($1, $2, $3, 'building') on conflict do nothing`,
    [name, version, generation],
  );
  const set = tableSet({ version, generation });
  if (rowCount === 1) await transaction.query(readModel.createTables(set));
  if (readModel.beginLoading) await transaction.query(readModel.beginLoading(set));
}

/**
 * Returns statements, in short steps, that create the keys which loading did without, and update
 * the planner's statistics.
 */
export function completionSteps(
  readModel: Tables & Pick<ReadModel<never>, 'tables'>,
  built: Generation,
): string[] {
  const { tables, beginLoading, endLoading } = readModel;
  const set = tableSet(built);
  return [
    ...(beginLoading ? [beginLoading(set)] : []),
    ...(endLoading?.(set) ?? []),
    ...tables.map((view) => `analyze ${tableName(view, set)}`),
  ];
}

/** Settings for each of these statements and for the indices. */
export const INDEX_SETTINGS = `
  set local statement_timeout = 0;
  set local work_mem = '${SORT_MIB}MB'; set local maintenance_work_mem = '${SORT_MIB}MB'`;

/** Position of the live tables: the checkpoint, and the last domain event that they show. */
export interface LivePosition {
  readonly live: Generation;
  readonly checkpoint: Position;
  readonly lastEvent: Position;
}

interface PositionRow {
  generation: number;
  commit: string;
  prepare: string;
  event_commit: string;
  event_prepare: string;
}

/**
 * @param hold whether to lock the live tables at this position until the caller's transaction ends
 */
export async function livePosition(
  db: Queryable,
  { name, version }: Pick<Generation, 'name' | 'version'>,
  hold = false,
): Promise<LivePosition> {
  const { rows } = await db.query<PositionRow>(
    `select generation, commit_position::text as commit, prepare_position::text as prepare,
       coalesce(event_commit, commit_position)::text as event_commit,
       coalesce(event_prepare, prepare_position)::text as event_prepare
     from projection_checkpoints
     where name = $1 and version = $2 and role = 'live' ${hold ? 'for update' : ''}`,
    [name, version],
  );
  const row = rows[0];
  if (!row) throw new Error(`Projection ${name} has no live tables of version ${version}.`);
  return {
    live: { name, version, generation: row.generation },
    checkpoint: { commit: BigInt(row.commit), prepare: BigInt(row.prepare) },
    lastEvent: { commit: BigInt(row.event_commit), prepare: BigInt(row.event_prepare) },
  };
}

/**
 * After the commit, queries see the built tables and the runner writes them instead of the live
 * ones.
 */
export async function switchTo(
  transaction: Queryable,
  readModel: Tables,
  { id, kind, tables }: RebuildJob,
  live: Generation,
): Promise<void> {
  const isOtherLog = kind === 'accept-log';
  if (isOtherLog) await recordLosses(transaction, readModel, tableSet(tables));
  await serve(transaction, readModel, tables);
  await setRole(transaction, live, isOtherLog ? 'lost' : 'kept');
  await setRole(transaction, tables, 'live');
  if (!(await enterPhase(transaction, id, 'following', 'switched')))
    throw new RebuildStopped(tables.name);
}

async function setRole(
  transaction: Queryable,
  { name, version, generation }: Generation,
  role: 'live' | 'building' | 'kept' | 'lost',
): Promise<void> {
  await transaction.query(
    `update projection_checkpoints set role = $4, updated_at = clock_timestamp()
     where name = $1 and version = $2 and generation = $3`,
    [name, version, generation, role],
  );
}

/**
 * Ends a rebuild that an operator has canceled. Drops the tables that it has built; those of a
 * switch-back are kept.
 */
export async function cancelRebuild(
  transaction: Queryable,
  readModel: Tables,
  { id, kind, tables }: RebuildJob,
): Promise<void> {
  if (kind === 'switch-back') await setRole(transaction, tables, 'kept');
  else await dropGeneration(transaction, readModel, tables);
  if (!(await enterPhase(transaction, id, 'cancelling', 'cancelled')))
    throw new RebuildStopped(tables.name);
}

/** Drops the tables of a generation with their checkpoint and parked domain events. */
export async function dropGeneration(
  transaction: Queryable,
  readModel: Tables,
  { name, version, generation }: Generation,
): Promise<void> {
  const key = [name, version, generation];
  for (const table of ['projection_checkpoints', 'parked_events']) {
    await transaction.query(
      `delete from ${table} where name = $1 and version = $2 and generation = $3`,
      key,
    );
  }
  const set = tableSet({ version, generation });
  for (const view of readModel.tables)
    await transaction.query(`drop table if exists ${tableName(view, set)}`);
  await readModel.dropped?.(transaction, set);
}
