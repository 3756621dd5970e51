import type { PriceOfCategory } from '../seat-inventory/events.js';

/** Names of categories for people with disabilities, in the languages of most seating plans. */
const ACCESSIBLE = new RegExp(
  [
    String.raw`\baccessib`,
    'wheel ?-?chair',
    String.raw`\bdisab`,
    'reduced mobility',
    'rollstuhl',
    'fauteuils? roulants?',
    String.raw`\bPMR\b`,
    'sillas? de ruedas',
    'movilidad reducida',
    'rolstoel',
    'sedi[ae] a rotelle',
    'rullstol',
    'kørestol',
  ].join('|'),
  'i',
);

/**
 * Fills in `byRequest` where the organizer has not set it: a category with an accessible name is
 * sold by request. Best available seats never include such a category, so that these seats stay
 * free for the people who need them.
 */
export function withByRequest({
  category,
  amountMinor,
  currency,
  byRequest = ACCESSIBLE.test(category),
}: PriceOfCategory): PriceOfCategory {
  return { category, amountMinor, currency, ...(byRequest && { byRequest: true }) };
}
