import { openStripeGateway } from '../../src/adapters/payments/stripe.js';
import { fromStripe, toStripe } from '../../src/adapters/payments/stripe-amounts.js';
import type { PaymentGateway, ProviderEntry } from '../../src/ports/payment-gateway.js';
import {
  chargeOf,
  SECRETS,
  stripeOverHttp,
  TIMEOUT_MS,
  type StripeUnderTest,
} from '../support/payment-gateways.js';
import { DECLINED_CARD } from '../support/stripe-account.js';
import type { StripeServer } from '../support/stripe-server.js';

const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });
const refused = expect.objectContaining({ name: 'RefundRefused' });

describe('the gateway to Stripe', () => {
  let given: StripeUnderTest;
  let gateway: PaymentGateway;
  let server: StripeServer;
  beforeEach(async () => {
    given = await stripeOverHttp();
    ({ gateway, server } = given);
  });
  afterEach(async () => {
    await given.unreachable.close();
    await given.stop();
  });

  const captured = async () => {
    const charge = await gateway.charge(chargeOf('pm_card_visa'));
    if (charge.status !== 'captured') throw new Error('not captured');
    return charge;
  };
  const entries = async () => {
    const all: ProviderEntry[] = [];
    for await (const entry of gateway.entries()) all.push(entry);
    return all;
  };

  it('sends what the charge is about, and asks for no step that the buyer would have to take', async () => {
    const request = chargeOf('pm_card_visa');
    await gateway.charge(request);
    expect(server.account.intents).toMatchObject([
      {
        amount: 12_500,
        currency: 'eur',
        metadata: {
          eventId: 'event-1',
          reservationId: request.about.reservationId,
          attempt: '1',
          key: request.idempotencyKey,
        },
      },
    ]);
    expect(await gateway.charge(chargeOf('pm_card_authenticationRequired'))).toMatchObject({
      status: 'failed',
      reason: 'declined',
    });
  });

  it('reports the fingerprint of a declined card: in its answer, when asked, and in a webhook', async () => {
    const request = chargeOf('pm_card_chargeDeclined');
    const declined = { status: 'failed', reason: 'declined', fingerprint: DECLINED_CARD };
    expect(await gateway.charge(request)).toEqual(declined);
    expect(await gateway.find(request.idempotencyKey)).toEqual(declined);
    const body = server.eventOf('payment_intent.payment_failed', server.account.intents[0]!);
    const now = Date.now();
    const headers = given.headers(body, { secret: SECRETS[0]!, at: now });
    expect(gateway.readNotice(Buffer.from(body), headers, now)).toMatchObject({ charge: declined });
  });

  it.each(['drop before', 'drop after', 'error 500 before'] as const)(
    'charges once though the first call meets: %s',
    async (fault) => {
      server.failNext(fault);
      expect(await gateway.charge(chargeOf('pm_card_visa'))).toMatchObject({ status: 'captured' });
      expect(server.account.intents).toHaveLength(1);
    },
  );

  it.each(['drop after', 'error 500 after', 'silent after', 'trickle after'] as const)(
    'leaves it open, and finds the one charge, when every call meets: %s',
    async (fault) => {
      server.failNext(fault, 2);
      const request = chargeOf('pm_card_visa');
      const started = Date.now();
      await expect(gateway.charge(request)).rejects.toThrow(unknown);
      expect(Date.now() - started).toBeLessThan(2 * TIMEOUT_MS);
      expect(await gateway.find(request.idempotencyKey)).toMatchObject({ status: 'captured' });
      expect(server.account.intents).toHaveLength(1);
    },
  );

  it('takes nothing for refused that was only sent too fast', async () => {
    server.failNext('rate limit', 2);
    await expect(gateway.charge(chargeOf('pm_card_visa'))).rejects.toThrow(unknown);
  });

  it('takes nothing for refused while another node asks the same', async () => {
    server.failNext('key in use', 2);
    const request = chargeOf('pm_card_visa');
    await expect(gateway.charge(request)).rejects.toThrow(unknown);
    expect(await gateway.charge(request)).toMatchObject({ status: 'captured' });
  });

  it.each([
    [12_505, 'KWD'],
    [12_550, 'MGA'],
  ])(
    'declines %d %s, which Stripe cannot count, and tells an operator why',
    async (amountMinor, currency) => {
      const amount = { amountMinor, currency };
      expect(await gateway.charge(chargeOf('pm_card_visa', { amount }))).toMatchObject({ status: 'failed' });
      expect(given.logged).toEqual([
        `Stripe has no unit for ${amountMinor} ${currency}: no such seat can be paid for.`,
      ]);
      expect(server.calls).toEqual([]);
    },
  );

  it('declines what Stripe never takes, and tells an operator', async () => {
    const amount = { amountMinor: 49, currency: 'EUR' };
    expect(await gateway.charge(chargeOf('pm_card_visa', { amount }))).toEqual({
      status: 'failed',
      reason: 'declined',
    });
    expect(given.logged).toEqual([expect.stringMatching(/does not take a charge: Amount must be at least/)]);
  });

  it('tells an operator of a key that Stripe does not know', async () => {
    const said: string[] = [];
    const stranger = openStripeGateway({
      secretKey: 'sk_test_wrong',
      webhookSecrets: SECRETS,
      baseUrl: server.url,
      log: (message) => said.push(message),
    });
    await expect(stranger.charge(chargeOf('pm_card_visa'))).rejects.toThrow(unknown);
    expect(said).toEqual([expect.stringMatching(/does not accept our key/)]);
    await stranger.close();
  });

  describe('finds a charge', () => {
    it('that the search does not know yet', async () => {
      server.account.delaySearch(true);
      const request = chargeOf('pm_card_visa');
      const charge = await gateway.charge(request);
      expect(await gateway.find(request.idempotencyKey)).toEqual(charge);
    });

    it('among other keys that look like it', async () => {
      await gateway.charge(chargeOf('pm_card_visa', { idempotencyKey: 'key-10' }));
      expect(await gateway.find('key-1')).toBeUndefined();
      expect(await gateway.find("' OR metadata['key']:'key-10")).toBeUndefined();
    });

    it('that was captured, whatever else was tried with its key a day later', async () => {
      const request = chargeOf('pm_card_visa');
      const charge = await gateway.charge(request);
      server.account.forgetKeys();
      await gateway.charge({ ...request, token: 'pm_card_chargeDeclined' });
      expect(await gateway.find(request.idempotencyKey)).toEqual(charge);
    });

    it('that was declined after it had been processed', async () => {
      const request = chargeOf('pm_processing');
      await gateway.charge(request);
      server.account.settle('requires_payment_method');
      expect(await gateway.find(request.idempotencyKey)).toEqual({ status: 'failed', reason: 'declined' });
    });

    it('or says that it cannot tell, when there are too many that the search does not know', async () => {
      server.account.delaySearch(true);
      for (let count = 0; count < 2_000; count++) server.account.addForeign(100);
      await expect(gateway.find('key-1')).rejects.toThrow(/more than 2000 newer charges/);
    });
  });

  describe('pays back', () => {
    it.each(['drop after', 'error 500 after', 'silent after'] as const)(
      'once, though the first calls meet: %s',
      async (fault) => {
        const { reference, amount } = await captured();
        const request = { idempotencyKey: 'refund-1', reference, amount };
        server.failNext(fault, 2);
        await expect(gateway.refund(request)).rejects.toThrow(unknown);
        server.account.forgetKeys();
        expect(await gateway.refund(request)).toBe('re_1');
        expect(server.account.refunds).toHaveLength(1);
      },
    );

    it('a part once, though the same is asked again after Stripe has forgotten the key', async () => {
      const { reference } = await captured();
      const request = {
        idempotencyKey: 'refund-1',
        reference,
        amount: { amountMinor: 1_000, currency: 'EUR' },
      };
      const id = await gateway.refund(request);
      server.account.forgetKeys();
      expect(await gateway.refund(request)).toBe(id);
      expect(server.account.refunds).toHaveLength(1);
    });

    it('again, and does not give up, while another node asks the same', async () => {
      const { reference, amount } = await captured();
      const request = { idempotencyKey: 'refund-1', reference, amount };
      server.failNext('key in use', 2);
      await expect(gateway.refund(request)).rejects.toThrow(unknown);
      expect(await gateway.refund(request)).toBe('re_1');
    });

    it('and refuses when the bank did not take it', async () => {
      const { reference, amount } = await captured();
      const request = { idempotencyKey: 'refund-1', reference, amount };
      await gateway.refund(request);
      Object.assign(server.account.refunds[0]!, { status: 'failed', failure_reason: 'lost_or_stolen_card' });
      await expect(gateway.refund(request)).rejects.toThrow(refused);
      expect(await entries()).toEqual([{ kind: 'capture', reference, amount }]);
    });
  });

  it('shows page after page of its own captures and refunds, and nobody else’s', async () => {
    const charges = await Promise.all(Array.from({ length: 230 }, captured));
    const { id } = server.account.addForeign(9_900);
    await gateway.refund({
      idempotencyKey: 'of-somebody-else',
      reference: id,
      amount: { amountMinor: 100, currency: 'EUR' },
    });
    const { reference } = charges[0]!;
    await gateway.refund({
      idempotencyKey: 'refund-1',
      reference,
      amount: { amountMinor: 100, currency: 'EUR' },
    });

    const all = await entries();

    expect(all).toHaveLength(231);
    expect(all.filter(({ kind }) => kind === 'refund')).toEqual([
      { kind: 'refund', reference, amount: { amountMinor: 100, currency: 'EUR' } },
    ]);
    expect(new Set(all.map(({ reference }) => reference))).toEqual(
      new Set(charges.map(({ reference }) => reference)),
    );
  });

  it('says of its webhooks only what they say happened', async () => {
    const intent = {
      ...server.account.addForeign(12_500),
      status: 'processing',
      metadata: { eventId: 'event-1', reservationId: 'r-1', attempt: '2', key: 'key-1' },
    };
    const body = server.eventOf('payment_intent.succeeded', intent);
    const now = Date.now();
    expect(
      gateway.readNotice(Buffer.from(body), given.headers(body, { secret: SECRETS[0]!, at: now }), now),
    ).toMatchObject({
      about: { eventId: 'event-1', reservationId: 'r-1', attempt: 2 },
      charge: { status: 'captured', amount: { amountMinor: 12_500, currency: 'EUR' } },
    });
  });

  it('hears that an intent was cancelled', async () => {
    const metadata = { eventId: 'event-1', reservationId: 'r-1', attempt: '1', key: 'key-1' };
    const intent = { ...server.account.addForeign(12_500), status: 'canceled', metadata };
    const body = server.eventOf('payment_intent.canceled', intent);
    const now = Date.now();
    expect(
      gateway.readNotice(Buffer.from(body), given.headers(body, { secret: SECRETS[0]!, at: now }), now),
    ).toMatchObject({ about: { attempt: 1 }, charge: { status: 'failed', reason: 'declined' } });
  });

  it('leaves alone the webhooks about what others sell on the same account', async () => {
    const body = server.eventOf('payment_intent.succeeded', server.account.addForeign(100));
    const now = Date.now();
    expect(
      gateway.readNotice(Buffer.from(body), given.headers(body, { secret: SECRETS[0]!, at: now }), now).about,
    ).toBeUndefined();
  });
});

it.each([
  ['EUR', 12_500, 12_500],
  ['JPY', 12_500, 12_500],
  ['KWD', 12_500, 12_500],
  ['ISK', 12_500, 1_250_000],
  ['UGX', 12_500, 1_250_000],
  ['MGA', 12_500, 125],
])('counts %s as Stripe does', (currency, amountMinor, amount) => {
  expect(toStripe({ amountMinor, currency })).toEqual({ amount, currency: currency.toLowerCase() });
  expect(fromStripe(amount, currency.toLowerCase())).toEqual({ amountMinor, currency });
});

it('has no amount for what Stripe cannot count', () => {
  for (const currency of ['BHD', 'JOD', 'KWD', 'OMR', 'TND'])
    expect(toStripe({ amountMinor: 12_505, currency })).toBeUndefined();
  expect(toStripe({ amountMinor: 12_550, currency: 'MGA' })).toBeUndefined();
  expect(() => fromStripe(12_550, 'isk')).toThrow(TypeError);
});
