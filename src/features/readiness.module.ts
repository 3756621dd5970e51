import { Module } from '@nestjs/common';
import { POOL } from '../adapters/postgres/tokens.js';
import type { RedisConnection } from '../adapters/redis/connection.js';
import { RedisModule } from '../adapters/redis/redis.module.js';
import { REDIS } from '../adapters/redis/tokens.js';
import { MEMORY } from '../adapters/waiting-room/redis-numbers.js';
import type { ReadinessState } from '../http/health/node-state.js';
import { READINESS_CHECKS } from '../http/platform/tokens.js';
import type { LogCondition } from '../ports/event-store/event-store.js';
import { provide } from '../ports/shared/provide.js';
import { EVENT_STORE } from '../ports/shared/tokens.js';
import { LogModule } from './log.module.js';

/** Checks of the services without which this node cannot serve, or not as well. */
@Module({
  imports: [LogModule, RedisModule],
  providers: [
    provide(READINESS_CHECKS, {
      inject: [EVENT_STORE, POOL, REDIS],
      useFactory: (eventStore, pool, redis) => [
        { name: 'event store', check: () => eventStore.ping() },
        { name: 'log', check: async () => logReadiness(await eventStore.condition()) },
        { name: 'database', check: async () => void (await pool.query('select 1')) },
        ...(redis ? [{ name: 'redis', optional: true, check: () => redisReadiness(redis) }] : []),
      ],
    }),
  ],
  exports: [READINESS_CHECKS],
})
export class ReadinessModule {}

/** A full Redis issues no new queue numbers; everything else works. */
async function redisReadiness(redis: RedisConnection): Promise<ReadinessState | void> {
  await redis.ping();
  if ((await redis.usedMemory()) >= MEMORY.large) return { state: 'full', isReady: true };
}

/**
 * A withheld log is only a warning: one open transaction of another client must not make every node
 * unready.
 */
function logReadiness(condition: LogCondition): ReadinessState {
  const { state } = condition;
  if (state === 'ok') return { state, isReady: true };
  return { state, isReady: state === 'withheld', cause: condition.cause };
}
