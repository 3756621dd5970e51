import type { PaymentGateway } from '../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  sandboxInProcess,
  sandboxOverHttp,
  stripeOverHttp,
  type GatewayUnderTest,
} from '../support/payment/payment-gateways.js';

/** Every gateway refuses the same amounts. */
describe.each([
  ['sandbox in this process', sandboxInProcess],
  ['sandbox over HTTP', sandboxOverHttp],
  ['Stripe', stripeOverHttp],
])('an amount, with the gateway to %s', (_, open) => {
  let given: GatewayUnderTest;
  let gateway: PaymentGateway;
  beforeAll(async () => {
    given = await open();
    gateway = given.gateway;
  });
  afterAll(async () => {
    await given?.unreachable.close();
    await given?.stop();
  });

  it.each([
    ['currency', 1_234, 'IRR', undefined],
    ['unit', 1_234, 'KWD', 10],
    ['unit', 1_234, 'BHD', 10],
    ['unit', 12_550, 'MGA', 100],
    ['minimum', 49, 'EUR', 50],
    ['minimum', 99_900, 'MGA', 100_000],
    ['minimum', 799, 'UGX', 800],
    ['maximum', 100_000_000, 'EUR', 99_999_999],
    ['maximum', 1_000_000, 'ISK', 999_999],
  ] as const)(
    'has an obstacle, and is not charged: %s, %d %s',
    async (reason, amountMinor, currency, limitMinor) => {
      const amount = { amountMinor, currency };
      expect(gateway.obstacleTo(amount)).toEqual({ reason, ...(limitMinor && { limitMinor }) });
      if (limitMinor)
        expect(
          gateway.obstacleTo({
            amountMinor: limitMinor * (reason === 'unit' ? 10_000 : 1),
            currency,
          }),
        ).toBeUndefined();
      const request = chargeOf(given.tokens.success, { amount });
      expect(await gateway.charge(request)).toEqual({ status: 'failed', reason: 'declined' });
      expect(await gateway.find(request)).toBeUndefined();
    },
  );

  it.each([
    [0, 'EUR'],
    [50, 'EUR'],
    [12_340, 'KWD'],
    [1_000_000_000, 'IDR'],
  ])('has no obstacle for %d %s', (amountMinor, currency) =>
    expect(gateway.obstacleTo({ amountMinor, currency })).toBeUndefined(),
  );
});
