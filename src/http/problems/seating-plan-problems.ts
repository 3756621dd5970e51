import { kind } from './problem-kind.js';

/** Refusals of a seating plan and of the prices of its categories. Part of the one table, `problem-table.ts`. */
export const HALL_PROBLEMS = {
  'prices-repeated': kind(
    422,
    'Prices repeated',
    'Give each category one price; `categories` have several.',
    { carries: ['categories'] },
  ),
  'prices-of-unknown-category': kind(
    422,
    'Prices of unknown categories',
    "Price only categories of the venue's seating plan; it does not have `categories`.",
    { carries: ['categories'] },
  ),
  'prices-missing': kind(
    422,
    'Prices missing',
    'Give every category that has seats a price; `categories` have none.',
    { carries: ['categories'] },
  ),
  'currencies-mixed': kind(
    422,
    'Currencies mixed',
    'Give all prices of an event in one currency, not in `currencies`.',
    { carries: ['currencies'] },
  ),
  'seating-plan-invalid': kind(
    422,
    'Seating plan not valid',
    'Correct what `problems` names: each has a `code`, a JSON pointer `path` into the plan, and a `detail`.',
    { carries: ['problems'] },
  ),
} as const;
