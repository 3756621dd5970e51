import { Module } from '@nestjs/common';
import { SeatInventoryModule } from '../../features/seat-inventory.module.js';
import { provide } from '../../ports/shared/provide.js';
import { EVENT_QUERIES, LIVE_SEAT_STATUS } from '../../read-models/shared/tokens.js';
import { PayForReservation } from '../payment/pay-for-reservation.js';
import { FreshnessModule } from '../platform/freshness.module.js';
import { HTTP_SETTINGS, SEAT_STATUS_STREAMS } from '../platform/tokens.js';
import { SeatingPlanHttpModule } from '../seating-plan/seating-plan.module.js';
import { TicketHttpModule } from '../ticket/ticket.module.js';
import { WaitingRoomHttpModule } from '../waiting-room/waiting-room.module.js';
import { HoldSeats } from './hold-seats.js';
import { MyReservationsController } from './my-reservations.controller.js';
import { ReservationsController } from './reservations.controller.js';
import { SaleController } from './sale.controller.js';
import { SeatStatusStreamController } from './seat-status-stream.controller.js';
import { SeatStatusStreams } from './seat-status-streams.js';
import { SeatsController } from './seats.controller.js';

@Module({
  imports: [
    SeatInventoryModule,
    FreshnessModule,
    SeatingPlanHttpModule,
    TicketHttpModule,
    WaitingRoomHttpModule,
  ],
  controllers: [
    SeatsController,
    SeatStatusStreamController,
    ReservationsController,
    MyReservationsController,
    SaleController,
  ],
  providers: [
    HoldSeats,
    PayForReservation,
    provide(SEAT_STATUS_STREAMS, {
      inject: [LIVE_SEAT_STATUS, HTTP_SETTINGS, EVENT_QUERIES],
      useFactory: (live, { maxStreams }, events) =>
        new SeatStatusStreams(live, {
          maxStreams,
          changesOf: (eventIds) => events.changesOf(eventIds),
        }),
    }),
  ],
  exports: [SEAT_STATUS_STREAMS],
})
export class SeatInventoryHttpModule {}
