import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { proveSale } from '../../../src/demo/crowd/proof.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';

describe.each(EVENT_STORES)('a seat is sold, end to end, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  let ben: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    anna = await app.token('anna', 'customer');
    ben = await app.token('ben', 'customer');
  });
  afterAll(() => app.close());

  it('from the plan to the ticket', async () => {
    const { path, eventId } = await onSale(app);

    const held = await reserve(app, path, anna, { seatIds: ['A-1', 'A-2'] });
    expect(held.status).toBe(201);
    expect(held.body).toMatchObject({ eventId, seatIds: ['A-1', 'A-2'], status: 'held' });
    expect(held.body.total).toEqual({ amountMinor: 5_000, currency: 'EUR' });
    expect(held.body.secondsLeft).toBeGreaterThan(590);

    const status = await app.ask('GET', `${path}/seat-status?atLeast=${held.body.revision}`);
    expect(status.body.status).toBe('rr' + 'a'.repeat(48));
    expect(status.body.counts).toEqual({ available: 48, reserved: 2, sold: 0, blocked: 0 });

    const sold = await confirm(app, path, anna, held.body.reservationId);
    expect(sold.status).toBe(200);
    expect(sold.body.status).toBe('confirmed');
    expect(sold.body.tickets).toMatchObject([
      { seatId: 'A-1', section: 'Hall', row: 'A', number: '1', category: 'Standard' },
      { seatId: 'A-2', section: 'Hall', row: 'A', number: '2', category: 'Standard' },
    ]);

    const map = await app.ask('GET', `${path}/seating-map?atLeast=${sold.body.revision}`);
    expect(map.body.seats[0]).toMatchObject({
      seatId: 'A-1',
      amountMinor: 2_500,
      currency: 'EUR',
      status: 'sold',
    });
    expect(map.body.seats[2]).toMatchObject({ seatId: 'A-3', status: 'available' });
    expect(await proveSale(app.get(EVENT_STORE), eventId)).toMatchObject({
      seatsSold: 2,
      soldTwice: [],
      faults: [],
      takings: 5_000,
    });
  });

  it('shows the buyer their own purchase at once, without being told a revision', async () => {
    const { path } = await onSale(app);
    for (let seat = 1; seat <= 10; seat++) {
      const { body } = await reserve(app, path, anna, { seatIds: [`B-${seat}`] });
      const mine = await app.ask('GET', `${path}/reservations/${body.reservationId}`, {
        token: anna,
      });
      expect(mine.body).toMatchObject({ status: 'held', seatIds: [`B-${seat}`] });
      const { body: seats } = await app.ask('GET', `${path}/seat-status`);
      expect(seats.counts.reserved).toBe(seat);
    }
  });

  it('names the taken seats, and reserves none of the others', async () => {
    const { path } = await onSale(app);
    await reserve(app, path, anna, { seatIds: ['A-1'] });
    const refused = await reserve(app, path, ben, { seatIds: ['A-1', 'A-2'] });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'seats-unavailable', unavailableSeatIds: ['A-1'] });
    expect((await reserve(app, path, ben, { seatIds: ['A-2'] })).status).toBe(201);
  });

  it('gives the same answer to the same request, and one reservation', async () => {
    const { path } = await onSale(app);
    const first = await reserve(app, path, anna, { bestAvailable: { quantity: 3 } }, 'same');
    const again = await reserve(app, path, anna, { bestAvailable: { quantity: 3 } }, 'same');
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.reservationId).toBe(first.body.reservationId);
    expect(again.body.seatIds).toEqual(first.body.seatIds);
    const other = await reserve(app, path, anna, { bestAvailable: { quantity: 2 } }, 'same');
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('keeps the hold when the card is declined, so that the buyer can try another', async () => {
    const { path } = await onSale(app);
    const { body } = await reserve(app, path, anna, { seatIds: ['C-1'] });
    const declined = await confirm(app, path, anna, body.reservationId, 'tok_declined');
    expect(declined).toMatchObject({ status: 402, body: { code: 'payment-declined' } });
    expect((await confirm(app, path, anna, body.reservationId)).status).toBe(200);
  });

  it('gives released seats to the next buyer', async () => {
    const { path } = await onSale(app);
    const { body } = await reserve(app, path, anna, { seatIds: ['D-1'] });
    const mine = `${path}/reservations/${body.reservationId}`;
    expect((await app.ask('DELETE', mine, { token: ben })).status).toBe(404);
    expect((await app.ask('DELETE', mine, { token: anna })).status).toBe(204);
    expect((await app.ask('DELETE', mine, { token: anna })).status).toBe(204);
    expect((await reserve(app, path, ben, { seatIds: ['D-1'] })).status).toBe(201);
    expect(await confirm(app, path, anna, body.reservationId)).toMatchObject({
      status: 409,
      body: { code: 'reservation-released' },
    });
  });

  it('lets a hold expire and sells its seats to the next buyer', async () => {
    const { path } = await onSale(app, smallPlan(1, 4), { holdSeconds: 1 });
    const { body } = await reserve(app, path, anna, { seatIds: ['A-1', 'A-2'] });
    expect((await reserve(app, path, ben, { seatIds: ['A-1'] })).status).toBe(409);
    let status = '';
    for (let waited = 0; status !== 'aaaa' && waited < 250; waited++) {
      await pause(20);
      status = (await app.ask('GET', `${path}/seat-status`)).body.status;
    }
    expect(status).toBe('aaaa');
    const lapsed = await app.ask('GET', `${path}/reservations/${body.reservationId}`, {
      token: anna,
    });
    expect(lapsed.body.status).toBe('expired');
    expect(await confirm(app, path, anna, body.reservationId)).toMatchObject({
      status: 409,
      body: { code: 'reservation-expired' },
    });
    expect((await reserve(app, path, ben, { seatIds: ['A-1'] })).status).toBe(201);
  });
});
