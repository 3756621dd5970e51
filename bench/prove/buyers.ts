import { setTimeout as pause } from 'node:timers/promises';
import { ask, mint, type Reply } from '../../test/support/app.js';

/** Pause before a request without an answer or a taken seat is tried again. Milliseconds. */
const PAUSE_MS = 100;

/** Where seats are sold. */
export interface Sale {
  /** `http://host:port/v1/events/…`. */
  readonly url: string;
  readonly seatIds: readonly string[];
}

/** A buyer who may have paid. */
export interface Buyer {
  readonly customer: string;
  readonly card: string;
  readonly token: string;
  readonly sale: Sale;
  /** Reservation to pay for; undefined when the seat was taken. */
  readonly reservationId: string | undefined;
}

export interface Checkout {
  readonly secret: string;
  readonly customer: string;
  readonly sale: Sale;
  readonly seatId: string;
  readonly card: string;
  /**
   * A taken seat is requested again until then, and only once by default. Milliseconds since the
   * epoch.
   */
  readonly until?: number;
}

/**
 * Buys a seat as the booking page does: repeats a request until it is answered, and reserves again
 * when the hold has ended meanwhile.
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
  for (let hold = 1; ; hold++) {
    const held = await post('', { seatIds: [seatId] }, { 'idempotency-key': `hold-${hold}` });
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
