import { explanation } from './problems/explanation.js';
import { QUEUE_TEXTS } from './problems/queue-texts.js';
import { PAYMENT_TEXTS, SALE_TEXTS } from './problems/sale-texts.js';
import { SERVICE_TEXTS, TICKET_TEXTS } from './problems/service-texts.js';

/**
 * @typedef {import('./problems/explanation.js').Explanation} Explanation
 * @typedef {import('./problems/explanation.js').Remedy} Remedy
 */

/** By problem code, for every code that a request of this page can get. */
export const PROBLEM_TEXTS = {
  ...SALE_TEXTS,
  ...PAYMENT_TEXTS,
  ...QUEUE_TEXTS,
  ...TICKET_TEXTS,
  ...SERVICE_TEXTS,
};

/**
 * Returns the text that a buyer sees about a problem. An unknown code shows the problem's own title
 * and detail.
 * @param {import('./api.js').Problem} problem @returns {Explanation}
 */
export function explain(problem) {
  const known = PROBLEM_TEXTS[problem.code];
  if (known) return known(problem);
  const standard = byStatus(problem.status);
  const title = problem.body?.title || standard.title;
  return { ...standard, title, text: problem.detail || standard.text };
}

/** @param {number} status @returns {Explanation} */
function byStatus(status) {
  if (status === 401)
    return explanation('You are not signed in', 'Reload the page and try again.', 'reload');
  if (status === 403) return explanation('This is not allowed', 'Use another account.');
  if (status === 404) return explanation('Not found', 'The address may be out of date.');
  if (status === 429)
    return explanation('Too many requests', 'Wait a moment and try again.', 'retry');
  if (status >= 500)
    return explanation(
      'The box office is very busy',
      'Nothing was changed or charged. Please try again.',
      'retry',
    );
  return explanation('The request did not succeed', 'Please try again.', 'retry');
}
