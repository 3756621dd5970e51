import type { Money } from '../../domain/shared/money.js';
import type { ChargeObstacle } from '../../ports/payment/payment-gateway.js';
import { inStripeUnits, stripeUnit } from './stripe-amounts.js';

/**
 * Presentment currencies of cards (https://docs.stripe.com/currencies#presentment-currencies,
 * #three-decimal).
 */
const CURRENCIES = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP ' +
    'BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL ' +
    'GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD ' +
    'KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD ' +
    'SHP SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST ' +
    'XAF XCD XCG XOF XPF YER ZAR ZMW'
  ).split(' '),
);

/**
 * Smallest charge in Stripe's units (#minimum-and-maximum-charge-amounts). For currencies that
 * Stripe does not list it is worth half a US dollar. For those with small units the table has less
 * than half of that, which no exchange rate raises to the minimum.
 */
const SMALLEST: Readonly<Record<string, number>> = {
  AED: 200,
  AUD: 50,
  BGN: 100,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1_500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  INR: 50,
  JPY: 50,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1_000,
  USD: 50,
  BIF: 500,
  CLP: 200,
  DJF: 40,
  GNF: 1_500,
  KMF: 80,
  KRW: 300,
  MGA: 1_000,
  PYG: 1_500,
  RWF: 300,
  UGX: 80_000,
  VND: 5_000,
  VUV: 25,
  XAF: 120,
  XOF: 120,
  XPF: 25,
};
/**
 * Largest charge in Stripe's units: eight digits, twelve for rupiah (#minimum-and-maximum-charge-
 * amounts).
 */
const LARGEST = 99_999_999;
const LARGEST_OF: Readonly<Record<string, number>> = { IDR: 999_999_999_999 };

/**
 * Returns the reason why this amount cannot be charged; undefined if it can, and for 0, which is
 * never charged. All gateways use it: the sandbox rejects what Stripe rejects, so a price that
 * works in the sandbox works in production.
 */
export function obstacleTo({ amountMinor, currency }: Money): ChargeObstacle | undefined {
  if (amountMinor === 0) return undefined;
  if (!CURRENCIES.has(currency)) return { reason: 'currency' };
  const { multipleOf, perMinor } = stripeUnit(currency);
  if (amountMinor % multipleOf !== 0) return { reason: 'unit', limitMinor: multipleOf };
  const amount = inStripeUnits({ amountMinor, currency });
  const [smallest, largest] = [SMALLEST[currency] ?? 1, LARGEST_OF[currency] ?? LARGEST];
  if (amount < smallest) return { reason: 'minimum', limitMinor: Math.ceil(smallest / perMinor) };
  if (amount > largest) return { reason: 'maximum', limitMinor: Math.floor(largest / perMinor) };
  return undefined;
}
