/**
 * do-nothing-run.ts for commits that have none, 60e5a25 and before: copied into their
 * `.bench/bench/cost`. Without decorators, so that it needs no compiler.
 */
import 'reflect-metadata';
import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app/app.module.js';
import { startBoxoffice } from '../../src/app/boxoffice.js';
import { Inject } from '../../src/commands/shared/inject.js';
import { RANDOMNESS } from '../../src/commands/shared/tokens.js';
import { configFromEnvironment } from '../../src/config/config.js';
import { Access } from '../../src/http/account/access.js';
import { CUSTOMER } from '../../src/http/account/accounts.js';
import { contextOf } from '../../src/http/platform/command-context.js';
import { reserveSchema } from '../../src/http/seat-inventory/reservation-schemas.js';

class DoNothingController {
  constructor(randomness) {
    this.randomness = randomness;
  }

  handle(request, eventId, reply) {
    const { commandId } = contextOf(request, CUSTOMER, this.randomness);
    reply
      .code(201)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ status: 'held', eventId, commandId }));
  }
}

const { prototype } = DoNothingController;
const handle = Object.getOwnPropertyDescriptor(prototype, 'handle');
Inject(RANDOMNESS)(DoNothingController, undefined, 0);
for (const [index, decorate] of [Req(), Param('eventId'), Res()].entries())
  decorate(prototype, 'handle', index);
for (const decorate of [RouteSchema(reserveSchema), Access(CUSTOMER), Post()])
  decorate(prototype, 'handle', handle);
Controller('v1/events/:eventId/nothing')(DoNothingController);

const service = AppModule.with.bind(AppModule);
AppModule.with = (settings) => ({ ...service(settings), controllers: [DoNothingController] });

process.once('disconnect', () => process.exit());
const boxoffice = await startBoxoffice(configFromEnvironment());
process.once('SIGTERM', () => void boxoffice.close().then(() => process.exit()));
process.send({ url: boxoffice.url });
