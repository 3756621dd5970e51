import { Module } from '@nestjs/common';
import { EventModule } from '../../features/event.module.js';
import { FreshnessModule } from '../platform/freshness.module.js';
import { SeatingPlanHttpModule } from '../seating-plan/seating-plan.module.js';
import { TicketHttpModule } from '../ticket/ticket.module.js';
import { CalendarsController } from './calendars.controller.js';
import { CatalogueController } from './catalogue.controller.js';
import { EventsController } from './events.controller.js';

@Module({
  imports: [EventModule, FreshnessModule, SeatingPlanHttpModule, TicketHttpModule],
  controllers: [EventsController, CatalogueController, CalendarsController],
})
export class EventHttpModule {}
