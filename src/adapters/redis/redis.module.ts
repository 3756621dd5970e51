import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { LOG } from '../../ports/shared/tokens.js';
import { REDIS } from './tokens.js';

/** The Redis that `REDIS_URL` names; without it, each node keeps what it needs in memory. */
@Module({
  providers: [
    provide(REDIS, {
      inject: [CONFIG, LOG],
      useFactory: async ({ redisUrl }, { warn }) => {
        if (redisUrl === undefined) return null;
        // Its client is large: only a service that uses it loads it.
        const { openRedis } = await import('./connection.js');
        return openRedis({ url: redisUrl, warn });
      },
      onApplicationShutdown: (redis) => redis.close(),
    }),
  ],
  exports: [REDIS],
})
export class RedisModule {}
