import { setTimeout as pause } from 'node:timers/promises';
import { ask, mint, type Reply } from '../../test/support/app.js';

/** Between two tries of whoever was not answered, or waits for a seat. Milliseconds. */
const PAUSE_MS = 100;

/** Where seats are sold. */
export interface Sale {
  /** `http://host:port/v1/events/…`. */
  readonly url: string;
  readonly seatIds: readonly string[];
}

/** Whoever may have paid for something. */
export interface Buyer {
  readonly customer: string;
  readonly card: string;
  readonly token: string;
  readonly sale: Sale;
  /** Of the reservation that was to be paid for; undefined when the seat could not be had. */
  readonly reservationId: string | undefined;
}

export interface Checkout {
  readonly secret: string;
  readonly customer: string;
  readonly sale: Sale;
  readonly seatId: string;
  readonly card: string;
  /**
   * A seat that somebody else has is asked for again until then. Milliseconds since the epoch; once
   * unless told.
   */
  readonly until?: number;
}

/**
 * As a page does it: the same request again until somebody answers, and a new wish when the hold
 * has ended meanwhile.
 */
export async function checkOut(checkout: Checkout): Promise<Buyer> {
  const { secret, customer, sale, seatId, card, until = 0 } = checkout;
  const token = await mint(secret, customer, ['customer']);
  const post = (path: string, body: object, headers?: Record<string, string>) =>
    untilAnswered(() => ask(`${sale.url}/reservations${path}`, 'POST', { token, headers, body }));
  const buyer = (reservationId: string | undefined) => ({
    customer,
    card,
    token,
    sale,
    reservationId,
  });
  for (let wish = 1; ; wish++) {
    const held = await post('', { seatIds: [seatId] }, { 'idempotency-key': `wish-${wish}` });
    if (held.body.code === 'seats-unavailable') {
      if (Date.now() > until) return buyer(undefined);
      await pause(PAUSE_MS);
      continue;
    }
    if (held.status !== 201)
      throw new Error(`reserve: ${held.status} ${JSON.stringify(held.body)}`);
    const { reservationId, status } = held.body as { reservationId: string; status: string };
    // While the shop was down.
    if (status === 'expired') continue;
    const paid = await post(`/${reservationId}/confirm`, { payment: { token: card } });
    if (paid.status === 200 || paid.status === 202 || paid.body.code === 'payment-refunded')
      return buyer(reservationId);
    if (paid.body.code !== 'reservation-expired')
      throw new Error(`confirm: ${paid.status} ${JSON.stringify(paid.body)}`);
    if (await wasAskedFor(`${sale.url}/reservations/${reservationId}`, token))
      return buyer(reservationId);
  }
}

/** Whether a try to pay had been written down, though its answer was lost. */
async function wasAskedFor(url: string, token: string): Promise<boolean> {
  const { body } = await untilAnswered(() => ask(url, 'GET', { token }));
  return body.payment !== undefined && body.payment.status !== 'failed';
}

/** Again and again while nobody answers, or only that it is too much just now. */
export async function untilAnswered(request: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    const reply = await request().catch(() => undefined);
    if (reply && reply.status < 500) return reply;
    await pause(PAUSE_MS);
  }
}

export async function inParallel<T>(
  workers: number,
  count: number,
  work: (at: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) results[at] = await work(at);
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
