import {
  tableSet,
  type Generation,
  type Queryable,
  type ReadModel,
} from '../../read-models/tables/read-model.js';
import { dropGeneration, type Tables } from './generations.js';
import { lockKey, type ProjectionSession } from '../runner/session.js';

/** Days for which the previous tables are kept, so that an operator can switch back to them. */
export const KEEP_PREVIOUS_DAYS = 7;
/**
 * Time to wait for a table that a query still reads. Less than `deadlock_timeout` of Postgres (1
 * s). Milliseconds.
 */
const LOCK_MS = 200;

type Versioned = Tables & Pick<ReadModel<never>, 'version'>;

/**
 * Drops outdated tables once this version serves: all previous tables of this version but the last
 * (and that one when it is older than `KEEP_PREVIOUS_DAYS`), and all tables of older versions
 * unless a node of an older release still writes them. Tables that cannot be dropped now are left
 * to the next call.
 */
export async function dropOutdated(
  session: ProjectionSession,
  readModel: Versioned,
  warn: (message: string) => void,
): Promise<void> {
  const { rows } = await session.client.query<Generation>(OUTDATED, [
    readModel.name,
    readModel.version,
  ]);
  for (const outdated of rows) {
    const set = tableSet(outdated);
    try {
      await session.transaction(async (transaction) => {
        await transaction.query(`set local lock_timeout = '${LOCK_MS}ms'`);
        if (!(await isDroppable(transaction, readModel, outdated))) return;
        await endRebuilds(transaction, readModel, outdated);
        await dropGeneration(transaction, readModel, outdated);
      });
    } catch (error) {
      warn(`${readModel.name}: tables ${set} not dropped yet: ${(error as Error).message}`);
    }
  }
}

const OUTDATED = `
  select name, version, generation from (
    select *, row_number() over (partition by version, role order by updated_at desc) as age
    from projection_checkpoints where name = $1) c
  where exists (select from projections p where p.name = $1 and p.serving_version = $2)
    and (version < $2 or version = $2 and role in ('kept', 'lost')
      and (age > 1 or updated_at < clock_timestamp() - interval '${KEEP_PREVIOUS_DAYS} days'))
  order by version, generation`;

async function isDroppable(
  transaction: Queryable,
  { version }: Versioned,
  outdated: Generation,
): Promise<boolean> {
  const { rows } = await transaction.query<{ role: string }>(
    `select role from projection_checkpoints
     where name = $1 and version = $2 and generation = $3 for update`,
    [outdated.name, outdated.version, outdated.generation],
  );
  if (!rows[0]) return false;
  if (outdated.version === version) return rows[0].role === 'kept' || rows[0].role === 'lost';
  const { rows: locks } = await transaction.query<{ locked: boolean }>(
    'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked',
    [lockKey(`${outdated.name} ${tableSet(outdated)}`)],
  );
  return locks[0]!.locked;
}

/** An unfinished rebuild of an older release would block every later one. */
async function endRebuilds(
  transaction: Queryable,
  { version }: Versioned,
  outdated: Generation,
): Promise<void> {
  if (outdated.version === version) return;
  await transaction.query(
    `update projection_rebuilds set phase = 'cancelled', ended_at = clock_timestamp()
     where name = $1 and version = $2 and ended_at is null`,
    [outdated.name, outdated.version],
  );
}
