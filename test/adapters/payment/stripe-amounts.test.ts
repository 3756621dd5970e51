import { fromStripe, toStripe } from '../../../src/adapters/payment/stripe-amounts.js';

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
