import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORE, PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import type { ProviderEntry } from '../../../src/ports/payment/payment-gateway.js';
import type { Reply, TestApp } from '../../support/app.js';
import { readAll } from '../../support/log/domain-events.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { twoPricePlan, TWO_PRICES } from '../../support/payment/two-prices.js';

export const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** Waits until a background process has produced the result. */
export async function eventually<T>(
  find: () => Promise<T>,
  isExpected: (found: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (isExpected(found)) return found;
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms: ${JSON.stringify(found)}`);
    await pause(20);
  }
}

/** Sales, and the requests of an organizer about them. */
export async function openSales(app: TestApp) {
  const [anna, ben] = [await app.token('anna', 'customer'), await app.token('ben', 'customer')];
  const organizer = await app.token('organiser', 'organizer');
  const eventsOf = (reservationId: string) =>
    readAll(app.get(EVENT_STORE).readStream(paymentStream(reservationId)));
  const typesOf = async (reservationId: string) =>
    (await eventsOf(reservationId)).map(({ type }) => type);
  return {
    anna,
    ben,
    organizer,
    typesOf,
    /** Puts an event on sale. Row A costs 40.00 a seat, rows B and C 25.00. */
    schedule: () => onSale(app, twoPricePlan(3, 10), { prices: TWO_PRICES }),
    async sell(path: string, seatIds: string[], token = anna): Promise<string> {
      const held = await reserve(app, path, token, { seatIds });
      const sold = await confirm(app, path, token, held.body.reservationId);
      expect(sold.status).toBe(200);
      return held.body.reservationId;
    },
    refund: (path: string, id: string, token = organizer) =>
      app.ask('POST', `${path}/reservations/${id}/refund`, { token }),
    exchange: (path: string, id: string, seatIds: string[], card?: string, token = organizer) =>
      app.ask('POST', `${path}/reservations/${id}/exchange`, {
        token,
        body: { seatIds, ...(card && { payment: { token: card } }) },
      }),
    cancel: (path: string, token = organizer) =>
      app.ask('POST', `${path}/cancel`, { token, body: { reason: 'the singer is ill' } }),
    reservation: (path: string, id: string, token = anna): Promise<Reply> =>
      app.ask('GET', `${path}/reservations/${id}`, { token }),
    /** Waits until this number of payments was requested. */
    untilRequested: (reservationId: string, payments: number) =>
      eventually(
        () => typesOf(reservationId),
        (types) => types.filter((type) => type === 'PaymentRequested').length === payments,
      ),
    /** Captured less refunded amount by the provider's journal, in minor units. */
    async keptByProvider(reservationId: string): Promise<number> {
      const events = await eventsOf(reservationId);
      const ours = new Set(events.map(({ data }) => (data as { reference?: string }).reference));
      const entries = app.get(PAYMENT_PROVIDER).entries() as AsyncIterable<ProviderEntry>;
      let kept = 0;
      for await (const { reference, kind, amount } of entries) {
        if (ours.has(reference)) kept += (kind === 'capture' ? 1 : -1) * amount.amountMinor;
      }
      return kept;
    },
  };
}

export type Sales = Awaited<ReturnType<typeof openSales>>;
