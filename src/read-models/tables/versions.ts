import type pg from 'pg';
import { addMissingColumns } from './missing-columns.js';
import {
  tableName,
  tableSet,
  type Generation,
  type Queryable,
  type ReadModel,
} from './read-model.js';

type Tables = Pick<
  ReadModel<never>,
  'name' | 'version' | 'tables' | 'createTables' | 'createIndices' | 'served'
>;

/**
 * Creates the tables of this code's version if they do not exist. The first version ever serves at
 * once; until a later one serves, its queries read the older tables. Nodes that start together wait
 * for each other.
 */
export async function prepareReadModel(client: pg.ClientBase, readModel: Tables): Promise<void> {
  const { name, version } = readModel;
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('read-model ' || $1, 0))`, [
      name,
    ]);
    const known = await client.query(
      'select from projection_checkpoints where name = $1 and version = $2',
      [name, version],
    );
    if (known.rowCount === 0) {
      const first = { name, version, generation: 1 };
      const set = tableSet(first);
      await client.query(readModel.createTables(set));
      if (readModel.createIndices) await client.query(readModel.createIndices(set));
      await client.query('insert into projection_checkpoints (name, version) values ($1, $2)', [
        name,
        version,
      ]);
      if (!(await servingGeneration(client, name))) await serve(client, readModel, first);
    }
    const serving = await servingGeneration(client, name);
    if (serving && serving.version < version) await addMissingColumns(client, readModel);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** Returns the generation that the views show; undefined before the first. */
export async function servingGeneration(
  db: Queryable,
  name: string,
): Promise<Generation | undefined> {
  const { rows } = await db.query<Generation>(
    `select name, serving_version as version, serving_generation as generation
     from projections where name = $1`,
    [name],
  );
  return rows[0];
}

/**
 * Returns the generation of this version that the runner writes.
 * @throws Error when the database is not migrated
 */
export async function liveGeneration(
  db: Queryable,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<Generation> {
  const { rows } = await db.query<{ generation: number }>(
    `select generation from projection_checkpoints
     where name = $1 and version = $2 and role = 'live'`,
    [name, version],
  );
  if (!rows[0])
    throw new Error(`Projection ${name} has no tables of version ${version}: run the migrations.`);
  return { name, version, generation: rows[0].generation };
}

/**
 * Points the views at another generation's tables, in the caller's transaction: a query sees all or
 * none of them.
 */
export async function serve(
  transaction: Queryable,
  readModel: Pick<Tables, 'name' | 'tables' | 'served'>,
  { version, generation }: Pick<Generation, 'version' | 'generation'>,
): Promise<void> {
  const { name, tables } = readModel;
  const set = tableSet({ version, generation });
  const before = await servingGeneration(transaction, name);
  for (const view of tables) {
    // The same version has the same columns, so the view is replaced in place: prepared statements
    // stay valid.
    const as = `view ${view} as select * from ${tableName(view, set)}`;
    await transaction.query(
      before?.version === version
        ? `create or replace ${as}`
        : `drop view if exists ${view}; create ${as}`,
    );
  }
  await transaction.query(
    `insert into projections (name, serving_version, serving_generation) values ($1, $2, $3)
     on conflict (name) do update set serving_version = excluded.serving_version,
       serving_generation = excluded.serving_generation, switched_at = clock_timestamp()`,
    [name, version, generation],
  );
  await readModel.served?.(transaction, set);
}
