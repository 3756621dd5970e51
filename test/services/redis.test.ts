/** @services redis */
import { openRedis, type RedisConnection } from '../../src/adapters/redis/connection.js';
import { startRedis, type RedisServer } from '../support/services/redis-server.js';

describe('the connection to Redis', () => {
  let server: RedisServer;
  const opened: RedisConnection[] = [];
  const open = async (url: string, log?: (line: string) => void): Promise<RedisConnection> => {
    const redis = await openRedis({ url, warn: log });
    opened.push(redis);
    return redis;
  };
  beforeAll(async () => {
    server = await startRedis();
  });
  // Also after a failure: a connection that is left open tries for ever, and the run would not end.
  afterEach(() => Promise.all(opened.splice(0).map((redis) => redis.close())));
  afterAll(() => server.stop());

  it('takes a key that is not there yet, once', async () => {
    const redis = await open(process.env.TEST_REDIS_URL!);
    const take = () => redis.client.set('seat-lock-of-nobody', '1', 'PX', 5_000, 'NX');
    expect([await take(), await take()]).toEqual(['OK', null]);
    await redis.client.del('seat-lock-of-nobody');
  });

  it('fails at once while Redis is unavailable, logs it once, and recovers', async () => {
    const lines: string[] = [];
    const redis = await open(server.url, (line) => lines.push(line));
    await server.kill();
    await until(() => !redis.isReady());
    const before = performance.now();
    await expect(redis.client.set('a', '1')).rejects.toThrow();
    await expect(redis.ping()).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(400);
    await server.restart();
    await until(() => redis.isReady());
    expect(await redis.client.set('a', '1')).toBe('OK');
    expect(lines.map((line) => line.split(',')[0])).toEqual([
      'Redis unavailable',
      'Redis available again.',
    ]);
  });

  it('gives a command up that is not answered', async () => {
    const redis = await open(server.url);
    server.freeze();
    await expect(redis.client.get('a')).rejects.toThrow(/timed out/);
    server.thaw();
  });

  it('opens without Redis, and finds it when it comes', async () => {
    await server.kill();
    const redis = await open(server.url);
    expect(redis.isReady()).toBe(false);
    await server.restart();
    await until(() => redis.isReady());
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
