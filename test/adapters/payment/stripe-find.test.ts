import type { ChargeRequest } from '../../../src/ports/payment/payment-gateway.js';
import { chargeOf } from '../../support/payment/payment-gateways.js';
import { oneCallCharge, unknown, useStripe } from './stripe.fixture.js';

describe('the gateway to Stripe', () => {
  const stripe = useStripe();

  describe('finds a charge', () => {
    const old = (request: ChargeRequest): ChargeRequest => ({
      ...request,
      requestedAt: new Date(Date.now() - 24 * 3_600_000).toISOString(),
    });
    const queries = () =>
      stripe.server.calls.filter((call) => /search|GET .*payment_intents$/.test(call));

    it('among many newer ones that the search lacks, without a list or a search', async () => {
      stripe.server.account.delaySearch(true);
      const request = chargeOf('pm_card_visa');
      const charge = await stripe.gateway.charge(request);
      for (let count = 0; count < 5_000; count++) stripe.server.account.addForeign(100);
      expect(await stripe.gateway.find(request)).toEqual(charge);
      expect(queries()).toEqual([]);
    });

    it('that an older release sent in one call, as soon as the search knows it', async () => {
      const request = chargeOf('pm_card_visa');
      stripe.server.account.delaySearch(true);
      await oneCallCharge(stripe.server, request);
      await expect(stripe.gateway.find(request)).rejects.toThrow(unknown);
      stripe.server.account.delaySearch(false);
      expect(await stripe.gateway.find(request)).toMatchObject({ status: 'captured' });
      expect(await stripe.gateway.charge(request)).toMatchObject({ status: 'captured' });
      expect(await stripe.gateway.withdraw(request)).toMatchObject({ status: 'captured' });
      expect(stripe.server.account.intents).toHaveLength(1);
    });

    it('by the search when Stripe has forgotten the key', async () => {
      const request = chargeOf('pm_card_visa');
      const charge = await stripe.gateway.charge(request);
      stripe.server.account.forgetKeys();
      expect(await stripe.gateway.find(old(request))).toEqual(charge);
      expect(stripe.server.account.intents).toHaveLength(1);
    });

    it('among other keys that look like it', async () => {
      await stripe.gateway.charge(chargeOf('pm_card_visa', { idempotencyKey: 'key-10' }));
      for (const idempotencyKey of ['key-1', "' OR metadata['key']:'key-10"])
        expect(
          await stripe.gateway.find(old(chargeOf('pm_card_visa', { idempotencyKey }))),
        ).toBeUndefined();
    });

    it('that is a day old, and does not send it again', async () => {
      const request = chargeOf('pm_card_visa');
      const charge = await stripe.gateway.charge(request);
      stripe.server.account.forgetKeys();
      expect(
        await stripe.gateway.charge(old({ ...request, token: 'pm_card_chargeDeclined' })),
      ).toEqual(charge);
      await expect(stripe.gateway.charge(old(chargeOf('pm_card_visa')))).rejects.toThrow(
        /too old to be sent again/,
      );
      expect(stripe.server.account.intents).toHaveLength(1);
    });

    it('that was declined after it had been processed', async () => {
      const request = chargeOf('pm_processing');
      await stripe.gateway.charge(request);
      stripe.server.account.settle('requires_payment_method');
      expect(await stripe.gateway.find(request)).toEqual({ status: 'failed', reason: 'declined' });
    });

    it('that was confirmed while it was being withdrawn', async () => {
      const request = chargeOf('pm_card_visa');
      stripe.server.failNext('drop after', 2, '/payment_intents');
      await expect(stripe.gateway.charge(request)).rejects.toThrow(unknown);
      stripe.server.before('/cancel', () => stripe.server.account.confirm('pi_1', 'pm_card_visa'));
      expect(await stripe.gateway.withdraw(request)).toMatchObject({
        status: 'captured',
        reference: 'pi_1',
      });
    });
  });
});
