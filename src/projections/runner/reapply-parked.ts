import type { RecordedEvent } from '../../ports/event-store/event-store.js';
import { tableSet, type Generation, type Queryable } from '../../read-models/tables/read-model.js';
import { eventKey, readParked, skippedEvents, toStorableText, type ParkedRow } from './parking.js';
import type { Projection } from '../projection.js';

/** Parked domain events per read. */
const BATCH = 500;

export interface ReapplyResult {
  /** Domain events applied, without skipped ones. */
  readonly applied: number;
  /** The domain event that fails now, if any. Later ones of its stream stay parked. */
  readonly failed: { readonly id: string; readonly error: string } | undefined;
}

/**
 * Applies the parked domain events of one stream, in order, until one fails. The caller's
 * transaction must hold the lock of these tables' checkpoint, so that the runner parks nothing
 * meanwhile.
 * @param loading whether the tables are being loaded: they then lack the keys that `write` needs
 */
export async function reapplyStream<Change>(
  transaction: Queryable,
  projection: Projection<Change>,
  tables: Generation,
  stream: string,
  loading = false,
): Promise<ReapplyResult> {
  const { readModel } = projection;
  const write = (loading && readModel.load) || readModel.write;
  const skipped = await skippedEvents(transaction, tables);
  let applied = 0;
  for (;;) {
    const parked = await readParked(transaction, tables, stream, BATCH);
    if (parked.length === 0) return { applied, failed: undefined };
    const wanted = parked.filter(({ event }) => !skipped.has(eventKey(event)));
    const { done, failed } = await applyInOrder(transaction, { projection, tables, write }, wanted);
    applied += done;
    const through = failed ? failed.row.event.revision - 1n : parked.at(-1)!.event.revision;
    await removeParked(transaction, tables, stream, through);
    if (!failed) continue;
    const { row, error } = failed;
    await transaction.query(
      `update parked_events set error = $5, attempts = attempts + 1
       where name = $1 and version = $2 and generation = $3 and event_id = $4`,
      [tables.name, tables.version, tables.generation, row.event.id, error],
    );
    return { applied, failed: { id: row.event.id, error } };
  }
}

interface Target<Change> {
  readonly projection: Projection<Change>;
  readonly tables: Generation;
  readonly write: Projection<Change>['readModel']['write'];
}

interface Applied {
  readonly done: number;
  readonly failed: { readonly row: ParkedRow; readonly error: string } | undefined;
}

/**
 * Applies all rows in one statement. If that fails, applies each half, down to the single row that
 * fails.
 */
async function applyInOrder<Change>(
  transaction: Queryable,
  target: Target<Change>,
  rows: readonly ParkedRow[],
): Promise<Applied> {
  const { projection, tables, write } = target;
  if (rows.length === 0) return { done: 0, failed: undefined };
  await transaction.query('savepoint reapply');
  try {
    const changes = rows.flatMap(({ event }) => [...(projection.project(event) ?? [])]);
    if (changes.length > 0) await write(transaction, tableSet(tables), changes);
    await transaction.query('release savepoint reapply');
    return { done: rows.length, failed: undefined };
  } catch (error) {
    await transaction.query('rollback to savepoint reapply');
    if (rows.length === 1)
      return {
        done: 0,
        failed: { row: rows[0]!, error: toStorableText((error as Error).message) },
      };
  }
  const half = rows.length >> 1;
  const first = await applyInOrder(transaction, target, rows.slice(0, half));
  if (first.failed) return first;
  const second = await applyInOrder(transaction, target, rows.slice(half));
  return { done: first.done + second.done, failed: second.failed };
}

async function removeParked(
  transaction: Queryable,
  { name, version, generation }: Generation,
  stream: string,
  throughRevision: bigint,
): Promise<void> {
  await transaction.query(
    `delete from parked_events
     where name = $1 and version = $2 and generation = $3 and stream = $4 and revision <= $5`,
    [name, version, generation, stream, throughRevision],
  );
}

/** Records that a projection skips a domain event, in these tables and in every later rebuild. */
export async function recordSkip(
  transaction: Queryable,
  name: string,
  event: RecordedEvent,
  by: string,
  reason: string,
): Promise<void> {
  await transaction.query(
    `insert into skipped_events (name, stream, revision, event_id, type, reason, skipped_by)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [name, event.stream, event.revision, event.id, event.type, reason, by],
  );
}
