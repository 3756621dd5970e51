import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';

/** US dollars by round, for the lower, middle and upper tier: the later, the dearer. */
const DOLLARS: ReadonlyMap<string, readonly [lower: number, middle: number, upper: number]> =
  new Map([
    ['Group', [260, 160, 75]],
    ['Round of 32', [320, 200, 105]],
    ['Round of 16', [420, 260, 140]],
    ['Match for third place', [600, 380, 200]],
    ['Quarter-final', [900, 580, 320]],
    ['Semi-final', [1_700, 1_100, 620]],
    ['Final', [3_600, 2_400, 1_400]],
  ]);

/** Units of the currency to a dollar, and the step to which prices are rounded. */
const CURRENCY_OF: ReadonlyMap<string, { currency: string; rate: number; step: number }> = new Map([
  ['US', { currency: 'USD', rate: 1, step: 5 }],
  ['CA', { currency: 'CAD', rate: 1.37, step: 5 }],
  ['MX', { currency: 'MXN', rate: 18.5, step: 50 }],
]);

/** Each of the three currencies has a hundred minor units. */
const MINOR_UNITS = 100;
const TIERS = ['Lower', 'Middle', 'Upper'] as const;

/** @throws Error for a round or a country that is not of the World Cup 2026 */
export function pricesOf(round: string, country: string): PriceOfCategory[] {
  const dollars = DOLLARS.get(round);
  const money = CURRENCY_OF.get(country);
  if (!dollars || !money) throw new Error(`There are no prices for "${round}" in ${country}.`);
  return TIERS.map((category, tier) => ({
    category,
    amountMinor: Math.round((dollars[tier]! * money.rate) / money.step) * money.step * MINOR_UNITS,
    currency: money.currency,
  }));
}
