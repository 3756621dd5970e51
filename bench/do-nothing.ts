import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, RouteSchema, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { reserveSchema } from '../src/http/reservation-schemas.js';

/** The yardstick: a Nest route on Fastify that checks the same body against the same schema, and nothing else. */
@Controller('v1/events/:eventId/reservations')
class DoNothingController {
  @Post()
  @HttpCode(201)
  @RouteSchema(reserveSchema)
  reserve(@Body() _body: unknown): object {
    return { status: 'held' };
  }
}

@Module({ controllers: [DoNothingController] })
class DoNothingModule {}

const app = await NestFactory.create<NestFastifyApplication>(DoNothingModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });
process.on('disconnect', () => process.exit(0));
