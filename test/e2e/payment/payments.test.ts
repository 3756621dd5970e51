import { randomBytes } from 'node:crypto';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { SIGNATURE_HEADER, signNotice } from '../../../src/adapters/payment/webhook-signature.js';
import {
  EVENT_STORES,
  SHORT_WAITS,
  startApp,
  type Reply,
  type TestApp,
} from '../../support/app.js';
import { itOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';

const PRICE = { amountMinor: 2_500, currency: 'EUR' };
const TOLERATED_MS = 300_000;

describe.each(EVENT_STORES)('paying over HTTP, over %s', (eventStore) => {
  const secret = randomBytes(32).toString('hex');
  let app: TestApp;
  let path: string;
  let eventId: string;
  let seat = 0;

  beforeAll(async () => {
    app = await startApp(eventStore, { PAYMENTS_SANDBOX_SECRET: secret }, SHORT_WAITS);
    ({ path, eventId } = await onSale(app, smallPlan(4, 20), { holdSeconds: 30 }));
  });
  afterAll(() => app.close());

  /** A buyer with a seat of his own. */
  const hold = async () => {
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
  };

  const until = async (look: () => Promise<Reply>, status: string): Promise<Reply> => {
    for (let tries = 0; ; tries++) {
      const reply = await look();
      if (reply.body.status === status || tries > 120) return reply;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const send = (
    body: unknown,
    { key = secret, now = Date.now(), headers = {}, provider = 'sandbox' }: SendOptions = {},
  ) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const signed = {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: signNotice(text, key, now),
    };
    return app.ask('POST', `/v1/payments/webhooks/${provider}`, {
      body: text,
      headers: { ...signed, ...headers },
    });
  };
  interface SendOptions {
    key?: string;
    now?: number;
    headers?: Record<string, string>;
    provider?: string;
  }
  /** The notice as shown to an operator. */
  const kept = async (id: string) => {
    const token = await app.token('olga', 'operator');
    const { body } = await app.ask('GET', '/v1/ops/payments/unresolved', { token });
    return body.notices.filter(({ noticeId }: { noticeId: string }) => noticeId === id);
  };
  const notice = (reservationId: string, data: object = {}) => ({
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
  });

  it.each(['tok_success', 'tok_twice', 'tok_early', 'tok_unordered'])(
    '%s sells at once',
    async (card) => {
      const { pay, look } = await hold();
      const sold = await pay(card);
      expect(sold).toMatchObject({ status: 200, body: { status: 'confirmed' } });
      expect(sold.body.tickets).toHaveLength(1);
      expect((await pay(card)).body.tickets).toEqual(sold.body.tickets);
      expect((await look()).body).toMatchObject({ status: 'confirmed' });
    },
  );

  it('a declined card leaves the hold, and the next one buys', async () => {
    const { pay, look } = await hold();
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
      'what takes the provider longer is answered 202 within three seconds, and sold without being asked again',
      async () => {
        const wait = async (card: string) => {
          const { at, pay, look } = await hold();
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
          expect((await until(look, 'confirmed')).body.tickets).toHaveLength(1);
        };
        await Promise.all(['tok_slow', 'tok_lost', 'tok_silent'].map(wait));
      },
      30_000,
    );

    itMeanwhile(
      'another card is refused while a try is under way, the same one is not charged twice',
      async () => {
        const { pay, look } = await hold();
        const both = await Promise.all([pay('tok_slow'), pay('tok_slow')]);
        expect(both.map(({ status }) => status)).toEqual([202, 202]);
        const other = await pay('tok_success');
        expect(other).toMatchObject({ status: 409, body: { code: 'payment-under-way' } });
        expect(other.headers.get('retry-after')).toBe('1');
        await until(look, 'confirmed');
        const entries = [];
        for await (const entry of app.get(PAYMENT_PROVIDER).entries()) entries.push(entry);
        const references = entries.map(({ reference }) => reference);
        expect(new Set(references).size).toBe(references.length);
      },
      30_000,
    );

    itMeanwhile(
      'a webhook sells what the provider has taken, once, however often it comes',
      async () => {
        const { reservationId, pay, look } = await hold();
        await pay('tok_lost');
        const message = notice(reservationId);
        const replies = [
          await send(message),
          await send(message),
          await send(notice(reservationId)),
        ];
        expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
        expect((await until(look, 'confirmed')).body.tickets).toHaveLength(1);
      },
      20_000,
    );

    itMeanwhile(
      'an operator has a payment settled at once instead of waiting',
      async () => {
        const { reservationId, pay, look } = await hold();
        await pay('tok_lost');
        const token = await app.token('olga', 'operator');
        const settled = await app.ask('POST', `/v1/ops/payments/${reservationId}/settle`, {
          token,
        });
        expect(settled).toMatchObject({ status: 200, body: { reservationId, settled: true } });
        expect((await until(look, 'confirmed')).body.tickets).toHaveLength(1);
      },
      20_000,
    );
  });

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
      const { reservationId, pay, look } = await hold();
      await pay('tok_declined');
      expect(await send(notice(reservationId), options)).toMatchObject({
        status: 400,
        body: { code },
      });
      expect((await look()).body.status).toBe('held');
    });

    it.each([
      ['less', { amount: { ...PRICE, amountMinor: 1 } }],
      ['another currency', { amount: { ...PRICE, currency: 'USD' } }],
    ])('about %s than was asked for is kept for a person and changes nothing', async (_, data) => {
      const { reservationId, pay, look } = await hold();
      await pay('tok_declined');
      const message = notice(reservationId, data);
      expect(await send(message)).toMatchObject({ status: 200, body: { received: true } });
      expect((await look()).body.status).toBe('held');
      expect(await kept(message.id)).toEqual([
        expect.objectContaining({
          problem: 'payment-amount-mismatch',
          eventId,
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
      const { reservationId } = await hold();
      const about = change({ eventId, reservationId, attempt: 1 });
      const message = notice(reservationId, { about });
      for (let times = 0; times < 2; times++)
        expect(await send(message)).toMatchObject({ status: 200, body: { received: true } });
      expect(await kept(message.id)).toMatchObject([
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
      expect(await kept(message.id)).toEqual([]);
      expect((await send(message)).status).toBe(200);
      expect(await kept(message.id)).toEqual([]);
      expect(await resolve('none')).toMatchObject({
        status: 404,
        body: { code: 'payment-notice-unknown' },
      });
    });

    it('about an unknown refund is stored for an operator', async () => {
      const { reservationId, pay } = await hold();
      await pay('tok_success');
      const message = {
        ...notice(reservationId, {
          idempotencyKey: 'made by hand'.replaceAll(' ', '-'),
          refundId: 're_1',
        }),
        type: 'refund.completed',
      };
      expect((await send(message)).status).toBe(200);
      expect(await kept(message.id)).toMatchObject([{ problem: 'refund-unknown', reservationId }]);
    });

    it('that cannot be stored is answered with 503, and is repeated', async () => {
      const { reservationId } = await hold();
      const message = notice(reservationId, { about: {} });
      await app.get(POOL).query('alter table unmatched_payment_notices rename to away');
      const lost = await send(message);
      await app.get(POOL).query('alter table away rename to unmatched_payment_notices');
      expect(lost.status).toBeGreaterThanOrEqual(500);
      expect((await send(message)).status).toBe(200);
      expect(await kept(message.id)).toHaveLength(1);
    });

    if (eventStore === 'eventstoredb')
      itOnInTestNode(
        'is answered 503 while the log cannot be read',
        async () => {
          const message = notice('22222222-2222-4222-8222-222222222222');
          app.node!.inTest!.refuseCalls(true);
          const away = await send(message);
          app.node!.inTest!.refuseCalls(false);
          expect(away).toMatchObject({ status: 503, body: { code: 'event-store-unavailable' } });
          expect(await kept(message.id)).toEqual([]);
        },
        60_000,
      );

    it.each([
      ['that is no JSON', '{"id":', 400, 'body-malformed'],
      ['that says nothing', '{}', 400, 'webhook-body-invalid'],
      ['that is too large', JSON.stringify({ id: 'x'.repeat(70_000) }), 413, 'body-too-large'],
    ])('%s is refused', async (_, body, status, code) => {
      expect(await send(body)).toMatchObject({ status, body: { code } });
    });

    it('for an unknown provider is rejected', async () => {
      expect(await send('{}', { provider: 'somebank' })).toMatchObject({
        status: 404,
        body: { code: 'payment-provider-unknown' },
      });
    });
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
