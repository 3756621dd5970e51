import { Module } from '@nestjs/common';
import { TicketModule } from '../../features/ticket.module.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, TICKET_SIGNER } from '../../ports/shared/tokens.js';
import { TICKET_QUERIES } from '../../read-models/shared/tokens.js';
import { FreshnessModule } from '../platform/freshness.module.js';
import { EVENT_LAYOUTS, TICKETS } from '../platform/tokens.js';
import { SeatingPlanHttpModule } from '../seating-plan/seating-plan.module.js';
import { CheckInsController } from './check-ins.controller.js';
import { TicketsController } from './tickets.controller.js';
import { openTickets } from './tickets.js';

@Module({
  imports: [TicketModule, FreshnessModule, SeatingPlanHttpModule],
  controllers: [TicketsController, CheckInsController],
  providers: [
    provide(TICKETS, {
      inject: [TICKET_SIGNER, TICKET_QUERIES, EVENT_LAYOUTS, CLOCK],
      useFactory: openTickets,
    }),
  ],
  exports: [TICKETS],
})
export class TicketHttpModule {}
