/** @services redis */
import { setTimeout as pause } from 'node:timers/promises';
import { REDIS } from '../../src/adapters/redis/tokens.js';
import { startApp, type TestApp } from '../support/app.js';
import { confirm, onSale, smallPlan } from '../support/seat-inventory/event-on-sale.js';
import { startRedis, type RedisServer } from '../support/services/redis-server.js';

const BUYERS = 200;
const PER_MINUTE = 600;
const SHOPPERS = 60;
const WINDOW_MS = 10_000;

/** A buyer, with everything that this buyer was given. */
interface Buyer {
  readonly account: string;
  readonly token: string;
  number: number;
  ticket: string;
  /** Passes in the order in which they were issued, each with the time of its first answer. */
  readonly passes: { readonly pass: string; readonly at: number }[];
  bought: string[];
}

describe('Redis killed and emptied while a sale goes on behind a waiting room', () => {
  let server: RedisServer;
  let app: TestApp;
  let path: string;
  beforeAll(async () => {
    server = await startRedis();
    app = await startApp('postgres', { REDIS_URL: server.url, LOG_LEVEL: 'silent' });
    ({ path } = await onSale(app, smallPlan(10, 25)));
    const token = await app.token('olga', 'organizer');
    const body = { admitPerMinute: PER_MINUTE, maxShoppers: SHOPPERS, claimSeconds: 30 };
    expect(await app.ask('PUT', `${path}/waiting-room`, { token, body })).toMatchObject({
      status: 200,
    });
  });
  afterAll(async () => {
    await app?.close();
    await server?.stop();
  });

  const post = (buyer: Buyer, what: string, body?: object) =>
    app.ask('POST', `${path}/waiting-room/${what}`, { token: buyer.token, body });

  /** Until it is answered by something else than an outage. */
  const insist = async (ask: () => ReturnType<TestApp['ask']>) => {
    for (;;) {
      const answer = await ask();
      if (answer.status !== 503) return answer;
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await pause(200);
    }
  };
  const passOf = async (buyer: Buyer): Promise<string> => {
    for (;;) {
      const { status, body } = await insist(() => post(buyer, 'pass', { ticket: buyer.ticket }));
      if (status === 200) {
        if (buyer.passes.at(-1)?.pass !== body.pass)
          buyer.passes.push({ pass: body.pass, at: Date.now() });
        return body.pass;
      }
      expect([status, body.code]).toEqual([202, undefined]);
      await pause(500);
    }
  };
  const reserveOne = (buyer: Buyer, pass: string, key: string) =>
    app.ask('POST', `${path}/reservations`, {
      token: buyer.token,
      body: { bestAvailable: { quantity: 1 } },
      headers: { 'idempotency-key': key, 'boxoffice-pass': pass },
    });
  /** As soon as the provider, or a busy machine, is through with it. */
  const boughtBy = async ({ token }: Buyer, reservationId: string): Promise<string[]> => {
    for (;;) {
      const { body } = await app.ask('GET', `${path}/reservations/${reservationId}`, { token });
      if (body.status === 'confirmed') return body.seatIds;
      await pause(300);
    }
  };
  const shop = async (buyer: Buyer) => {
    for (;;) {
      const pass = await passOf(buyer);
      await pause(300);
      const held = await insist(() => reserveOne(buyer, pass, 'the-one'));
      // The pass is from before Redis was emptied: the number is not.
      if (held.body.code === 'pass-outdated') continue;
      expect(held.status).toBe(201);
      const sold = await insist(() => confirm(app, path, buyer.token, held.body.reservationId));
      expect([200, 202]).toContain(sold.status);
      buyer.bought = await boughtBy(buyer, held.body.reservationId);
      return;
    }
  };

  const queued = async (account: string): Promise<Buyer> => {
    const token = await app.token(account, 'customer');
    const buyer: Buyer = { ...{ account, token, number: 0, ticket: '' }, passes: [], bought: [] };
    const { status, body } = await insist(() => post(buyer, 'tickets'));
    expect(status).toBe(201);
    return Object.assign(buyer, { number: body.number, ticket: body.ticket });
  };
  /** Empties Redis, or kills and restarts it. */
  const lose = async (how: 'empty' | 'kill', buyer: Buyer) => {
    if (how === 'empty') {
      await app.get(REDIS)!.client.flushall();
      return;
    }
    await server.kill();
    await pause(500);
    const closed = await app.ask('POST', `${path}/reservations`, {
      token: buyer.token,
      body: { bestAvailable: { quantity: 1 } },
      headers: { 'idempotency-key': 'while-it-is-gone' },
    });
    expect([403, 503]).toContain(closed.status);
    await server.restart();
  };
  /** In the order of their numbers. */
  const expectFairPasses = (buyers: readonly Buyer[]) => {
    // A buyer who was next when Redis was lost waits until those with earlier numbers, who were
    // inside, are in again; otherwise a second of polling decides.
    const readmissionMs = (SHOPPERS * 60_000) / PER_MINUTE;
    const first = buyers.map(({ passes }) => passes[0]!.at);
    const overtaken = first.map((time, at) =>
      Math.max(0, ...first.slice(at + 1).map((later) => time - later)),
    );
    expect(overtaken.filter((ms) => ms > readmissionMs + 5_000)).toEqual([]);
    const given = buyers
      .flatMap(({ passes }) => passes.map(({ at }) => at))
      .sort((one, other) => one - other);
    const most = Math.max(
      ...given.map((from) => given.filter((at) => at >= from && at < from + WINDOW_MS).length),
    );
    expect(most).toBeLessThanOrEqual((1.1 * PER_MINUTE * WINDOW_MS) / 60_000);
  };
  const expectUsed = async (buyers: readonly Buyer[]) => {
    for (const buyer of buyers) {
      for (const { pass } of buyer.passes) {
        const { status, body } = await reserveOne(buyer, pass, `again-with-${pass.slice(-8)}`);
        expect([status, body.code]).toEqual([
          expect.any(Number),
          expect.stringMatching(/^pass-(already-used|outdated)$/),
        ]);
      }
    }
    // A used number stays used, although Redis may have lost it: the purchase of its account is
    // stored.
    const { ticket, token } = buyers[0]!;
    const trade = () => app.ask('POST', `${path}/waiting-room/pass`, { token, body: { ticket } });
    let traded = await trade();
    while (traded.status === 202) {
      await pause(200);
      traded = await trade();
    }
    expect(traded.body.code).toBe('number-spent');
  };

  it('oversells nothing, keeps all places, accepts no pass twice, and keeps the rate', async () => {
    const buyers: Buyer[] = [];
    for (let at = 0; at < BUYERS; at++) buyers.push(await queued(`buyer-${at}`));
    const shopping = Promise.all(buyers.map(shop));
    for (const [round, how] of (['empty', 'kill', 'empty'] as const).entries()) {
      await pause(3_000);
      await lose(how, buyers[0]!);
      // A newcomer gets a number behind all others.
      const { number } = await queued(`newcomer-${round + 1}`);
      expect(number).toBeGreaterThan(Math.max(...buyers.map((buyer) => buyer.number)));
      // A buyer who shows a ticket keeps the number.
      const last = buyers.at(-1)!;
      if (last.passes.length === 0) {
        const again = await insist(() => post(last, 'tickets', { ticket: last.ticket }));
        expect(again.body.number).toBe(last.number);
      }
    }
    await shopping;

    const seats = buyers.flatMap(({ bought }) => bought);
    expect([seats.length, new Set(seats).size]).toEqual([BUYERS, BUYERS]);
    expectFairPasses(buyers);
    await expectUsed(buyers);
  }, 180_000);
});
