import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, RouteSchema, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ArrayMaxSize, IsArray, IsString, Length } from 'class-validator';
import { reserveSchema } from '../src/http/seat-inventory/reservation-schemas.js';

class SeatsWanted {
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  seatIds!: string[];
}

/**
 * The yardsticks: Nest routes on Fastify that check the body of a reservation, and do nothing else.
 */
@Controller()
class DoNothingController {
  /** As our own route does it: by the schema that Fastify compiles. */
  @Post('compiled')
  @HttpCode(201)
  @RouteSchema(reserveSchema)
  compiled(@Body() _body: unknown): object {
    return { status: 'held' };
  }

  /** As Nest's documentation does it: by a validation pipe and a decorated class. */
  @Post('decorated')
  @HttpCode(201)
  decorated(
    @Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }))
    _body: SeatsWanted,
  ): object {
    return { status: 'held' };
  }
}

@Module({ controllers: [DoNothingController] })
class DoNothingModule {}

const app = await NestFactory.create<NestFastifyApplication>(
  DoNothingModule,
  new FastifyAdapter(),
  {
    logger: false,
  },
);
await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });
process.on('disconnect', () => process.exit(0));
