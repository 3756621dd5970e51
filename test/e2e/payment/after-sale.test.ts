import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { reserve } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';
import { euros, eventually, openSales, type Sales } from './sales.fixture.js';

describe.each(EVENT_STORES)('after the sale, over %s', (eventStore) => {
  let app: TestApp;
  let sales: Sales;
  beforeAll(async () => {
    app = await startApp(eventStore);
    sales = await openSales(app);
  });
  afterAll(() => app.close());

  const statusOf = async (path: string, revision: number): Promise<string> =>
    (await app.ask('GET', `${path}/seat-status?atLeast=${revision}`)).body.status;

  describe('a refund', () => {
    it('releases the seats and refunds the total; repeating it is harmless', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['A-1', 'B-1']);
      const refunded = await sales.refund(path, id);
      expect(refunded).toMatchObject({
        status: 200,
        body: {
          reservationId: id,
          status: 'refunded',
          refund: { status: 'done', ...euros(6_500) },
        },
      });
      const again = await sales.refund(path, id);
      expect(again).toMatchObject({ status: 200, body: refunded.body });
      expect(await sales.keptByProvider(id)).toBe(0);
      expect(await statusOf(path, refunded.body.revision)).toBe('a'.repeat(30));
      expect((await sales.reservation(path, id)).body.status).toBe('refunded');
      expect((await reserve(app, path, sales.ben, { seatIds: ['A-1'] })).status).toBe(201);
    });

    it('is rejected for an unsold or unknown reservation, and for other roles', async () => {
      const { path } = await sales.schedule();
      const { reservationId } = (await reserve(app, path, sales.anna, { seatIds: ['A-1'] })).body;
      await expectProblem(app, 'reservation-not-confirmed', () =>
        sales.refund(path, reservationId),
      );
      await expectProblem(app, 'reservation-not-found', () => sales.refund(path, 'nobody'));
      await expectProblem(app, 'event-not-found', () =>
        sales.refund('/v1/events/none', reservationId),
      );
      await expectProblem(app, 'role-required', () =>
        sales.refund(path, reservationId, sales.anna),
      );
    });
  });

  describe('an exchange', () => {
    it('for seats of the same price takes no money; repeating it is harmless', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1', 'B-2']);
      const exchanged = await sales.exchange(path, id, ['B-2', 'C-5']);
      expect(exchanged).toMatchObject({
        status: 200,
        body: {
          reservationId: id,
          status: 'confirmed',
          seatIds: ['B-2', 'C-5'],
          total: euros(5_000),
        },
      });
      expect(exchanged.body.refund).toBeUndefined();
      expect((await sales.exchange(path, id, ['C-5', 'B-2'])).body).toEqual(exchanged.body);
      expect(await statusOf(path, exchanged.body.revision)).toBe(
        'a'.repeat(11) + 's' + 'a'.repeat(12) + 's' + 'a'.repeat(5),
      );
      const shown = await eventually(
        () => sales.reservation(path, id),
        ({ body }) => body.seatIds?.[1] === 'C-5',
      );
      expect(shown.body).toMatchObject({ status: 'confirmed', total: euros(5_000) });
      expect(shown.body.tickets.map((ticket: { seatId: string }) => ticket.seatId)).toEqual([
        'B-2',
        'C-5',
      ]);
      expect(await sales.keptByProvider(id)).toBe(5_000);
    });

    it('for cheaper seats refunds the difference, once', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['A-1', 'A-2']);
      const exchanged = await sales.exchange(path, id, ['B-1', 'B-2']);
      expect(exchanged).toMatchObject({
        status: 200,
        body: { total: euros(5_000), refund: { status: 'done', ...euros(3_000) } },
      });
      expect((await sales.exchange(path, id, ['B-1', 'B-2'])).body).toEqual(exchanged.body);
      expect(await sales.keptByProvider(id)).toBe(5_000);
      expect((await sales.refund(path, id)).body.refund).toEqual({
        status: 'done',
        ...euros(5_000),
      });
      expect(await sales.keptByProvider(id)).toBe(0);
    });

    it('for more expensive seats needs a payment of the difference', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1', 'B-2']);
      const refused = await expectProblem(app, 'payment-required', () =>
        sales.exchange(path, id, ['A-1', 'A-2']),
      );
      expect(refused.body.difference).toEqual(euros(3_000));
      const exchanged = await sales.exchange(path, id, ['A-1', 'A-2'], 'tok_success');
      expect(exchanged).toMatchObject({
        status: 200,
        body: { status: 'confirmed', seatIds: ['A-1', 'A-2'], total: euros(8_000) },
      });
      expect((await sales.exchange(path, id, ['A-1', 'A-2'], 'tok_success')).body).toEqual(
        exchanged.body,
      );
      expect(await sales.keptByProvider(id)).toBe(8_000);
      expect((await sales.refund(path, id)).body.refund).toEqual({
        status: 'done',
        ...euros(8_000),
      });
      expect(await sales.keptByProvider(id)).toBe(0);
    });

    it('to other seats and back is refunded from both payments', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1']);
      await sales.exchange(path, id, ['A-1', 'A-2'], 'tok_success');
      const { body } = await sales.exchange(path, id, ['C-1']);
      expect(body.refund).toEqual({ status: 'done', ...euros(5_500) });
      expect(await sales.keptByProvider(id)).toBe(2_500);
      await sales.exchange(path, id, ['A-1'], 'tok_twice');
      expect(await sales.keptByProvider(id)).toBe(4_000);
    });

    it('leaves everything as it was when the card is declined', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1']);
      expect(await sales.exchange(path, id, ['A-1'], 'tok_declined')).toMatchObject({
        status: 402,
        body: { code: 'payment-declined' },
      });
      expect(await sales.exchange(path, id, ['A-1'], 'tok_nonsense')).toMatchObject({
        status: 422,
        body: { code: 'payment-token-unknown' },
      });
      expect((await sales.reservation(path, id)).body).toMatchObject({
        seatIds: ['B-1'],
        total: euros(2_500),
      });
      expect((await sales.exchange(path, id, ['A-1'], 'tok_success')).status).toBe(200);
    });

    it('is rejected, with nothing changed, for unavailable seats', async () => {
      const { path } = await sales.schedule();
      const id = await sales.sell(path, ['B-1']);
      await sales.sell(path, ['C-1'], sales.ben);
      const refused = await expectProblem(app, 'seats-unavailable', () =>
        sales.exchange(path, id, ['B-2', 'C-1']),
      );
      expect(refused.body.unavailableSeatIds).toEqual(['C-1']);
      await expectProblem(app, 'seats-unknown', () => sales.exchange(path, id, ['Z-1']));
      await expectProblem(app, 'no-seats-requested', () => sales.exchange(path, id, []));
      await expectProblem(app, 'role-required', () =>
        sales.exchange(path, id, ['B-2'], undefined, sales.anna),
      );
      await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', `${path}/reservations/${id}/exchange`, {
          token: sales.organizer,
          body: { seatIds: ['B-2'], payment: { card: '4242' } },
        }),
      );
      expect((await sales.reservation(path, id)).body.seatIds).toEqual(['B-1']);
    });
  });
});
