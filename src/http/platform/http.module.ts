import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { openHoldRules } from '../../commands/seat-inventory/hold-rules.js';
import type { InventoryWriters } from '../../commands/seat-inventory/writer/inventory-writers.js';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import {
  CLOCK,
  EVENT_STORE,
  INVENTORY_WRITERS,
  RANDOMNESS,
  SEATING_PLANS,
  TICKET_SIGNER,
  WAITING_ROOMS,
} from '../../commands/shared/tokens.js';
import type { WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore, SubscriptionStats } from '../../ports/event-store/event-store.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import type { RefusedAttempts } from '../../audit/refused-attempts.js';
import type { UnmatchedNotifications } from '../../read-models/payment/unmatched-notifications.js';
import type { PaymentQueries } from '../../read-models/payment/payments-queries.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import { CalendarsController } from '../event/calendars.controller.js';
import { CatalogueController } from '../event/catalogue.controller.js';
import { AuditController } from '../audit/audit.controller.js';
import { CheckpointsController } from '../audit/signed-heads.controller.js';
import { CheckInsController } from '../ticket/check-ins.controller.js';
import { AbuseController } from '../abuse/abuse.controller.js';
import { openAutoWaitingRoom } from '../waiting-room/auto-waiting-room.js';
import { AfterSaleController } from '../payment/after-sale.controller.js';
import { DevTokensController } from '../account/dev-tokens.controller.js';
import { EventsController } from '../event/events.controller.js';
import { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import { openFreshness, type Freshness } from './freshness.js';
import { openHalls } from '../seating-plan/halls.js';
import { ClockController } from '../health/clock.controller.js';
import { HealthController } from '../health/health.controller.js';
import { LogController } from '../projection/log.controller.js';
import { LedgerController } from '../payment/ledger.controller.js';
import { openMetrics } from '../health/metrics.js';
import { MyReservationsController } from '../seat-inventory/my-reservations.controller.js';
import { PaymentsController, UNRESOLVED_AFTER_MS } from '../payment/payments.controller.js';
import { ProblemsController } from '../problems/problems.controller.js';
import { ProjectionsController } from '../projection/projections.controller.js';
import type { Protection } from '../abuse/protection.js';
import { HoldSeats } from '../seat-inventory/hold-seats.js';
import { PayForReservation } from '../payment/pay-for-reservation.js';
import { ReservationsController } from '../seat-inventory/reservations.controller.js';
import { SaleController } from '../seat-inventory/sale.controller.js';
import { SearchController } from '../search/search.controller.js';
import { SeatStatusStreamController } from '../seat-inventory/seat-status-stream.controller.js';
import {
  openSeatStatusStreams,
  type SeatStatusStreams,
} from '../seat-inventory/seat-status-streams.js';
import { openSeatingDocuments } from '../seating-plan/seating-documents.js';
import { SeatsController } from '../seat-inventory/seats.controller.js';
import { TicketsController } from '../ticket/tickets.controller.js';
import { openTickets } from '../ticket/tickets.js';
import { openTokenVerifier } from '../account/token-verifier.js';
import * as tokens from './tokens.js';
import { VenuesController } from '../venue/venues.controller.js';
import { openPassCheck } from '../waiting-room/pass-check.js';
import { WaitingRoomController } from '../waiting-room/waiting-room.controller.js';

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
    HoldSeats,
    PayForReservation,
    {
      provide: tokens.TOKEN_VERIFIER,
      inject: [tokens.HTTP_SETTINGS, CLOCK],
      useFactory: (settings: tokens.HttpSettings, clock: Clock) =>
        openTokenVerifier(settings.auth, clock),
    },
    {
      provide: tokens.FRESHNESS,
      inject: [tokens.LIVE_SEAT_STATUS, INVENTORY_WRITERS],
      useFactory: (live: LiveSeatStatus, writers: InventoryWriters) => openFreshness(live, writers),
    },
    {
      provide: tokens.FRESH_RESERVATIONS,
      inject: [tokens.RESERVATION_QUERIES, tokens.FRESHNESS, CLOCK, tokens.LOG_STATE],
      useFactory: (
        queries: ReservationQueries,
        freshness: Freshness,
        clock: Clock,
        log: tokens.LogState,
      ) => {
        const fresh = new FreshReservations(queries, freshness, clock);
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
      provide: tokens.PASS_CHECK,
      inject: [WAITING_ROOMS, tokens.PLACE_SIGNER, CLOCK],
      useFactory: openPassCheck,
    },
    {
      provide: tokens.SEATING_DOCUMENTS,
      inject: [SEATING_PLANS],
      useFactory: (plans: SeatingPlans) => openSeatingDocuments(plans),
    },
    {
      provide: tokens.SEAT_STATUS_STREAMS,
      inject: [tokens.LIVE_SEAT_STATUS, tokens.HTTP_SETTINGS, tokens.EVENT_QUERIES],
      useFactory: (
        live: LiveSeatStatus,
        { maxStreams }: tokens.HttpSettings,
        events: EventQueries,
      ) =>
        openSeatStatusStreams(live, {
          maxStreams,
          changesOf: (eventIds) => events.changesOf(eventIds),
        }),
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
        unmatched: UnmatchedNotifications,
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
