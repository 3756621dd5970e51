/** @services redis */
import { randomUUID } from 'node:crypto';
import { openRedis, type RedisConnection } from '../../src/adapters/redis/connection.js';
import { openSeatLocks } from '../../src/adapters/seat-inventory/redis-seat-locks.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { systemRandomness } from '../../src/adapters/system/randomness.js';
import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import {
  reservationRequest,
  ReserveSeatsCommand,
  ReserveSeatsHandler,
} from '../../src/commands/seat-inventory/reserve-seats.js';
import { noSeatLocks, type SeatLocks } from '../../src/ports/seat-inventory/seat-locks.js';
import { proveLog } from '../support/log/log-proof.js';
import { startRedis, type RedisServer } from '../support/services/redis-server.js';
import {
  newContext,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../support/write-side.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const connections: RedisConnection[] = [];
afterAll(() => Promise.all(connections.map((redis) => redis.close())));

/** Each of another process. */
async function openLocks(): Promise<SeatLocks> {
  const redis = await openRedis({ url: server.url });
  connections.push(redis);
  return openSeatLocks({ redis, clock: systemClock, randomness: systemRandomness });
}

describe('seat locks', () => {
  let here: SeatLocks;
  let there: SeatLocks;
  beforeAll(async () => {
    [here, there] = [await openLocks(), await openLocks()];
  });
  const keys = async (pattern: string) => (await connections[0]!.client.keys(pattern)).length;

  it('are taken all or none, and one node waits for the other', async () => {
    const event = randomUUID();
    const first = await here.take(event, ['A', 'B']);
    expect(first.taken).toBe(true);
    const second = await there.take(event, ['C', 'B']);
    expect(second.taken).toBe(false);
    expect(await keys(`*{${event}}*`)).toBe(2);
    second.free();
    const waiting = there.take(event, ['B', 'C']);
    first.free(7n);
    const third = await waiting;
    expect([third.taken, third.seenRevision]).toEqual([true, 7n]);
    third.free(9n);
    await until(async () => (await keys(`boxoffice:seat:{${event}}*`)) === 0);
    expect((await here.take(event, ['A'])).seenRevision).toBe(9n);
  });

  it('do not stand between two buyers of one node, and go with the last of them', async () => {
    const event = randomUUID();
    const [first, second] = await Promise.all([
      here.take(event, ['A']),
      here.take(event, ['A', 'B']),
    ]);
    expect([first.taken, second.taken]).toEqual([true, true]);
    first.free();
    first.free();
    expect((await there.take(event, ['A'])).taken).toBe(false);
    second.free();
    await until(async () => (await keys(`boxoffice:seat:{${event}}*`)) === 0);
  });

  it('leave nothing behind when one was taken, another waited for in vain', async () => {
    const event = randomUUID();
    const elsewhere = await there.take(event, ['B']);
    const first = await here.take(event, ['A']);
    const waiting = here.take(event, ['A', 'B']);
    first.free(1n);
    const second = await waiting;
    expect(second.taken).toBe(false);
    second.free(1n);
    elsewhere.free(2n);
    await until(async () => (await keys(`boxoffice:seat:{${event}}*`)) === 0);
  });

  it('of a node that died are gone after five seconds', async () => {
    const event = randomUUID();
    await here.take(event, ['A']);
    const since = Date.now();
    while (!(await there.take(event, ['A'])).taken) expect(Date.now() - since).toBeLessThan(9_000);
    expect(Date.now() - since).toBeGreaterThan(3_000);
  });

  it('are done without while Redis is gone, at once', async () => {
    await server.kill();
    const since = performance.now();
    const lock = await here.take(randomUUID(), ['A']);
    expect(lock.taken).toBe(false);
    lock.free(3n);
    expect(performance.now() - since).toBeLessThan(1_000);
    await server.restart();
    await until(async () => (await here.take(randomUUID(), ['A'])).taken);
  });
});

const NODES = 4;
const ROUNDS = 3;
const BUYERS = 400;
const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'B1', 'B2'];

describe.each(['postgres', 'eventstoredb'] as const)(
  'several nodes that serve one event, over %s',
  (logName) => {
    let side: WriteSide;
    beforeAll(async () => {
      side = await openWriteSide(logName);
    });
    afterAll(() => side.close());

    /** Each buyer asks some node for one of the ten seats. */
    const crowd = async (sale: Sale, nodes: readonly ShopNode[], locks: readonly SeatLocks[]) => {
      const handlers = nodes.map(
        ({ writers }, at) => new ReserveSeatsHandler(writers, systemClock, locks[at]!),
      );
      const slowest = { ms: 0 };
      const since = performance.now();
      const buy = async (buyer: number): Promise<Outcome> => {
        const selection = { seatIds: [seats[buyer % seats.length]!] };
        const at = Math.floor(buyer / seats.length) % nodes.length;
        const request = reservationRequest(sale.eventId, `buyer-${buyer}`, 'key', selection);
        const outcome = await handlers[at]!.execute(new ReserveSeatsCommand(request, newContext()));
        slowest.ms = Math.max(slowest.ms, performance.now() - since);
        return outcome;
      };
      const outcomes = await Promise.all(Array.from({ length: BUYERS }, (_, buyer) => buy(buyer)));
      return { outcomes, ms: slowest.ms };
    };

    const prove = async (sale: Sale, outcomes: readonly Outcome[]) => {
      expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(seats.length);
      for (const outcome of outcomes)
        if (!outcome.accepted) expect(outcome.rejection.code).toBe('seats-unavailable');
      expect([...proveLog(await sale.log()).statusOf.values()]).toEqual(seats.map(() => 'held'));
    };

    it('every seat is sold once, with locks and without; what locks save is printed', async () => {
      const sum = { off: { conflicts: 0, ms: 0 }, on: { conflicts: 0, ms: 0 } };
      const locksOn = await Promise.all(Array.from({ length: NODES }, openLocks));
      for (let round = 0; round < ROUNDS; round++) {
        for (const way of ['off', 'on'] as const) {
          const sale = await side.openSale();
          const nodes = Array.from({ length: NODES }, () => side.openNode());
          const { outcomes, ms } = await crowd(
            sale,
            nodes,
            way === 'on' ? locksOn : nodes.map(() => noSeatLocks),
          );
          sum[way].conflicts += nodes.reduce(
            (all, { writers }) => all + writers.stats.conflicts,
            0,
          );
          sum[way].ms += ms;
          await prove(sale, outcomes);
        }
      }
      const told = (way: 'off' | 'on') =>
        `${(sum[way].conflicts / ROUNDS).toFixed(1)} wasted appends, ` +
        `slowest answer ${(sum[way].ms / ROUNDS).toFixed(0)} ms`;
      console.info(
        `${logName}: ${BUYERS} buyers of ${seats.length} seats at ${NODES} nodes, ` +
          `mean of ${ROUNDS} rounds: without locks ${told('off')}; with locks ${told('on')}`,
      );
    });

    it('nothing is oversold when Redis is emptied or restarted again and again', async () => {
      const locks = await Promise.all(Array.from({ length: NODES }, openLocks));
      for (const trouble of ['FLUSHALL', 'restart'] as const) {
        const sale = await side.openSale();
        const nodes = Array.from({ length: NODES }, () => side.openNode());
        let over = false;
        const disturb = async () => {
          while (!over) {
            if (trouble === 'restart') await server.restart();
            else await connections[0]!.client.flushall().catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
        };
        const disturbing = disturb();
        const { outcomes } = await crowd(sale, nodes, locks);
        over = true;
        await disturbing;
        await prove(sale, outcomes);
      }
    });
  },
);

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
