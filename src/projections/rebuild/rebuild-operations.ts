import type pg from 'pg';
import {
  reject,
  type Outcome,
  type ProjectionOperations,
} from '../../ports/projection/projection-operations.js';
import { addRebuild, lastRebuild, nextGeneration } from '../../read-models/projection/rebuilds.js';
import type { Generation, Queryable } from '../../read-models/tables/read-model.js';
import { inTransaction } from '../../read-models/tables/transaction.js';
import { servingGeneration } from '../../read-models/tables/versions.js';
import type { Projection } from '../projection.js';

type RebuildOperations = Pick<
  ProjectionOperations,
  'rebuildOf' | 'startRebuild' | 'cancelRebuild' | 'acceptDifference' | 'switchBack'
>;

/** @param nudge called when there is work for `Rebuilds` */
export function rebuildOperations(
  db: pg.Pool,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  find: (name: string) => Projection<any> | undefined,
  nudge: () => void,
): RebuildOperations {
  type Work = (transaction: Queryable, readModel: Versioned) => Promise<Outcome<object>>;

  /** Runs `work` in a transaction, and returns the rebuild that it has changed. */
  const change = async (name: string, work: Work) => {
    const projection = find(name);
    if (!projection) return reject<never>('projection-unknown');
    const outcome = await inTransaction(
      db,
      (transaction) => work(transaction, projection.readModel),
      ({ accepted }) => accepted,
    );
    if (!outcome.accepted) return outcome;
    nudge();
    return { accepted: true as const, rebuild: (await lastRebuild(db, name))! };
  };

  return {
    rebuildOf: async (name) => (find(name) ? lastRebuild(db, name) : undefined),
    startRebuild: (name, by, acceptDifference) =>
      change(name, (transaction, readModel) =>
        startRebuild(transaction, readModel, by, acceptDifference),
      ),
    cancelRebuild: (name, by) =>
      change(name, async (transaction) => {
        const { rowCount } = await transaction.query(
          `update projection_rebuilds set decided_by = $2, phase = 'cancelling'
           where name = $1 and ended_at is null and phase <> 'cancelling'`,
          [name, by],
        );
        return rowCount === 1 ? { accepted: true } : reject('rebuild-not-under-way');
      }),
    acceptDifference: (name, by) =>
      change(name, async (transaction) => {
        const { rowCount } = await transaction.query(
          `update projection_rebuilds
           set decided_by = $2, phase = 'following', accept_difference = true
           where name = $1 and ended_at is null and phase = 'differs'`,
          [name, by],
        );
        return rowCount === 1 ? { accepted: true } : reject('rebuild-no-difference');
      }),
    switchBack: (name, by) =>
      change(name, (transaction, readModel) => startSwitchBack(transaction, readModel, by)),
  };
}

type Versioned = Pick<Generation, 'name' | 'version'>;

async function startRebuild(
  transaction: Queryable,
  readModel: Versioned,
  by: string,
  acceptDifference: boolean,
): Promise<Outcome<object>> {
  // A newer version that does not serve yet is still being built: there is nothing to rebuild.
  const serving = await servingGeneration(transaction, readModel.name);
  if (serving?.version !== readModel.version) return reject('rebuild-under-way');
  const tables = await nextGeneration(transaction, readModel);
  const added = await addRebuild(transaction, { tables, kind: 'rebuild', by, acceptDifference });
  return added ? { accepted: true } : reject('rebuild-under-way');
}

async function startSwitchBack(
  transaction: Queryable,
  { name, version }: Versioned,
  by: string,
): Promise<Outcome<object>> {
  const { rows } = await transaction.query<Generation>(
    `select name, version, generation from projection_checkpoints
     where name = $1 and version = $2 and role = 'kept'
     order by updated_at desc limit 1 for update`,
    [name, version],
  );
  const [tables] = rows;
  if (!tables) return reject('nothing-to-switch-back-to');
  if (!(await addRebuild(transaction, { tables, kind: 'switch-back', by, acceptDifference: true })))
    return reject('rebuild-under-way');
  await transaction.query(
    `update projection_checkpoints set role = 'building'
     where name = $1 and version = $2 and generation = $3`,
    [name, version, tables.generation],
  );
  return { accepted: true };
}
