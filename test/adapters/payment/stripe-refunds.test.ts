import type { Money } from '../../../src/domain/shared/money.js';
import { chargeOf, refundOf } from '../../support/payment/payment-gateways.js';
import { unknown, useStripe } from './stripe.fixture.js';

describe('the gateway to Stripe', () => {
  const stripe = useStripe();

  describe('pays back', () => {
    const wholeOf = ({ reference, amount }: { reference: string; amount: Money }) =>
      refundOf(reference, amount.amountMinor, 'refund-1');

    it.each(['drop after', 'error 500 after', 'silent after'] as const)(
      'once, though the first calls meet: %s',
      async (fault) => {
        const request = wholeOf(await stripe.captured());
        stripe.server.failNext(fault, 2);
        await expect(stripe.gateway.refund(request)).rejects.toThrow(unknown);
        stripe.server.account.forgetKeys();
        expect(await stripe.gateway.refund(request)).toEqual({
          status: 'succeeded',
          refundReference: 're_1',
        });
        expect(stripe.server.account.refunds).toHaveLength(1);
      },
    );

    it('and names in the metadata what it is about', async () => {
      await stripe.gateway.refund(wholeOf(await stripe.captured()));
      expect(stripe.server.account.refunds).toMatchObject([
        { metadata: { key: 'refund-1', eventId: 'event-1', reservationId: 'reservation-1' } },
      ]);
    });

    it('a part once, though it is asked again after Stripe has forgotten the key', async () => {
      const { reference } = await stripe.captured();
      const request = refundOf(reference, 1_000);
      const state = await stripe.gateway.refund(request);
      stripe.server.account.forgetKeys();
      expect(await stripe.gateway.refund(request)).toEqual(state);
      expect(stripe.server.account.refunds).toHaveLength(1);
    });

    it('again, and does not give up, while another node asks the same', async () => {
      const request = wholeOf(await stripe.captured());
      stripe.server.failNext('key in use', 2);
      await expect(stripe.gateway.refund(request)).rejects.toThrow(unknown);
      expect(await stripe.gateway.refund(request)).toMatchObject({ refundReference: 're_1' });
    });

    it.each(['pending', 'requires_action'] as const)(
      'and does not call %s a success',
      async (status) => {
        stripe.server.account.createRefundsAs(status);
        const capture = await stripe.captured();
        const pending = { status: 'pending', refundReference: 're_1' };
        expect(await stripe.gateway.refund(wholeOf(capture))).toEqual(pending);
        expect(await stripe.entries()).toMatchObject([{ kind: 'capture' }]);
        stripe.server.account.refunds[0]!.status = 'succeeded';
        expect(await stripe.gateway.refund(wholeOf(capture))).toEqual({
          ...pending,
          status: 'succeeded',
        });
        expect(await stripe.entries()).toHaveLength(2);
      },
    );

    it.each(['failed', 'canceled'] as const)(
      'and reports that a refund has %s later',
      async (status) => {
        const capture = await stripe.captured();
        const request = wholeOf(capture);
        await stripe.gateway.refund(request);
        Object.assign(stripe.server.account.refunds[0]!, {
          status,
          failure_reason: 'lost_or_stolen_card',
        });
        const failed = { status: 'failed', refundReference: 're_1', reason: 'lost_or_stolen_card' };
        expect(await stripe.gateway.refund(request)).toEqual(failed);
        const { reference, amount } = capture;
        expect(await stripe.entries()).toEqual([{ kind: 'capture', reference, amount }]);
        // Under another key the same money can be paid back.
        expect(
          await stripe.gateway.refund({ ...request, idempotencyKey: 'refund-1/2' }),
        ).toMatchObject({
          status: 'succeeded',
        });
      },
    );

    it('and finds the payment of an older refund, which names only its key', async () => {
      const request = chargeOf('pm_card_visa');
      const capture = await stripe.gateway.charge(request);
      if (capture.status !== 'captured') throw new Error('not captured');
      await stripe.gateway.refund(wholeOf(capture));
      const refund = {
        ...stripe.server.account.refunds[0]!,
        status: 'failed',
        metadata: { key: 'refund-1' },
      };
      const notice = stripe.read(stripe.server.eventOf('charge.refund.updated', refund));
      expect(notice).toMatchObject({
        refund: { about: undefined, idempotencyKey: 'refund-1', state: { status: 'failed' } },
      });
      expect(await stripe.gateway.subjectOf(capture.reference)).toEqual(request.about);
    });
  });
});
