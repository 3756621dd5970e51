import type { RecordedEvent } from '../../ports/event-store/event-store.js';
import { bulk, type Generation, type Queryable } from '../../read-models/tables/read-model.js';

/** Characters of an error that are kept. */
const MAX_ERROR_LENGTH = 10_000;

/** A domain event that is set aside. */
export interface Parked {
  readonly event: RecordedEvent;
  /** Why it failed; null for one that waits behind an earlier one of its stream. */
  readonly error: string | null;
  /** How often it was tried. */
  readonly attempts: number;
}

interface Row {
  name: string;
  version: number;
  generation: number;
  stream: string;
  revision: string;
  event_id: string;
  type: string;
  commit_position: string;
  prepare_position: string;
  event: object;
  error: string | null;
  attempts: number;
}

const parkedRows = bulk<Row>({
  name: 'text',
  version: 'int',
  generation: 'int',
  stream: 'text',
  revision: 'bigint',
  event_id: 'uuid',
  type: 'text',
  commit_position: 'numeric',
  prepare_position: 'numeric',
  event: 'json',
  error: 'text',
  attempts: 'int',
});

export async function park(
  transaction: Queryable,
  { name, version, generation }: Generation,
  parked: readonly Parked[],
): Promise<void> {
  const rows = parked.map(({ event, error, attempts }) => ({
    name,
    version,
    generation,
    stream: event.stream,
    revision: String(event.revision),
    event_id: event.id,
    type: event.type,
    commit_position: String(event.position.commit),
    prepare_position: String(event.position.prepare),
    event: {
      ...event,
      revision: String(event.revision),
      position: { commit: String(event.position.commit), prepare: String(event.position.prepare) },
    },
    error: error && storable(error),
    attempts,
  }));
  await transaction.query({
    name: 'park-events',
    text: `insert into parked_events (${parkedRows.names}) ${parkedRows.rows}`,
    values: parkedRows.values(rows),
  });
}

/** What a column of text takes: no NUL, and no half of a character, such as a cut leaves. */
export const storable = (error: string): string =>
  error.slice(0, MAX_ERROR_LENGTH).replace(/\p{Surrogate}|\0/gu, '\ufffd');

/** Streams that are frozen behind a domain event that failed. */
export async function frozenStreams(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<Set<string>> {
  const { rows } = await db.query<{ stream: string }>({
    name: 'frozen-streams',
    text: 'select distinct stream from parked_events where name = $1 and version = $2 and generation = $3 and error is not null',
    values: [name, version, generation],
  });
  return new Set(rows.map(({ stream }) => stream));
}

/** One that failed itself, by its id. */
export async function failedEvent(
  db: Queryable,
  { name, version, generation }: Generation,
  id: string,
): Promise<RecordedEvent | undefined> {
  const { rows } = await db.query<{ event: StoredEvent }>(
    `select event from parked_events
     where name = $1 and version = $2 and generation = $3 and event_id = $4 and error is not null`,
    [name, version, generation, id],
  );
  return rows[0] && toRecorded(rows[0].event);
}

/** A parked domain event as it is stored. */
export interface ParkedRow {
  readonly event: RecordedEvent;
  readonly error: string | null;
}

/** The first of a stream, in order. */
export async function readParked(
  db: Queryable,
  { name, version, generation }: Generation,
  stream: string,
  limit: number,
): Promise<ParkedRow[]> {
  const { rows } = await db.query<{ event: StoredEvent; error: string | null }>(
    `select event, error from parked_events
     where name = $1 and version = $2 and generation = $3 and stream = $4
     order by parked_events.revision limit $5`,
    [name, version, generation, stream, limit],
  );
  return rows.map(({ event, error }) => ({ event: toRecorded(event), error }));
}

type StoredEvent = Omit<RecordedEvent, 'revision' | 'position'> & {
  revision: string;
  position: { commit: string; prepare: string };
};

const toRecorded = ({ revision, position, ...event }: StoredEvent): RecordedEvent => ({
  ...event,
  revision: BigInt(revision),
  position: { commit: BigInt(position.commit), prepare: BigInt(position.prepare) },
});

/** What tells a domain event from all others of the log. */
export const placeOf = ({ stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>): string =>
  `${stream}@${revision}`;

/** Those that an operator has told this projection to leave out, by `placeOf`: few, if any. */
export async function skippedEvents(
  db: Queryable,
  { name }: { name: string },
): Promise<Set<string>> {
  const { rows } = await db.query<{ stream: string; revision: string }>({
    name: 'skipped-events',
    text: 'select stream, revision::text from skipped_events where name = $1',
    values: [name],
  });
  return new Set(
    rows.map(({ stream, revision }) => placeOf({ stream, revision: BigInt(revision) })),
  );
}

/** Domain events set aside, those that wait included. */
export async function countParked(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from parked_events where name = $1 and version = $2 and generation = $3',
    [name, version, generation],
  );
  return rows[0]!.count;
}
