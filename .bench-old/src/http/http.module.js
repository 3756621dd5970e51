function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
import { Module } from '@nestjs/common';
import { CLOCK, INVENTORY_WRITERS, SEATING_PLANS, TICKET_SIGNER } from '../commands/tokens.js';
import { CheckInsController } from './check-ins.controller.js';
import { AfterSaleController } from './after-sale.controller.js';
import { DevTokensController } from './dev-tokens.controller.js';
import { EventsController } from './events.controller.js';
import { openFreshReservations } from './fresh-reservations.js';
import { openFreshness } from './freshness.js';
import { openHalls } from './halls.js';
import { HealthController } from './health.controller.js';
import { LedgerController } from './ledger.controller.js';
import { openMetrics } from './metrics.js';
import { MyReservationsController } from './my-reservations.controller.js';
import { PaymentsController, UNRESOLVED_AFTER_MS } from './payments.controller.js';
import { ProblemsController } from './problems.controller.js';
import { ReservationsController } from './reservations.controller.js';
import { SaleController } from './sale.controller.js';
import { SeatStatusStreamController } from './seat-status-stream.controller.js';
import { openSeatStatusStreams } from './seat-status-streams.js';
import { openSeatingDocuments } from './seating-documents.js';
import { SeatsController } from './seats.controller.js';
import { TicketsController } from './tickets.controller.js';
import { openTickets } from './tickets.js';
import { openTokenVerifier } from './token-verifier.js';
import * as tokens from './tokens.js';
import { VenuesController } from './venues.controller.js';
export class HttpModule {
}
HttpModule = _ts_decorate([
    Module({
        controllers: [
            VenuesController,
            EventsController,
            SeatsController,
            SeatStatusStreamController,
            ReservationsController,
            MyReservationsController,
            PaymentsController,
            LedgerController,
            TicketsController,
            CheckInsController,
            SaleController,
            AfterSaleController,
            DevTokensController,
            HealthController,
            ProblemsController
        ],
        providers: [
            {
                provide: tokens.TOKEN_VERIFIER,
                inject: [
                    tokens.HTTP_SETTINGS,
                    CLOCK
                ],
                useFactory: (settings, clock)=>openTokenVerifier(settings.auth, clock)
            },
            {
                provide: tokens.FRESHNESS,
                inject: [
                    tokens.LIVE_SEAT_STATUS,
                    INVENTORY_WRITERS
                ],
                useFactory: (live, writers)=>openFreshness(live, writers)
            },
            {
                provide: tokens.FRESH_RESERVATIONS,
                inject: [
                    tokens.RESERVATION_QUERIES,
                    tokens.FRESHNESS,
                    CLOCK
                ],
                useFactory: (queries, freshness, clock)=>openFreshReservations(queries, freshness, clock)
            },
            {
                provide: tokens.HALLS,
                inject: [
                    tokens.EVENT_QUERIES,
                    SEATING_PLANS
                ],
                useFactory: (events, plans)=>openHalls(events, plans)
            },
            {
                provide: tokens.TICKETS,
                inject: [
                    TICKET_SIGNER,
                    tokens.TICKET_QUERIES,
                    tokens.HALLS,
                    CLOCK
                ],
                useFactory: openTickets
            },
            {
                provide: tokens.SEATING_DOCUMENTS,
                inject: [
                    SEATING_PLANS
                ],
                useFactory: (plans)=>openSeatingDocuments(plans)
            },
            {
                provide: tokens.SEAT_STATUS_STREAMS,
                inject: [
                    tokens.LIVE_SEAT_STATUS,
                    tokens.HTTP_SETTINGS
                ],
                useFactory: (live, { maxStreams })=>openSeatStatusStreams(live, {
                        maxStreams
                    })
            },
            {
                provide: tokens.METRICS,
                inject: [
                    INVENTORY_WRITERS,
                    tokens.PROJECTION_LAGS,
                    tokens.SEAT_STATUS_STREAMS,
                    tokens.PAYMENT_QUERIES,
                    CLOCK
                ],
                useFactory: (writers, lags, streams, payments, clock)=>openMetrics(writers, lags, streams, ()=>payments.countUnresolved(clock.now() - UNRESOLVED_AFTER_MS))
            }
        ]
    })
], HttpModule);

//# sourceMappingURL=http.module.js.map