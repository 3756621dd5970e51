import type pg from 'pg';
import { tableName, type Queryable, type ReadModel } from './read-model.js';

/**
 * Creates the tables of this code's version if they are not there; the first version ever serves at once. Nodes that
 * start together queue here.
 */
export async function prepareReadModel<Change>(
  client: pg.ClientBase,
  readModel: Pick<ReadModel<Change>, 'name' | 'version' | 'tables' | 'createTables' | 'served'>,
): Promise<void> {
  const { name, version } = readModel;
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('read-model ' || $1, 0))`, [name]);
    const known = await client.query('select from projection_checkpoints where name = $1 and version = $2', [
      name,
      version,
    ]);
    if (known.rowCount === 0) {
      await client.query(readModel.createTables(version));
      await client.query('insert into projection_checkpoints (name, version) values ($1, $2)', [
        name,
        version,
      ]);
      if ((await servingVersion(client, name)) === undefined) await serve(client, readModel, version);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** The version that the views show; undefined before the first. */
export async function servingVersion(db: Queryable, name: string): Promise<number | undefined> {
  const { rows } = await db.query<{ serving_version: number }>(
    'select serving_version from projections where name = $1',
    [name],
  );
  return rows[0]?.serving_version;
}

/** Points the views at another version's tables; within the caller's transaction, so that a reader sees all or none. */
export async function serve<Change>(
  transaction: Queryable,
  readModel: Pick<ReadModel<Change>, 'name' | 'tables' | 'served'>,
  version: number,
): Promise<void> {
  const { name, tables } = readModel;
  for (const view of tables) {
    await transaction.query(
      `drop view if exists ${view}; create view ${view} as select * from ${tableName(view, version)}`,
    );
  }
  await transaction.query(
    `insert into projections (name, serving_version) values ($1, $2)
     on conflict (name) do update set serving_version = excluded.serving_version, switched_at = clock_timestamp()`,
    [name, version],
  );
  await readModel.served?.(transaction, version);
}
