/** @services redis */
import { openDeclineCountsInRedis } from '../../src/adapters/abuse/decline-counts.js';
import { openHoldsInRedis } from '../../src/adapters/abuse/holds-in-redis.js';
import { openRateLimit } from '../../src/adapters/abuse/rate-limits.js';
import { openUsedOnce } from '../../src/adapters/abuse/used-once.js';
import { openRedis, type RedisConnection } from '../../src/adapters/redis/connection.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { describeAbuseStores } from '../contract/abuse.contract.js';
import { startRedis, type RedisServer } from '../support/services/redis-server.js';

let server: RedisServer;
let redis: RedisConnection;
let other: RedisConnection;
beforeAll(async () => {
  server = await startRedis();
  [redis, other] = [await openRedis({ url: server.url }), await openRedis({ url: server.url })];
});
afterAll(async () => {
  await Promise.all([redis.close(), other.close()]);
  await server.stop();
});

describeAbuseStores('Redis', () => ({
  holds: (clock = systemClock) => openHoldsInRedis(clock, redis),
  declines: (clock, windowMs) => openDeclineCountsInRedis(clock, windowMs, redis),
  used: () => openUsedOnce(systemClock, redis),
  rate: (name, perMinute) => openRateLimit(name, perMinute, redis),
}));

describe('two nodes', () => {
  it('count together', async () => {
    const rates = [openRateLimit('both', 3, redis), openRateLimit('both', 3, other)];
    const left = [];
    for (let at = 0; at < 4; at++) left.push((await rates[at % 2]!.take('anna')).allowed);
    expect(left).toEqual([true, true, true, false]);
    const used = [openUsedOnce(systemClock, redis), openUsedOnce(systemClock, other)];
    const answers = await Promise.all(used.map((store) => store.use('proof', Date.now() + 60_000)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    const holds = [openHoldsInRedis(systemClock, redis), openHoldsInRedis(systemClock, other)];
    const owner = { account: 'anna', networks: [] };
    const take = async (node: number, hold: string) =>
      (await holds[node]!.take(owner, hold, Date.now() + 60_000, { account: 2, networks: [] }))
        .exceeded;
    expect([await take(0, 'a'), await take(1, 'b'), await take(0, 'c')]).toEqual([
      undefined,
      undefined,
      'account',
    ]);
  });
});

describe('while Redis is gone', () => {
  beforeAll(async () => {
    await server.kill();
    while (redis.isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('each node counts for itself, and nobody is turned away for it', async () => {
    const rate = openRateLimit('gone', 2, redis);
    const answers = [];
    for (let at = 0; at < 3; at++) answers.push((await rate.take('anna')).allowed);
    expect(answers).toEqual([true, true, false]);
    const holds = openHoldsInRedis(systemClock, redis);
    const owner = { account: 'anna', networks: ['203.0.113.9'] };
    const take = async (hold: string) =>
      (await holds.take(owner, hold, Date.now() + 60_000, { account: 1, networks: [9] })).exceeded;
    expect([await take('a'), await take('b')]).toEqual([undefined, 'account']);
    await holds.end(owner.account, 'a');
    expect(await take('b')).toBeUndefined();
  });

  it('a proof is taken once by each node', async () => {
    const used = openUsedOnce(systemClock, redis);
    expect([
      await used.use('p', Date.now() + 60_000),
      await used.use('p', Date.now() + 60_000),
    ]).toEqual([true, false]);
  });
});
