import type { RecordedEvent } from '../../ports/event-store/event-store.js';
import { bulk, type Generation, type Queryable } from '../../read-models/tables/read-model.js';

/** Characters of an error that are stored. */
const MAX_ERROR_LENGTH = 10_000;

/** A domain event that is not applied for now. */
export interface Parked {
  readonly event: RecordedEvent;
  /**
   * Error of the last attempt; null for a domain event that waits for a failed one of its stream.
   */
  readonly error: string | null;
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
    error: error && toStorableText(error),
    attempts,
  }));
  await transaction.query({
    name: 'park-events',
    text: `insert into parked_events (${parkedRows.names}) ${parkedRows.rows}`,
    values: parkedRows.values(rows),
  });
}

/** Cuts the text and replaces NUL and unpaired surrogates, which a text column rejects. */
export const toStorableText = (error: string): string =>
  error.slice(0, MAX_ERROR_LENGTH).replace(/\p{Surrogate}|\0/gu, '\ufffd');

/** Returns streams with a failed domain event: all later ones of the stream are parked. */
export async function frozenStreams(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<Set<string>> {
  const { rows } = await db.query<{ stream: string }>({
    name: 'frozen-streams',
    text: `select distinct stream from parked_events
           where name = $1 and version = $2 and generation = $3 and error is not null`,
    values: [name, version, generation],
  });
  return new Set(rows.map(({ stream }) => stream));
}

/** Returns a failed domain event by its id. */
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

/** A parked domain event as stored. */
export interface ParkedRow {
  readonly event: RecordedEvent;
  readonly error: string | null;
}

/** Returns the first parked domain events of a stream, in order. */
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

/** Returns `stream@revision`, which is unique in the log. */
export const eventKey = ({
  stream,
  revision,
}: Pick<RecordedEvent, 'stream' | 'revision'>): string => `${stream}@${revision}`;

/**
 * Returns keys (`eventKey`) of the domain events that an operator has excluded from this
 * projection.
 */
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
    rows.map(({ stream, revision }) => eventKey({ stream, revision: BigInt(revision) })),
  );
}

/** Counts parked domain events, including those that wait for a failed one. */
export async function countParked(
  db: Queryable,
  { name, version, generation }: Generation,
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from parked_events
     where name = $1 and version = $2 and generation = $3`,
    [name, version, generation],
  );
  return rows[0]!.count;
}
