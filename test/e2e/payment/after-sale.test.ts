import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORE, PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import type { ProviderEntry } from '../../../src/ports/payment/payment-gateway.js';
import {
  EVENT_STORES,
  SHORT_WAITS,
  startApp,
  type Reply,
  type TestApp,
} from '../../support/app.js';
import { readAll } from '../../support/log/domain-events.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';
import { expectProblem } from '../../support/problems.js';
import { twoPricePlan, TWO_PRICES } from '../../support/payment/two-prices.js';
import { until } from '../../support/read-side.js';

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** Waits until a background process has produced the result. */
async function eventually<T>(
  find: () => Promise<T>,
  isSo: (found: T) => boolean,
  ms = 20_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await find();
    if (isSo(found)) return found;
    if (Date.now() > deadline) throw new Error(`Not so within ${ms} ms: ${JSON.stringify(found)}`);
    await pause(50);
  }
}

describe.each(EVENT_STORES)('after the sale, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  let ben: string;
  let organiser: string;
  beforeAll(async () => {
    app = await startApp(eventStore, {}, SHORT_WAITS);
    anna = await app.token('anna', 'customer');
    ben = await app.token('ben', 'customer');
    organiser = await app.token('organiser', 'organizer');
  });
  afterAll(() => app.close());

  /** Row A costs 40.00 a seat, rows B and C 25.00. */
  const hall = () => onSale(app, twoPricePlan(3, 10), { prices: TWO_PRICES });
  /** Anna's, paid for. */
  const sale = async (path: string, seatIds: string[], token = anna): Promise<string> => {
    const held = await reserve(app, path, token, { seatIds });
    const sold = await confirm(app, path, token, held.body.reservationId);
    expect(sold.status).toBe(200);
    return held.body.reservationId;
  };
  const refund = (path: string, id: string, token = organiser) =>
    app.ask('POST', `${path}/reservations/${id}/refund`, { token });
  const exchange = (
    path: string,
    id: string,
    seatIds: string[],
    card?: string,
    token = organiser,
  ) =>
    app.ask('POST', `${path}/reservations/${id}/exchange`, {
      token,
      body: { seatIds, ...(card && { payment: { token: card } }) },
    });
  const cancel = (path: string, token = organiser) =>
    app.ask('POST', `${path}/cancel`, { token, body: { reason: 'the singer is ill' } });
  const statusOf = async (path: string, revision: number): Promise<string> =>
    (await app.ask('GET', `${path}/seat-status?atLeast=${revision}`)).body.status;
  const mine = (path: string, id: string, token = anna): Promise<Reply> =>
    app.ask('GET', `${path}/reservations/${id}`, { token });
  /** Until so many tries to pay are written down. */
  const isAskedFor = (reservationId: string, tries: number) =>
    eventually(
      () => readAll(app.get(EVENT_STORE).readStream(paymentStream(reservationId))),
      (events) => events.filter(({ type }) => type === 'PaymentRequested').length === tries,
    );
  /**
   * The captured less the refunded amount of a reservation by the provider's journal, in minor
   * units.
   */
  const keptByTheProvider = async (reservationId: string): Promise<number> => {
    const events = await readAll(app.get(EVENT_STORE).readStream(paymentStream(reservationId)));
    const ours = new Set(events.map(({ data }) => (data as { reference?: string }).reference));
    let kept = 0;
    for await (const entry of app.get(PAYMENT_PROVIDER).entries() as AsyncIterable<ProviderEntry>) {
      if (ours.has(entry.reference))
        kept += (entry.kind === 'capture' ? 1 : -1) * entry.amount.amountMinor;
    }
    return kept;
  };

  describe('a refund', () => {
    it('releases the seats and refunds the total; repeating it is harmless', async () => {
      const { path } = await hall();
      const id = await sale(path, ['A-1', 'B-1']);
      const refunded = await refund(path, id);
      expect(refunded).toMatchObject({
        status: 200,
        body: {
          reservationId: id,
          status: 'refunded',
          refund: { status: 'done', ...euros(6_500) },
        },
      });
      const again = await refund(path, id);
      expect(again).toMatchObject({ status: 200, body: refunded.body });
      expect(await keptByTheProvider(id)).toBe(0);
      expect(await statusOf(path, refunded.body.revision)).toBe('a'.repeat(30));
      expect((await mine(path, id)).body.status).toBe('refunded');
      expect((await reserve(app, path, ben, { seatIds: ['A-1'] })).status).toBe(201);
    });

    it('is rejected for an unsold or unknown reservation, and for other roles', async () => {
      const { path } = await hall();
      const { reservationId } = (await reserve(app, path, anna, { seatIds: ['A-1'] })).body;
      await expectProblem(app, 'reservation-not-confirmed', () => refund(path, reservationId));
      await expectProblem(app, 'reservation-not-found', () => refund(path, 'nobody'));
      await expectProblem(app, 'event-not-found', () => refund('/v1/events/none', reservationId));
      await expectProblem(app, 'role-required', () => refund(path, reservationId, anna));
    });
  });

  describe('an exchange', () => {
    it('for seats of the same price takes no money; repeating it is harmless', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1', 'B-2']);
      const exchanged = await exchange(path, id, ['B-2', 'C-5']);
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
      expect((await exchange(path, id, ['C-5', 'B-2'])).body).toEqual(exchanged.body);
      expect(await statusOf(path, exchanged.body.revision)).toBe(
        'a'.repeat(11) + 's' + 'a'.repeat(12) + 's' + 'a'.repeat(5),
      );
      const shown = await eventually(
        () => mine(path, id),
        ({ body }) => body.seatIds?.[1] === 'C-5',
      );
      expect(shown.body).toMatchObject({ status: 'confirmed', total: euros(5_000) });
      expect(shown.body.tickets.map((ticket: { seatId: string }) => ticket.seatId)).toEqual([
        'B-2',
        'C-5',
      ]);
      expect(await keptByTheProvider(id)).toBe(5_000);
    });

    it('for cheaper seats refunds the difference, once', async () => {
      const { path } = await hall();
      const id = await sale(path, ['A-1', 'A-2']);
      const exchanged = await exchange(path, id, ['B-1', 'B-2']);
      expect(exchanged).toMatchObject({
        status: 200,
        body: { total: euros(5_000), refund: { status: 'done', ...euros(3_000) } },
      });
      expect((await exchange(path, id, ['B-1', 'B-2'])).body).toEqual(exchanged.body);
      expect(await keptByTheProvider(id)).toBe(5_000);
      expect((await refund(path, id)).body.refund).toEqual({ status: 'done', ...euros(5_000) });
      expect(await keptByTheProvider(id)).toBe(0);
    });

    it('for more expensive seats needs a payment of the difference', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1', 'B-2']);
      const refused = await expectProblem(app, 'payment-required', () =>
        exchange(path, id, ['A-1', 'A-2']),
      );
      expect(refused.body.difference).toEqual(euros(3_000));
      const exchanged = await exchange(path, id, ['A-1', 'A-2'], 'tok_success');
      expect(exchanged).toMatchObject({
        status: 200,
        body: { status: 'confirmed', seatIds: ['A-1', 'A-2'], total: euros(8_000) },
      });
      expect((await exchange(path, id, ['A-1', 'A-2'], 'tok_success')).body).toEqual(
        exchanged.body,
      );
      expect(await keptByTheProvider(id)).toBe(8_000);
      expect((await refund(path, id)).body.refund).toEqual({ status: 'done', ...euros(8_000) });
      expect(await keptByTheProvider(id)).toBe(0);
    });

    it('to other seats and back is refunded from both payments', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1']);
      await exchange(path, id, ['A-1', 'A-2'], 'tok_success');
      const { body } = await exchange(path, id, ['C-1']);
      expect(body.refund).toEqual({ status: 'done', ...euros(5_500) });
      expect(await keptByTheProvider(id)).toBe(2_500);
      await exchange(path, id, ['A-1'], 'tok_twice');
      expect(await keptByTheProvider(id)).toBe(4_000);
    });

    it('leaves everything as it was when the card is declined', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1']);
      expect(await exchange(path, id, ['A-1'], 'tok_declined')).toMatchObject({
        status: 402,
        body: { code: 'payment-declined' },
      });
      expect(await exchange(path, id, ['A-1'], 'tok_nonsense')).toMatchObject({
        status: 422,
        body: { code: 'payment-token-unknown' },
      });
      expect((await mine(path, id)).body).toMatchObject({ seatIds: ['B-1'], total: euros(2_500) });
      expect((await exchange(path, id, ['A-1'], 'tok_success')).status).toBe(200);
    });

    it('is rejected, with nothing changed, for unavailable seats', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1']);
      await sale(path, ['C-1'], ben);
      const refused = await expectProblem(app, 'seats-unavailable', () =>
        exchange(path, id, ['B-2', 'C-1']),
      );
      expect(refused.body.unavailableSeatIds).toEqual(['C-1']);
      await expectProblem(app, 'seats-unknown', () => exchange(path, id, ['Z-1']));
      await expectProblem(app, 'no-seats-requested', () => exchange(path, id, []));
      await expectProblem(app, 'role-required', () => exchange(path, id, ['B-2'], undefined, anna));
      await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', `${path}/reservations/${id}/exchange`, {
          token: organiser,
          body: { seatIds: ['B-2'], payment: { card: '4242' } },
        }),
      );
      expect((await mine(path, id)).body.seatIds).toEqual(['B-1']);
    });
  });

  describe('while the provider is slow', () => {
    itMeanwhile('an exchange goes on by itself', async () => {
      const { path } = await hall();
      const id = await sale(path, ['B-1']);
      const waiting = await exchange(path, id, ['A-1'], 'tok_slow');
      expect(waiting).toMatchObject({
        status: 202,
        body: { reservationId: id, status: 'payment-pending' },
      });
      expect(waiting.headers.get('location')).toBe(`${path}/reservations/${id}`);
      expect(await exchange(path, id, ['A-2'], 'tok_success')).toMatchObject({
        status: 409,
        body: { code: 'payment-under-way' },
      });
      const shown = await eventually(
        () => mine(path, id),
        ({ body }) => body.seatIds[0] === 'A-1',
      );
      expect(shown.body.total).toEqual(euros(4_000));
      expect(await keptByTheProvider(id)).toBe(4_000);
    });

    itMeanwhile(
      'an exchange gives the money back when somebody else was first to have the seats',
      async () => {
        const { path } = await hall();
        const id = await sale(path, ['B-1']);
        const paying = exchange(path, id, ['A-1'], 'tok_slow');
        await isAskedFor(id, 2);
        await sale(path, ['A-1'], ben);
        expect((await paying).status).toBe(202);
        await eventually(
          async () =>
            (await readAll(app.get(EVENT_STORE).readStream(paymentStream(id)))).map(
              ({ type }) => type,
            ),
          (types) => types.includes('RefundCompleted'),
        );
        expect(await keptByTheProvider(id)).toBe(2_500);
        expect((await mine(path, id)).body).toMatchObject({
          status: 'confirmed',
          seatIds: ['B-1'],
        });
      },
    );

    itMeanwhile('a cancelled event gives back a payment that was under way', async () => {
      const { path } = await hall();
      const held = (await reserve(app, path, anna, { seatIds: ['B-1'] })).body.reservationId;
      const paying = confirm(app, path, anna, held, 'tok_slow');
      await isAskedFor(held, 1);
      await cancel(path);
      expect((await paying).status).toBe(202);
      const types = await eventually(
        async () =>
          (await readAll(app.get(EVENT_STORE).readStream(paymentStream(held)))).map(
            ({ type }) => type,
          ),
        (seen) => seen.includes('RefundCompleted'),
      );
      expect(types).not.toContain('PaymentKept');
      expect(await keptByTheProvider(held)).toBe(0);
      expect((await mine(path, held)).body.status).toBe('released');
    });
  });

  describe('a cancelled event', () => {
    const progress = async (path: string) =>
      (await app.ask('GET', `${path}/cancellation`, { token: organiser })).body;

    it('refunds all sales, releases all holds, and reports it', async () => {
      const { path, eventId } = await hall();
      const sales = [
        await sale(path, ['A-1', 'A-2']),
        await sale(path, ['B-1'], ben),
        await sale(path, ['C-1', 'C-2']),
      ];
      await exchange(path, sales[2]!, ['A-5'], undefined);
      const before = await sale(path, ['B-9'], ben);
      await refund(path, before);
      const held = (await reserve(app, path, ben, { seatIds: ['B-5'] })).body.reservationId;

      const cancelled = await cancel(path);
      expect(cancelled).toMatchObject({ status: 202, body: { eventId, status: 'cancelled' } });
      expect(cancelled.headers.get('location')).toBe(`${path}/cancellation`);
      expect((await cancel(path)).status).toBe(202);

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
      for (const id of sales) expect(await keptByTheProvider(id)).toBe(0);
      expect((await mine(path, held, ben)).body.status).toBe('released');
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
      const { path } = await hall();
      const id = await sale(path, ['B-1']);
      const held = (await reserve(app, path, ben, { seatIds: ['B-5'] })).body.reservationId;
      await cancel(path);
      expect(await reserve(app, path, ben, { seatIds: ['A-1'] })).toMatchObject({
        status: 409,
        body: { code: 'event-cancelled' },
      });
      expect((await confirm(app, path, ben, held)).body.code).toMatch(
        /^(event-cancelled|reservation-released)$/,
      );
      expect((await exchange(path, id, ['B-2'])).body.code).toMatch(
        /^(event-cancelled|reservation-not-confirmed)$/,
      );
      // What comes next counts domain events, and this one has something to pay back.
      await eventually(
        () => progress(path),
        ({ status }) => status === 'done',
      );
    });

    it('without sales is done immediately', async () => {
      const { path } = await hall();
      await cancel(path);
      const done = await eventually(
        () => progress(path),
        ({ status }) => status === 'done',
      );
      expect(done).toMatchObject({ reservations: 0, refunded: 0, due: 0 });
    });

    it('has a cancellation; a scheduled or unknown event has none', async () => {
      const { path } = await hall();
      const look =
        (of: string, token = organiser) =>
        () =>
          app.ask('GET', `${of}/cancellation`, { token });
      await expectProblem(app, 'event-not-cancelled', look(path));
      await expectProblem(app, 'event-not-found', look('/v1/events/none'));
      await expectProblem(app, 'event-not-found', () => cancel('/v1/events/none'));
      await expectProblem(app, 'role-required', look(path, anna));
      await expectProblem(app, 'role-required', () => cancel(path, anna));
      await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', `${path}/cancel`, { token: organiser, body: {} }),
      );
    });
  });
});
