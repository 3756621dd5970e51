import { randomBytes } from 'node:crypto';
import { PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { EVENT_STORES, SHORT_WAITS, startApp, type TestApp } from '../../support/app.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';
import { openPayments, untilStatus, type Payments } from './payments.fixture.js';

describe.each(EVENT_STORES)('paying over HTTP, over %s', (eventStore) => {
  const secret = randomBytes(32).toString('hex');
  let app: TestApp;
  let payments: Payments;
  beforeAll(async () => {
    app = await startApp(eventStore, { PAYMENTS_SANDBOX_SECRET: secret }, SHORT_WAITS);
    payments = await openPayments(app, secret);
  });
  afterAll(() => app.close());

  it.each(['tok_success', 'tok_twice', 'tok_early', 'tok_unordered'])(
    '%s sells at once',
    async (card) => {
      const { pay, look } = await payments.hold();
      const sold = await pay(card);
      expect(sold).toMatchObject({ status: 200, body: { status: 'confirmed' } });
      expect(sold.body.tickets).toHaveLength(1);
      expect((await pay(card)).body.tickets).toEqual(sold.body.tickets);
      expect((await look()).body).toMatchObject({ status: 'confirmed' });
    },
  );

  it('a declined card leaves the hold, and the next one buys', async () => {
    const { pay, look } = await payments.hold();
    expect(await pay('tok_declined')).toMatchObject({
      status: 402,
      body: { code: 'payment-declined' },
    });
    expect(await pay('tok_nonsense')).toMatchObject({
      status: 422,
      body: { code: 'payment-token-unknown' },
    });
    expect((await look()).body.status).toBe('held');
    expect(await pay('tok_success')).toMatchObject({ status: 200, body: { status: 'confirmed' } });
  });

  describe('while the provider takes its time', () => {
    itMeanwhile(
      'a slow payment is answered 202 within three seconds, and completes by itself',
      async () => {
        const wait = async (card: string) => {
          const { at, pay, look } = await payments.hold();
          const began = Date.now();
          const reply = await pay(card);
          expect(Date.now() - began).toBeLessThan(3_000);
          expect(reply).toMatchObject({ status: 202, body: { status: 'payment-pending' } });
          expect(reply.headers.get('location')).toBe(at);
          expect(reply.headers.get('retry-after')).toBe('1');
          expect((await look()).body).toMatchObject({
            status: 'held',
            payment: { status: 'pending' },
          });
          expect((await untilStatus(look, 'confirmed')).body.tickets).toHaveLength(1);
        };
        await Promise.all(['tok_slow', 'tok_lost', 'tok_silent'].map(wait));
      },
      30_000,
    );

    itMeanwhile(
      'another card is rejected during an attempt, and the same card is not charged twice',
      async () => {
        const { pay, look } = await payments.hold();
        const both = await Promise.all([pay('tok_slow'), pay('tok_slow')]);
        expect(both.map(({ status }) => status)).toEqual([202, 202]);
        const other = await pay('tok_success');
        expect(other).toMatchObject({ status: 409, body: { code: 'payment-under-way' } });
        expect(other.headers.get('retry-after')).toBe('1');
        await untilStatus(look, 'confirmed');
        const entries = [];
        for await (const entry of app.get(PAYMENT_PROVIDER).entries()) entries.push(entry);
        const references = entries.map(({ reference }) => reference);
        expect(new Set(references).size).toBe(references.length);
      },
      30_000,
    );

    itMeanwhile(
      'a webhook about a captured payment confirms the sale once, however often it comes',
      async () => {
        const { reservationId, pay, look } = await payments.hold();
        await pay('tok_lost');
        const message = payments.webhook(reservationId);
        const replies = [
          await payments.send(message),
          await payments.send(message),
          await payments.send(payments.webhook(reservationId)),
        ];
        expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
        expect((await untilStatus(look, 'confirmed')).body.tickets).toHaveLength(1);
      },
      20_000,
    );

    itMeanwhile(
      'an operator has a payment settled at once instead of waiting',
      async () => {
        const { reservationId, pay, look } = await payments.hold();
        await pay('tok_lost');
        const token = await app.token('olga', 'operator');
        const settled = await app.ask('POST', `/v1/ops/payments/${reservationId}/settle`, {
          token,
        });
        expect(settled).toMatchObject({ status: 200, body: { reservationId, settled: true } });
        expect((await untilStatus(look, 'confirmed')).body.tickets).toHaveLength(1);
      },
      20_000,
    );
  });

  describe('an operator', () => {
    it('sees no unresolved payment when everything works', async () => {
      const token = await app.token('olga', 'operator');
      const reply = await app.ask('GET', '/v1/ops/payments/unresolved', { token });
      expect(reply).toMatchObject({ status: 200, body: { payments: [] } });
      expect((await app.ask('GET', '/metrics')).body).toMatch(/^boxoffice_payments_unresolved 0$/m);
    });

    it('gets 404 for an unknown payment; other roles get 403', async () => {
      const token = await app.token('olga', 'operator');
      const none = await app.ask('POST', '/v1/ops/payments/none/settle', { token });
      expect(none).toMatchObject({ status: 404, body: { code: 'payment-unknown' } });
      const customer = await app.token('carl', 'customer');
      const refused = await app.ask('GET', '/v1/ops/payments/unresolved', { token: customer });
      expect(refused).toMatchObject({ status: 403, body: { code: 'role-required' } });
    });
  });
});
