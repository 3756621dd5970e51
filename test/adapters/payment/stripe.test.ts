import { openStripeGateway } from '../../../src/adapters/payment/stripe.js';
import { chargeOf, refundOf, SECRETS, TIMEOUT_MS } from '../../support/payment/payment-gateways.js';
import { DECLINED_CARD } from '../../support/payment/stripe/writes.js';
import { unknown, useStripe } from './stripe.fixture.js';

describe('the gateway to Stripe', () => {
  const stripe = useStripe();

  it('sends the subject of the charge, and asks for no further step of the buyer', async () => {
    const request = chargeOf('pm_card_visa');
    await stripe.gateway.charge(request);
    expect(stripe.server.account.intents).toMatchObject([
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
    expect(await stripe.gateway.charge(chargeOf('pm_card_authenticationRequired'))).toMatchObject({
      status: 'failed',
      reason: 'declined',
    });
  });

  it('reports the fingerprint of a declined card in answers and webhooks', async () => {
    const request = chargeOf('pm_card_chargeDeclined');
    const declined = { status: 'failed', reason: 'declined', fingerprint: DECLINED_CARD };
    expect(await stripe.gateway.charge(request)).toEqual(declined);
    expect(await stripe.gateway.find(request)).toEqual(declined);
    const body = stripe.server.eventOf(
      'payment_intent.payment_failed',
      stripe.server.account.intents[0]!,
    );
    expect(stripe.read(body)).toMatchObject({ charge: declined });
  });

  const STEPS = ['/payment_intents', '/confirm'] as const;
  it.each(
    STEPS.flatMap((step) =>
      (['drop before', 'drop after', 'error 500 before'] as const).map(
        (fault) => [step, fault] as const,
      ),
    ),
  )('charges once though the first call of %s meets: %s', async (step, fault) => {
    stripe.server.failNext(fault, 1, step);
    expect(await stripe.gateway.charge(chargeOf('pm_card_visa'))).toMatchObject({
      status: 'captured',
    });
    expect(stripe.server.account.intents).toHaveLength(1);
  });

  it.each(['drop after', 'error 500 after', 'silent after', 'trickle after'] as const)(
    'leaves it open, and finds the one charge, when every confirmation meets: %s',
    async (fault) => {
      stripe.server.failNext(fault, 2, '/confirm');
      const request = chargeOf('pm_card_visa');
      const started = Date.now();
      await expect(stripe.gateway.charge(request)).rejects.toThrow(unknown);
      expect(Date.now() - started).toBeLessThan(2 * TIMEOUT_MS);
      expect(await stripe.gateway.find(request)).toMatchObject({ status: 'captured' });
      expect(stripe.server.account.intents).toHaveLength(1);
    },
  );

  it.each(['drop after', 'silent after', 'trickle after'] as const)(
    'takes no money when creating the intent meets: %s, and charges once when sent again',
    async (fault) => {
      stripe.server.failNext(fault, fault === 'drop after' ? 2 : 1, '/payment_intents');
      const request = chargeOf('pm_card_visa');
      await expect(stripe.gateway.charge(request)).rejects.toThrow(unknown);
      expect(await stripe.gateway.find(request)).toBeUndefined();
      expect(await stripe.gateway.charge(request)).toMatchObject({ status: 'captured' });
      expect(stripe.server.account.intents).toHaveLength(1);
    },
  );

  it('sends nothing that takes money once the hold has ended', async () => {
    const request = chargeOf('pm_card_visa', {
      holdExpiresAt: new Date(Date.now() - 1).toISOString(),
    });
    await expect(stripe.gateway.charge(request)).rejects.toThrow(unknown);
    expect(stripe.server.calls.filter((call) => call.endsWith('/confirm'))).toEqual([]);
    expect(await stripe.gateway.find(request)).toBeUndefined();
  });

  it('takes nothing for refused that was only sent too fast', async () => {
    stripe.server.failNext('rate limit', 2);
    await expect(stripe.gateway.charge(chargeOf('pm_card_visa'))).rejects.toThrow(unknown);
  });

  it('takes nothing for refused while another node asks the same', async () => {
    stripe.server.failNext('key in use', 2);
    const request = chargeOf('pm_card_visa');
    await expect(stripe.gateway.charge(request)).rejects.toThrow(unknown);
    expect(await stripe.gateway.charge(request)).toMatchObject({ status: 'captured' });
  });

  it.each([
    [12_505, 'KWD'],
    [12_550, 'MGA'],
  ])(
    'declines %d %s, which Stripe cannot count, and tells an operator why',
    async (amountMinor, currency) => {
      const amount = { amountMinor, currency };
      expect(await stripe.gateway.charge(chargeOf('pm_card_visa', { amount }))).toMatchObject({
        status: 'failed',
      });
      expect(stripe.logged).toEqual([
        `Stripe cannot charge ${amountMinor} ${currency} (unit): ` +
          'seats at this price cannot be sold.',
      ]);
      expect(stripe.server.calls).toEqual([]);
    },
  );

  it('declines a charge that Stripe still refuses, and informs an operator', async () => {
    const amount = { amountMinor: 49, currency: 'ZAR' };
    expect(await stripe.gateway.charge(chargeOf('pm_card_visa', { amount }))).toEqual({
      status: 'failed',
      reason: 'declined',
    });
    expect(stripe.logged).toEqual([
      expect.stringMatching(/rejects a charge: Amount must be at least/),
    ]);
  });

  it('tells an operator of a key that Stripe does not know', async () => {
    const said: string[] = [];
    const stranger = openStripeGateway({
      secretKey: 'sk_test_wrong',
      webhookSecrets: SECRETS,
      baseUrl: stripe.server.url,
      error: (message) => said.push(message),
    });
    await expect(stranger.charge(chargeOf('pm_card_visa'))).rejects.toThrow(unknown);
    expect(said).toEqual([expect.stringMatching(/rejects the secret key/)]);
    await stranger.close();
  });

  it('shows page after page of its own captures and refunds, and nobody else’s', async () => {
    const charges = [];
    for (let count = 0; count < 230; count += 23)
      charges.push(...(await Promise.all(Array.from({ length: 23 }, () => stripe.captured()))));
    const { id } = stripe.server.account.addForeign(9_900);
    await stripe.gateway.refund(refundOf(id, 100));
    const { reference } = charges[0]!;
    await stripe.gateway.refund(refundOf(reference, 100));

    const all = await stripe.entries();

    expect(all).toHaveLength(231);
    expect(all.filter(({ kind }) => kind === 'refund')).toEqual([
      { kind: 'refund', reference, amount: { amountMinor: 100, currency: 'EUR' } },
    ]);
    expect(new Set(all.map(({ reference }) => reference))).toEqual(
      new Set(charges.map(({ reference }) => reference)),
    );
  });
});
