import 'reflect-metadata';
import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from '../../src/app/app.module.js';
import { startBoxoffice } from '../../src/app/boxoffice.js';
import { Inject } from '../../src/commands/shared/inject.js';
import { RANDOMNESS } from '../../src/commands/shared/tokens.js';
import { configFromEnvironment } from '../../src/config/config.js';
import { Access } from '../../src/http/account/access.js';
import { CUSTOMER } from '../../src/http/account/accounts.js';
import { contextOf } from '../../src/http/platform/command-context.js';
import { reserveSchema } from '../../src/http/seat-inventory/reservation-schemas.js';
import type { Randomness } from '../../src/ports/system/randomness.js';

/**
 * The whole service with one more route, in a process of its own: what a buyer's request costs
 * before and after its handler. Sends its URL when it serves.
 * `npm run bench:cost -- --against` starts this file of the other commit.
 */
@Controller('v1/events/:eventId/nothing')
class DoNothingController {
  constructor(@Inject(RANDOMNESS) private readonly randomness: Randomness) {}

  /** Takes the body of a hold, as `reserve` does, and holds nothing. */
  @Post()
  @Access(CUSTOMER)
  @RouteSchema(reserveSchema)
  handle(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Res() reply: FastifyReply,
  ): void {
    const { commandId } = contextOf(request, CUSTOMER, this.randomness);
    reply
      .code(201)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ status: 'held', eventId, commandId }));
  }
}

const service = AppModule.with.bind(AppModule);
AppModule.with = (settings) => ({ ...service(settings), controllers: [DoNothingController] });

process.once('disconnect', () => process.exit());
const boxoffice = await startBoxoffice(configFromEnvironment());
process.once('SIGTERM', () => void boxoffice.close().then(() => process.exit()));
process.send!({ url: boxoffice.url });
