import pg from 'pg';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  MAX_APPEND_BYTES,
  WrongExpectedRevision,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
} from '../../../ports/event-store/event-store.js';
import { encodeAppend, type EncodedEvent } from '../encode.js';

/**
 * Statements under way at once. While they are, appends to other streams gather, and the next statement takes them all: more at
 * once only commit smaller groups. Two bring as many appends a second as one, and the busiest stream three times its turns.
 */
export const MAX_UNDER_WAY = 2;
/** Appends of one statement. Its bytes are held to what one append may have. */
const MAX_GROUP = 256;

/** Between domain events of one append, and between appends; JSON text never holds them raw, names and uuids never at all. */
const SEPARATOR = '\x1e';
const GROUP_SEPARATOR = '\x1d';

const APPEND = `
  insert into domain_events (stream, revision, id, type, data, metadata)
  select $1, $2::bigint + n, id::uuid, type, data, metadata
  from unnest(string_to_array($3, E'\\x1e'), string_to_array($4, E'\\x1e'),
              string_to_array($5, E'\\x1e'), string_to_array($6, E'\\x1e'))
       with ordinality as e (id, type, data, metadata, n)
  where coalesce((select max(revision) from domain_events where stream = $1), -1) = $2::bigint
  order by n`;

/** The same for many streams, each of which is written or left alone by itself. Answers which were written. */
const APPEND_GROUP = `
  with written as (
    insert into domain_events (stream, revision, id, type, data, metadata)
    select a.stream, a.before::bigint + e.n, e.id::uuid, e.type, e.data, e.metadata
    from unnest(string_to_array($1, E'\\x1d'), string_to_array($2, E'\\x1d'), string_to_array($3, E'\\x1d'),
                string_to_array($4, E'\\x1d'), string_to_array($5, E'\\x1d'), string_to_array($6, E'\\x1d'))
         with ordinality as a (stream, before, ids, types, datas, metadatas, n)
    cross join lateral
         unnest(string_to_array(a.ids, E'\\x1e'), string_to_array(a.types, E'\\x1e'),
                string_to_array(a.datas, E'\\x1e'), string_to_array(a.metadatas, E'\\x1e'))
         with ordinality as e (id, type, data, metadata, n)
    where coalesce((select max(d.revision) from domain_events d where d.stream = a.stream), -1) = a.before::bigint
    order by a.n, e.n
    returning stream
  )
  select distinct stream from written`;

const IDS_AFTER = `
  select id::text from domain_events where stream = $1 and revision > $2 order by revision limit $3`;

interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Revision of the last domain event before; -1 for none. */
  readonly before: bigint;
  readonly events: readonly EncodedEvent[];
  readonly bytes: number;
  readonly startedAt: number;
  /** It has been in a statement that failed for one of its group. */
  alone: boolean;
  /** Ends its wait for a turn. */
  tooLate: NodeJS.Timeout | undefined;
  landed(): void;
  failed(error: Error): void;
}

export interface AppenderParts {
  pool: pg.Pool;
  /** An append without an answer after this long is reported as ambiguous. Milliseconds. */
  timeoutMs: number;
  /** Called when the log has grown. */
  onAppended(): void;
  maxUnderWay?: number;
}

/**
 * Group commit over streams: appends that wait together go out in one statement, which is one round trip and one commit. Each
 * wins or loses by itself. Two appends to one stream are never under way together; they keep their order.
 */
export function openAppender(parts: AppenderParts): EventStore['append'] {
  const { pool, timeoutMs, onAppended, maxUnderWay = MAX_UNDER_WAY } = parts;
  let waiting: Append[] = [];
  const writing = new Set<string>();
  let underWay = 0;
  let gathering = false;

  /** At once when nothing is under way; or else with everything that is asked for in this turn of the event loop. */
  const enqueue = (append: Append) => {
    waiting.push(append);
    if (underWay === 0) return launch();
    // As long as one would wait for a connection.
    append.tooLate = setTimeout(() => {
      waiting = waiting.filter((other) => other !== append);
      append.failed(
        new EventStoreUnavailable(`The append to ${append.stream} had no turn in time.`),
      );
    }, timeoutMs / 2);
    if (underWay < maxUnderWay && !gathering) {
      gathering = true;
      setImmediate(launch);
    }
  };

  const launch = () => {
    gathering = false;
    while (underWay < maxUnderWay) {
      const group = takeGroup();
      if (group.length === 0) return;
      underWay++;
      for (const { stream, tooLate } of group) {
        writing.add(stream);
        clearTimeout(tooLate);
      }
      void send(group).then(() => {
        underWay--;
        for (const { stream } of group) writing.delete(stream);
        launch();
      });
    }
  };

  /** As many of those who wait as one statement may take, first come first served. */
  const takeGroup = (): Append[] => {
    const group: Append[] = [];
    const left: Append[] = [];
    const seen = new Set<string>();
    let bytes = 0;
    for (const append of waiting) {
      const isNext = !seen.has(append.stream) && !writing.has(append.stream);
      seen.add(append.stream);
      const hasRoom =
        group.length === 0 ||
        (group.length < MAX_GROUP &&
          !append.alone &&
          !group[0]!.alone &&
          bytes + append.bytes <= MAX_APPEND_BYTES);
      if (!isNext || !hasRoom) {
        left.push(append);
        continue;
      }
      group.push(append);
      bytes += append.bytes;
    }
    waiting = left;
    return group;
  };

  /** Answers everybody in the group; or, where one has spoilt it for the others, sends each once more by itself. */
  const send = async (group: readonly Append[]): Promise<void> => {
    try {
      await onConnection(pool, group, timeoutMs, onAppended);
    } catch (error) {
      if (group.length > 1 && isOfOneAppend(error)) {
        for (const append of group) append.alone = true;
        waiting = [...group, ...waiting];
        return;
      }
      for (const { stream, failed } of group) failed(asOutcome(error as Error, stream));
    }
  };

  return async (stream, expected, events) => {
    const { encoded, bytes } = encodeAppend(events);
    const before = expected === 'no-stream' ? -1n : expected;
    const result: AppendResult = { revision: before + BigInt(encoded.length) };
    if (encoded.length === 0) return result;
    return new Promise((resolve, failed) =>
      enqueue({
        ...{ stream, expected, before, events: encoded, bytes, failed },
        ...{ startedAt: performance.now(), alone: false, tooLate: undefined },
        landed: () => resolve(result),
      }),
    );
  };
}

async function onConnection(
  pool: pg.Pool,
  group: readonly Append[],
  timeoutMs: number,
  onAppended: () => void,
): Promise<void> {
  const client = await pool.connect().catch((error: Error) => {
    throw new EventStoreUnavailable(`Postgres does not answer: ${error.message}`, { cause: error });
  });
  const leftMs = Math.round(timeoutMs - (performance.now() - group[0]!.startedAt));
  // Sent now, it would be given up for lost at once, with all who share the statement: nothing is written instead, and all know.
  if (leftMs < timeoutMs / 5) {
    client.release();
    throw new EventStoreUnavailable('The database had no connection in time.');
  }
  // A lost connection is told twice: by the query, and by this event, which ends the process when nobody listens.
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await withTimeout(writeOut(client, group, onAppended), leftMs);
  } catch (error) {
    if (!isOfOneAppend(error)) broken = error as Error;
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

async function writeOut(
  client: pg.PoolClient,
  group: readonly Append[],
  onAppended: () => void,
): Promise<void> {
  const written = await insert(client, group);
  if (written.size > 0) onAppended();
  for (const append of group) if (written.has(append.stream)) append.landed();
  for (const append of group) {
    if (written.has(append.stream)) continue;
    if (await holdsSameIds(client, append)) append.landed();
    else append.failed(new WrongExpectedRevision(append.stream, append.expected));
  }
}

const NOTHING: ReadonlySet<string> = new Set();

/** The streams that were written. Those that are not at their expected revision are not among them. */
async function insert(
  client: pg.PoolClient,
  group: readonly Append[],
): Promise<ReadonlySet<string>> {
  if (group.length > 1) return insertGroup(client, group);
  const { stream, before, events } = group[0]!;
  const values = [stream, before, ...columns(events)];
  try {
    const { rowCount } = await client.query({ name: 'append', text: APPEND, values });
    return rowCount === events.length ? new Set([stream]) : NOTHING;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '23505') return NOTHING;
    throw error;
  }
}

async function insertGroup(
  client: pg.PoolClient,
  group: readonly Append[],
): Promise<ReadonlySet<string>> {
  // Always in the same order, so that two nodes whose groups have streams in common never wait for each other.
  const inOrder = group.toSorted((a, b) => (a.stream < b.stream ? -1 : 1));
  const rows = inOrder.map(({ stream, before, events }) => [
    stream,
    String(before),
    ...columns(events),
  ]);
  const values = rows[0]!.map((_, column) => rows.map((row) => row[column]).join(GROUP_SEPARATOR));
  const written = await client.query<[string]>({
    name: 'append-group',
    text: APPEND_GROUP,
    values,
    rowMode: 'array',
  });
  return new Set(written.rows.map(([stream]) => stream));
}

function columns(events: readonly EncodedEvent[]): string[] {
  const column = (name: keyof EncodedEvent) => events.map((event) => event[name]).join(SEPARATOR);
  return [column('id'), column('type'), column('data'), column('metadata')];
}

/** The same append came before: its domain events stand right behind the expected revision. */
async function holdsSameIds(
  client: pg.PoolClient,
  { stream, before, events }: Append,
): Promise<boolean> {
  const { rows } = await client.query<[string]>({
    name: 'ids-after',
    text: IDS_AFTER,
    values: [stream, before, events.length],
    rowMode: 'array',
  });
  return (
    rows.length === events.length && events.every(({ id }, at) => rows[at]![0] === id.toLowerCase())
  );
}

/**
 * Postgres has rolled the statement back for what one append brought: a value that it does not take, or a revision that
 * another node has written in this very moment.
 */
function isOfOneAppend(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|40)/.test(error.code ?? '');
}

function asOutcome(error: Error, stream: string): Error {
  if (error instanceof EventStoreUnavailable) return error;
  // An SQLSTATE says that the server itself gave up and rolled back; without one nobody knows.
  const refused = error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? '08');
  if (refused)
    return new EventStoreUnavailable(`Postgres refused the append: ${error.message}`, {
      cause: error,
    });
  return new AmbiguousAppend(stream, { cause: error });
}

function ignore(): void {}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
