import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { chained } from '../adapters/event-store/chained.js';
import { openEventStoreDb } from '../adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../adapters/event-store/postgres/postgres.js';
import { upcasting } from '../adapters/event-store/upcasting.js';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-postgres.js';
import { openRedis, type RedisConnection } from '../adapters/redis/connection.js';
import { openPostgresSnapshots } from '../adapters/seat-inventory/postgres-snapshots.js';
import { systemClock } from '../adapters/system/clock.js';
import type { SandboxWaits } from '../demo/payment-sandbox/sandbox-tokens.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import { openVenueReader } from '../adapters/venue/reader.js';
import { MEMORY } from '../adapters/waiting-room/redis.js';
import { AppModule } from './app.module.js';
import { startProcesses } from './background.js';
import { openAuditing, refuseSharedKeys, type Auditing } from './auditing.js';
import {
  openInventoryWriters,
  type InventoryWriters,
} from '../commands/seat-inventory/writer/inventory-writers.js';
import { openPayments } from '../commands/payment/payments.js';
import { openSettlement } from '../commands/payment/settlement.js';
import { openSeatingPlans, type SeatingPlans } from '../commands/seating-plan/seating-plans.js';
import { openTicketVoids } from '../commands/ticket/ticket-voids.js';
import * as commandTokens from '../commands/shared/tokens.js';
import { tokenSecret, type Config } from '../config/config.js';
import { createHttpApplication } from '../http/platform/application.js';
import { watchHandlers } from '../http/platform/handlers-under-way.js';
import { HttpModule } from '../http/platform/http.module.js';
import * as httpTokens from '../http/platform/tokens.js';
import { openPaymentGateway, type OpenedGateway } from './gateways.js';
import { openLogger } from './logging.js';
import { protectionOf, seatLocksOf } from './protection.js';
import type {
  EventStore,
  LogCondition,
  SubscriptionStats,
} from '../ports/event-store/event-store.js';
import type { VenueReader } from '../ports/venue/venue-reader.js';
import type { SettlementWaits } from '../processes/payment/payment-settlement.js';
import { openLogGuard, type LogGuard } from '../projections/log-guard/log-guard.js';
import { runProjections, type ProjectionRunner } from '../projections/runner/projection-runner.js';
import { projections } from '../projections/projections.js';
import { cancellationQueries } from '../read-models/event/cancellations-queries.js';
import { eventQueries } from '../read-models/event/events-queries.js';
import { ledgerQueries } from '../read-models/payment/ledger-queries.js';
import {
  openLiveSeatStatus,
  type LiveSeatStatus,
} from '../read-models/seat-inventory/live-seat-status.js';
import { migrate } from '../read-models/tables/migrate.js';
import { openQueryPool } from '../read-models/tables/query-pool.js';
import { paymentQueries } from '../read-models/payment/payments-queries.js';
import { reservationQueries } from '../read-models/seat-inventory/reservations-queries.js';
import { seatStatusQueries } from '../read-models/seat-inventory/seat-status-queries.js';
import { openAdvisoryLocks, type AdvisoryLocks } from '../read-models/tables/advisory-lock.js';
import { shoppingRecord } from '../read-models/waiting-room/shopping-record.js';
import { openUnmatchedNotifications } from '../read-models/payment/unmatched-notifications.js';
import { venueQueries } from '../read-models/venue/venues.js';
import { openRebuilding, type Rebuilding } from './rebuilding.js';
import { openSearching, type Searching } from './searching.js';
import { openTicketing, type Ticketing } from './ticketing.js';
import { expectUsableLog } from './usable-log.js';
import { openWaitingRoomService, type WaitingRoomService } from './waiting-room.js';

/** What a running Boxoffice is made of, for its own benchmarks, demo and tests. */
export interface Parts {
  readonly eventStore: EventStore;
  readonly pool: pg.Pool;
  readonly turns: AdvisoryLocks;
  /** There with `REDIS_URL`; it may be lost at any time. */
  readonly redis: RedisConnection | undefined;
  readonly payments: OpenedGateway;
  readonly plans: SeatingPlans;
  readonly venueReader: VenueReader;
  readonly searching: Searching;
  readonly ticketing: Ticketing;
  readonly auditing: Auditing;
  readonly waiting: WaitingRoomService;
  readonly writers: InventoryWriters;
  readonly live: LiveSeatStatus;
  readonly runners: readonly ProjectionRunner[];
  readonly rebuilding: Rebuilding;
  readonly subscriptionStats: SubscriptionStats;
  readonly guard: LogGuard;
}

export interface Boxoffice {
  readonly app: NestFastifyApplication;
  readonly logger: LoggerService;
  /** `http://host:port`. */
  readonly url: string;
  readonly parts: Parts;
  /** Ends what is under way, newest first, and then everything that was opened. */
  close(): Promise<void>;
}

/** For requests whose clients have gone to end before the stores are closed. Milliseconds. */
const HANDLERS_MS = 2_000;

/** Other waits than in production, for whoever has to see the end of them. Milliseconds. */
export interface Waits {
  /** Between two scans of the processes. */
  readonly scanMs?: number;
  readonly settlement?: Partial<SettlementWaits>;
  /** Of the sandbox that lives in this process. */
  readonly sandbox?: Partial<SandboxWaits>;
}

/** Opens everything that the configuration names, brings the tables up to date, and serves. */
export async function startBoxoffice(config: Config, waits: Waits = {}): Promise<Boxoffice> {
  const logger = openLogger(config);
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let last = opened.pop(); last; last = opened.pop()) {
      await last().catch((error: Error) => logger.error(`while closing: ${error.message}`));
    }
  };
  try {
    const parts = await openParts(config, logger, opened, waits);
    const app = await openApplication(config, parts);
    const handlers = watchHandlers(
      app.getHttpAdapter().getInstance() as unknown as FastifyInstance,
    );
    opened.push(() => handlers.ended(HANDLERS_MS));
    opened.push(() => app.close());
    opened.push(startProcesses(app, parts, logger, waits));
    await app
      .listen(config.port, config.host)
      .catch((error: Error) => refuseAddress(config, error));
    const url = await app.getUrl();
    parts.payments.sendNoticesTo(url);
    return { app, logger, url, parts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is wrong with the address that it should serve at, and what to do. @throws Error */
function refuseAddress({ host, port }: Config, error: NodeJS.ErrnoException): never {
  const why: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is in use by another process: end that, or set PORT to another`,
    EACCES: `this account may not use port ${port}: set PORT to one above 1023`,
    EADDRNOTAVAIL: `this machine has no address ${host}: set HOST to one that it has`,
  };
  throw new Error(why[error.code ?? ''] ?? error.message, { cause: error });
}

async function openParts(
  config: Config,
  logger: LoggerService,
  opened: (() => Promise<unknown>)[],
  { scanMs, sandbox }: Waits,
): Promise<Parts> {
  const keep = <T>(part: T, close: (part: T) => Promise<unknown>): T => {
    opened.push(() => close(part));
    return part;
  };
  const log = (message: string) => void logger.log(message);
  const warn = (message: string) => void logger.warn(message);
  if (config.environment === 'production') refuseSharedKeys(config);
  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(config, logger, opened));
  await migrate(databaseUrl, log);
  const pool = keep(
    openQueryPool({ connectionString: databaseUrl, max: config.databasePoolSize, warn }),
    (pool) => pool.end(),
  );
  const turns = keep(openAdvisoryLocks({ connectionString: databaseUrl, warn }), (open) =>
    open.close(),
  );

  const subscriptionStats: SubscriptionStats = { consumerTooSlow: 0 };
  const stored = keep(
    chained(
      config.eventStoreUrl
        ? openEventStoreDb({
            connectionString: config.eventStoreUrl,
            stats: subscriptionStats,
            log: warn,
          })
        : openPostgresEventStore({ connectionString: databaseUrl, log: warn }),
    ),
    (store) => store.close(),
  );
  await expectUsableLog(stored, warn);
  const guard = keep(
    openLogGuard({
      ...{ eventStore: stored, db: pool, projections, clock: systemClock },
      ...{ error: (message) => void logger.error(message), warn, log },
    }),
    (open) => open.close(),
  );
  // If the event store is unavailable now, the log is compared when it is back.
  await guard.check().catch((error: Error) => warn(`log not compared yet: ${error.message}`));
  const eventStore = upcasting(guard.eventStore);
  const redis =
    config.redisUrl === undefined
      ? undefined
      : keep(await openRedis({ url: config.redisUrl, log: warn }), (open) => open.close());
  const payments = keep(await openPaymentGateway(config, warn, sandbox), ({ gateway }) =>
    gateway.close(),
  );
  const plans = openSeatingPlans(eventStore);
  const venueReader = keep(openVenueReader(), (open) => open.close());
  const writers = keep(
    openInventoryWriters({
      eventStore,
      snapshots: openPostgresSnapshots(pool),
      plans,
      clock: systemClock,
      randomness: systemRandomness,
      limits: { maxMailbox: config.writerMaxMailbox, maxBatch: config.writerMaxBatch },
      warn,
    }),
    (open) => open.close(),
  );
  guard.onAccepted(() => writers.dropAll());
  const live = keep(
    openLiveSeatStatus({
      connectionString: databaseUrl,
      db: pool,
      layoutOf: async (hash) => (await plans.load(hash)).layout,
      clock: systemClock,
      warn,
    }),
    (open) => open.close(),
  );
  const anyLog = upcasting(stored);
  const running = {
    ...{ connectionString: databaseUrl, eventStore, clock: systemClock },
    ...{ compareLog: guard.compareWhenAvailable, anyLog, warn, log },
  };
  const runners = keep(runProjections(projections, running), (started) =>
    Promise.all(started.map((runner) => runner.stop())),
  );
  const auditing = keep(
    openAuditing(config, { pool, turns, eventStore, stored, plans, scanMs, log: warn }),
    (open) => open.close(),
  );
  const rebuilding = keep(
    openRebuilding({
      ...{ databaseUrl, pool, eventStore, runners, guard, warn, log },
      anyLog,
    }),
    (open) => open.close(),
  );
  const searching = keep(
    await openSearching(config, { databaseUrl, pool, turns, warn, log }),
    (open) => open.close(),
  );
  const ticketing = keep(openTicketing(config, { pool, turns, plans, scanMs, log: warn }), (open) =>
    open.close(),
  );
  const record = shoppingRecord(pool);
  const waiting = keep(
    openWaitingRoomService(config, { eventStore, record, redis, log: warn }),
    (open) => open.close(),
  );
  return {
    ...{ eventStore, pool, turns, redis, payments, plans, venueReader, writers, live, runners },
    ...{ rebuilding, searching, ticketing, auditing, waiting, subscriptionStats, guard },
  };
}

async function embeddedDatabase(
  config: Config,
  logger: LoggerService,
  opened: (() => Promise<unknown>)[],
): Promise<string> {
  const embedded = await startEmbeddedPostgres({
    dataDirectory: join(config.dataDir, 'postgres'),
    log: (message) => void logger.log(message),
    onLost: (reason) => {
      // This process cannot work without its database: it exits, so that its supervisor starts another.
      logger.error(`ending: ${reason}`);
      process.exit(1);
    },
  });
  opened.push(() => embedded.stop());
  return embedded.url;
}

async function openApplication(config: Config, parts: Parts): Promise<NestFastifyApplication> {
  const { pool, eventStore, runners, writers, guard } = parts;
  const protection = protectionOf(config, parts);
  const gateway = protection?.countOutcomesOf(parts.payments.gateway) ?? parts.payments.gateway;
  const payments = openPayments(eventStore, systemClock, systemRandomness);
  const voids = openTicketVoids({ eventStore, writers, clock: systemClock });
  const settings: httpTokens.HttpSettings = {
    auth: {
      keys: config.jwtJwksUrl ? { jwksUrl: config.jwtJwksUrl } : { secret: tokenSecret(config)! },
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
    },
    devTokens: config.devTokens,
    publicUrl: config.publicUrl,
    webFolder: join(import.meta.dirname, '..', '..', 'web'),
    maxStreams: config.sseMaxClients,
    addressKey: parts.auditing.addressKey,
    shutdownSeconds: config.shutdownSeconds,
  };
  const bindings = new Map<symbol, unknown>([
    [commandTokens.CLOCK, systemClock],
    [commandTokens.RANDOMNESS, systemRandomness],
    [commandTokens.EVENT_STORE, eventStore],
    [commandTokens.PAYMENT_GATEWAY, gateway],
    [commandTokens.PAYMENTS, payments],
    [
      commandTokens.SETTLEMENT,
      openSettlement({ payments, writers, voids, gateway, clock: systemClock }),
    ],
    [commandTokens.TICKET_VOIDS, voids],
    [commandTokens.SEAT_LOCKS, seatLocksOf(parts.redis)],
    [commandTokens.SEATING_PLANS, parts.plans],
    [commandTokens.INVENTORY_WRITERS, parts.writers],
    [httpTokens.HTTP_SETTINGS, settings],
    [httpTokens.LIVE_SEAT_STATUS, parts.live],
    [httpTokens.SEAT_STATUS_QUERIES, seatStatusQueries(pool)],
    [httpTokens.RESERVATION_QUERIES, reservationQueries(pool)],
    [httpTokens.PAYMENT_QUERIES, paymentQueries(pool)],
    [httpTokens.UNMATCHED_NOTICES, openUnmatchedNotifications(pool)],
    [httpTokens.LEDGER_QUERIES, ledgerQueries(pool)],
    [httpTokens.EVENT_QUERIES, eventQueries(pool)],
    [httpTokens.CANCELLATION_QUERIES, cancellationQueries(pool)],
    [httpTokens.VENUE_QUERIES, venueQueries(pool)],
    [
      httpTokens.READINESS_CHECKS,
      [
        { name: 'event store', check: () => eventStore.ping() },
        { name: 'log', check: async () => logReadiness(await eventStore.condition()) },
        { name: 'database', check: async () => void (await pool.query('select 1')) },
        ...(parts.redis
          ? [{ name: 'redis', optional: true, check: () => redisReadiness(parts.redis!) }]
          : []),
      ] satisfies httpTokens.ReadinessCheck[],
    ],
    [httpTokens.PROTECTION, protection ?? null],
    [httpTokens.PROJECTION_LAGS, () => runners.map(lagOf)],
    [httpTokens.SUBSCRIPTION_STATS, parts.subscriptionStats],
    [httpTokens.LOG_STATE, guard],
    [httpTokens.VENUE_READER, parts.venueReader],
    ...parts.searching.bindings,
    ...parts.ticketing.bindings,
    ...parts.rebuilding.bindings,
    ...parts.auditing.bindings,
    ...parts.waiting.bindings,
  ]);
  // Nest tells every route that it maps; its warnings are enough.
  const logger = openLogger(config, ['log', 'debug']);
  return createHttpApplication(AppModule.with(bindings, HttpModule), {
    logger,
    trustedProxies: config.protection.trustedProxies,
  });
}

/** A full Redis issues no new queue numbers; everything else works. */
async function redisReadiness(redis: RedisConnection): Promise<httpTokens.ReadinessState | void> {
  await redis.ping();
  if ((await redis.usedMemory()) >= MEMORY.large) return { state: 'full', isReady: true };
}

/** A withheld log is only a warning: one open transaction of another client must not make every node unready. */
function logReadiness(condition: LogCondition): httpTokens.ReadinessState {
  const { state } = condition;
  if (state === 'ok') return { state, isReady: true };
  return { state, isReady: state === 'withheld', cause: condition.cause };
}

function lagOf(runner: ProjectionRunner): httpTokens.ProjectionLag {
  const { name, state, lagSeconds, parked } = runner.status();
  const running = state === 'catching-up' || state === 'live';
  return {
    projection: name,
    running,
    seconds: lagSeconds ?? undefined,
    parked: running ? parked : undefined,
  };
}
