import { EVENT_STORES, SHORT_WAITS, startApp, type TestApp } from '../../support/app.js';
import { confirm, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';
import { expectProblem } from '../../support/problems.js';
import { until } from '../../support/read-side.js';
import { euros, eventually, openSales, type Sales } from './sales.fixture.js';

describe.each(EVENT_STORES)('after the sale, over %s', (eventStore) => {
  let app: TestApp;
  let sales: Sales;
  beforeAll(async () => {
    app = await startApp(eventStore, {}, SHORT_WAITS);
    sales = await openSales(app);
  });
  afterAll(() => app.close());

  describe('while the provider is slow', () => {
    itMeanwhile('an exchange goes on by itself', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1']);
      const waiting = await sales.exchange(path, id, ['A-1'], 'tok_slow');
      expect(waiting).toMatchObject({
        status: 202,
        body: { reservationId: id, status: 'payment-pending' },
      });
      expect(waiting.headers.get('location')).toBe(`${path}/reservations/${id}`);
      expect(await sales.exchange(path, id, ['A-2'], 'tok_success')).toMatchObject({
        status: 409,
        body: { code: 'payment-under-way' },
      });
      const shown = await eventually(
        () => sales.reservation(path, id),
        ({ body }) => body.seatIds[0] === 'A-1',
      );
      expect(shown.body.total).toEqual(euros(4_000));
      expect(await sales.keptByProvider(id)).toBe(4_000);
    });

    itMeanwhile(
      'an exchange gives the money back when somebody else was first to have the seats',
      async () => {
        const { path } = await sales.schedule();
        const id = await sales.sell(path, ['B-1']);
        const paying = sales.exchange(path, id, ['A-1'], 'tok_slow');
        await sales.untilRequested(id, 2);
        await sales.sell(path, ['A-1'], sales.ben);
        expect((await paying).status).toBe(202);
        await eventually(
          () => sales.typesOf(id),
          (types) => types.includes('RefundCompleted'),
        );
        expect(await sales.keptByProvider(id)).toBe(2_500);
        expect((await sales.reservation(path, id)).body).toMatchObject({
          status: 'confirmed',
          seatIds: ['B-1'],
        });
      },
    );

    itMeanwhile('a cancelled event gives back a payment that was under way', async () => {
      const { path } = await sales.schedule();
      const held = (await reserve(app, path, sales.anna, { seatIds: ['B-1'] })).body.reservationId;
      const paying = confirm(app, path, sales.anna, held, 'tok_slow');
      await sales.untilRequested(held, 1);
      await sales.cancel(path);
      expect((await paying).status).toBe(202);
      const types = await eventually(
        () => sales.typesOf(held),
        (seen) => seen.includes('RefundCompleted'),
      );
      expect(types).not.toContain('PaymentKept');
      expect(await sales.keptByProvider(held)).toBe(0);
      expect((await sales.reservation(path, held)).body.status).toBe('released');
    });
  });

  describe('a cancelled event', () => {
    const progress = async (path: string) =>
      (await app.ask('GET', `${path}/cancellation`, { token: sales.organizer })).body;

    it('refunds all sales, releases all holds, and reports it', async () => {
      const { path, eventId } = await sales.schedule();
      const sold = [
        await sales.sell(path, ['A-1', 'A-2']),
        await sales.sell(path, ['B-1'], sales.ben),
        await sales.sell(path, ['C-1', 'C-2']),
      ];
      await sales.exchange(path, sold[2]!, ['A-5'], undefined);
      const before = await sales.sell(path, ['B-9'], sales.ben);
      await sales.refund(path, before);
      const held = (await reserve(app, path, sales.ben, { seatIds: ['B-5'] })).body.reservationId;

      const cancelled = await sales.cancel(path);
      expect(cancelled).toMatchObject({ status: 202, body: { eventId, status: 'cancelled' } });
      expect(cancelled.headers.get('location')).toBe(`${path}/cancellation`);
      expect((await sales.cancel(path)).status).toBe(202);

      const done = await eventually(
        () => progress(path),
        ({ status }) => status === 'done',
      );
      expect(done).toMatchObject({
        eventId,
        reservations: 3,
        refunded: 3,
        due: 0,
        reason: 'the singer is ill',
      });
      expect(Date.parse(done.finishedAt)).toBeGreaterThanOrEqual(Date.parse(done.startedAt));
      for (const id of sold) expect(await sales.keptByProvider(id)).toBe(0);
      expect((await sales.reservation(path, held, sales.ben)).body.status).toBe('released');
      const event = await app.ask('GET', path);
      expect(event.body).toMatchObject({ status: 'cancelled', salesClosed: true });
      expect(event.body.availability).toEqual({ available: 30, reserved: 0, sold: 0, blocked: 0 });
      await until(async () => {
        const { body: list } = await app.ask('GET', '/v1/events?limit=100');
        return list.hits?.some(
          (hit: typeof event.body) => hit.eventId === eventId && hit.status === 'cancelled',
        );
      });
    });

    it('sells no more seats', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1']);
      const held = (await reserve(app, path, sales.ben, { seatIds: ['B-5'] })).body.reservationId;
      await sales.cancel(path);
      expect(await reserve(app, path, sales.ben, { seatIds: ['A-1'] })).toMatchObject({
        status: 409,
        body: { code: 'event-cancelled' },
      });
      expect((await confirm(app, path, sales.ben, held)).body.code).toMatch(
        /^(event-cancelled|reservation-released)$/,
      );
      expect((await sales.exchange(path, id, ['B-2'])).body.code).toMatch(
        /^(event-cancelled|reservation-not-confirmed)$/,
      );
      // What comes next counts domain events, and this one has something to pay back.
      await eventually(
        () => progress(path),
        ({ status }) => status === 'done',
      );
    });

    it('without sales is done immediately', async () => {
      const { path } = await sales.schedule();
      await sales.cancel(path);
      const done = await eventually(
        () => progress(path),
        ({ status }) => status === 'done',
      );
      expect(done).toMatchObject({ reservations: 0, refunded: 0, due: 0 });
    });

    it('has a cancellation; a scheduled or unknown event has none', async () => {
      const { path } = await sales.schedule();
      const look =
        (of: string, token = sales.organizer) =>
        () =>
          app.ask('GET', `${of}/cancellation`, { token });
      await expectProblem(app, 'event-not-cancelled', look(path));
      await expectProblem(app, 'event-not-found', look('/v1/events/none'));
      await expectProblem(app, 'event-not-found', () => sales.cancel('/v1/events/none'));
      await expectProblem(app, 'role-required', look(path, sales.anna));
      await expectProblem(app, 'role-required', () => sales.cancel(path, sales.anna));
      await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', `${path}/cancel`, { token: sales.organizer, body: {} }),
      );
    });
  });
});
