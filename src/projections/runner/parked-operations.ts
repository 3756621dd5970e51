import type pg from 'pg';
import type { RecordedEvent } from '../../ports/event-store/event-store.js';
import {
  reject,
  type Outcome,
  type ProjectionOperations,
} from '../../ports/projection/projection-operations.js';
import { listParked } from '../../read-models/projection/projection-views.js';
import { phaseOf } from '../../read-models/projection/rebuilds.js';
import type { Generation, Queryable } from '../../read-models/tables/read-model.js';
import { inTransaction } from '../../read-models/tables/transaction.js';
import { liveGeneration } from '../../read-models/tables/versions.js';
import type { Projection } from '../projection.js';
import { failedEvent, toStorableText } from './parking.js';
import { recordSkip, reapplyStream } from './reapply-parked.js';

/** Time to wait until the runner has finished its batch. Milliseconds. */
const LOCK_MS = 5_000;

type ParkedOperations = Pick<
  ProjectionOperations,
  'parked' | 'parkedEvent' | 'retryParked' | 'skipParked'
>;

export function parkedOperations(
  db: pg.Pool,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  find: (name: string) => Projection<any> | undefined,
): ParkedOperations {
  return {
    parked: async (name) => {
      const projection = find(name);
      return projection && listParked(db, await liveGeneration(db, projection.readModel));
    },
    parkedEvent: async (name, id) => {
      const projection = find(name);
      if (!projection) return reject('projection-unknown');
      const [parked] = await listParked(db, await liveGeneration(db, projection.readModel), id);
      return parked ? { accepted: true, parked } : reject('parked-event-not-found');
    },
    retryParked: (name, id) => reapply(db, find(name), id, async () => {}),
    skipParked: (name, id, by, reason) =>
      reapply(db, find(name), id, (transaction, event) =>
        recordSkip(transaction, name, event, by, toStorableText(reason)),
      ),
  };
}

/**
 * Reapplies the stream of a failed domain event in the live tables, and in those of a rebuild that
 * has parked it too.
 * @param before runs first, in the same transaction
 */
async function reapply<Change>(
  db: pg.Pool,
  projection: Projection<Change> | undefined,
  id: string,
  before: (transaction: Queryable, event: RecordedEvent) => Promise<void>,
): Promise<Outcome<{ applied: number }>> {
  if (!projection) return reject('projection-unknown');
  const work = async (transaction: Queryable): Promise<Outcome<{ applied: number }>> => {
    await transaction.query(
      `set local lock_timeout = '${LOCK_MS}ms'; set local statement_timeout = '60s'`,
    );
    const [live, ...building] = await lockGenerations(transaction, projection.readModel);
    const event = await failedEvent(transaction, live!, id);
    if (!event) return reject('parked-event-not-found');
    await before(transaction, event);
    for (const tables of building) {
      if (!(await failedEvent(transaction, tables, id))) continue;
      const phase = await phaseOf(transaction, tables);
      // Some partitions have keys by now and others have not, so neither `write` nor `load` works.
      if (phase === 'indexing') return reject('rebuild-under-way');
      await reapplyStream(transaction, projection, tables, event.stream, phase === 'loading');
    }
    const { applied, failed } = await reapplyStream(transaction, projection, live!, event.stream);
    if (failed?.id !== id) return { accepted: true, applied };
    const rejection = { code: 'parked-event-still-fails', error: failed.error } as const;
    return { accepted: false, rejection };
  };
  return inTransaction(db, work, ({ accepted }) => accepted);
}

/** Locks the live tables first: a switching rebuild locks those and then waits for its own. */
async function lockGenerations(
  transaction: Queryable,
  { name, version }: Pick<Generation, 'name' | 'version'>,
): Promise<Generation[]> {
  const locked: Generation[] = [];
  for (const role of ['live', 'building']) {
    const { rows } = await transaction.query<Generation>(
      `select name, version, generation from projection_checkpoints
       where name = $1 and version = $2 and role = $3 for update`,
      [name, version, role],
    );
    locked.push(...rows);
  }
  return locked;
}
