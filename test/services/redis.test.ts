/** @services redis */
import { Redis } from 'ioredis';

describe('the Redis of the tests', () => {
  it('takes a key that is not there yet, once', async () => {
    const redis = new Redis(process.env.TEST_REDIS_URL!);
    const take = () => redis.set('seat-lock-of-nobody', '1', 'PX', 5_000, 'NX');
    expect([await take(), await take()]).toEqual(['OK', null]);
    await redis.del('seat-lock-of-nobody');
    redis.disconnect();
  });
});
