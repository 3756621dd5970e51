import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { EVENT_STORE, PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { SIGNATURE_HEADER, signNotice } from '../../../src/adapters/payment/webhook-signature.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import { checkLedger } from '../../../src/read-models/payment/ledger-check.js';
import { EVENT_STORES, SHORT_WAITS, startApp, type TestApp } from '../../support/app.js';
import { readAll } from '../../support/log/domain-events.js';
import { onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const PRICE = 2_500;

describe.each(EVENT_STORES)('refunds that the bank does not take, over %s', (eventStore) => {
  const secret = randomBytes(32).toString('hex');
  let app: TestApp;
  let path: string;
  let eventId: string;
  let organizer: string;
  let operator: string;
  let seats = 0;
  beforeAll(async () => {
    // Long enough to see the state before, on a busy machine.
    const waits = { ...SHORT_WAITS, sandbox: { slowMs: 2_000 } };
    app = await startApp(eventStore, { PAYMENTS_SANDBOX_SECRET: secret }, waits);
    ({ path, eventId } = await onSale(app, smallPlan(4, 20)));
    organizer = await app.token('olga', 'organizer');
    operator = await app.token('otto', 'operator');
  });
  afterAll(() => app.close());

  /** A refunded sale with this card. */
  const refunded = async (card: string) => {
    const token = await app.token(`buyer-${++seats}`, 'customer');
    const { reservationId } = (await reserve(app, path, token, { seatIds: [`A-${seats}`] })).body;
    const at = `${path}/reservations/${reservationId}`;
    const sold = await app.ask('POST', `${at}/confirm`, {
      token,
      body: { payment: { token: card } },
    });
    expect(sold.status).toBe(200);
    const refund = () => app.ask('POST', `${at}/refund`, { token: organizer });
    return { reservationId: reservationId as string, at, token, refund, first: await refund() };
  };
  const eventsOf = async (id: string) =>
    (await readAll(app.get(EVENT_STORE).readStream(paymentStream(id)))).filter(({ type }) =>
      /^Refund(?!Due)/.test(type),
    );
  const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type);
  const unresolved = async (id: string) => {
    const { body } = await app.ask('GET', '/v1/ops/payments/unresolved', { token: operator });
    return body.payments.find(
      ({ reservationId }: { reservationId: string }) => reservationId === id,
    );
  };
  const agree = async () => {
    const client = await app.get(POOL).connect();
    try {
      return await checkLedger(client, app.get(PAYMENT_PROVIDER).entries(), { now: Date.now() });
    } finally {
      client.release();
    }
  };

  it('one that the provider has only accepted is due until the bank confirms it', async () => {
    const { reservationId, first, refund } = await refunded('tok_refund_slow');
    expect(first.body.refund).toMatchObject({ status: 'due', amountMinor: PRICE });
    expect(await typesOf(reservationId)).toEqual(['RefundPending']);
    await until(async () => (await refund()).body.refund.status === 'done');
    expect(await typesOf(reservationId)).toEqual(['RefundPending', 'RefundCompleted']);
  }, 30_000);

  it('one that fails after its success is due again, and is paid under another key', async () => {
    const { reservationId, first, at, token } = await refunded('tok_refund_fails_later');
    expect(first.body.refund).toMatchObject({ status: 'done', amountMinor: PRICE });
    await until(async () => (await eventsOf(reservationId)).length === 3);
    expect(await eventsOf(reservationId)).toMatchObject([
      { type: 'RefundCompleted' },
      { type: 'RefundFailed', data: { try: 1, before: 'completed' } },
      { type: 'RefundCompleted', data: { try: 2 } },
    ]);
    const references = (await eventsOf(reservationId)).map(
      ({ data }) => (data as { refundReference: string }).refundReference,
    );
    expect(references[1]).toBe(references[0]);
    expect(references[2]).not.toBe(references[0]);
    await until(
      async () => (await app.ask('GET', at, { token })).body.payment?.status === 'refunded',
    );
    await until(async () => (await agree()).balanced);
    const [totals] = (await agree()).totals;
    expect(totals).toMatchObject({ balanced: true, obligationsMinor: 0 });
    expect(totals!.refundedMinor).toBe(totals!.capturedMinor - totals!.keptMinor);
  }, 30_000);

  it('one that fails three times is left to an operator, who retries it', async () => {
    const { reservationId, first } = await refunded('tok_refund_fails');
    expect(first.body.refund).toMatchObject({ status: 'due' });
    await until(async () => (await unresolved(reservationId)) !== undefined);
    expect(await unresolved(reservationId)).toMatchObject({
      status: 'refund-due',
      dueMinor: PRICE,
    });
    const tries = async () =>
      (await eventsOf(reservationId)).map(({ data }) => (data as { try: number }).try);
    expect(await tries()).toEqual([1, 2, 3]);
    expect((await app.ask('GET', '/metrics')).body).toMatch(/^boxoffice_payments_unresolved 1$/m);
    // Several scans and twice the pause between two tries later, nothing more was tried.
    await pause(2 * SHORT_WAITS.settlement!.firstRetryMs!);
    expect(await tries()).toEqual([1, 2, 3]);

    const settle = `/v1/ops/payments/${reservationId}/settle`;
    expect((await app.ask('POST', settle, { token: operator })).body.settled).toBe(false);
    expect(await tries()).toEqual([1, 2, 3, 4]);
    await until(async () => (await unresolved(reservationId)) !== undefined);
    expect(await agree()).toMatchObject({ differences: { count: 0 }, faults: { count: 0 } });
  }, 30_000);

  it('one of a canceled event that fails later makes the cancellation unfinished', async () => {
    const { path: other } = await onSale(app, smallPlan(1, 2));
    const token = await app.token('carl', 'customer');
    const { reservationId } = (await reserve(app, other, token, { seatIds: ['A-1'] })).body;
    const body = { payment: { token: 'tok_refund_fails_later' } };
    await app.ask('POST', `${other}/reservations/${reservationId}/confirm`, { token, body });
    await app.ask('POST', `${other}/cancel`, { token: organizer, body: { reason: 'rain' } });
    const seen: string[] = [];
    await until(async () => {
      const { status, due } = (await app.ask('GET', `${other}/cancellation`, { token: organizer }))
        .body;
      if (seen.at(-1) !== `${status} ${due}`) seen.push(`${status} ${due}`);
      return (await typesOf(reservationId)).length === 3 && status === 'done';
    }, 20_000);
    expect(seen.filter((state) => state === 'done 0')).toHaveLength(2);
    expect(seen).not.toContain('done 1');
  }, 30_000);

  it('a webhook about a refund counts once, in any order', async () => {
    const { reservationId } = await refunded('tok_success');
    const [completed] = await eventsOf(reservationId);
    const { refundId, reference, amount, refundReference } = completed!.data as never as {
      refundId: string;
      reference: string;
      amount: object;
      refundReference: string;
    };
    const send = (type: string, changes: object = {}) => {
      const body = JSON.stringify({
        id: `notice-${randomBytes(6).toString('hex')}`,
        type,
        createdAt: new Date().toISOString(),
        data: {
          ...{ idempotencyKey: refundId, reference, amount, refundId: refundReference },
          ...{ about: { eventId, reservationId, attempt: 1 }, reason: 'closed' },
          ...changes,
        },
      });
      const headers = {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signNotice(body, secret, Date.now()),
      };
      return app.ask('POST', '/v1/payments/webhooks/sandbox', { body, headers });
    };
    for (const type of [
      'refund.pending',
      'refund.completed',
      'refund.failed',
      'refund.completed',
      'refund.failed',
    ])
      expect((await send(type)).status).toBe(200);
    expect(await typesOf(reservationId)).toEqual(['RefundCompleted', 'RefundFailed']);
  }, 30_000);
});
