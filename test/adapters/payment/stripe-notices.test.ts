import { useStripe } from './stripe.fixture.js';

describe('the gateway to Stripe', () => {
  const stripe = useStripe();

  it('says of its webhooks only what they say happened', async () => {
    const intent = {
      ...stripe.server.account.addForeign(12_500),
      status: 'processing',
      metadata: { eventId: 'event-1', reservationId: 'r-1', attempt: '2', key: 'key-1' },
    };
    const body = stripe.server.eventOf('payment_intent.succeeded', intent);
    expect(stripe.read(body)).toMatchObject({
      about: { eventId: 'event-1', reservationId: 'r-1', attempt: 2 },
      charge: { status: 'captured', amount: { amountMinor: 12_500, currency: 'EUR' } },
    });
  });

  it.each<[string, object | null, string]>([
    ['without an error is a charge that was withdrawn', null, 'abandoned'],
    ['after a decline is a decline', { type: 'card_error', code: 'card_declined' }, 'declined'],
  ])('a canceled intent %s', async (_, error, reason) => {
    const metadata = { eventId: 'event-1', reservationId: 'r-1', attempt: '1', key: 'key-1' };
    const foreign = stripe.server.account.addForeign(12_500);
    const intent = { ...foreign, status: 'canceled', metadata, last_payment_error: error };
    const body = stripe.server.eventOf('payment_intent.canceled', intent);
    expect(stripe.read(body)).toMatchObject({
      about: { attempt: 1 },
      charge: { status: 'failed', reason },
    });
  });

  it('distinguishes webhooks about sales of others on the same account', async () => {
    const body = stripe.server.eventOf(
      'payment_intent.succeeded',
      stripe.server.account.addForeign(100),
    );
    expect(stripe.read(body)).toMatchObject({
      kind: 'stray',
      stray: { problem: 'names-no-payment', amount: { amountMinor: 100, currency: 'EUR' } },
    });
  });
});
