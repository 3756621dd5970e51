import type { RecordedEvent } from '../../ports/event-store/event-store.js';
import { tableSet, type Generation, type Queryable } from '../../read-models/tables/read-model.js';
import { placeOf, readParked, skippedEvents, storable, type ParkedRow } from './parking.js';
import type { Projection } from '../projection.js';

/** Domain events that are applied in one go while a stream thaws. */
const AT_ONCE = 500;

/** How far a frozen stream has thawed. */
export interface Thaw {
  /** Domain events applied, those that were left out not among them. */
  readonly applied: number;
  /** The domain event that fails now, where one still does; its stream stays frozen behind it. */
  readonly failed: { readonly id: string; readonly error: string } | undefined;
}

/**
 * Applies what is parked of one stream, in order, until one fails, which then freezes it. In the caller's transaction, which must
 * hold the checkpoint of these tables: the runner parks nothing meanwhile.
 */
export async function thawStream<Change>(
  transaction: Queryable,
  projection: Projection<Change>,
  tables: Generation,
  stream: string,
  /** They are being loaded: what `write` needs is not there. */
  loading = false,
): Promise<Thaw> {
  const { readModel } = projection;
  const write = (loading && readModel.load) || readModel.write;
  const skipped = await skippedEvents(transaction, tables);
  let applied = 0;
  for (;;) {
    const parked = await readParked(transaction, tables, stream, AT_ONCE);
    if (parked.length === 0) return { applied, failed: undefined };
    const wanted = parked.filter(({ event }) => !skipped.has(placeOf(event)));
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

interface Into<Change> {
  readonly projection: Projection<Change>;
  readonly tables: Generation;
  readonly write: Projection<Change>['readModel']['write'];
}

interface Applied {
  readonly done: number;
  readonly failed: { readonly row: ParkedRow; readonly error: string } | undefined;
}

/** All at once; when that fails the half before the failure, and so on until the one that fails is alone. */
async function applyInOrder<Change>(
  transaction: Queryable,
  into: Into<Change>,
  rows: readonly ParkedRow[],
): Promise<Applied> {
  const { projection, tables, write } = into;
  if (rows.length === 0) return { done: 0, failed: undefined };
  await transaction.query('savepoint thaw');
  try {
    const changes = rows.flatMap(({ event }) => [...(projection.project(event) ?? [])]);
    if (changes.length > 0) await write(transaction, tableSet(tables), changes);
    await transaction.query('release savepoint thaw');
    return { done: rows.length, failed: undefined };
  } catch (error) {
    await transaction.query('rollback to savepoint thaw');
    if (rows.length === 1)
      return { done: 0, failed: { row: rows[0]!, error: storable((error as Error).message) } };
  }
  const half = rows.length >> 1;
  const first = await applyInOrder(transaction, into, rows.slice(0, half));
  if (first.failed) return first;
  const second = await applyInOrder(transaction, into, rows.slice(half));
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

/** Notes that a projection leaves a domain event out, in these tables and in all that are built later. */
export async function noteSkip(
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
