import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { REFUSED_ATTEMPTS } from '../../audit/tokens.js';
import { AuditModule } from '../../features/audit.module.js';
import { AbuseModule } from '../../features/abuse.module.js';
import { provide } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import { AbuseHttpModule } from '../abuse/abuse.module.js';
import { AccountHttpModule } from '../account/account.module.js';
import { AuditHttpModule } from '../audit/audit.module.js';
import { EventHttpModule } from '../event/event.module.js';
import { HealthHttpModule } from '../health/health.module.js';
import { PaymentHttpModule } from '../payment/payment.module.js';
import { ProblemsHttpModule } from '../problems/problems.module.js';
import { ProjectionHttpModule } from '../projection/projection.module.js';
import { SearchHttpModule } from '../search/search.module.js';
import { SeatInventoryHttpModule } from '../seat-inventory/seat-inventory.module.js';
import { TicketHttpModule } from '../ticket/ticket.module.js';
import { VenueHttpModule } from '../venue/venue.module.js';
import { WaitingRoomHttpModule } from '../waiting-room/waiting-room.module.js';
import { prepareServer } from './server/application.js';
import { watchHandlers, type RunningHandlers } from './server/handlers-under-way.js';
import { HTTP_SETTINGS, METRICS, PROTECTION, TOKEN_VERIFIER } from './tokens.js';

/**
 * After the last connection has closed: for requests whose clients have disconnected. Milliseconds.
 */
const HANDLERS_MS = 2_000;

const REQUESTS = token<RunningHandlers>('RequestsUnderWay');

/**
 * Every route of the service, and the server's settings that apply to all of them. It expects
 * global modules with `CommandBus`, `HTTP_SETTINGS`, `CLOCK` and `RANDOMNESS`.
 */
@Module({
  imports: [
    VenueHttpModule,
    SearchHttpModule,
    EventHttpModule,
    SeatInventoryHttpModule,
    PaymentHttpModule,
    ProjectionHttpModule,
    AuditHttpModule,
    TicketHttpModule,
    WaitingRoomHttpModule,
    AccountHttpModule,
    AbuseHttpModule,
    HealthHttpModule,
    ProblemsHttpModule,
    AbuseModule,
    AuditModule,
  ],
  providers: [
    provide(REQUESTS, {
      inject: [
        HttpAdapterHost,
        TOKEN_VERIFIER,
        PROTECTION,
        METRICS,
        REFUSED_ATTEMPTS,
        HTTP_SETTINGS,
      ],
      useFactory: async (host, verifier, protection, metrics, refused, settings) => {
        const fastify = host.httpAdapter.getInstance<FastifyInstance>();
        await prepareServer(fastify, {
          verifier,
          protection: protection ?? undefined,
          metrics,
          refused,
          settings,
        });
        return watchHandlers(fastify);
      },
      // Nest has closed the server: no request arrives any more.
      onApplicationShutdown: (requests) => requests.ended(HANDLERS_MS),
    }),
  ],
})
export class HttpModule {}
