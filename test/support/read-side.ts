import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openEventStoreDb } from '../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { DomainEvent } from '../../src/domain/shared/domain-event.js';
import {
  seatInventoryStream,
  type SeatInventoryEvent,
} from '../../src/domain/seat-inventory/events.js';
import {
  START,
  type EventStore,
  type NewEvent,
  type Position,
} from '../../src/ports/event-store/event-store.js';
import {
  runProjections,
  type ProjectionRunner,
} from '../../src/projections/runner/projection-runner.js';
import type { ProjectionStatus } from '../../src/projections/runner/runner-state.js';
import type { Projection } from '../../src/projections/projection.js';
import { freshDatabase } from './services/database.js';
import {
  openEventStoreDbServer,
  type EventStoreDbServer,
} from './eventstoredb/eventstoredb-server.js';

/** The read side is fed from each of these. */
export const LOGS = ['postgres', 'eventstoredb'] as const;

/** A log, a database with the read models, and the runners that a test starts between them. */
export interface ReadSide {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly eventStore: EventStore;
  /** There when the log is an EventStoreDB. */
  readonly node: EventStoreDbServer | undefined;
  readonly runners: readonly ProjectionRunner[];
  /** Log lines of the runners. */
  readonly messages: readonly string[];
  /** Appends to one event's inventory, in as many appends as the log wants. */
  append(eventId: string, ...events: SeatInventoryEvent[]): Promise<void>;
  appendTo(stream: string, ...events: DomainEvent[]): Promise<void>;
  // The change types of several projections differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  run(...projections: Projection<any>[]): ProjectionRunner;
  /**
   * Resolves when every projection that was ever run has stored a checkpoint at its newest domain
   * event.
   */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** Domain events of one append. */
const APPEND_SIZE = 500;

export async function openReadSide(log: (typeof LOGS)[number] = 'postgres'): Promise<ReadSide> {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => {});
  const node = log === 'eventstoredb' ? await openEventStoreDbServer() : undefined;
  const eventStore = node
    ? openEventStoreDb({ connectionString: node.connectionString })
    : openPostgresEventStore({ connectionString: database.url });
  const revisions = new Map<string, bigint>();
  const runners: ProjectionRunner[] = [];
  const messages: string[] = [];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const started = new Set<Projection<any>>();

  const appendTo = async (stream: string, ...events: DomainEvent[]) => {
    for (let at = 0; at < events.length; at += APPEND_SIZE) {
      const batch = events.slice(at, at + APPEND_SIZE).map(newEvent);
      const { revision } = await eventStore.append(
        stream,
        revisions.get(stream) ?? 'no-stream',
        batch,
      );
      revisions.set(stream, revision);
    }
  };

  return {
    url: database.url,
    pool,
    eventStore,
    node,
    runners,
    messages,
    appendTo,
    append: (eventId, ...events) => appendTo(seatInventoryStream(eventId), ...events),
    run: (...projections) => {
      for (const projection of projections) started.add(projection);
      const log = (message: string) => void messages.push(message);
      const options = {
        connectionString: database.url,
        eventStore,
        clock: systemClock,
        log,
        warn: log,
      };
      runners.push(...runProjections(projections, options));
      return runners.at(-1)!;
    },
    caughtUp: async () => {
      for (const { prefixes, readModel } of started) {
        const end = node ? await lastInNode(node, prefixes) : await lastInPostgres(pool, prefixes);
        const there = () => checkpointAtLeast(pool, readModel, end);
        await until(there, 15_000, () => ({
          messages,
          runners: runners.map((runner) => shown(runner.status())),
        }));
      }
    },
    close: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
      await eventStore.close();
      await node?.close();
      await pool.end();
      await database.drop();
    },
  };
}

const newEvent = ({ type, data }: DomainEvent): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    $correlationId: randomUUID(),
    $causationId: randomUUID(),
    commandId: randomUUID(),
    actor: { id: 'ann', role: 'customer' },
    schemaVersion: 1,
  },
});

async function lastInNode(
  node: EventStoreDbServer,
  prefixes: readonly string[],
): Promise<Position> {
  const last = (await node.events()).findLast(({ stream }) =>
    prefixes.some((prefix) => stream.startsWith(prefix)),
  );
  return last ? { commit: last.position, prepare: last.position } : START;
}

async function lastInPostgres(pool: pg.Pool, prefixes: readonly string[]): Promise<Position> {
  const { rows } = await pool.query<{ commit: string; prepare: string }>(
    `select transaction_id::text as commit, position::text as prepare from domain_events
     where exists (select from unnest($1::text[]) prefix where starts_with(stream, prefix))
     order by domain_events.transaction_id desc, domain_events.position desc limit 1`,
    [prefixes],
  );
  return rows[0] ? { commit: BigInt(rows[0].commit), prepare: BigInt(rows[0].prepare) } : START;
}

async function checkpointAtLeast(
  pool: pg.Pool,
  { name, version }: { name: string; version: number },
  { commit, prepare }: Position,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from projection_checkpoints where name = $1 and version = $2
     and (commit_position, prepare_position) >= ($3::numeric, $4::numeric)`,
    [name, version, commit, prepare],
  );
  return rowCount === 1;
}

const shown = (status: ProjectionStatus) => ({
  ...status,
  checkpoint: `${status.checkpoint.commit}/${status.checkpoint.prepare}`,
});

/**
 * Asks every few milliseconds until the answer is yes. @throws after `timeoutMs`, with what
 * `describe` tells
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
  describe: () => unknown = () => '',
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms. ${JSON.stringify(describe())}`);
    await systemClock.sleep(5);
  }
}
