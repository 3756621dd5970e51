import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import { ADMISSIONS, CLOCK, PLACE_SIGNER, WAITING_ROOM_SEEDS } from '../../ports/shared/tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/tokens.js';
import { SigningKeysModule } from '../ticket/signing-keys.module.js';
import { TICKET_KEYS } from '../ticket/tokens.js';
import { openAdmissionsInMemory } from './memory.js';
import { openPlaceSigner, type SecretKey } from './place-signer.js';
import { openSeeds } from './seeds.js';

const SECRETS = token<readonly SecretKey[]>('WaitingRoomSecrets');

/**
 * Queue numbers and passes: in Redis, or in the memory of this node. They are signed with keys
 * derived from those of tickets: the same on every node, and old ones still verify while they are
 * in the set with their private halves.
 */
@Module({
  imports: [RedisModule, SigningKeysModule],
  providers: [
    provide(SECRETS, {
      inject: [TICKET_KEYS],
      useFactory: (keys) =>
        keys.flatMap(({ kid, privateKey }) =>
          privateKey ? [{ kid, secret: privateKey.export({ format: 'der', type: 'pkcs8' }) }] : [],
        ),
    }),
    provide(PLACE_SIGNER, { inject: [SECRETS], useFactory: (keys) => openPlaceSigner(keys) }),
    provide(WAITING_ROOM_SEEDS, {
      inject: [SECRETS],
      useFactory: (keys) => openSeeds(keys.map(({ secret }) => secret)),
    }),
    provide(ADMISSIONS, {
      inject: [REDIS, CLOCK],
      useFactory: async (redis, clock) => {
        if (!redis) return openAdmissionsInMemory(clock);
        // Loads the client of Redis.
        const { openAdmissionsInRedis } = await import('./redis.js');
        return openAdmissionsInRedis(redis.client, undefined, redis.usedMemory);
      },
    }),
  ],
  exports: [ADMISSIONS, PLACE_SIGNER, WAITING_ROOM_SEEDS],
})
export class AdmissionsModule {}
