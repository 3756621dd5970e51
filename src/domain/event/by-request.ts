import type { PriceOfCategory } from '../seat-inventory/events.js';

/** How houses name the places that are kept for those who need them, in the languages that most plans are drawn in. */
const KEPT =
  /\baccessib|wheel ?-?chair|\bdisab|reduced mobility|rollstuhl|fauteuils? roulants?|\bPMR\b|sillas? de ruedas|movilidad reducida|rolstoel|sedi[ae] a rotelle|rullstol|kørestol/i;

/**
 * A price as it is announced. Where the organiser has not said, a category that is named after those who need it is sold
 * by request: whoever asks for any seats is not given the only ones that somebody else can use.
 */
export function announced({
  category,
  amountMinor,
  currency,
  byRequest,
}: PriceOfCategory): PriceOfCategory {
  const kept = byRequest ?? KEPT.test(category);
  return { category, amountMinor, currency, ...(kept && { byRequest: true }) };
}
