import type { Money } from '../../domain/shared/money.js';

/**
 * Stripe counts in the minor unit of ISO 4217 too, and so in whole yen, but for three currencies: it takes krónur and
 * Ugandan shillings in hundredths, of which there are none, and ariary whole, without their hundredths.
 * (https://docs.stripe.com/currencies#special-cases, #zero-decimal)
 */
const STRIPE_PER_MINOR: Readonly<Record<string, number>> = { ISK: 100, UGX: 100, MGA: 1 / 100 };

/** Of three digits behind the point Stripe takes two: the last has to be a nought. (#three-decimal) */
const IN_TENS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Converts minor units to Stripe's units, and names the unit that the amount must be a whole multiple of. */
export function stripeUnit(currency: string): { multipleOf: number; perMinor: number } {
  const perMinor = STRIPE_PER_MINOR[currency] ?? 1;
  return {
    perMinor,
    multipleOf: IN_TENS.has(currency) ? 10 : perMinor < 1 ? Math.round(1 / perMinor) : 1,
  };
}

/** The amount must be a whole multiple of the unit. */
export function inStripeUnits({ amountMinor, currency }: Money): number {
  const { perMinor } = stripeUnit(currency);
  return perMinor < 1 ? amountMinor / Math.round(1 / perMinor) : amountMinor * perMinor;
}

/** As Stripe wants it; undefined when it has no unit so small. */
export function toStripe({
  amountMinor,
  currency,
}: Money): { amount: number; currency: string } | undefined {
  if (amountMinor % stripeUnit(currency).multipleOf !== 0) return undefined;
  const amount = inStripeUnits({ amountMinor, currency });
  return Number.isSafeInteger(amount) ? { amount, currency: currency.toLowerCase() } : undefined;
}

/** @throws TypeError when it is no amount of ours */
export function fromStripe(amount: unknown, currency: unknown): Money {
  const code = typeof currency === 'string' ? currency.toUpperCase() : '';
  const perMinor = STRIPE_PER_MINOR[code] ?? 1;
  const amountMinor =
    perMinor < 1 ? (amount as number) * Math.round(1 / perMinor) : (amount as number) / perMinor;
  if (!/^[A-Z]{3}$/.test(code) || !Number.isSafeInteger(amountMinor) || amountMinor < 0)
    throw new TypeError(`${String(amount)} ${String(currency)} is no amount`);
  return { amountMinor, currency: code };
}
