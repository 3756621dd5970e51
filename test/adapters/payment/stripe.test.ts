import { openStripeGateway } from '../../../src/adapters/payment/stripe.js';
import { fromStripe, toStripe } from '../../../src/adapters/payment/stripe-amounts.js';
import type {
  ChargeRequest,
  PaymentGateway,
  ProviderEntry,
} from '../../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  refundOf,
  SECRETS,
  stripeOverHttp,
  TIMEOUT_MS,
  type StripeUnderTest,
} from '../../support/payment/payment-gateways.js';
import { DECLINED_CARD } from '../../support/payment/stripe/writes.js';
import type { StripeServer } from '../../support/payment/stripe-server.js';

const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });

/** A charge as sent by releases that created and confirmed an intent in one call. */
async function oneCallCharge(
  { url, secretKey }: StripeServer,
  request: ChargeRequest,
): Promise<void> {
  const { idempotencyKey, token, amount, about } = request;
  await fetch(`${url}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'idempotency-key': idempotencyKey },
    body: new URLSearchParams({
      ...{
        amount: String(amount.amountMinor),
        currency: 'eur',
        payment_method: token,
        confirm: 'true',
      },
      ...{
        error_on_requires_action: 'true',
        'automatic_payment_methods[allow_redirects]': 'never',
      },
      ...{ 'metadata[key]': idempotencyKey, 'metadata[attempt]': '1' },
      ...{ 'metadata[eventId]': about.eventId, 'metadata[reservationId]': about.reservationId },
    }),
  });
}

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
    expect(await gateway.find(request)).toEqual(declined);
    const body = server.eventOf('payment_intent.payment_failed', server.account.intents[0]!);
    const now = Date.now();
    const headers = given.headers(body, { secret: SECRETS[0]!, at: now });
    expect(gateway.readNotice(Buffer.from(body), headers, now)).toMatchObject({ charge: declined });
  });

  const STEPS = ['/payment_intents', '/confirm'] as const;
  it.each(
    STEPS.flatMap((step) =>
      (['drop before', 'drop after', 'error 500 before'] as const).map(
        (fault) => [step, fault] as const,
      ),
    ),
  )('charges once though the first call of %s meets: %s', async (step, fault) => {
    server.failNext(fault, 1, step);
    expect(await gateway.charge(chargeOf('pm_card_visa'))).toMatchObject({ status: 'captured' });
    expect(server.account.intents).toHaveLength(1);
  });

  it.each(['drop after', 'error 500 after', 'silent after', 'trickle after'] as const)(
    'leaves it open, and finds the one charge, when every confirmation meets: %s',
    async (fault) => {
      server.failNext(fault, 2, '/confirm');
      const request = chargeOf('pm_card_visa');
      const started = Date.now();
      await expect(gateway.charge(request)).rejects.toThrow(unknown);
      expect(Date.now() - started).toBeLessThan(2 * TIMEOUT_MS);
      expect(await gateway.find(request)).toMatchObject({ status: 'captured' });
      expect(server.account.intents).toHaveLength(1);
    },
  );

  it.each(['drop after', 'silent after', 'trickle after'] as const)(
    'takes no money when the intent is created and the answer meets: %s, and charges once when sent again',
    async (fault) => {
      server.failNext(fault, fault === 'drop after' ? 2 : 1, '/payment_intents');
      const request = chargeOf('pm_card_visa');
      await expect(gateway.charge(request)).rejects.toThrow(unknown);
      expect(await gateway.find(request)).toBeUndefined();
      expect(await gateway.charge(request)).toMatchObject({ status: 'captured' });
      expect(server.account.intents).toHaveLength(1);
    },
  );

  it('sends nothing that takes money once the hold has ended', async () => {
    const request = chargeOf('pm_card_visa', {
      holdExpiresAt: new Date(Date.now() - 1).toISOString(),
    });
    await expect(gateway.charge(request)).rejects.toThrow(unknown);
    expect(server.calls.filter((call) => call.endsWith('/confirm'))).toEqual([]);
    expect(await gateway.find(request)).toBeUndefined();
  });

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
      expect(await gateway.charge(chargeOf('pm_card_visa', { amount }))).toMatchObject({
        status: 'failed',
      });
      expect(given.logged).toEqual([
        `Stripe cannot charge ${amountMinor} ${currency} (unit): seats at this price cannot be sold.`,
      ]);
      expect(server.calls).toEqual([]);
    },
  );

  it('declines a charge that Stripe still refuses, and informs an operator', async () => {
    const amount = { amountMinor: 49, currency: 'ZAR' };
    expect(await gateway.charge(chargeOf('pm_card_visa', { amount }))).toEqual({
      status: 'failed',
      reason: 'declined',
    });
    expect(given.logged).toEqual([
      expect.stringMatching(/rejects a charge: Amount must be at least/),
    ]);
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
    expect(said).toEqual([expect.stringMatching(/rejects the secret key/)]);
    await stranger.close();
  });

  describe('finds a charge', () => {
    const old = (request: ChargeRequest): ChargeRequest => ({
      ...request,
      requestedAt: new Date(Date.now() - 24 * 3_600_000).toISOString(),
    });
    const queries = () => server.calls.filter((call) => /search|GET .*payment_intents$/.test(call));

    it('among any number of newer ones that the search does not know, without a list or a search', async () => {
      server.account.delaySearch(true);
      const request = chargeOf('pm_card_visa');
      const charge = await gateway.charge(request);
      for (let count = 0; count < 5_000; count++) server.account.addForeign(100);
      expect(await gateway.find(request)).toEqual(charge);
      expect(queries()).toEqual([]);
    });

    it('that a release before this one has sent in one call, as soon as the search knows it', async () => {
      const request = chargeOf('pm_card_visa');
      server.account.delaySearch(true);
      await oneCallCharge(server, request);
      await expect(gateway.find(request)).rejects.toThrow(unknown);
      server.account.delaySearch(false);
      expect(await gateway.find(request)).toMatchObject({ status: 'captured' });
      expect(await gateway.charge(request)).toMatchObject({ status: 'captured' });
      expect(await gateway.withdraw(request)).toMatchObject({ status: 'captured' });
      expect(server.account.intents).toHaveLength(1);
    });

    it('by the search when Stripe has forgotten the key', async () => {
      const request = chargeOf('pm_card_visa');
      const charge = await gateway.charge(request);
      server.account.forgetKeys();
      expect(await gateway.find(old(request))).toEqual(charge);
      expect(server.account.intents).toHaveLength(1);
    });

    it('among other keys that look like it', async () => {
      await gateway.charge(chargeOf('pm_card_visa', { idempotencyKey: 'key-10' }));
      for (const idempotencyKey of ['key-1', "' OR metadata['key']:'key-10"])
        expect(
          await gateway.find(old(chargeOf('pm_card_visa', { idempotencyKey }))),
        ).toBeUndefined();
    });

    it('that is a day old, and does not send it again', async () => {
      const request = chargeOf('pm_card_visa');
      const charge = await gateway.charge(request);
      server.account.forgetKeys();
      expect(await gateway.charge(old({ ...request, token: 'pm_card_chargeDeclined' }))).toEqual(
        charge,
      );
      await expect(gateway.charge(old(chargeOf('pm_card_visa')))).rejects.toThrow(
        /too old to be sent again/,
      );
      expect(server.account.intents).toHaveLength(1);
    });

    it('that was declined after it had been processed', async () => {
      const request = chargeOf('pm_processing');
      await gateway.charge(request);
      server.account.settle('requires_payment_method');
      expect(await gateway.find(request)).toEqual({ status: 'failed', reason: 'declined' });
    });

    it('that was confirmed while it was being withdrawn', async () => {
      const request = chargeOf('pm_card_visa');
      server.failNext('drop after', 2, '/payment_intents');
      await expect(gateway.charge(request)).rejects.toThrow(unknown);
      server.before('/cancel', () => server.account.confirm('pi_1', 'pm_card_visa'));
      expect(await gateway.withdraw(request)).toMatchObject({
        status: 'captured',
        reference: 'pi_1',
      });
    });
  });

  it('shows page after page of its own captures and refunds, and nobody else’s', async () => {
    const charges = [];
    for (let count = 0; count < 230; count += 23)
      charges.push(...(await Promise.all(Array.from({ length: 23 }, captured))));
    const { id } = server.account.addForeign(9_900);
    await gateway.refund(refundOf(id, 100));
    const { reference } = charges[0]!;
    await gateway.refund(refundOf(reference, 100));

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
      gateway.readNotice(
        Buffer.from(body),
        given.headers(body, { secret: SECRETS[0]!, at: now }),
        now,
      ),
    ).toMatchObject({
      about: { eventId: 'event-1', reservationId: 'r-1', attempt: 2 },
      charge: { status: 'captured', amount: { amountMinor: 12_500, currency: 'EUR' } },
    });
  });

  it.each<[string, object | null, string]>([
    ['without an error is a charge that was withdrawn', null, 'abandoned'],
    ['after a decline is a decline', { type: 'card_error', code: 'card_declined' }, 'declined'],
  ])('a canceled intent %s', async (_, error, reason) => {
    const metadata = { eventId: 'event-1', reservationId: 'r-1', attempt: '1', key: 'key-1' };
    const foreign = server.account.addForeign(12_500);
    const intent = { ...foreign, status: 'canceled', metadata, last_payment_error: error };
    const body = server.eventOf('payment_intent.canceled', intent);
    const now = Date.now();
    expect(
      gateway.readNotice(
        Buffer.from(body),
        given.headers(body, { secret: SECRETS[0]!, at: now }),
        now,
      ),
    ).toMatchObject({ about: { attempt: 1 }, charge: { status: 'failed', reason } });
  });

  it('distinguishes webhooks about sales of others on the same account', async () => {
    const body = server.eventOf('payment_intent.succeeded', server.account.addForeign(100));
    const now = Date.now();
    expect(
      gateway.readNotice(
        Buffer.from(body),
        given.headers(body, { secret: SECRETS[0]!, at: now }),
        now,
      ),
    ).toMatchObject({
      kind: 'stray',
      stray: { problem: 'names-no-payment', amount: { amountMinor: 100, currency: 'EUR' } },
    });
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
