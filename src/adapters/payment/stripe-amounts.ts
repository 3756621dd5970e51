import type { Money } from '../../domain/shared/money.js';

/**
 * Stripe uses the minor unit of ISO 4217, except for three currencies: it counts krónur and Ugandan
 * shillings in hundredths, although they have none, and ariary in whole units, without their
 * fifths.
 * (https://docs.stripe.com/currencies#special-cases, #zero-decimal)
 */
const STRIPE_PER_MINOR: Readonly<Record<string, number>> = { ISK: 100, UGX: 100, MGA: 1 / 100 };

/**
 * Currencies with three decimals. Stripe accepts two: the last digit must be 0. (#three-decimal)
 */
const IN_TENS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/**
 * Returns the factor from minor units to Stripe's units, and the number of minor units that an
 * amount must be a multiple of.
 */
export function stripeUnit(currency: string): { multipleOf: number; perMinor: number } {
  const perMinor = STRIPE_PER_MINOR[currency] ?? 1;
  return {
    perMinor,
    multipleOf: IN_TENS.has(currency) ? 10 : perMinor < 1 ? Math.round(1 / perMinor) : 1,
  };
}

/** Converts an amount, which must be a multiple of the unit, to Stripe's units. */
export function inStripeUnits({ amountMinor, currency }: Money): number {
  const { perMinor } = stripeUnit(currency);
  return perMinor < 1 ? amountMinor / Math.round(1 / perMinor) : amountMinor * perMinor;
}

/** Converts an amount for Stripe; undefined if Stripe has no unit that small. */
export function toStripe({
  amountMinor,
  currency,
}: Money): { amount: number; currency: string } | undefined {
  if (amountMinor % stripeUnit(currency).multipleOf !== 0) return undefined;
  const amount = inStripeUnits({ amountMinor, currency });
  return Number.isSafeInteger(amount) ? { amount, currency: currency.toLowerCase() } : undefined;
}

/** Converts an amount from Stripe. @throws TypeError for an amount that this service never uses */
export function fromStripe(amount: unknown, currency: unknown): Money {
  const code = typeof currency === 'string' ? currency.toUpperCase() : '';
  const perMinor = STRIPE_PER_MINOR[code] ?? 1;
  const amountMinor =
    perMinor < 1 ? (amount as number) * Math.round(1 / perMinor) : (amount as number) / perMinor;
  if (!/^[A-Z]{3}$/.test(code) || !Number.isSafeInteger(amountMinor) || amountMinor < 0)
    throw new TypeError(`${String(amount)} ${String(currency)} is not an amount`);
  return { amountMinor, currency: code };
}
