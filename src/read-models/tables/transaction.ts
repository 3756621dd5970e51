import type pg from 'pg';
import type { Queryable } from './read-model.js';

/**
 * Runs `work` in a transaction on a connection of the pool and commits it. After an error the
 * connection is destroyed, which rolls back the transaction.
 * @param isCommitted decides by the result of `work` whether to commit or to roll back
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<T>,
  isCommitted: (result: T) => boolean = () => true,
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const onError = (error: Error) => (failure = error);
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query(isCommitted(result) ? 'commit' : 'rollback');
    return result;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(failure);
  }
}
