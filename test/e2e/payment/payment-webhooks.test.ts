import { randomBytes } from 'node:crypto';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { SIGNATURE_HEADER } from '../../../src/adapters/payment/webhook-signature.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { itOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { openPayments, PRICE, type Payments } from './payments.fixture.js';

const TOLERATED_MS = 300_000;

describe.each(EVENT_STORES)('paying over HTTP, over %s', (eventStore) => {
  const secret = randomBytes(32).toString('hex');
  let app: TestApp;
  let payments: Payments;
  beforeAll(async () => {
    app = await startApp(eventStore, { PAYMENTS_SANDBOX_SECRET: secret });
    payments = await openPayments(app, secret);
  });
  afterAll(() => app.close());

  describe('a webhook', () => {
    it.each([
      ['without a signature', { headers: { [SIGNATURE_HEADER]: '' } }, 'webhook-signature-missing'],
      ['with a forged one', { key: 'somebody else’s secret' }, 'webhook-signature-invalid'],
      [
        'from too long ago',
        { now: Date.now() - TOLERATED_MS - 60_000 },
        'webhook-timestamp-out-of-tolerance',
      ],
      [
        'from the future',
        { now: Date.now() + TOLERATED_MS + 60_000 },
        'webhook-timestamp-out-of-tolerance',
      ],
    ])('%s is refused and changes nothing', async (_, options, code) => {
      const { reservationId, pay, look } = await payments.hold();
      await pay('tok_declined');
      expect(await payments.send(payments.webhook(reservationId), options)).toMatchObject({
        status: 400,
        body: { code },
      });
      expect((await look()).body.status).toBe('held');
    });

    it.each([
      ['less', { amount: { ...PRICE, amountMinor: 1 } }],
      ['another currency', { amount: { ...PRICE, currency: 'USD' } }],
    ])('about %s than was asked for is kept for a person and changes nothing', async (_, data) => {
      const { reservationId, pay, look } = await payments.hold();
      await pay('tok_declined');
      const message = payments.webhook(reservationId, data);
      expect(await payments.send(message)).toMatchObject({ status: 200, body: { received: true } });
      expect((await look()).body.status).toBe('held');
      expect(await payments.unmatched(message.id)).toEqual([
        expect.objectContaining({
          problem: 'payment-amount-mismatch',
          eventId: payments.eventId,
          reservationId,
          ...data,
        }),
      ]);
    });

    it.each<[string, (about: object) => object, string]>([
      ['about a payment that nobody has asked for', (about) => about, 'payment-unknown'],
      [
        'about a payment of another event',
        (about) => ({ ...about, eventId: '11111111-1111-4111-8111-111111111111' }),
        'payment-unknown',
      ],
      ['that names half of a payment', (about) => ({ ...about, eventId: undefined }), 'incomplete'],
      ['that names no payment', () => ({}), 'names-no-payment'],
    ])('%s is kept once, counted, and resolved by a person', async (_, change, problem) => {
      const { reservationId } = await payments.hold();
      const about = change({ eventId: payments.eventId, reservationId, attempt: 1 });
      const message = payments.webhook(reservationId, { about });
      for (let times = 0; times < 2; times++)
        expect(await payments.send(message)).toMatchObject({
          status: 200,
          body: { received: true },
        });
      expect(await payments.unmatched(message.id)).toMatchObject([
        { provider: 'sandbox', problem, type: 'charge.captured', amount: PRICE },
      ]);
      const counted = Number(
        /^boxoffice_payment_notices_unmatched (\d+)$/m.exec(
          (await app.ask('GET', '/metrics')).body,
        )![1],
      );
      expect(counted).toBeGreaterThan(0);

      const token = await app.token('olga', 'operator');
      const resolve = (id: string) =>
        app.ask('POST', `/v1/ops/payments/notices/sandbox/${id}/resolve`, { token });
      expect((await resolve(message.id)).body).toEqual({
        ...{ provider: 'sandbox', noticeId: message.id, resolved: true },
      });
      expect(await payments.unmatched(message.id)).toEqual([]);
      expect((await payments.send(message)).status).toBe(200);
      expect(await payments.unmatched(message.id)).toEqual([]);
      expect(await resolve('none')).toMatchObject({
        status: 404,
        body: { code: 'payment-notice-unknown' },
      });
    });

    it('about an unknown refund is stored for an operator', async () => {
      const { reservationId, pay } = await payments.hold();
      await pay('tok_success');
      const message = {
        ...payments.webhook(reservationId, {
          idempotencyKey: 'made by hand'.replaceAll(' ', '-'),
          refundId: 're_1',
        }),
        type: 'refund.completed',
      };
      expect((await payments.send(message)).status).toBe(200);
      expect(await payments.unmatched(message.id)).toMatchObject([
        { problem: 'refund-unknown', reservationId },
      ]);
    });

    it('that cannot be stored is answered with 503, and is repeated', async () => {
      const { reservationId } = await payments.hold();
      const message = payments.webhook(reservationId, { about: {} });
      await app.get(POOL).query('alter table unmatched_payment_notices rename to away');
      const lost = await payments.send(message);
      await app.get(POOL).query('alter table away rename to unmatched_payment_notices');
      expect(lost.status).toBeGreaterThanOrEqual(500);
      expect((await payments.send(message)).status).toBe(200);
      expect(await payments.unmatched(message.id)).toHaveLength(1);
    });

    if (eventStore === 'eventstoredb')
      itOnInTestNode(
        'is answered 503 while the log cannot be read',
        async () => {
          const message = payments.webhook('22222222-2222-4222-8222-222222222222');
          app.node!.inTest!.refuseCalls(true);
          const away = await payments.send(message);
          app.node!.inTest!.refuseCalls(false);
          expect(away).toMatchObject({ status: 503, body: { code: 'event-store-unavailable' } });
          expect(await payments.unmatched(message.id)).toEqual([]);
        },
        60_000,
      );

    it.each([
      ['that is no JSON', '{"id":', 400, 'body-malformed'],
      ['that says nothing', '{}', 400, 'webhook-body-invalid'],
      ['that is too large', JSON.stringify({ id: 'x'.repeat(70_000) }), 413, 'body-too-large'],
    ])('%s is refused', async (_, body, status, code) => {
      expect(await payments.send(body)).toMatchObject({ status, body: { code } });
    });

    it('for an unknown provider is rejected', async () => {
      expect(await payments.send('{}', { provider: 'somebank' })).toMatchObject({
        status: 404,
        body: { code: 'payment-provider-unknown' },
      });
    });
  });
});
