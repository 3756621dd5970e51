import { join } from 'node:path';
import { ConsoleLogger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { openEventStoreDb } from './adapters/event-store/eventstoredb.js';
import { openPostgresEventStore } from './adapters/event-store/postgres.js';
import { startEmbeddedPostgres } from './adapters/postgres/embedded-postgres.js';
import { openPostgresSnapshots } from './adapters/snapshots/postgres.js';
import { systemClock } from './adapters/system/clock.js';
import { systemRandomness } from './adapters/system/randomness.js';
import { AppModule } from './app.module.js';
import { openInventoryWriters } from './commands/inventory-writers.js';
import { openPayments } from './commands/payments.js';
import { openSettlement } from './commands/settlement.js';
import { openSeatingPlans } from './commands/seating-plans.js';
import * as commandTokens from './commands/tokens.js';
import { tokenSecret } from './config.js';
import { createHttpApplication } from './http/application.js';
import { watchHandlers } from './http/handlers-under-way.js';
import { HttpModule } from './http/http.module.js';
import * as httpTokens from './http/tokens.js';
import { openPaymentGateway } from './gateways.js';
import { startEventCancellation } from './processes/event-cancellation.js';
import { startHoldExpiry } from './processes/hold-expiry.js';
import { startPaymentSettlement } from './processes/payment-settlement.js';
import { runProjections } from './projections/projection-runner.js';
import { projections } from './projections/projections.js';
import { cancellationQueries } from './read-models/cancellations-queries.js';
import { eventQueries } from './read-models/events-queries.js';
import { ledgerQueries } from './read-models/ledger-queries.js';
import { openLiveSeatStatus } from './read-models/live-seat-status.js';
import { migrate } from './read-models/migrate.js';
import { openQueryPool } from './read-models/query-pool.js';
import { paymentQueries } from './read-models/payments-queries.js';
import { reservationQueries } from './read-models/reservations-queries.js';
import { seatStatusQueries } from './read-models/seat-status-queries.js';
import { takeTurn } from './read-models/turn.js';
import { venueQueries } from './read-models/venues.js';
import { openTicketing } from './ticketing.js';
/** For requests whose clients have gone to end before the stores are closed. Milliseconds. */ const HANDLERS_MS = 2_000;
/** Opens everything that the configuration names, brings the tables up to date, and serves. */ export async function startBoxoffice(config) {
    const logger = openLogger(config);
    const opened = [];
    const close = async ()=>{
        for(let last = opened.pop(); last; last = opened.pop()){
            await last().catch((error)=>logger.error(`while closing: ${error.message}`));
        }
    };
    try {
        const parts = await openParts(config, logger, opened);
        const app = await openApplication(config, parts);
        const handlers = watchHandlers(app.getHttpAdapter().getInstance());
        opened.push(()=>handlers.ended(HANDLERS_MS));
        opened.push(()=>app.close());
        opened.push(startProcesses(app, parts, logger));
        await app.listen(config.port, config.host);
        const url = await app.getUrl();
        parts.payments.tellTo(url);
        return {
            app,
            logger,
            url,
            parts,
            close
        };
    } catch (error) {
        await close();
        throw error;
    }
}
async function openParts(config, logger, opened) {
    const keep = (part, close)=>{
        opened.push(()=>close(part));
        return part;
    };
    const log = (message)=>void logger.log(message);
    const warn = (message)=>void logger.warn(message);
    const databaseUrl = config.databaseUrl ?? await embeddedDatabase(config, log, opened);
    await migrate(databaseUrl, log);
    const pool = keep(openQueryPool({
        connectionString: databaseUrl,
        max: config.databasePoolSize,
        log: warn
    }), (pool)=>pool.end());
    const eventStore = keep(config.eventStoreUrl ? openEventStoreDb({
        connectionString: config.eventStoreUrl,
        log: warn
    }) : openPostgresEventStore({
        connectionString: databaseUrl,
        log: warn
    }), (store)=>store.close());
    const payments = keep(await openPaymentGateway(config, warn), ({ gateway })=>gateway.close());
    const plans = openSeatingPlans(eventStore);
    const writers = keep(openInventoryWriters({
        eventStore,
        snapshots: openPostgresSnapshots(pool),
        plans,
        clock: systemClock,
        randomness: systemRandomness,
        limits: {
            maxMailbox: config.writerMaxMailbox,
            maxBatch: config.writerMaxBatch
        },
        log: warn
    }), (open)=>open.close());
    const live = keep(openLiveSeatStatus({
        connectionString: databaseUrl,
        db: pool,
        layoutOf: async (hash)=>(await plans.load(hash)).layout,
        clock: systemClock,
        log: warn
    }), (open)=>open.close());
    const running = {
        connectionString: databaseUrl,
        eventStore,
        clock: systemClock,
        log: warn
    };
    const runners = keep(runProjections(projections, running), (started)=>Promise.all(started.map((runner)=>runner.stop())));
    const ticketing = keep(openTicketing(config, {
        pool,
        plans,
        log: warn
    }), (open)=>open.close());
    return {
        eventStore,
        pool,
        payments,
        plans,
        writers,
        live,
        runners,
        ticketing
    };
}
async function embeddedDatabase(config, log, opened) {
    const embedded = await startEmbeddedPostgres({
        dataDirectory: join(config.dataDir, 'postgres'),
        log
    });
    opened.push(()=>embedded.stop());
    return embedded.url;
}
async function openApplication(config, parts) {
    const { pool, eventStore, runners, writers } = parts;
    const { gateway } = parts.payments;
    const payments = openPayments(eventStore, systemClock, systemRandomness);
    const settings = {
        auth: {
            keys: config.jwtJwksUrl ? {
                jwksUrl: config.jwtJwksUrl
            } : {
                secret: tokenSecret(config)
            },
            issuer: config.jwtIssuer,
            audience: config.jwtAudience
        },
        devTokens: config.devTokens,
        webFolder: join(import.meta.dirname, '..', 'web'),
        maxStreams: config.sseMaxClients,
        shutdownSeconds: config.shutdownSeconds
    };
    const bindings = new Map([
        [
            commandTokens.CLOCK,
            systemClock
        ],
        [
            commandTokens.RANDOMNESS,
            systemRandomness
        ],
        [
            commandTokens.EVENT_STORE,
            eventStore
        ],
        [
            commandTokens.PAYMENT_GATEWAY,
            gateway
        ],
        [
            commandTokens.PAYMENTS,
            payments
        ],
        [
            commandTokens.SETTLEMENT,
            openSettlement({
                payments,
                writers,
                gateway,
                clock: systemClock
            })
        ],
        [
            commandTokens.SEATING_PLANS,
            parts.plans
        ],
        [
            commandTokens.INVENTORY_WRITERS,
            parts.writers
        ],
        [
            httpTokens.HTTP_SETTINGS,
            settings
        ],
        [
            httpTokens.LIVE_SEAT_STATUS,
            parts.live
        ],
        [
            httpTokens.SEAT_STATUS_QUERIES,
            seatStatusQueries(pool)
        ],
        [
            httpTokens.RESERVATION_QUERIES,
            reservationQueries(pool)
        ],
        [
            httpTokens.PAYMENT_QUERIES,
            paymentQueries(pool)
        ],
        [
            httpTokens.LEDGER_QUERIES,
            ledgerQueries(pool)
        ],
        [
            httpTokens.EVENT_QUERIES,
            eventQueries(pool)
        ],
        [
            httpTokens.CANCELLATION_QUERIES,
            cancellationQueries(pool)
        ],
        [
            httpTokens.VENUE_QUERIES,
            venueQueries(pool)
        ],
        [
            httpTokens.READINESS_CHECKS,
            [
                {
                    name: 'event store',
                    check: ()=>eventStore.ping()
                },
                {
                    name: 'database',
                    check: ()=>pool.query('select 1')
                }
            ]
        ],
        [
            httpTokens.PROJECTION_LAGS,
            ()=>runners.map(lagOf)
        ],
        ...parts.ticketing.bindings
    ]);
    // Nest tells every route that it maps; its warnings are enough.
    const logger = openLogger(config, [
        'log',
        'debug'
    ]);
    return createHttpApplication(AppModule.with(bindings, HttpModule), {
        logger
    });
}
function lagOf(runner) {
    const { name, state, lagSeconds, parked } = runner.status();
    const running = state === 'catching-up' || state === 'live';
    return {
        projection: name,
        running,
        seconds: lagSeconds ?? undefined,
        parked: running ? parked : undefined
    };
}
/** Starts what acts without being asked; gives what stops it. */ function startProcesses(app, { pool }, logger) {
    const bus = app.get(CommandBus);
    const common = {
        clock: systemClock,
        randomness: systemRandomness,
        log: (message)=>void logger.warn(message)
    };
    const expiry = startHoldExpiry({
        ...common,
        overdueHolds: reservationQueries(pool).overdueHolds,
        inTurn: (work)=>takeTurn(pool, 'hold-expiry', work),
        execute: (command)=>bus.execute(command)
    });
    const settlement = startPaymentSettlement({
        ...common,
        openPayments: paymentQueries(pool).open,
        inTurn: (work)=>takeTurn(pool, 'payment-settlement', work),
        execute: (command)=>bus.execute(command)
    });
    const cancellation = startEventCancellation({
        ...common,
        unfinished: cancellationQueries(pool).unfinished,
        inTurn: (work)=>takeTurn(pool, 'event-cancellation', work),
        undoSales: (command)=>bus.execute(command),
        finish: (command)=>bus.execute(command)
    });
    return async ()=>void await Promise.all([
            expiry.stop(),
            settlement.stop(),
            cancellation.stop()
        ]);
}
const LEVELS = [
    'debug',
    'log',
    'warn',
    'error',
    'fatal'
];
/** Lines for people; JSON in production. */ export function openLogger({ logLevel, environment }, without = []) {
    const from = logLevel === 'silent' ? LEVELS.length : LEVELS.indexOf(logLevel === 'info' ? 'log' : logLevel);
    const logLevels = LEVELS.slice(from).filter((level)=>!without.includes(level));
    const json = environment === 'production';
    // Left to Nest where somebody watches: it knows who wants none there either.
    const colors = json || !process.stdout.isTTY ? false : undefined;
    return new ConsoleLogger('Boxoffice', {
        logLevels,
        json,
        colors
    });
}

//# sourceMappingURL=boxoffice.js.map