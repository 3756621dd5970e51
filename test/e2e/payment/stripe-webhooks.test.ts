import { Stripe } from 'stripe';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';

const SECRET = 'whsec_a-secret-for-the-tests';
/** An intent of another Boxoffice on the same account. */
const INTENT = {
  ...{ id: 'pi_3Foreign', object: 'payment_intent', status: 'succeeded' },
  ...{ amount: 4_500, amount_received: 4_500, currency: 'eur' },
  metadata: {
    eventId: '11111111-1111-4111-8111-111111111111',
    reservationId: '22222222-2222-4222-8222-222222222222',
    attempt: '1',
    key: '33333333-3333-4333-8333-333333333333',
  },
};
const { metadata } = INTENT;
const REFUND = {
  ...{ id: 're_1', object: 'refund', status: 'failed', payment_intent: 'pi_3Foreign' },
  ...{ amount: 4_500, currency: 'eur', failure_reason: 'lost_or_stolen_card' },
  metadata: { key: 'any', eventId: metadata.eventId, reservationId: metadata.reservationId },
};

describe.each(EVENT_STORES)(
  'signed webhooks of Stripe about what is not ours, over %s',
  (eventStore) => {
    let app: TestApp;
    let operator: string;
    let events = 0;
    beforeAll(async () => {
      app = await startApp(eventStore, {
        PAYMENTS: 'stripe',
        PAYMENTS_STRIPE_SECRET_KEY: 'sk_test_boxoffice',
        PAYMENTS_STRIPE_WEBHOOK_SECRETS: SECRET,
      });
      operator = await app.token('otto', 'operator');
    });
    afterAll(() => app.close());

    const send = (type: string, object: object, id = `evt_${++events}`) => {
      const payload = JSON.stringify({ id, object: 'event', type, data: { object } });
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
      return app.ask('POST', '/v1/payments/webhooks/stripe', { body: payload, headers });
    };
    const listed = async (id: string) => {
      const { body } = await app.ask('GET', '/v1/ops/payments/unresolved', { token: operator });
      return body.notices.filter(({ noticeId }: { noticeId: string }) => noticeId === id);
    };

    it.each<[string, string, object, string]>([
      ['a payment of another shop', 'payment_intent.succeeded', INTENT, 'payment-unknown'],
      ['its decline', 'payment_intent.payment_failed', INTENT, 'payment-unknown'],
      [
        'half of a payment',
        'payment_intent.succeeded',
        { ...INTENT, metadata: { reservationId: metadata.reservationId, key: metadata.key } },
        'incomplete',
      ],
      [
        'an attempt that is none',
        'payment_intent.processing',
        { ...INTENT, metadata: { ...metadata, attempt: 'first' } },
        'incomplete',
      ],
      ['no payment', 'payment_intent.succeeded', { ...INTENT, metadata: {} }, 'names-no-payment'],
      [
        'an amount that none of ours can have',
        'payment_intent.succeeded',
        { ...INTENT, amount: 150, amount_received: 150, currency: 'isk' },
        'payment-amount-mismatch',
      ],
      ['a refund of another shop', 'refund.failed', REFUND, 'payment-unknown'],
      [
        'a refund of no intent',
        'refund.updated',
        { ...REFUND, payment_intent: null, metadata: {} },
        'names-no-payment',
      ],
    ])('%s is acknowledged and kept once', async (_, type, object, problem) => {
      const id = `evt_kept_${++events}`;
      for (let times = 0; times < 2; times++)
        expect(await send(type, object, id)).toMatchObject({
          status: 200,
          body: { received: true },
        });
      expect(await listed(id)).toMatchObject([{ provider: 'stripe', noticeId: id, problem, type }]);
    });

    it.each(['processing', 'payment_failed', 'canceled'])(
      'a payment of others that is %s has moved no money and is not kept',
      async (state) => {
        const id = `evt_others_${++events}`;
        const others = { ...INTENT, status: state, metadata: { order: '1' } };
        expect((await send(`payment_intent.${state}`, others, id)).status).toBe(200);
        expect(await listed(id)).toEqual([]);
      },
    );

    it.each(['customer.created', 'charge.refunded', 'payout.paid'])(
      '%s is left alone',
      async (type) => {
        const id = `evt_other_${++events}`;
        expect((await send(type, { id: 'any' }, id)).status).toBe(200);
        expect(await listed(id)).toEqual([]);
      },
    );

    it('is refused only for a bad signature, time or body', async () => {
      const payload = JSON.stringify({
        id: 'evt_1',
        type: 'payment_intent.succeeded',
        data: { object: INTENT },
      });
      const header = (secret: string, timestamp: number) =>
        Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
      const now = Math.floor(Date.now() / 1_000);
      for (const signature of [header('whsec_other', now), header(SECRET, now - 3_600)]) {
        const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
        const reply = await app.ask('POST', '/v1/payments/webhooks/stripe', {
          body: payload,
          headers,
        });
        expect(reply.status).toBe(400);
      }
      expect(
        (await send('payment_intent.succeeded', { ...INTENT, amount_received: 1.5 }, '')).status,
      ).toBe(400);
    });
  },
);
