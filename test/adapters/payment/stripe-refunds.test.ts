import type { Money } from '../../../src/domain/shared/money.js';
import type { PaymentGateway, ProviderEntry } from '../../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  refundOf,
  SECRETS,
  stripeOverHttp,
  type StripeUnderTest,
} from '../../support/payment/payment-gateways.js';
import type { StripeServer } from '../../support/payment/stripe-server.js';

const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });

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
  const read = (body: string) => {
    const now = Date.now();
    return gateway.readNotice(
      Buffer.from(body),
      given.headers(body, { secret: SECRETS[0]!, at: now }),
      now,
    );
  };

  describe('pays back', () => {
    const wholeOf = ({ reference, amount }: { reference: string; amount: Money }) =>
      refundOf(reference, amount.amountMinor, 'refund-1');

    it.each(['drop after', 'error 500 after', 'silent after'] as const)(
      'once, though the first calls meet: %s',
      async (fault) => {
        const request = wholeOf(await captured());
        server.failNext(fault, 2);
        await expect(gateway.refund(request)).rejects.toThrow(unknown);
        server.account.forgetKeys();
        expect(await gateway.refund(request)).toEqual({
          status: 'succeeded',
          refundReference: 're_1',
        });
        expect(server.account.refunds).toHaveLength(1);
      },
    );

    it('and names in the metadata what it is about', async () => {
      await gateway.refund(wholeOf(await captured()));
      expect(server.account.refunds).toMatchObject([
        { metadata: { key: 'refund-1', eventId: 'event-1', reservationId: 'reservation-1' } },
      ]);
    });

    it('a part once, though the same is asked again after Stripe has forgotten the key', async () => {
      const { reference } = await captured();
      const request = refundOf(reference, 1_000);
      const state = await gateway.refund(request);
      server.account.forgetKeys();
      expect(await gateway.refund(request)).toEqual(state);
      expect(server.account.refunds).toHaveLength(1);
    });

    it('again, and does not give up, while another node asks the same', async () => {
      const request = wholeOf(await captured());
      server.failNext('key in use', 2);
      await expect(gateway.refund(request)).rejects.toThrow(unknown);
      expect(await gateway.refund(request)).toMatchObject({ refundReference: 're_1' });
    });

    it.each(['pending', 'requires_action'] as const)(
      'and does not call %s a success',
      async (status) => {
        server.account.createRefundsAs(status);
        const capture = await captured();
        const pending = { status: 'pending', refundReference: 're_1' };
        expect(await gateway.refund(wholeOf(capture))).toEqual(pending);
        expect(await entries()).toMatchObject([{ kind: 'capture' }]);
        server.account.refunds[0]!.status = 'succeeded';
        expect(await gateway.refund(wholeOf(capture))).toEqual({ ...pending, status: 'succeeded' });
        expect(await entries()).toHaveLength(2);
      },
    );

    it.each(['failed', 'canceled'] as const)(
      'and reports that a refund has %s later',
      async (status) => {
        const capture = await captured();
        const request = wholeOf(capture);
        await gateway.refund(request);
        Object.assign(server.account.refunds[0]!, {
          status,
          failure_reason: 'lost_or_stolen_card',
        });
        const failed = { status: 'failed', refundReference: 're_1', reason: 'lost_or_stolen_card' };
        expect(await gateway.refund(request)).toEqual(failed);
        const { reference, amount } = capture;
        expect(await entries()).toEqual([{ kind: 'capture', reference, amount }]);
        // Under another key the same money can be paid back.
        expect(await gateway.refund({ ...request, idempotencyKey: 'refund-1/2' })).toMatchObject({
          status: 'succeeded',
        });
      },
    );

    it('and finds the payment of an older refund, which names only its key', async () => {
      const request = chargeOf('pm_card_visa');
      const capture = await gateway.charge(request);
      if (capture.status !== 'captured') throw new Error('not captured');
      await gateway.refund(wholeOf(capture));
      const refund = {
        ...server.account.refunds[0]!,
        status: 'failed',
        metadata: { key: 'refund-1' },
      };
      const notice = read(server.eventOf('charge.refund.updated', refund));
      expect(notice).toMatchObject({
        refund: { about: undefined, idempotencyKey: 'refund-1', state: { status: 'failed' } },
      });
      expect(await gateway.subjectOf(capture.reference)).toEqual(request.about);
    });
  });
});
