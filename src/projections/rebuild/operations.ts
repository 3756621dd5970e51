import type pg from 'pg';
import type {
  Outcome,
  ProjectionOperations,
  ProjectionRejection,
} from '../../ports/projection/projection-operations.js';
import {
  listParked,
  listProjections,
  type ProjectionState,
} from '../../read-models/projection/projection-views.js';
import type { Generation, Queryable } from '../../read-models/tables/read-model.js';
import {
  addRebuild,
  lastRebuild,
  nextGeneration,
  phaseOf,
} from '../../read-models/projection/rebuilds.js';
import { liveGeneration, servingGeneration } from '../../read-models/tables/versions.js';
import { failedEvent, storable } from '../runner/parking.js';
import type { Projection } from '../projection.js';
import type { Log } from '../runner/shared-log.js';
import { noteSkip, thawStream } from '../runner/reapply-parked.js';

/** For the runner to finish its batch. Milliseconds. */
const LOCK_MS = 5_000;

export interface OperationsOptions {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly db: pg.Pool;
  /** How this node's runners stand. */
  readonly states: () => readonly ProjectionState[];
  readonly eventStore: Pick<Log, 'condition'>;
  /** Called when there is something for `Rebuilds` to do. */
  readonly nudge: () => void;
}

type Work<T> = (transaction: Queryable) => Promise<Outcome<T>>;

const refuse = <T>(code: Exclude<ProjectionRejection, { error: string }>['code']): Outcome<T> => ({
  accepted: false,
  rejection: { code },
});

export function openProjectionOperations({
  projections,
  db,
  states,
  eventStore,
  nudge,
}: OperationsOptions): ProjectionOperations {
  const find = (name: string) => projections.find(({ readModel }) => readModel.name === name);

  /** Changes what is stored of the rebuilds of a projection, and gives the last one as it then is. */
  const change = async (name: string, work: Work<object>) => {
    if (!find(name)) return refuse<never>('projection-unknown');
    const outcome = await inTransaction(db, work);
    if (!outcome.accepted) return outcome;
    nudge();
    return { accepted: true as const, rebuild: (await lastRebuild(db, name))! };
  };

  const decide = (
    name: string,
    by: string,
    set: string,
    where: string,
    otherwise: 'rebuild-not-under-way' | 'rebuild-no-difference',
  ) =>
    change(name, async (transaction) => {
      const { rowCount } = await transaction.query(
        `update projection_rebuilds set decided_by = $2, ${set} where name = $1 and ended_at is null and ${where}`,
        [name, by],
      );
      return rowCount === 1 ? { accepted: true } : refuse(otherwise);
    });

  return {
    list: async () => {
      const condition = await eventStore.condition().catch(() => undefined);
      const withheldMs = condition?.state === 'withheld' ? Date.now() - condition.since : 0;
      return listProjections(
        db,
        projections.map(({ readModel }) => readModel),
        states(),
        withheldMs,
      );
    },
    rebuildOf: async (name) => (find(name) ? lastRebuild(db, name) : undefined),
    startRebuild: (name, by, acceptDifference) =>
      change(name, async (transaction) => {
        const { readModel } = find(name)!;
        // While a newer version is on its way to serve there is nothing yet that could be built again.
        if ((await servingGeneration(transaction, name))?.version !== readModel.version)
          return refuse('rebuild-under-way');
        const tables = await nextGeneration(transaction, readModel);
        const added = await addRebuild(transaction, {
          tables,
          kind: 'rebuild',
          by,
          acceptDifference,
        });
        return added ? { accepted: true } : refuse('rebuild-under-way');
      }),
    cancelRebuild: (name, by) =>
      decide(name, by, `phase = 'cancelling'`, `phase <> 'cancelling'`, 'rebuild-not-under-way'),
    acceptDifference: (name, by) =>
      decide(
        name,
        by,
        `phase = 'following', accept_difference = true`,
        `phase = 'differs'`,
        'rebuild-no-difference',
      ),
    switchBack: (name, by) =>
      change(name, (transaction) => startSwitchBack(transaction, find(name)!.readModel, by)),
    parked: async (name) => {
      const projection = find(name);
      return projection && listParked(db, await liveGeneration(db, projection.readModel));
    },
    parkedEvent: async (name, id) => {
      const projection = find(name);
      if (!projection) return refuse('projection-unknown');
      const [parked] = await listParked(db, await liveGeneration(db, projection.readModel), id);
      return parked ? { accepted: true, parked } : refuse('parked-event-not-found');
    },
    retryParked: (name, id) => thaw(db, find(name), id, async () => {}),
    skipParked: (name, id, by, reason) =>
      thaw(db, find(name), id, (transaction, event) =>
        noteSkip(transaction, name, event, by, storable(reason)),
      ),
  };
}

async function startSwitchBack(
  transaction: Queryable,
  { name, version }: { name: string; version: number },
  by: string,
): Promise<Outcome<object>> {
  const { rows } = await transaction.query<Generation>(
    `select name, version, generation from projection_checkpoints
     where name = $1 and version = $2 and role = 'kept' order by updated_at desc limit 1 for update`,
    [name, version],
  );
  const [tables] = rows;
  if (!tables) return refuse('nothing-to-switch-back-to');
  if (!(await addRebuild(transaction, { tables, kind: 'switch-back', by, acceptDifference: true })))
    return refuse('rebuild-under-way');
  await transaction.query(
    `update projection_checkpoints set role = 'building' where name = $1 and version = $2 and generation = $3`,
    [name, version, tables.generation],
  );
  return { accepted: true };
}

/**
 * Thaws the stream of a domain event that failed, in the live tables and in those that a rebuild has parked it in too. What
 * `before` does belongs to it.
 */
async function thaw<Change>(
  db: pg.Pool,
  projection: Projection<Change> | undefined,
  id: string,
  before: (transaction: Queryable, event: Parameters<typeof noteSkip>[2]) => Promise<void>,
): Promise<Outcome<{ applied: number }>> {
  if (!projection) return refuse('projection-unknown');
  return inTransaction(db, async (transaction) => {
    await transaction.query(
      `set local lock_timeout = '${LOCK_MS}ms'; set local statement_timeout = '60s'`,
    );
    const generations = await holdGenerations(transaction, projection.readModel);
    const live = generations[0]!;
    const event = await failedEvent(transaction, live, id);
    if (!event) return refuse('parked-event-not-found');
    await before(transaction, event);
    for (const other of generations.slice(1)) {
      if (!(await failedEvent(transaction, other, id))) continue;
      const phase = await phaseOf(transaction, other);
      // Some of their parts have keys by now and others have not: what is written with them fails without, and the other way round.
      if (phase === 'indexing') return refuse('rebuild-under-way');
      await thawStream(transaction, projection, other, event.stream, phase === 'loading');
    }
    const { applied, failed } = await thawStream(transaction, projection, live, event.stream);
    if (failed?.id === id)
      return {
        accepted: false,
        rejection: { code: 'parked-event-still-fails', error: failed.error },
      };
    return { accepted: true, applied };
  });
}

/** The live one first: a rebuild that switches holds that one and waits for its own. */
async function holdGenerations(
  transaction: Queryable,
  { name, version }: { name: string; version: number },
): Promise<Generation[]> {
  const held: Generation[] = [];
  for (const role of ['live', 'building']) {
    const { rows } = await transaction.query<Generation>(
      `select name, version, generation from projection_checkpoints
       where name = $1 and version = $2 and role = $3 for update`,
      [name, version, role],
    );
    held.push(...rows);
  }
  return held;
}

/** A refusal undoes what was written. */
async function inTransaction<T>(db: pg.Pool, work: Work<T>): Promise<Outcome<T>> {
  const client = await db.connect();
  let broken: Error | undefined;
  const lost = (error: Error) => (broken = error);
  client.on('error', lost);
  try {
    await client.query('begin');
    const outcome = await work(client);
    await client.query(outcome.accepted ? 'commit' : 'rollback');
    return outcome;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
}
