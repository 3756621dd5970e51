import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../../../src/adapters/event-store/postgres/postgres.js';
import { isSettled } from '../../../src/domain/payment/state.js';
import type { EventStore } from '../../../src/ports/event-store/event-store.js';
import { openSandboxGateway } from '../../../src/demo/payment-sandbox/sandbox-gateway.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { seededChance } from '../../../src/demo/crowd/seeded-chance.js';
import { EVENT_STORES, ask, type Reply } from '../../support/app.js';
import { startProcess, type BoxofficeProcess } from '../../support/services/boxoffice-process.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { paymentsInLog } from '../../support/payment/payments-in-log.js';
import {
  openEventStoreDbServer,
  type EventStoreDbServer,
} from '../../support/eventstoredb/eventstoredb-server.js';
import { EVENT, VENUE } from '../../support/seat-inventory/event-on-sale.js';
import { twoPricePlan, TWO_PRICES } from '../../support/payment/two-prices.js';

/** Sales of one cheap seat each; half of the expensive row is left for exchanges. */
const SALES = 60;
/** Accepted exchanges and refunds before the crash. */
const MIN_CHANGES = 10;
const PER_ROW = 40;
const ROWS = 5;
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
/** Unfinished steps are done within this time after a restart. Milliseconds. */
const SETTLE_MS = 60_000;

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe.each(EVENT_STORES)('the process is killed after the sale, over %s', (eventStore) => {
  let directory: string;
  let node: EventStoreDbServer | undefined;
  let database: FreshDatabase;
  let log: EventStore;
  let boxoffice: BoxofficeProcess;
  const start = async () => {
    boxoffice = await startProcess({
      DATA_DIR: directory,
      DATABASE_URL: database.url,
      // One customer buys everything.
      HOLDS_PER_ACCOUNT: String(SALES),
      ...(node && { EVENTSTORE_URL: node.connectionString }),
    });
  };
  const call = (method: string, path: string, token: string, body?: object, key?: string) =>
    ask(boxoffice.url + path, method, {
      token,
      body,
      headers: key ? { 'idempotency-key': key } : {},
    });
  const devToken = async (sub: string, role: string): Promise<string> =>
    (await ask(`${boxoffice.url}/v1/dev/tokens`, 'POST', { body: { sub, roles: [role] } })).body
      .token;
  /** The captured less the refunded amount, by the provider's journal. The shop must be down. */
  const keptByTheProvider = async (): Promise<number> => {
    const journal = join(directory, 'payments-sandbox.jsonl');
    const provider = await openSandboxGateway({
      clock: systemClock,
      webhookSecrets: ['unused'],
      journal,
    });
    let kept = 0;
    for await (const { kind, amount } of provider.entries()) {
      kept += (kind === 'capture' ? 1 : -1) * amount.amountMinor;
    }
    await provider.close();
    return kept;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), `boxoffice-after-sale-${eventStore}-`));
    node = eventStore === 'eventstoredb' ? await openEventStoreDbServer() : undefined;
    database = await freshDatabase();
    log = node
      ? openEventStoreDb({ connectionString: node.connectionString })
      : openPostgresEventStore({ connectionString: database.url });
    await start();
  });
  afterAll(async () => {
    await boxoffice?.stop();
    await log?.close();
    await node?.close();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it(`keeps payments and seats consistent (CRASH_SEED=${SEED})`, async () => {
    const chance = seededChance(SEED);
    const organizer = await devToken('organizer', 'organizer');
    const operator = await devToken('operator', 'operator');
    const anna = await devToken('anna', 'customer');
    const path = await putOnSale(organizer);
    const sales = await Promise.all(Array.from({ length: SALES }, (_, at) => sell(path, anna, at)));

    // Exchanges to and fro, dearer and cheaper, and some refunds, until the line goes dead.
    changed = 0;
    const exchanging = sales.map((id, at) => changeMinds(path, organizer, id, at, chance));
    while (changed < MIN_CHANGES) await pause(20);
    await pause(chance() * 700);
    await boxoffice.kill();
    await Promise.all(exchanging);
    await start();
    const { totals } = await untilSettled(operator, anna, path, sales);
    await boxoffice.stop();
    expect(await keptByTheProvider()).toBe(sum(totals));
    console.info(
      `${eventStore}: ${totals.filter((total) => total !== 2_500).length} sales had changed`,
    );

    await start();
    const stillSold = totals.filter((total) => total > 0).length;
    expect((await call('POST', `${path}/cancel`, organizer, { reason: 'rain' })).status).toBe(202);
    for (let crash = 0; crash < 2; crash++) {
      await pause(chance() * 1_500);
      await boxoffice.kill();
      await start();
    }
    const done = await untilDone(path, organizer);
    expect(done).toMatchObject({ reservations: stillSold, refunded: stillSold, due: 0 });
    expect((await call('GET', path, anna)).body).toMatchObject({
      status: 'cancelled',
      availability: { available: ROWS * PER_ROW, reserved: 0, sold: 0 },
    });
    await boxoffice.stop();
    expect(await keptByTheProvider()).toBe(0);
  }, 240_000);

  async function putOnSale(token: string): Promise<string> {
    const seatingPlan = twoPricePlan(ROWS, PER_ROW);
    const venue = await call('POST', '/v1/venues', token, { ...VENUE, seatingPlan });
    const { venueId } = venue.body;
    const details = { prices: TWO_PRICES, maxSeatsPerCustomer: 100 };
    const event = await call('POST', '/v1/events', token, { ...EVENT, ...details, venueId });
    return `/v1/events/${event.body.eventId}`;
  }

  async function sell(path: string, token: string, at: number): Promise<string> {
    const seatIds = [`${'BC'[Math.floor(at / PER_ROW)]}-${1 + (at % PER_ROW)}`];
    const held = await call('POST', `${path}/reservations`, token, { seatIds }, `sale-${at}`);
    expect(held).toMatchObject({ status: 201 });
    const { reservationId } = held.body;
    await eventually(async () => {
      const payment = { token: 'tok_success' };
      const sold = await call('POST', `${path}/reservations/${reservationId}/confirm`, token, {
        payment,
      });
      // A busy machine may take longer than the two seconds that an answer waits for, and its event
      // store longer than an append: a client asks again, as the answer says.
      expect([200, 202, 503]).toContain(sold.status);
      return { isDone: sold.status !== 503, seen: sold.body };
    });
    await eventually(async () => {
      const { body } = await call('GET', `${path}/reservations/${reservationId}`, token);
      return { isDone: body.status === 'confirmed', seen: body };
    });
    return reservationId;
  }

  let changed = 0;

  async function changeMinds(
    path: string,
    token: string,
    id: string,
    at: number,
    chance: () => number,
  ) {
    const ofSale = `${path}/reservations/${id}`;
    for (let turn = 0; turn < 20; turn++) {
      const seat = () => 1 + Math.floor(chance() * PER_ROW);
      const seatIds =
        chance() < 0.5 ? [`A-${seat()}`] : [`D-${seat()}`, `E-${seat()}`].slice(chance() * 2);
      const payment = { token: chance() < 0.8 ? 'tok_success' : 'tok_lost' };
      const isRefund = at % 10 === 0 && turn === 1;
      const answer = isRefund
        ? call('POST', `${ofSale}/refund`, token)
        : call('POST', `${ofSale}/exchange`, token, { seatIds, payment });
      const reply: Reply | undefined = await answer.catch(() => undefined);
      if (!reply) return;
      if (reply.status === 200) changed++;
      expect([200, 202, 402, 409, 422]).toContain(reply.status);
    }
  }

  /** Waits until the ledger matches the seats. Returns the total of each sale. */
  async function untilSettled(
    operator: string,
    owner: string,
    path: string,
    sales: readonly string[],
  ) {
    const eventId = path.split('/').at(-1)!;
    // A charge whose answer was lost with the process is inquired after five seconds. The ledger
    // does not show it before.
    await eventually(async () => {
      const payments = await paymentsInLog(log, sales);
      return { isDone: payments.every(isSettled), seen: payments };
    });
    return eventually(async () => {
      const totals = await Promise.all(sales.map((id) => totalOf(path, owner, id)));
      const ledger = (await call('GET', `/v1/ops/ledger/events/${eventId}`, operator)).body;
      const [{ obligationsMinor, unsettledMinor, keptMinor }] = ledger.totals;
      const isDone = obligationsMinor === 0 && unsettledMinor === 0 && keptMinor === sum(totals);
      return { isDone, seen: { totals, ledger } };
    });
  }

  async function untilDone(path: string, token: string) {
    return eventually(async () => {
      const seen = (await call('GET', `${path}/cancellation`, token)).body;
      return { isDone: seen.status === 'done', seen };
    });
  }

  async function totalOf(path: string, token: string, id: string): Promise<number> {
    const { body } = await call('GET', `${path}/reservations/${id}`, token);
    return body.status === 'confirmed' ? body.total.amountMinor : 0;
  }
});

async function eventually<Seen>(
  look: () => Promise<{ isDone: boolean; seen: Seen }>,
): Promise<Seen> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const { isDone, seen } = await look();
    if (isDone) return seen;
    if (Date.now() > deadline)
      throw new Error(`Not so within ${SETTLE_MS} ms: ${JSON.stringify(seen)}`);
    await pause(100);
  }
}
