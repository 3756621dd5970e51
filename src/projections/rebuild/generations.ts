import type { Position } from '../../ports/event-store/event-store.js';
import { enterPhase, type RebuildJob } from '../../read-models/projection/rebuilds.js';
import { noteLosses } from '../../read-models/projection/log-losses.js';
import {
  tableName,
  tableSet,
  type Generation,
  type Queryable,
  type ReadModel,
} from '../../read-models/tables/read-model.js';
import { serve } from '../../read-models/tables/versions.js';
import { CheckpointMoved } from '../runner/checkpoints.js';

/** What a sort may take of the database's memory while indices are made. */
const SORT_MIB = 64;

/** An operator, or another node, has decided otherwise: nothing more of this rebuild must be written. */
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

/** Makes the tables of a generation that is to be built, if they are not there, ready to be loaded. */
export async function createGeneration(
  transaction: Queryable,
  readModel: Tables,
  { name, version, generation }: Generation,
): Promise<void> {
  const { rowCount } = await transaction.query(
    `insert into projection_checkpoints (name, version, generation, role) values ($1, $2, $3, 'building')
     on conflict do nothing`,
    [name, version, generation],
  );
  const set = tableSet({ version, generation });
  if (rowCount === 1) await transaction.query(readModel.createTables(set));
  if (readModel.beginLoading) await transaction.query(readModel.beginLoading(set));
}

/** What makes the keys that loading did without, and lets the planner know what is in the tables, in short steps. */
export function completion(
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

/** Run before each of them. */
export const FOR_INDICES = `
  set local statement_timeout = 0;
  set local work_mem = '${SORT_MIB}MB'; set local maintenance_work_mem = '${SORT_MIB}MB'`;

/** How far the live tables are: the checkpoint, and the last domain event that they show. */
export interface LiveMark {
  readonly live: Generation;
  readonly checkpoint: Position;
  readonly lastEvent: Position;
}

interface MarkRow {
  generation: number;
  commit: string;
  prepare: string;
  event_commit: string;
  event_prepare: string;
}

/** @param hold keeps the live tables where they are until the caller's transaction ends */
export async function liveMark(
  db: Queryable,
  { name, version }: Pick<Generation, 'name' | 'version'>,
  hold = false,
): Promise<LiveMark> {
  const { rows } = await db.query<MarkRow>(
    `select generation, commit_position::text as commit, prepare_position::text as prepare,
       coalesce(event_commit, commit_position)::text as event_commit,
       coalesce(event_prepare, prepare_position)::text as event_prepare
     from projection_checkpoints where name = $1 and version = $2 and role = 'live' ${hold ? 'for update' : ''}`,
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

/** From the commit on, queries see the built tables, and the runner feeds them instead of the live ones. */
export async function switchTo(
  transaction: Queryable,
  readModel: Tables,
  { id, kind, tables }: RebuildJob,
  live: Generation,
): Promise<void> {
  const isOtherLog = kind === 'accept-log';
  if (isOtherLog) await noteLosses(transaction, readModel, tableSet(tables));
  await serve(transaction, readModel, tables);
  await giveRole(transaction, live, isOtherLog ? 'lost' : 'kept');
  await giveRole(transaction, tables, 'live');
  if (!(await enterPhase(transaction, id, 'following', 'switched')))
    throw new RebuildStopped(tables.name);
}

async function giveRole(
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

/** Ends a rebuild that nobody wants any more: what it has built is dropped, what served before is kept. */
export async function abandon(
  transaction: Queryable,
  readModel: Tables,
  { id, kind, tables }: RebuildJob,
): Promise<void> {
  if (kind === 'switch-back') await giveRole(transaction, tables, 'kept');
  else await dropGeneration(transaction, readModel, tables);
  if (!(await enterPhase(transaction, id, 'cancelling', 'cancelled')))
    throw new RebuildStopped(tables.name);
}

/** Its tables, and all that is known of them. */
export async function dropGeneration(
  transaction: Queryable,
  readModel: Tables,
  { name, version, generation }: Generation,
): Promise<void> {
  const of = [name, version, generation];
  for (const table of ['projection_checkpoints', 'parked_events']) {
    await transaction.query(
      `delete from ${table} where name = $1 and version = $2 and generation = $3`,
      of,
    );
  }
  const set = tableSet({ version, generation });
  for (const view of readModel.tables)
    await transaction.query(`drop table if exists ${tableName(view, set)}`);
  await readModel.dropped?.(transaction, set);
}
