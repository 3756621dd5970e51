import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { encodeEvents } from '../../src/adapters/event-store/encode.js';
import { openEventStoreDb } from '../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { openPostgresSnapshots } from '../../src/adapters/seat-inventory/postgres-snapshots.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { systemRandomness } from '../../src/adapters/system/randomness.js';
import type { CommandContext } from '../../src/commands/shared/context.js';
import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import type { WriterLimits } from '../../src/commands/seat-inventory/writer/writer-limits.js';
import {
  openInventoryWriters,
  type InventoryWriters,
} from '../../src/commands/seat-inventory/writer/inventory-writers.js';
import { openSeatingPlans } from '../../src/commands/seating-plan/seating-plans.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.js';
import type { Clock } from '../../src/ports/system/clock.js';
import type { EventStore, RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from './services/database.js';
import {
  itOnInTestNode,
  openEventStoreDbServer,
  type EventStoreDbServer,
} from './eventstoredb/eventstoredb-server.js';
import { openFlakyPostgres, type AppendFault } from './log/flaky-postgres.js';
import { open } from './seat-inventory/commands.js';
import { rules } from './seat-inventory/rules.js';
import { theatrePlan } from './seat-inventory/plans.js';

/** Writers append to each of these. */
export const LOGS = ['postgres', 'eventstoredb'] as const;
export type LogName = (typeof LOGS)[number];

/** Calls of a node's event store. */
export interface Traffic {
  /** Bytes of each append, tries included. */
  readonly appends: number[];
  /** First revision of each read of a stream. */
  readonly reads: { readonly stream: string; readonly from: bigint | undefined }[];
}

/** One process of Boxoffice, as far as it writes: connections, plans and writers of its own. */
export interface ShopNode {
  readonly writers: InventoryWriters;
  readonly eventStore: EventStore;
  readonly traffic: Traffic;
  /** Its log lines. */
  readonly log: string[];
  close(): Promise<void>;
}

export interface NodeSettings {
  limits?: Partial<WriterLimits>;
  /** Bytes of inventories kept in memory. */
  maxBytes?: number;
  clock?: Clock;
  appendTimeoutMs?: number;
  /** Stands between the node and its event store, to see or to disturb. */
  through?: (eventStore: EventStore) => EventStore;
}

/** Faults of the event store. */
export interface Faults {
  /**
   * Outcomes of the next appends, in order. A real EventStoreDB cannot do this: see `itWithFaults`.
   */
  disturb(fault: AppendFault, appends?: number): void;
  /** Nothing more befalls the appends to come. */
  calm(): void;
  /** While true the log cannot be reached. */
  cut(cutting: boolean): void | Promise<void>;
}

export interface Sale {
  readonly eventId: string;
  ask(node: ShopNode, command: SeatInventoryCommand): Promise<Outcome>;
  /** The whole log of the sale, read from its beginning. */
  log(): Promise<RecordedEvent[]>;
}

/** A log, a database for snapshots, and the nodes that a test opens upon them. */
export interface WriteSide {
  readonly pool: pg.Pool;
  /** There when the log is an EventStoreDB. */
  readonly eventStoreDb: EventStoreDbServer | undefined;
  readonly faults: Faults;
  openNode(settings?: NodeSettings): ShopNode;
  /** A sale with no seat sold, opened by a node of its own. */
  openSale(changes?: Partial<typeof rules>, plan?: SeatingPlan): Promise<Sale>;
  /** A sale that nobody has opened. */
  noSale(): Sale;
  close(): Promise<void>;
}

/** A request of its own each time, as the HTTP API makes them. */
export const newContext = (): CommandContext => {
  const commandId = randomUUID();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'account-1', role: 'customer' },
  };
};

export async function openWriteSide(logName: LogName): Promise<WriteSide> {
  const database = await freshDatabase();
  const eventStoreDb = logName === 'eventstoredb' ? await openEventStoreDbServer() : undefined;
  const postgres = eventStoreDb ? undefined : await openFlakyPostgres(database.url);
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
  const nodes: ShopNode[] = [];

  const openStore: OpenStore = (options) =>
    eventStoreDb
      ? openEventStoreDb({ ...options, connectionString: eventStoreDb.connectionString })
      : openPostgresEventStore({ ...options, connectionString: postgres!.url, poolSize: 4 });
  const openNode = (settings: NodeSettings = {}): ShopNode => {
    const node = nodeOn(openStore, pool, settings);
    nodes.push(node);
    return node;
  };

  const first = openNode();
  const noSale = (): Sale => {
    const eventId = randomUUID();
    return {
      eventId,
      ask: ({ writers }, command) => writers.execute(eventId, command, newContext()),
      log: () => collect(first.eventStore.readStream(seatInventoryStream(eventId))),
    };
  };

  return {
    pool,
    eventStoreDb,
    faults: postgres ?? faultsOf(eventStoreDb!),
    openNode,
    noSale,
    openSale: async (changes = {}, plan = theatrePlan) => {
      const sale = noSale();
      const { layout } = await openSeatingPlans(first.eventStore).store(plan, newContext());
      const { hash: seatingPlanHash, seatCount } = layout;
      const prices = plan.categories.map(({ name }) => ({
        category: name,
        amountMinor: 5_000,
        currency: 'EUR',
      }));
      const command = open({
        eventId: sale.eventId,
        seatingPlanHash,
        seatCount,
        prices,
        ...changes,
      });
      const opened = await sale.ask(first, command);
      if (!opened.accepted) throw new Error(opened.rejection.code);
      return sale;
    },
    close: async () => {
      for (const node of nodes) await node.close();
      await pool.end();
      await eventStoreDb?.close();
      await postgres?.close();
      await database.drop();
    },
  };
}

type OpenStore = (options: {
  appendTimeoutMs: number;
  warn: (message: string) => void;
}) => EventStore;

function nodeOn(openStore: OpenStore, pool: pg.Pool, settings: NodeSettings): ShopNode {
  const { through = (store) => store, appendTimeoutMs = 5_000 } = settings;
  const log: string[] = [];
  const warn = (message: string) => void log.push(message);
  const store = openStore({ appendTimeoutMs, warn });
  const traffic: Traffic = { appends: [], reads: [] };
  const eventStore = through(watched(store, traffic));
  const writers = openInventoryWriters({
    eventStore,
    snapshots: openPostgresSnapshots(pool),
    plans: openSeatingPlans(eventStore),
    clock: settings.clock ?? systemClock,
    randomness: systemRandomness,
    limits: settings.limits,
    maxBytes: settings.maxBytes,
    warn,
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= writers.close().then(() => store.close()));
  return { writers, eventStore, traffic, log, close };
}

/** For tests that disturb appends: skipped, by their names, on real nodes. */
export const itWithFaults = (log: LogName) => (log === 'eventstoredb' ? itOnInTestNode : it);

function faultsOf(server: EventStoreDbServer): Faults {
  const inTest = () => {
    if (!server.inTest) throw new Error('A real EventStoreDB cannot disturb appends.');
    return server.inTest;
  };
  return {
    disturb: (fault, appends) => {
      const node = inTest();
      if (fault.kind === 'drop-before-commit')
        node.dropConnectionOnAppend('before-commit', appends);
      if (fault.kind === 'drop-after-commit') node.dropConnectionOnAppend('after-commit', appends);
      if (fault.kind === 'swallow') node.swallowAppendAnswers(appends);
      if (fault.kind === 'delay') node.delayAppends(fault.ms, appends);
    },
    calm: () => inTest().spareAppends(),
    cut: (cutting) => server.cut(cutting),
  };
}

/** The real store, with its calls recorded. */
function watched(store: EventStore, traffic: Traffic): EventStore {
  return {
    ...store,
    append: (stream, expected, events) => {
      const encoded = encodeEvents(events);
      traffic.appends.push(
        encoded.reduce(
          (sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata),
          0,
        ),
      );
      return store.append(stream, expected, events);
    },
    readStream: (stream, options) => {
      traffic.reads.push({ stream, from: options?.from });
      return store.readStream(stream, options);
    },
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
