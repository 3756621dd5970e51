import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { openHoldRules } from '../commands/hold-rules.js';
import type { InventoryWriters } from '../commands/inventory-writers.js';
import type { SeatingPlans } from '../commands/seating-plans.js';
import {
  CLOCK,
  EVENT_STORE,
  INVENTORY_WRITERS,
  RANDOMNESS,
  SEATING_PLANS,
  TICKET_SIGNER,
  WAITING_ROOMS,
} from '../commands/tokens.js';
import type { WaitingRooms } from '../commands/waiting-rooms.js';
import type { Randomness } from '../ports/randomness.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore, SubscriptionStats } from '../ports/event-store.js';
import type { EventQueries } from '../read-models/events-queries.js';
import type { LiveSeatStatus } from '../read-models/live-seat-status.js';
import type { RefusedAttempts } from '../audit/refused-attempts.js';
import type { UnmatchedNotices } from '../read-models/unmatched-notices.js';
import type { PaymentQueries } from '../read-models/payments-queries.js';
import type { ReservationQueries } from '../read-models/reservations-queries.js';
import { CalendarsController } from './calendars.controller.js';
import { CatalogueController } from './catalogue.controller.js';
import { AuditController } from './audit.controller.js';
import { CheckpointsController } from './checkpoints.controller.js';
import { CheckInsController } from './check-ins.controller.js';
import { AbuseController } from './abuse.controller.js';
import { openAutoWaitingRoom } from './auto-waiting-room.js';
import { AfterSaleController } from './after-sale.controller.js';
import { DevTokensController } from './dev-tokens.controller.js';
import { EventsController } from './events.controller.js';
import { openFreshReservations } from './fresh-reservations.js';
import { openFreshness, type Freshness } from './freshness.js';
import { openHalls } from './halls.js';
import { ClockController } from './clock.controller.js';
import { HealthController } from './health.controller.js';
import { LogController } from './log.controller.js';
import { LedgerController } from './ledger.controller.js';
import { openMetrics } from './metrics.js';
import { MyReservationsController } from './my-reservations.controller.js';
import { PaymentsController, UNRESOLVED_AFTER_MS } from './payments.controller.js';
import { ProblemsController } from './problems.controller.js';
import { ProjectionsController } from './projections.controller.js';
import type { Protection } from './protection.js';
import { ReservationsController } from './reservations.controller.js';
import { SaleController } from './sale.controller.js';
import { SearchController } from './search.controller.js';
import { SeatStatusStreamController } from './seat-status-stream.controller.js';
import { openSeatStatusStreams, type SeatStatusStreams } from './seat-status-streams.js';
import { openSeatingDocuments } from './seating-documents.js';
import { SeatsController } from './seats.controller.js';
import { TicketsController } from './tickets.controller.js';
import { openTickets } from './tickets.js';
import { openTokenVerifier } from './token-verifier.js';
import * as tokens from './tokens.js';
import { VenuesController } from './venues.controller.js';
import { openWaitingRoomDoor } from './waiting-room-door.js';
import { WaitingRoomController } from './waiting-room.controller.js';

/**
 * Every route of the service. It expects `CommandBus` (`CqrsModule.forRoot()`) and, from a global module:
 * `CLOCK`, `RANDOMNESS`, `SEATING_PLANS`, `INVENTORY_WRITERS` of `commands/tokens.ts`, and the first block of
 * `tokens.ts`. An application is made by `createHttpApplication`, which sets Fastify up for it.
 */
@Module({
  controllers: [
    VenuesController,
    SearchController,
    EventsController,
    SeatsController,
    SeatStatusStreamController,
    ReservationsController,
    MyReservationsController,
    PaymentsController,
    LedgerController,
    LogController,
    ProjectionsController,
    AuditController,
    CheckpointsController,
    TicketsController,
    CheckInsController,
    CatalogueController,
    CalendarsController,
    SaleController,
    AfterSaleController,
    WaitingRoomController,
    DevTokensController,
    AbuseController,
    ClockController,
    HealthController,
    ProblemsController,
  ],
  providers: [
    {
      provide: tokens.TOKEN_VERIFIER,
      inject: [tokens.HTTP_SETTINGS, CLOCK],
      useFactory: (settings: tokens.HttpSettings, clock: Clock) => openTokenVerifier(settings.auth, clock),
    },
    {
      provide: tokens.FRESHNESS,
      inject: [tokens.LIVE_SEAT_STATUS, INVENTORY_WRITERS],
      useFactory: (live: LiveSeatStatus, writers: InventoryWriters) => openFreshness(live, writers),
    },
    {
      provide: tokens.FRESH_RESERVATIONS,
      inject: [tokens.RESERVATION_QUERIES, tokens.FRESHNESS, CLOCK, tokens.LOG_STATE],
      useFactory: (queries: ReservationQueries, freshness: Freshness, clock: Clock, log: tokens.LogState) => {
        const fresh = openFreshReservations(queries, freshness, clock);
        log.onAccepted(() => fresh.forgetAll());
        return fresh;
      },
    },
    {
      provide: tokens.HALLS,
      inject: [tokens.EVENT_QUERIES, SEATING_PLANS],
      useFactory: (events: EventQueries, plans: SeatingPlans) => openHalls(events, plans),
    },
    {
      provide: tokens.TICKETS,
      inject: [TICKET_SIGNER, tokens.TICKET_QUERIES, tokens.HALLS, CLOCK],
      useFactory: openTickets,
    },
    {
      provide: tokens.HOLD_RULES,
      inject: [EVENT_STORE, CLOCK],
      useFactory: openHoldRules,
    },
    {
      provide: tokens.AUTO_WAITING_ROOM,
      inject: [CommandBus, INVENTORY_WRITERS, WAITING_ROOMS, tokens.PROTECTION, CLOCK, RANDOMNESS],
      useFactory: (
        bus: CommandBus,
        writers: InventoryWriters,
        rooms: WaitingRooms,
        protection: Protection | null,
        clock: Clock,
        randomness: Randomness,
      ) =>
        openAutoWaitingRoom({
          ...{ bus, writers, rooms, clock, randomness },
          protection: protection ?? undefined,
        }),
    },
    {
      provide: tokens.WAITING_ROOM_DOOR,
      inject: [WAITING_ROOMS, tokens.PLACE_SIGNER, CLOCK],
      useFactory: openWaitingRoomDoor,
    },
    {
      provide: tokens.SEATING_DOCUMENTS,
      inject: [SEATING_PLANS],
      useFactory: (plans: SeatingPlans) => openSeatingDocuments(plans),
    },
    {
      provide: tokens.SEAT_STATUS_STREAMS,
      inject: [tokens.LIVE_SEAT_STATUS, tokens.HTTP_SETTINGS, tokens.EVENT_QUERIES],
      useFactory: (live: LiveSeatStatus, { maxStreams }: tokens.HttpSettings, events: EventQueries) =>
        openSeatStatusStreams(live, { maxStreams, changesOf: (eventIds) => events.changesOf(eventIds) }),
    },
    {
      provide: tokens.METRICS,
      inject: [
        INVENTORY_WRITERS,
        tokens.PROJECTION_LAGS,
        tokens.SEAT_STATUS_STREAMS,
        tokens.PAYMENT_QUERIES,
        tokens.UNMATCHED_NOTICES,
        tokens.REFUSED_ATTEMPTS,
        tokens.LOG_STATE,
        CLOCK,
        tokens.SUBSCRIPTION_STATS,
        EVENT_STORE,
      ],
      useFactory: (
        writers: InventoryWriters,
        lags: tokens.ProjectionLags,
        streams: SeatStatusStreams,
        payments: PaymentQueries,
        unmatched: UnmatchedNotices,
        refused: RefusedAttempts,
        log: tokens.LogState,
        clock: Clock,
        subscriptions: SubscriptionStats,
        eventStore: EventStore,
      ) =>
        openMetrics({
          ...{ writers, lags, streams, subscriptions, log },
          unresolvedPayments: () => payments.countUnresolved(clock.now() - UNRESOLVED_AFTER_MS),
          unmatchedNotices: () => unmatched.countOpen(),
          droppedAttempts: () => refused.dropped(),
          logCondition: () => eventStore.condition(),
        }),
    },
  ],
})
export class HttpModule {}
