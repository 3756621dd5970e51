/** @services redis */
import { randomUUID } from 'node:crypto';
import { openRedis, type RedisConnection } from '../../src/adapters/redis/connection.js';
import { openAdmissionsInRedis } from '../../src/adapters/waiting-room/redis.js';
import { describeAdmissionsContract } from '../contract/admissions.contract.js';
import { describeQueuesContract } from '../contract/admissions-queues.contract.js';
import { startRedis, type RedisServer } from '../support/services/redis-server.js';

const START = Date.parse('2026-07-01T12:00:00Z');
const RULES = { admitting: true, perMinute: 600, maxShoppers: 3, passMs: 60_000, claimMs: 10_000 };

const open = async () => {
  const server = await startRedis();
  const redis = await openRedis({ url: server.url });
  const given = { now: START };
  return Object.assign(given, {
    admissions: openAdmissionsInRedis(redis.client, () => given.now),
    loseAll: async () => void (await redis.client.flushall()),
    stop: async () => {
      await redis.close();
      await server.stop();
    },
  });
};
describeAdmissionsContract('in Redis', open);
describeQueuesContract('in Redis', open);

describe('admissions in Redis', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  beforeAll(async () => {
    server = await startRedis();
    redis = await openRedis({ url: server.url });
  });
  afterAll(async () => {
    await redis?.close();
    await server?.stop();
  });

  const setUp = async (event: string, generation = 'one') => {
    const admissions = openAdmissionsInRedis(redis.client);
    await admissions.restore(event, { issued: 0, nowServing: 0, lastGiven: undefined, generation });
    await admissions.raiseCeiling(event, 1_000_000);
    return admissions;
  };

  it('sends the script again where Redis has forgotten it', async () => {
    const admissions = await setUp('scriptless');
    await redis.client.script('FLUSH');
    expect(await admissions.takeNumber('scriptless', 'ann', undefined)).toEqual({ number: 1 });
  });

  it('keeps ten million numbers in the memory of the compose file', async () => {
    const count = 100_000;
    const event = 'counted';
    const admissions = await setUp(event);
    const used = async () =>
      Number(/^used_memory:(\d+)/m.exec(await redis.client.info('memory'))![1]);
    const before = await used();
    for (let from = 0; from < count; from += 500) {
      const accounts = Array.from({ length: 500 }, (_, at) => randomUUID() + String(from + at));
      await Promise.all(
        accounts.map((account) => admissions.takeNumber(event, account, undefined)),
      );
    }
    // Most of it is the 65,536 buckets of one or two numbers. That cost does not grow with more
    // numbers.
    const bytes = (await used()) - before;
    console.info(`${count} queue numbers take ${bytes} bytes in Redis`);
    expect(bytes).toBeLessThan(20_000_000);
    await admissions.drop(event);
    expect((await redis.client.keys(`*{${event}}*`)).length).toBe(0);
  });

  it('finds numbers that were given before they were kept in buckets', async () => {
    const admissions = await setUp('older');
    await redis.client.hset('boxoffice:waiting-room:{older}:places', 'ann', '7');
    expect(await admissions.takeNumber('older', 'ann', undefined)).toEqual({ number: 7 });
  });

  it('stops issuing numbers in large queues, then in all, while Redis fills up', async () => {
    let used = 0;
    const admissions = openAdmissionsInRedis(redis.client, undefined, () => Promise.resolve(used));
    const issued = { large: 100_000, small: 0 };
    for (const [event, known] of Object.entries(issued)) {
      await admissions.restore(event, {
        issued: known,
        nowServing: 0,
        lastGiven: undefined,
        generation: 'one',
      });
      await admissions.raiseCeiling(event, 1_000_000);
      await admissions.takeNumber(event, 'ann', undefined);
    }
    const full = { name: 'AdmissionsFull' };
    used = 0.9;
    await expect(admissions.takeNumber('large', 'bob', undefined)).rejects.toMatchObject(full);
    expect(await admissions.takeNumber('large', 'ann', undefined)).toEqual({ number: 100_001 });
    expect(await admissions.takeNumber('small', 'bob', undefined)).toEqual({ number: 2 });
    used = 0.96;
    await expect(admissions.takeNumber('small', 'cleo', undefined)).rejects.toMatchObject(full);
    expect(await admissions.takeNumber('small', 'bob', undefined)).toEqual({ number: 2 });
    expect(await admissions.advance('small', RULES)).toMatchObject({ issued: 2 });
  });

  it('reports its memory use, and rejects numbers when memory is full', async () => {
    expect(await redis.usedMemory()).toBe(0);
    const admissions = await setUp('no-room');
    await redis.client.config('SET', 'maxmemory', '1mb');
    const narrow = await openRedis({ url: server.url });
    try {
      expect(await narrow.usedMemory()).toBeGreaterThan(0.95);
      await expect(admissions.takeNumber('no-room', 'ann', undefined)).rejects.toMatchObject({
        name: 'AdmissionsFull',
      });
    } finally {
      await redis.client.config('SET', 'maxmemory', '0');
      await narrow.close();
    }
  });

  it('keeps all of an event in one slot of a cluster', async () => {
    const admissions = await setUp('one-slot');
    await admissions.takeNumber('one-slot', 'ann', undefined);
    const keys = await redis.client.keys('*one-slot*');
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) expect(/\{(.*?)\}/.exec(key)?.[1]).toBe('one-slot');
  });

  it('takes a Redis that is back with less than this node has seen for lost', async () => {
    const admissions = await setUp('old');
    for (const account of ['ann', 'bob', 'cleo'])
      await admissions.takeNumber('old', account, undefined);
    await redis.client.hset('boxoffice:waiting-room:{old}:state', 'issued', 2);
    await expect(admissions.takeNumber('old', 'dan', undefined)).rejects.toThrow(
      expect.objectContaining({ name: 'AdmissionsLost' }),
    );
    await admissions.restore('old', {
      issued: 500,
      nowServing: 0,
      lastGiven: 3,
      generation: 'two',
    });
    await admissions.raiseCeiling('old', 1_000);
    expect(await admissions.takeNumber('old', 'dan', undefined)).toEqual({ number: 501 });
  });

  it('gives each number once to many nodes, in the order of requests to each', async () => {
    const nodes = [
      await setUp('busy'),
      openAdmissionsInRedis(redis.client),
      openAdmissionsInRedis(redis.client),
    ];
    const all: number[] = [];
    // As many at a time as a busy machine answers within the time of a command.
    for (let round = 0; round < 20; round++) {
      const taken = await Promise.all(
        Array.from({ length: 500 }, (_, at) =>
          nodes[at % 3]!.takeNumber('busy', `a${round}-${at}`, undefined),
        ),
      );
      const numbers = taken.map((one) => (one === 'ceiling-reached' ? 0 : one.number));
      for (const node of [0, 1, 2]) {
        const ofNode = numbers.filter((_, at) => at % 3 === node);
        expect(ofNode).toEqual(ofNode.toSorted((one, other) => one - other));
      }
      all.push(...numbers.sort((one, other) => one - other));
    }
    expect(all).toEqual(Array.from(all, (_, at) => at + 1));
  });

  it('reports that it is unavailable', async () => {
    const admissions = await setUp('away');
    await server.kill();
    const unreachable = expect.objectContaining({ name: 'AdmissionsUnreachable' });
    await expect(admissions.advance('away', RULES)).rejects.toThrow(unreachable);
    await expect(admissions.takeNumber('away', 'ann', undefined)).rejects.toThrow(unreachable);
    await server.restart();
  });
});
