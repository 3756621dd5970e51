import { Module } from '@nestjs/common';
import { noSeatLocks } from '../../ports/seat-inventory/seat-locks.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, RANDOMNESS, SEAT_LOCKS } from '../../ports/shared/tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/tokens.js';
import { openSeatLocks } from './redis-seat-locks.js';

/** Seat locks between nodes, in the Redis that they share; a single node needs none. */
@Module({
  imports: [RedisModule],
  providers: [
    provide(SEAT_LOCKS, {
      inject: [REDIS, CLOCK, RANDOMNESS],
      useFactory: (redis, clock, randomness) =>
        redis ? openSeatLocks({ redis, clock, randomness }) : noSeatLocks,
    }),
  ],
  exports: [SEAT_LOCKS],
})
export class SeatLocksModule {}
