import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { EVENT_STORE, PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../../../src/adapters/event-store/postgres/postgres.js';
import { upcasting } from '../../../src/adapters/event-store/upcasting.js';
import { migrate } from '../../../src/read-models/tables/migrate.js';
import {
  isSettled,
  openRefunds,
  pendingAttempt,
  unsettledCaptures,
  type Payment,
} from '../../../src/domain/payment/state.js';
import { seatInventoryStream } from '../../../src/domain/seat-inventory/events.js';
import type { EventStore } from '../../../src/ports/event-store/event-store.js';
import type { ProviderEntry } from '../../../src/ports/payment/payment-gateway.js';
import { EVENT_STORES, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { readAll } from '../../support/log/domain-events.js';
import { until } from '../../support/read-side.js';
import { proveLog } from '../../support/log/log-proof.js';
import { paymentsInLog } from '../../support/payment/payments-in-log.js';
import { isAsExpected, type Expected } from '../../support/shop/scenarios.js';
import { restoreShop, shopFixtures, type RestoredShop } from '../../support/shop/restore.js';

/** Time limit for finishing all work in progress. Milliseconds. */
const FINISH_MS = 60_000;
/** Below the rate limit of one customer with several reservations. Milliseconds. */
const LOOK_MS = 300;
const fixtures = (await shopFixtures()).flatMap((name) =>
  EVENT_STORES.map((eventStore) => ({ name, eventStore })),
);

describe.each(fixtures)('$name over $eventStore, with work in progress', (fixture) => {
  let restored: RestoredShop;
  let app: TestApp;
  /** State of the log before this version was started. */
  let found: Payment[];
  let operator: string;

  const paymentsIn = (eventStore: EventStore): Promise<Payment[]> =>
    paymentsInLog(
      eventStore,
      restored.shop.expected.map(({ reservationId }) => reservationId),
    );
  const reservation = async ({ customerId, eventId, reservationId }: Expected) => {
    const token = await app.token(customerId, 'customer');
    return (await app.ask('GET', `/v1/events/${eventId}/reservations/${reservationId}`, { token }))
      .body;
  };
  /** Work still in progress, by scenario or event. */
  const unfinished = async (): Promise<string[]> => {
    const payments = await paymentsIn(app.get(EVENT_STORE));
    const left: string[] = [];
    for (const [at, expected] of restored.shop.expected.entries()) {
      if (!isSettled(payments[at])) left.push(`${expected.scenario}: payment not settled`);
      const { status } = await reservation(expected);
      if (!isAsExpected(expected, status)) left.push(`${expected.scenario}: ${status}`);
    }
    const token = await app.token('organizer', 'organizer');
    for (const eventId of restored.shop.canceledEvents) {
      const { body } = await app.ask('GET', `/v1/events/${eventId}/cancellation`, { token });
      if (body.status !== 'done') left.push(`canceled event ${eventId}: ${body.status}`);
    }
    return left;
  };
  /** Captured less refunded amount of each reservation by the provider's journal. */
  const keptByProvider = async (): Promise<Map<string, number>> => {
    const kept = new Map<string, number>();
    const ofCapture = new Map<string, string>();
    for (const payment of await paymentsIn(app.get(EVENT_STORE))) {
      for (const { reference } of payment?.captures ?? [])
        ofCapture.set(reference, payment!.reservationId);
    }
    const entries = app.get(PAYMENT_PROVIDER).entries() as AsyncIterable<ProviderEntry>;
    for await (const { kind, reference, amount } of entries) {
      const id = ofCapture.get(reference)!;
      kept.set(id, (kept.get(id) ?? 0) + (kind === 'capture' ? 1 : -1) * amount.amountMinor);
    }
    return kept;
  };
  const expectedOf = (eventId: string) =>
    restored.shop.expected.filter((of) => of.eventId === eventId);
  const eventIds = () => [...new Set(restored.shop.expected.map(({ eventId }) => eventId))];

  beforeAll(async () => {
    restored = await restoreShop(fixture.name, fixture.eventStore);
    const { node, databaseUrl } = restored;
    const log = upcasting(
      node
        ? openEventStoreDb({ connectionString: node.connectionString })
        : openPostgresEventStore({ connectionString: databaseUrl }),
    );
    // The log is read as this version reads it: on the tables that its start brings up to date.
    await migrate(databaseUrl);
    found = await paymentsIn(log);
    await log.close();
    app = await restored.start();
    operator = await app.token('operator', 'operator');
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await restored?.close();
  });

  it('was left with payments requested, captured and undecided, and with refunds owed', () => {
    expect(found.filter((payment) => pendingAttempt(payment)).length).toBeGreaterThanOrEqual(5);
    expect(
      found.filter((payment) => unsettledCaptures(payment).length > 0).length,
    ).toBeGreaterThanOrEqual(1);
    expect(
      found.filter((payment) => openRefunds(payment).length > 0).length,
    ).toBeGreaterThanOrEqual(1);
  });

  it('finishes every payment, every hold and every cancellation', async () => {
    const deadline = Date.now() + FINISH_MS;
    const isSettledLog = async () => (await paymentsIn(app.get(EVENT_STORE))).every(isSettled);
    await until(isSettledLog, FINISH_MS);
    for (let left = await unfinished(); left.length > 0; left = await unfinished()) {
      if (Date.now() > deadline)
        throw new Error(`Not finished within ${FINISH_MS} ms: ${left.join('; ')}`);
      await pause(LOOK_MS);
    }
    for (const expected of restored.shop.expected) {
      const { seatIds, tickets = [] } = await reservation(expected);
      const sold = expected.status === 'confirmed' ? expected.seatIds : [];
      const ticketed = tickets.map(({ seatId }: { seatId: string }) => seatId);
      expect({ ...expected, seatIds, ticketed }).toEqual({ ...expected, ticketed: sold });
    }
    const unresolved = await app.ask('GET', '/v1/ops/payments/unresolved', { token: operator });
    expect(unresolved).toMatchObject({ status: 200, body: { payments: [] } });
  }, 90_000);

  it('has amounts that match the sales, in our ledger and at the provider', async () => {
    const kept = await keptByProvider();
    for (const { scenario, reservationId, keptMinor } of restored.shop.expected) {
      expect([scenario, kept.get(reservationId) ?? 0]).toEqual([scenario, keptMinor]);
    }
    for (const eventId of eventIds()) {
      const keptMinor = expectedOf(eventId).reduce((sum, expected) => sum + expected.keptMinor, 0);
      const { body } = await app.ask('GET', `/v1/ops/ledger/events/${eventId}`, {
        token: operator,
      });
      for (const totals of body.totals) {
        expect(totals).toMatchObject({
          keptMinor,
          obligationsMinor: 0,
          unsettledMinor: 0,
          balanced: true,
        });
      }
      expect(body.totals.length > 0 || keptMinor === 0).toBe(true);
    }
    expect(await commandLine(['ledger', 'check'], environment())).toMatchObject({ code: 0 });
  });

  it('shows seats as its log has them', async () => {
    for (const eventId of eventIds()) {
      const log = await readAll(app.get(EVENT_STORE).readStream(seatInventoryStream(eventId)));
      const proof = proveLog(log);
      const path = `/v1/events/${eventId}/seat-status?atLeast=${log.length - 1}`;
      const { body } = await app.ask('GET', path);
      const reserved = [...proof.holderOf.values()].filter(
        (id) => proof.statusOf.get(id) === 'held',
      ).length;
      expect(body.counts).toMatchObject({ sold: proof.sold.length, reserved });
      const { seats } = (await app.ask('GET', `/v1/events/${eventId}/seating-plan`)).body;
      const sold = seats.id.filter((_: string, at: number) => body.status[at] === 's');
      expect(sold.sort()).toEqual([...proof.sold].sort());
      for (const expected of expectedOf(eventId)) {
        const status = proof.statusOf.get(expected.reservationId);
        expect({ ...expected, log: status, holds: isAsExpected(expected, status) }).toMatchObject({
          holds: true,
        });
      }
    }
  });

  it('keeps what was checked in, parked and waiting', async () => {
    const { redeemedTicketId, parkedEventId, waitingRoomEventId } = restored.shop;
    const token = await app.token('anna', 'customer');
    const { tickets } = (await app.ask('GET', '/v1/me/tickets', { token })).body;
    const ticket = tickets.find(
      ({ ticketId }: { ticketId: string }) => ticketId === redeemedTicketId,
    );
    expect(ticket).toMatchObject({ redeemedAt: expect.any(String) });
    const door = await app.ask('POST', `/v1/events/${ticket.eventId}/check-ins`, {
      token: await app.token('door', 'operator'),
      body: { code: ticket.code },
    });
    expect(door).toMatchObject({ status: 409, body: { code: 'ticket-already-redeemed' } });
    const { parked } = (
      await app.ask('GET', '/v1/ops/projections/venues/parked', { token: operator })
    ).body;
    expect(parked).toMatchObject([{ id: parkedEventId }]);
    const room = await app.ask('GET', `/v1/events/${waitingRoomEventId}/waiting-room`);
    expect(room).toMatchObject({ status: 200, body: { state: 'open' } });
  });

  it('has an intact log, with the heads that the older version signed', async () => {
    const pool = new pg.Pool({ connectionString: restored.databaseUrl, max: 1 });
    const { rows } = await pool.query<{ heads: number }>(
      'select count(*)::int as heads from audit_heads',
    );
    await pool.end();
    expect(rows[0]!.heads).toBeGreaterThan(0);
    expect(await commandLine(['audit', 'verify'], environment())).toMatchObject({ code: 0 });
  });

  it('continues to sell', async () => {
    const { eventId } = restored.shop.expected[0]!;
    const token = await app.token('new-customer', 'customer');
    const path = `/v1/events/${eventId}/reservations`;
    const headers = { 'idempotency-key': 'after-the-upgrade' };
    const held = await app.ask('POST', path, { token, headers, body: { seatIds: ['D-5'] } });
    expect(held).toMatchObject({ status: 201 });
    const confirm = `${path}/${held.body.reservationId}/confirm`;
    const sold = await app.ask('POST', confirm, {
      token,
      body: { payment: { token: 'tok_success' } },
    });
    expect(sold).toMatchObject({
      status: 200,
      body: { status: 'confirmed', tickets: [{ seatId: 'D-5' }] },
    });
  });

  const environment = () => ({ ...restored.settings, BOXOFFICE_URL: app.url });
});
