import { join } from 'node:path';
import { ConsoleLogger, type LoggerService, type LogLevel } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { chained } from './adapters/event-store/chained.js';
import { openEventStoreDb } from './adapters/event-store/eventstoredb.js';
import { openPostgresEventStore } from './adapters/event-store/postgres.js';
import { upcasting } from './adapters/event-store/upcasting.js';
import { startEmbeddedPostgres } from './adapters/postgres/embedded-postgres.js';
import { openRedis, type RedisConnection } from './adapters/redis/connection.js';
import { openPostgresSnapshots } from './adapters/snapshots/postgres.js';
import { systemClock } from './adapters/system/clock.js';
import type { SandboxWaits } from './adapters/payments/sandbox-tokens.js';
import { systemRandomness } from './adapters/system/randomness.js';
import { AppModule } from './app.module.js';
import { openAuditing, refuseSharedKeys, type Auditing } from './auditing.js';
import { openInventoryWriters, type InventoryWriters } from './commands/inventory-writers.js';
import { openPayments } from './commands/payments.js';
import { openSettlement } from './commands/settlement.js';
import { openSeatingPlans, type SeatingPlans } from './commands/seating-plans.js';
import * as commandTokens from './commands/tokens.js';
import { tokenSecret, type Config } from './config.js';
import { createHttpApplication } from './http/application.js';
import { watchHandlers } from './http/handlers-under-way.js';
import { HttpModule } from './http/http.module.js';
import * as httpTokens from './http/tokens.js';
import { PrintableLogger } from './printable-logger.js';
import { openPaymentGateway, type OpenedGateway } from './gateways.js';
import { protectionOf, seatLocksOf } from './protection.js';
import type { EventStore, LogCondition } from './ports/event-store.js';
import { startEventCancellation } from './processes/event-cancellation.js';
import { startHoldExpiry } from './processes/hold-expiry.js';
import { startPaymentSettlement, type SettlementWaits } from './processes/payment-settlement.js';
import { runProjections, type ProjectionRunner } from './projections/projection-runner.js';
import { projections } from './projections/projections.js';
import { cancellationQueries } from './read-models/cancellations-queries.js';
import { eventQueries } from './read-models/events-queries.js';
import { ledgerQueries } from './read-models/ledger-queries.js';
import { openLiveSeatStatus, type LiveSeatStatus } from './read-models/live-seat-status.js';
import { migrate } from './read-models/migrate.js';
import { openQueryPool } from './read-models/query-pool.js';
import { paymentQueries } from './read-models/payments-queries.js';
import { reservationQueries } from './read-models/reservations-queries.js';
import { seatStatusQueries } from './read-models/seat-status-queries.js';
import { takeTurn } from './read-models/turn.js';
import { shoppingRecord } from './read-models/shopping-record.js';
import { venueQueries } from './read-models/venues.js';
import { openRebuilding, type Rebuilding } from './rebuilding.js';
import { openSearching, type Searching } from './searching.js';
import { openTicketing, type Ticketing } from './ticketing.js';
import { openWaitingRoomService, type WaitingRoomService } from './waiting-room.js';

/** What a running Boxoffice is made of, for its own benchmarks, demo and tests. */
export interface Parts {
  readonly eventStore: EventStore;
  readonly pool: pg.Pool;
  /** There with `REDIS_URL`; it may be lost at any time. */
  readonly redis: RedisConnection | undefined;
  readonly payments: OpenedGateway;
  readonly plans: SeatingPlans;
  readonly searching: Searching;
  readonly ticketing: Ticketing;
  readonly auditing: Auditing;
  readonly waiting: WaitingRoomService;
  readonly writers: InventoryWriters;
  readonly live: LiveSeatStatus;
  readonly runners: readonly ProjectionRunner[];
  readonly rebuilding: Rebuilding;
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
    const handlers = watchHandlers(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
    opened.push(() => handlers.ended(HANDLERS_MS));
    opened.push(() => app.close());
    opened.push(startProcesses(app, parts, logger, waits));
    await app.listen(config.port, config.host).catch((error: Error) => refuseAddress(config, error));
    const url = await app.getUrl();
    parts.payments.tellTo(url);
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
  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(config, log, opened));
  await migrate(databaseUrl, log);
  const pool = keep(
    openQueryPool({ connectionString: databaseUrl, max: config.databasePoolSize, log: warn }),
    (pool) => pool.end(),
  );

  const stored = keep(
    chained(
      config.eventStoreUrl
        ? openEventStoreDb({ connectionString: config.eventStoreUrl, log: warn })
        : openPostgresEventStore({ connectionString: databaseUrl, log: warn }),
    ),
    (store) => store.close(),
  );
  const eventStore = upcasting(stored);
  const redis =
    config.redisUrl === undefined
      ? undefined
      : keep(await openRedis({ url: config.redisUrl, log: warn }), (open) => open.close());
  const payments = keep(await openPaymentGateway(config, warn, sandbox), ({ gateway }) => gateway.close());
  const plans = openSeatingPlans(eventStore);
  const writers = keep(
    openInventoryWriters({
      eventStore,
      snapshots: openPostgresSnapshots(pool),
      plans,
      clock: systemClock,
      randomness: systemRandomness,
      limits: { maxMailbox: config.writerMaxMailbox, maxBatch: config.writerMaxBatch },
      log: warn,
    }),
    (open) => open.close(),
  );
  const live = keep(
    openLiveSeatStatus({
      connectionString: databaseUrl,
      db: pool,
      layoutOf: async (hash) => (await plans.load(hash)).layout,
      clock: systemClock,
      log: warn,
    }),
    (open) => open.close(),
  );
  const running = { connectionString: databaseUrl, eventStore, clock: systemClock, log: warn, tell: log };
  const runners = keep(runProjections(projections, running), (started) =>
    Promise.all(started.map((runner) => runner.stop())),
  );
  const auditing = keep(
    openAuditing(config, { pool, eventStore, stored, plans, scanMs, log: warn }),
    (open) => open.close(),
  );
  const rebuilding = keep(
    openRebuilding({ databaseUrl, pool, eventStore, runners, log: warn, tell: log }),
    (open) => open.close(),
  );
  const searching = keep(await openSearching(config, { databaseUrl, pool, log: warn, tell: log }), (open) =>
    open.close(),
  );
  const ticketing = keep(openTicketing(config, { pool, plans, scanMs, log: warn }), (open) => open.close());
  const record = shoppingRecord(pool);
  const waiting = keep(openWaitingRoomService(config, { eventStore, record, redis, log: warn }), (open) =>
    open.close(),
  );
  return {
    ...{ eventStore, pool, redis, payments, plans, writers, live, runners },
    ...{ rebuilding, searching, ticketing, auditing, waiting },
  };
}

async function embeddedDatabase(
  config: Config,
  log: (message: string) => void,
  opened: (() => Promise<unknown>)[],
): Promise<string> {
  const embedded = await startEmbeddedPostgres({ dataDirectory: join(config.dataDir, 'postgres'), log });
  opened.push(() => embedded.stop());
  return embedded.url;
}

async function openApplication(config: Config, parts: Parts): Promise<NestFastifyApplication> {
  const { pool, eventStore, runners, writers } = parts;
  const { gateway } = parts.payments;
  const payments = openPayments(eventStore, systemClock, systemRandomness);
  const settings: httpTokens.HttpSettings = {
    auth: {
      keys: config.jwtJwksUrl ? { jwksUrl: config.jwtJwksUrl } : { secret: tokenSecret(config)! },
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
    },
    devTokens: config.devTokens,
    publicUrl: config.publicUrl,
    webFolder: join(import.meta.dirname, '..', 'web'),
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
    [commandTokens.SETTLEMENT, openSettlement({ payments, writers, gateway, clock: systemClock })],
    [commandTokens.SEAT_LOCKS, seatLocksOf(parts.redis)],
    [commandTokens.SEATING_PLANS, parts.plans],
    [commandTokens.INVENTORY_WRITERS, parts.writers],
    [httpTokens.HTTP_SETTINGS, settings],
    [httpTokens.LIVE_SEAT_STATUS, parts.live],
    [httpTokens.SEAT_STATUS_QUERIES, seatStatusQueries(pool)],
    [httpTokens.RESERVATION_QUERIES, reservationQueries(pool)],
    [httpTokens.PAYMENT_QUERIES, paymentQueries(pool)],
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
          ? [{ name: 'redis', optional: true, check: async () => void (await parts.redis!.ping()) }]
          : []),
      ] satisfies httpTokens.ReadinessCheck[],
    ],
    [httpTokens.PROTECTION, protectionOf(config, parts.redis) ?? null],
    [httpTokens.PROJECTION_LAGS, () => runners.map(lagOf)],
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

/** A withheld log is a warning: one open transaction of somebody else must not take every node away. */
function logReadiness({ state }: LogCondition): httpTokens.ReadinessState {
  return { state, isReady: state === 'ok' || state === 'withheld' };
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

/** Starts what acts without being asked; gives what stops it. */
function startProcesses(
  app: NestFastifyApplication,
  { pool }: Parts,
  logger: LoggerService,
  { scanMs, settlement: settlementWaits }: Waits,
): () => Promise<void> {
  const bus = app.get(CommandBus);
  const common = {
    scanMs,
    clock: systemClock,
    randomness: systemRandomness,
    log: (message: string) => void logger.warn(message),
  };
  const expiry = startHoldExpiry({
    ...common,
    overdueHolds: reservationQueries(pool).overdueHolds,
    inTurn: (work) => takeTurn(pool, 'hold-expiry', work),
    execute: (command) => bus.execute(command),
  });
  const settlement = startPaymentSettlement({
    ...common,
    waits: settlementWaits,
    openPayments: paymentQueries(pool).open,
    inTurn: (work) => takeTurn(pool, 'payment-settlement', work),
    execute: (command) => bus.execute(command),
  });
  const cancellation = startEventCancellation({
    ...common,
    unfinished: cancellationQueries(pool).unfinished,
    inTurn: (work) => takeTurn(pool, 'event-cancellation', work),
    undoSales: (command) => bus.execute(command),
    finish: (command) => bus.execute(command),
  });
  return async () => void (await Promise.all([expiry.stop(), settlement.stop(), cancellation.stop()]));
}

const LEVELS: LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];

/** Lines for people; JSON in production. */
export function openLogger({ logLevel, environment }: Config, without: LogLevel[] = []): ConsoleLogger {
  const from = logLevel === 'silent' ? LEVELS.length : LEVELS.indexOf(logLevel === 'info' ? 'log' : logLevel);
  const logLevels = LEVELS.slice(from).filter((level) => !without.includes(level));
  const json = environment === 'production';
  // Left to Nest where somebody watches: it knows who wants none there either.
  const colors = json || !process.stdout.isTTY ? false : undefined;
  return new PrintableLogger('Boxoffice', { logLevels, json, colors });
}
