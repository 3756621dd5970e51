import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SIGNATURE_HEADER, signNotice } from '../../../src/adapters/payment/webhook-signature.js';
import type { Reply, TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';

export const PRICE = { amountMinor: 2_500, currency: 'EUR' };

export interface WebhookOptions {
  readonly key?: string;
  readonly now?: number;
  readonly headers?: Record<string, string>;
  readonly provider?: string;
}

/** Waits until the reservation has this status, for 12 s at most. */
export async function untilStatus(look: () => Promise<Reply>, status: string): Promise<Reply> {
  for (let tries = 0; ; tries++) {
    const reply = await look();
    if (reply.body.status === status || tries > 600) return reply;
    await pause(20);
  }
}

/** Payments for seats of one event, and webhooks of the sandbox that `secret` signs. */
export async function openPayments(app: TestApp, secret: string) {
  const { path, eventId } = await onSale(app, smallPlan(4, 20), { holdSeconds: 30 });
  let seat = 0;
  return {
    eventId,
    /** Holds a seat for a buyer of its own. */
    async hold() {
      const [row, number] = ['ABCD'[Math.floor(seat / 20)]!, (seat++ % 20) + 1];
      const token = await app.token(`buyer-${seat}`, 'customer');
      const headers = { 'idempotency-key': 'one' };
      const body = { seatIds: [`${row}-${number}`] };
      const held = await app.ask('POST', `${path}/reservations`, { token, headers, body });
      const { reservationId } = held.body;
      const at = `${path}/reservations/${reservationId}`;
      const pay = (card: string) =>
        app.ask('POST', `${at}/confirm`, { token, body: { payment: { token: card } } });
      const look = () => app.ask('GET', at, { token });
      return { at, reservationId: reservationId as string, pay, look };
    },
    send(
      body: unknown,
      { key = secret, now = Date.now(), headers = {}, provider = 'sandbox' }: WebhookOptions = {},
    ) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const signed = {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signNotice(text, key, now),
      };
      return app.ask('POST', `/v1/payments/webhooks/${provider}`, {
        body: text,
        headers: { ...signed, ...headers },
      });
    },
    /** The webhook as shown to an operator. */
    async unmatched(id: string) {
      const token = await app.token('olga', 'operator');
      const { body } = await app.ask('GET', '/v1/ops/payments/unresolved', { token });
      return body.notices.filter(({ noticeId }: { noticeId: string }) => noticeId === id);
    },
    webhook: (reservationId: string, data: object = {}) => ({
      id: `notice-${randomBytes(6).toString('hex')}`,
      type: 'charge.captured',
      createdAt: new Date().toISOString(),
      data: {
        idempotencyKey: 'any',
        reference: `py_${reservationId}`,
        amount: PRICE,
        about: { eventId, reservationId, attempt: 1 },
        ...data,
      },
    }),
  };
}

export type Payments = Awaited<ReturnType<typeof openPayments>>;
