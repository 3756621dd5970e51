import { kind } from './problem-kind.js';

/** Problems with a seating plan and the prices of its categories. */
export const SEATING_PLAN_PROBLEMS = {
  'prices-repeated': kind(
    422,
    'Prices repeated',
    'The categories in `categories` have more than one price. Give each category one price.',
    { carries: ['categories'] },
  ),
  'prices-of-unknown-category': kind(
    422,
    'Prices of unknown categories',
    "The venue's seating plan does not have `categories`. Give prices for its categories only.",
    { carries: ['categories'] },
  ),
  'prices-missing': kind(
    422,
    'Prices missing',
    'The categories in `categories` have seats but no price. Give each of them a price.',
    { carries: ['categories'] },
  ),
  'currencies-mixed': kind(
    422,
    'Mixed currencies',
    'The prices are in `currencies`. Give all prices of an event in one currency.',
    { carries: ['currencies'] },
  ),
  'seating-plan-invalid': kind(
    422,
    'Invalid seating plan',
    'The seating plan has errors. Correct each entry of `problems`: `path` is a JSON pointer ' +
      'into the plan, `detail` says what to do.',
    { carries: ['problems'] },
  ),
};
